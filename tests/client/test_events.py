"""Parsing server-sent events, and coming back after the connection broke."""

from __future__ import annotations

import itertools
from contextlib import aclosing
from itertools import chain

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.errors import Refused
from client.events import EventParser, Lost, ServerEvent, listen
from client.retrying import Backoff
from tests.client.server import Exchange, serving

QUICK = Backoff(attempts=3, first_s=0.001, longest_s=0.002)

STREAM = (
    '\ufeffretry: 250\r\n: here\r\n\r\nid: e-1\ndata: {"a":\ndata: 1}\n\n'
    "event: other\rdata:no space\r\rdata: caf\u00e9 \u2028 line\n\n"
    "id\ndata\n\nevent: nothing\n\nid: with\0nul\ndata: last\n\n"
).encode()
EVENTS = [
    ServerEvent(data='{"a":\n1}', id="e-1"),
    ServerEvent(data="no space", event="other", id="e-1"),
    ServerEvent(data="café \u2028 line", id="e-1"),
    ServerEvent(data="", id=""),
    ServerEvent(data="last", id=""),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_events_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    parser = EventParser()
    places = [0, *sorted(cuts), len(STREAM)]
    found = [event for a, b in itertools.pairwise(places) for event in parser.feed(STREAM[a:b])]
    assert found == EVENTS
    assert parser.retry_s == 0.25


def test_an_event_that_is_cut_off_by_the_end_is_not_told() -> None:
    assert list(EventParser().feed(b"data: half\n")) == []


def test_an_event_without_end_is_refused() -> None:
    parser = EventParser()
    lines = (b"data: " + b"x" * 1_000_000 + b"\n" for _ in range(20))
    with pytest.raises(ValueError, match="larger"):
        list(chain.from_iterable(map(parser.feed, lines)))


async def test_it_comes_back_with_the_last_event_id() -> None:
    asked: list[str | None] = []

    async def handle(exchange: Exchange) -> None:
        asked.append(exchange.headers.get("last-event-id"))
        await exchange.stream()
        await exchange.send(f"id: e-{len(asked)}\ndata: {len(asked)}\n\n".encode())
        exchange.drop()

    with serving(handle) as server:
        async with httpx.AsyncClient(base_url=server.url) as http, aclosing(listen(http, "/events", QUICK)) as events:
            heard = [await anext(events) for _ in range(3)]
    assert [event.data for event in heard if isinstance(event, ServerEvent)] == ["1", "2", "3"]
    assert asked[:3] == [None, "e-1", "e-2"]


async def test_after_three_fruitless_connections_it_says_so_and_goes_on_trying() -> None:
    connections = 0

    async def handle(exchange: Exchange) -> None:
        nonlocal connections
        connections += 1
        if connections < 4:
            exchange.drop()
        elif connections == 4:
            await exchange.answer(503)
        else:
            await exchange.stream()
            await exchange.send(b"data: here\n\n")

    with serving(handle) as server:
        async with httpx.AsyncClient(base_url=server.url) as http, aclosing(listen(http, "/events", QUICK)) as events:
            heard = [await anext(events) for _ in range(3)]
    assert [type(event) for event in heard] == [Lost, Lost, ServerEvent]


async def test_a_refusal_ends_it() -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.problem(404, "not_found", "There is no such batch.")

    with serving(handle) as server:
        async with httpx.AsyncClient(base_url=server.url) as http, aclosing(listen(http, "/events", QUICK)) as events:
            with pytest.raises(Refused, match="no such batch"):
                await anext(events)
