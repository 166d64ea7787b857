# One image for all five services; compose.yaml says which process a container runs.

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/dailies && /opt/dailies/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home dailies \
    && install -d -o dailies -g dailies /data/store /data/scratch /data/models
COPY --from=packages /opt/dailies /opt/dailies
WORKDIR /app
COPY shared shared
COPY services services
ENV PATH=/opt/dailies/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER dailies
VOLUME /data
EXPOSE 8400 8401
# Which process: `python -m services.<service>.app`, `.worker`, or `.database` to migrate.
CMD ["python", "-m", "services.gateway.app"]
