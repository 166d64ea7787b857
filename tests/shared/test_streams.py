"""Following a stream, on a real NATS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.bus import Bus
from shared.streams import StreamFacts, follow
from stack.local import LocalStack


class Reader:
    """Reads the log stream from where it is now, and notes everything."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.begun: list[StreamFacts] = []
        self.taken: list[tuple[int, bytes]] = []
        self.task = asyncio.create_task(follow(bus, "LOG", self.begin, self.take))

    def begin(self, facts: StreamFacts) -> int:
        """Go on after what was taken last; after nothing and in a new stream, at its end."""
        same = bool(self.begun) and self.begun[-1].epoch == facts.epoch
        self.begun.append(facts)
        return self.taken[-1][0] if same and self.taken else facts.last

    async def take(self, sequence: int, subject: str, data: bytes) -> None:
        """Note a message."""
        self.taken.append((sequence, data))

    async def until(self, data: bytes) -> None:
        """Wait for a message."""
        async with asyncio.timeout(20):
            while not any(taken == data for _, taken in self.taken):
                assert not self.task.done(), self.task
                await asyncio.sleep(0.02)

    async def until_begun(self, times: int) -> None:
        """Wait until it was begun so many times."""
        async with asyncio.timeout(20):
            while len(self.begun) < times:
                await asyncio.sleep(0.02)


@pytest.fixture
async def bus(servers: LocalStack) -> AsyncIterator[Bus]:
    """A connection."""
    bus = await Bus.connect(servers.environment("scheduler")["DAILIES_NATS_URL"], "test")
    yield bus
    await bus.close()


@pytest.fixture
async def reader(bus: Bus) -> AsyncIterator[Reader]:
    """A reader that has begun."""
    reader = Reader(bus)
    await reader.until_begun(1)
    yield reader
    reader.task.cancel()
    await asyncio.gather(reader.task, return_exceptions=True)


async def say(bus: Bus, *texts: str) -> None:
    """Publish to the log stream, and wait until it is stored."""
    for text in texts:
        await bus.jetstream.publish("log.test", text.encode())


async def test_messages_are_taken_in_order_and_each_once(bus: Bus, reader: Reader) -> None:
    texts = [str(number) for number in range(3_000)]
    for text in texts:
        await bus.client.publish("log.test", text.encode())
    await reader.until(b"2999")
    assert [data.decode() for _, data in reader.taken] == texts
    sequences = [sequence for sequence, _ in reader.taken]
    assert sequences == list(range(sequences[0], sequences[0] + 3_000))


async def test_nothing_is_missed_or_told_twice_over_a_restart_of_the_server(
    bus: Bus, reader: Reader, servers: LocalStack
) -> None:
    await say(bus, "before")
    await reader.until(b"before")
    await asyncio.to_thread(servers.kill, "nats")
    await asyncio.to_thread(servers.start, "nats")
    async with asyncio.timeout(20):
        while not bus.connected:
            await asyncio.sleep(0.02)
    await say(bus, "after 1", "after 2")
    await reader.until(b"after 2")
    assert [data for _, data in reader.taken] == [b"before", b"after 1", b"after 2"]
    assert len({facts.epoch for facts in reader.begun}) == 1


async def test_a_stream_that_was_made_anew_has_another_epoch(bus: Bus, reader: Reader) -> None:
    await say(bus, "before")
    await reader.until(b"before")
    await bus.jetstream.delete_stream("LOG")
    await reader.until_begun(2)
    assert reader.begun[-1].epoch != reader.begun[0].epoch
    assert reader.begun[-1].last == 0
    await say(bus, "after")
    await reader.until(b"after")


async def test_it_ends_when_it_is_cancelled(reader: Reader) -> None:
    reader.task.cancel()
    await asyncio.wait([reader.task], timeout=5)
    assert reader.task.cancelled()


async def test_it_ends_with_the_error_of_its_reader(bus: Bus) -> None:
    async def fail(sequence: int, subject: str, data: bytes) -> None:
        raise ValueError("no")

    begun = asyncio.Event()

    def begin(facts: StreamFacts) -> int:
        begun.set()
        return facts.last

    task = asyncio.create_task(follow(bus, "LOG", begin, fail))
    await asyncio.wait_for(begun.wait(), 10)
    await say(bus, "x")
    with pytest.raises(ValueError, match="no"):
        await asyncio.wait_for(task, 10)
