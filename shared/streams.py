"""Following a JetStream stream for as long as a process lives: in order, without gaps, over restarts of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.bus import STREAMS, Bus
from shared.logs import logger

log = logger(__name__)

HEARTBEAT_S = 0.5
SILENCE_S = 1.6
"""After three heartbeats that did not come the consumer is gone, most likely with its server: make a new one."""


class StreamFacts(Struct, frozen=True, kw_only=True):
    """What a stream is when it is begun to be read."""

    epoch: str
    """Tells this incarnation of the stream from one that was made anew and counts from 1 again."""
    first: int
    """Sequence of the oldest message that is kept."""
    last: int
    """Sequence of the newest message; 0 when there was none yet."""


Begin = Callable[[StreamFacts], int]
"""Is told what the stream is, at the start and after every interruption; returns the sequence after which to read."""
Take = Callable[[int, str, bytes], Awaitable[None]]
"""Is given sequence, subject and data of each message, one after the other."""


async def follow(bus: Bus, stream: str, begin: Begin, take: Take) -> None:
    """Read a stream for ever. Ends only by cancellation, or with the error that `begin` or `take` raise."""
    while True:
        subscription: Subscription | None = None
        try:
            facts = await _facts(bus, stream)
            after = begin(facts)
            inbox = bus.client.new_inbox()
            # A queue of our own: the library's waiting for a message may swallow a cancellation. Flow control keeps it short.
            arrived: asyncio.Queue[Msg] = asyncio.Queue()
            subscription = await bus.client.subscribe(inbox, cb=arrived.put)
            consumer = await bus.client.jsm().add_consumer(stream, _ordered(inbox, after + 1))
            await _read(bus, arrived, take)
            log.info("a stream fell silent and is begun again", stream=stream, consumer=consumer.name)
        except (TimeoutError, NatsError, OSError) as error:
            log.info("a stream cannot be read just now", stream=stream, error=str(error) or type(error).__name__)
            await asyncio.sleep(0.2)
        finally:
            if subscription is not None and bus.client.is_connected:
                await subscription.unsubscribe()


async def _facts(bus: Bus, stream: str) -> StreamFacts:
    try:
        info = await bus.client.jsm().stream_info(stream)
    except NotFoundError:
        # The server lost its disk: begin anew, with the next epoch.
        await bus.jetstream.add_stream(next(config for config in STREAMS if config.name == stream))
        info = await bus.client.jsm().stream_info(stream)
    created = info.created.timestamp() if info.created else 0.0
    return StreamFacts(epoch=f"{int(created * 1000):x}", first=info.state.first_seq, last=info.state.last_seq)


def _ordered(inbox: str, start: int) -> ConsumerConfig:
    return ConsumerConfig(
        deliver_subject=inbox,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        ack_policy=AckPolicy.NONE,
        max_deliver=1,
        mem_storage=True,
        flow_control=True,
        idle_heartbeat=HEARTBEAT_S,
        inactive_threshold=10.0,
    )


async def _read(bus: Bus, arrived: asyncio.Queue[Msg], take: Take) -> None:
    """Take messages until one is missing or the heart stops."""
    expected = 1
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                message = await arrived.get()
        except TimeoutError:
            return
        if message.headers and message.headers.get("Status") == "100":
            await _go_on(bus, message)
            continue
        sequence = message.metadata.sequence
        if sequence.consumer != expected:
            return
        expected += 1
        await take(sequence.stream, message.subject, message.data)


async def _go_on(bus: Bus, message: Msg) -> None:
    """Answer flow control: everything before this message was taken."""
    stalled = (message.headers or {}).get("Nats-Consumer-Stalled")
    if message.reply or stalled:
        await bus.client.publish(message.reply or str(stalled))
