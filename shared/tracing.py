"""Traces by OpenTelemetry, when an address for them is set; without one nothing is loaded and nothing is done.

A span has a name of few words without ids; ids are its attributes. What carries a trace on, with the request's id for the logs,
is a small mapping that goes in the headers of NATS and in the options of RabbitMQ's messages.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

REQUEST = "request_id"
CLOSE_S = 3.0

NOTHING: Mapping[str, object] = {}

_tracer: Any = None
_provider: Any = None


def configure(url: str, process: str) -> None:
    """Send the spans of this process to a collector at this address; to nobody when there is none."""
    global _tracer, _provider
    if not url:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    service = process.partition("@")[0].partition(".")[0]
    resource = Resource.create({"service.name": f"dailies.{service}", "service.instance.id": process})
    _provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=5)
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer("dailies")


def close() -> None:
    """Send what waits, for a few seconds at most: a collector that is away must not keep a process from ending."""
    if _provider is not None:
        ending = threading.Thread(target=_provider.shutdown, daemon=True)
        ending.start()
        ending.join(CLOSE_S)


@contextmanager
def span(
    name: str,
    kind: str = "INTERNAL",
    *,
    of: Mapping[str, str] | None = None,
    about: Mapping[str, object] = NOTHING,
    current: bool = True,
) -> Iterator[Any]:
    """A span for as long as the block runs; `of` is what carried the trace here from another process, `about` its ids.

    What begins and ends in different tasks is not `current`: it gets no spans of its own.
    """
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(of) if of else None
    said = {f"dailies.{key}": str(value) for key, value in about.items() if value is not None}
    if current:
        with _tracer.start_as_current_span(name, context=context, kind=SpanKind[kind], attributes=said) as begun:
            yield begun
        return
    begun = _tracer.start_span(name, context=context, kind=SpanKind[kind], attributes=said)
    try:
        yield begun
    finally:
        begun.end()


def carried() -> dict[str, str]:
    """What goes along with a message: the id of the request that it follows from, and the trace."""
    along: dict[str, str] = {}
    if request := structlog.contextvars.get_contextvars().get(REQUEST):
        along[REQUEST] = str(request)
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(along)
    return along
