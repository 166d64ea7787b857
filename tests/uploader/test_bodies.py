"""Large bodies of requests: read past the parser, and nobody on either side can tell."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest
import uvloop

from services.uploader.bodies import BUFFER, LARGE
from services.uploader.serving import serve

BODY = os.urandom(3 * BUFFER + 17)
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Scenario = Callable[[int, list[Any]], Awaitable[None]]


class Lifetime:
    """That of one test."""

    def background(self, work: Any) -> None:
        self.work = asyncio.create_task(work)


async def answer(send: Any, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def play(new_loop: Any, scenario: Scenario) -> list[Any]:
    """Serve an application that hashes what it is sent, except at `/refused`, and let a client talk to its port."""
    told: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/refused":
            await answer(send, 403, b"no")
            return
        # Held to the end, as by a slow disk: nothing of it may be overwritten by what follows.
        held, more = [], True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                told.append("gone")
                return
            held.append(message.get("body", b""))
            told.append(len(held[-1]))
            more = message.get("more_body", False)
        await answer(send, 200, digest(b"".join(held)))

    async def both() -> None:
        lifetime = Lifetime()
        port = await serve(app, "127.0.0.1", 0, lifetime)  # type: ignore[arg-type]
        async with asyncio.timeout(20):
            await scenario(port, told)
        lifetime.work.cancel()
        await asyncio.wait([lifetime.work])

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(both())
    return told


pytestmark = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])


def head(path: str, size: int, *headers: str) -> bytes:
    return "\r\n".join([f"PUT {path} HTTP/1.1", "Host: here", f"Content-Length: {size}", *headers, "", ""]).encode()


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    length = next(line for line in lines if line.startswith(b"content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(int(length.split(b":")[1]))


def digest(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode()


def test_requests_large_and_small_follow_each_other_on_one_connection(new_loop: Any) -> None:
    async def scenario(port: int, told: list[Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in (BODY, b"small", BODY[:LARGE], BODY[: LARGE - 1], BODY):
            writer.write(head("/", len(body)) + body)
            await writer.drain()
            assert await answered(reader) == (200, digest(body))
        # And all at once, without waiting for an answer.
        writer.write(b"".join(head("/", len(body)) + body for body in (BODY, b"small", BODY)))
        assert [await answered(reader) for _ in range(3)] == [(200, digest(one)) for one in (BODY, b"small", BODY)]
        writer.close()

    assert max(play(new_loop, scenario)) <= BUFFER


def test_what_is_refused_unread_is_dropped_and_the_connection_goes_on(new_loop: Any) -> None:
    async def scenario(port: int, told: list[Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head("/refused", len(BODY)))
        assert await answered(reader) == (403, b"no")
        writer.write(BODY + head("/", len(BODY)) + BODY)
        assert await answered(reader) == (200, digest(BODY))
        writer.close()

    play(new_loop, scenario)


def test_a_slow_sender_is_heard_piece_by_piece(new_loop: Any) -> None:
    async def scenario(port: int, told: list[Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head("/", len(BODY)))
        for start in range(0, 3000, 1000):
            writer.write(BODY[start : start + 1000])
            while sum(told) < start + 1000:
                await asyncio.sleep(0.001)
        writer.write(BODY[3000:])
        assert await answered(reader) == (200, digest(BODY))
        writer.close()

    play(new_loop, scenario)


def test_a_client_that_asks_first_is_told_to_go_on(new_loop: Any) -> None:
    async def scenario(port: int, told: list[Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head("/", len(BODY), "Expect: 100-continue"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(BODY)
        assert await answered(reader) == (200, digest(BODY))
        writer.close()

    play(new_loop, scenario)


def test_a_client_that_goes_in_the_middle_is_noticed(new_loop: Any) -> None:
    async def scenario(port: int, told: list[Any]) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head("/", len(BODY)) + BODY[: 2 * BUFFER])
        await writer.drain()
        while sum(told) < 2 * BUFFER:
            await asyncio.sleep(0.001)
        writer.close()
        while "gone" not in told:
            await asyncio.sleep(0.001)

    play(new_loop, scenario)


def test_bodies_side_by_side_are_not_mixed_up(new_loop: Any) -> None:
    bodies = [os.urandom(2 * BUFFER + number) for number in range(6)]

    async def scenario(port: int, told: list[Any]) -> None:
        async def send(body: bytes) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head("/", len(body)))
            # In small pieces, so that all of them are under way at once.
            for start in range(0, len(body), 50_000):
                writer.write(body[start : start + 50_000])
                await writer.drain()
                await asyncio.sleep(0)
            assert await answered(reader) == (200, digest(body))
            writer.close()

        for _ in range(2):
            await asyncio.gather(*map(send, bodies))

    play(new_loop, scenario)
