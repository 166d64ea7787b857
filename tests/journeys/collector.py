"""A collector of traces, as others run one: takes OTLP over HTTP and reads the protobuf in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from msgspec import Struct
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Span(Struct, frozen=True, kw_only=True):
    """A span as it arrived."""

    service: str
    name: str
    trace: bytes
    id: bytes
    parent: bytes
    about: dict[str, str]


class Collector:
    """What has arrived so far."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.url = ""

    def take(self, body: bytes) -> None:
        """Read one request."""
        for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = {pair.key: pair.value.string_value for pair in of_process.resource.attributes}
            for scope in of_process.scope_spans:
                self.spans += [
                    Span(
                        service=resource["service.name"],
                        name=span.name,
                        trace=span.trace_id,
                        id=span.span_id,
                        parent=span.parent_span_id,
                        about={pair.key: pair.value.string_value for pair in span.attributes},
                    )
                    for span in scope.spans
                ]

    def above(self, span: Span) -> list[Span]:
        """A span and all those that it is a part of, as far as they have arrived."""
        known = {(one.trace, one.id): one for one in self.spans}
        found = [span]
        while (parent := known.get((span.trace, found[-1].parent))) is not None:
            found.append(parent)
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf":
                collector.take(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
