"""HTTP with as little work as possible on the client's side: the kernel sends the file, and what comes is not looked at."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

BUFFER = 1024 * 1024


def put(url: str, path: Path, headers: dict[str, str] | None = None) -> float:
    """PUT a file; seconds from the first byte sent to the answer."""
    size = path.stat().st_size
    with (
        _asked("PUT", url, {**(headers or {}), "Content-Length": str(size)}) as (connection, began),
        path.open("rb") as file,
    ):
        connection.sendfile(file)
        answer, _ = _head(connection)
        took = time.perf_counter() - began
    assert answer.split()[1].startswith(b"2"), answer
    return took


def get(url: str) -> float:
    """GET and forget; seconds until the last byte is here."""
    buffer = memoryview(bytearray(BUFFER))
    with _asked("GET", url, {}) as (connection, began):
        answer, left = _head(connection)
        assert answer.split()[1] == b"200", answer
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        missing = int(length.partition(b":")[2]) - len(left)
        while missing:
            missing -= connection.recv_into(buffer, min(BUFFER, missing))
        return time.perf_counter() - began


class _asked:  # noqa: N801 - reads as what it does
    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname, parts.port)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
        self.head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()

    def __enter__(self) -> tuple[socket.socket, float]:
        self.connection = socket.create_connection(self.address, timeout=120)
        began = time.perf_counter()
        self.connection.sendall(self.head)
        return self.connection, began

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of an answer, and what came of its body with it."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            raise ConnectionError(f"The server broke off: {data[:200]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest
