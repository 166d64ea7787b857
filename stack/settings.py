"""The settings that each process of Dailies gets: the same names as in compose.yaml."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from stack import nats, postgres, rabbitmq, seaweed
from stack.errors import StackError
from stack.logins import Logins
from stack.servers import Servers

PREFIX = "DAILIES_"
MODELS = "models"
"""The folder of speech models inside the stack's own."""
# One value for every process would be wrong for these, so the stack sets them itself.
PER_PROCESS = ("DAILIES_DATABASE_URL", "DAILIES_SCRATCH_FOLDER", "DAILIES_MONITOR_PORT", "DAILIES_HTTP_PORT")


def chosen(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What people set: the caller's DAILIES_* variables, then those of `.env` in the root of the repository."""
    file = root / ".env"
    written = read(file.read_text()) if file.exists() else {}
    return {name: value for name, value in {**written, **environment}.items() if name.startswith(PREFIX)}


def read(text: str) -> dict[str, str]:
    """The variables of a `.env` file: NAME=value lines, quotes and `export` allowed, comments on lines of their own.

    Raises `StackError` with the line that is neither.
    """
    values = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.removeprefix("export ").partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name.isidentifier():
            raise StackError(f"Line {number} of .env is not NAME=value: {stripped}")
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if value:
            values[name] = value
    return values


def wants_s3_server(chosen: Mapping[str, str]) -> bool:
    """Whether the stack runs an S3 server of its own: when the store is S3, and nobody said which."""
    return chosen.get("DAILIES_STORE") == "s3" and not chosen.get("DAILIES_S3_ENDPOINT")


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The part of the caller's environment that every process gets (PATH, proxies …): all but settings of Dailies."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def of_process(
    name: str,
    *,
    service: str,
    folder: Path,
    servers: Servers,
    logins: Logins,
    port: Callable[[str], int],
    chosen: Mapping[str, str],
) -> dict[str, str]:
    """The environment of one process: what it inherits, the stack's settings, and what people chose over them."""
    scratch = folder / "scratch" / name
    scratch.mkdir(parents=True, exist_ok=True)
    password = logins.database_passwords[service]
    own = {
        "DAILIES_DATABASE_URL": f"postgresql://{service}:{password}@127.0.0.1:{servers.cluster.port}/{postgres.DATABASE}",
        "DAILIES_SCRATCH_FOLDER": str(scratch),
        "DAILIES_MONITOR_PORT": str(port(f"{name} monitor")),
    }
    shared = {
        "DAILIES_RABBITMQ_URL": rabbitmq.url(servers.broker),
        "DAILIES_NATS_URL": nats.url(servers.bus),
        "DAILIES_STORE": "local",
        "DAILIES_STORE_FOLDER": str(folder / "objects"),
        "DAILIES_STORE_URL": f"http://127.0.0.1:{port('uploader.app')}",
        "DAILIES_PUBLIC_URL": f"http://127.0.0.1:{port('gateway.app')}",
        "DAILIES_SIGNING_KEYS": logins.signing_keys,
        "DAILIES_LOG_LEVEL": "info",
        "DAILIES_LOG_FORMAT": "text",
    }
    if servers.s3 is not None:
        shared |= {
            "DAILIES_S3_ENDPOINT": servers.s3.url,
            "DAILIES_S3_BUCKET": seaweed.BUCKET,
            "DAILIES_S3_ACCESS_KEY": seaweed.ACCESS_KEY,
            "DAILIES_S3_SECRET_KEY": servers.s3.secret_key,
        }
    if service in ("gateway", "uploader"):
        shared["DAILIES_HTTP_HOST"] = "127.0.0.1"
        own["DAILIES_HTTP_PORT"] = str(port(f"{service}.app"))
    if service == "processor":
        shared["DAILIES_WHISPER_FOLDER"] = str(folder / MODELS)
    if service == "gateway":
        shared["DAILIES_DEMO_ACCOUNT"] = logins.demo_account
        shared["DAILIES_ENCRYPTION_KEYS"] = logins.encryption_keys
    return {**inherited(os.environ), **shared, **chosen, **own}
