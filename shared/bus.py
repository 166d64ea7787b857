"""NATS: questions asked and answered at once, and updates for whoever watches. Nothing here may be needed to survive a crash."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from shared import metrics, tracing
from shared.errors import DailiesError, RateLimited, Unavailable, known_errors
from shared.health import CHECK_S
from shared.logs import ids_of, logger
from shared.messages import Asked, Update

A = TypeVar("A")
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])
Answer = Callable[..., Awaitable[Any]]

log = logger(__name__)

ERROR_HEADER = "Dailies-Error"
RETRY_HEADER = "Dailies-Retry-After"
REQUEST_HEADER = "Dailies-Request"
FIRST_CONNECTION_S = 10.0
DRAIN_S = 5
DAY_S = 24 * 3600
MEGABYTE = 1024 * 1024

STREAMS = (
    # One message a subject: the last value of everything, and it coalesces by itself. Right for progress, wrong for a log.
    StreamConfig(
        name="LIVE",
        subjects=["live.>"],
        max_msgs_per_subject=1,
        max_age=DAY_S,
        max_bytes=256 * MEGABYTE,
        discard=DiscardPolicy.OLD,
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
    ),
    StreamConfig(
        name="LOG",
        subjects=["log.>"],
        max_age=DAY_S,
        max_bytes=512 * MEGABYTE,
        discard=DiscardPolicy.OLD,
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
    ),
)


def answers(kind: type[Asked[Any]]) -> Callable[[F], F]:
    """Mark a coroutine `(asked, at)` as the one that answers this request or query."""

    def mark(answer: F) -> F:
        answer.asked = kind  # type: ignore[attr-defined]
        return answer

    return mark


class Bus:
    """A connection to NATS that reconnects for ever."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._closing = False
        self.jetstream = client.jetstream()
        self._under_way: set[asyncio.Task[None]] = set()

    @classmethod
    async def connect(cls, url: str, name: str, patience_s: float = FIRST_CONNECTION_S) -> Bus:
        """Connect and make sure that the streams exist. Raises `Unavailable` when NATS is not there."""
        bus = cls(Client())
        try:
            # Reconnecting for ever is right later, but a first connection that fails should be told to somebody.
            await asyncio.wait_for(
                bus.client.connect(
                    url,
                    name=name,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.2,  # type: ignore[arg-type]
                    connect_timeout=2,
                    drain_timeout=DRAIN_S,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    disconnected_cb=bus._lost,
                    reconnected_cb=bus._found,
                    error_cb=_complain,
                ),
                patience_s,
            )
        except (TimeoutError, NatsError, OSError) as error:
            raise Unavailable("NATS does not answer; check DAILIES_NATS_URL and that the server runs.") from error
        for stream in STREAMS:
            await bus.jetstream.add_stream(stream)
        return bus

    async def close(self) -> None:
        """Answer what was asked already, send what is buffered, and leave."""
        self._closing = True
        if self.client.is_connected:
            await self.client.drain()
        else:
            await self.client.close()

    async def _lost(self) -> None:
        if not self._closing:
            metrics.nats_lost.inc()
            log.warning("NATS is away; updates wait and questions fail until it is back")

    async def _found(self) -> None:
        log.info("NATS is back")

    @property
    def connected(self) -> bool:
        """Whether the server is there just now."""
        return self.client.is_connected

    async def check(self) -> None:
        """Get a sign of life of the server and its streams. Raises `Unavailable`."""
        if not self.connected:
            raise Unavailable("The connection to NATS is lost; it is tried again all the time.")
        await self.client.jsm(timeout=CHECK_S).account_info()

    @property
    def reconnects(self) -> int:
        """How often the server was away and came back."""
        return self.client.stats["reconnects"]

    async def ask(self, asked: Asked[A], timeout_s: float = 5.0) -> A:
        """Ask a service. Raises the error that it raised, or `Unavailable` when nobody answers in time."""
        name = type(asked).__name__
        with tracing.span(f"ask {name}", "CLIENT", about=ids_of(asked)):
            try:
                message = await self._asked(asked, timeout_s)
            except Unavailable:
                metrics.questions_unanswered.labels(name).inc()
                raise
        headers = message.headers or {}
        if code := headers.get(ERROR_HEADER):
            raise _error(code, message.data.decode(), headers)
        answer: A = msgspec.json.decode(message.data, type=type(asked).answer)
        return answer

    async def _asked(self, asked: Asked[Any], timeout_s: float) -> Msg:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        headers = tracing.carried()
        if request_id := headers.pop(tracing.REQUEST, ""):
            headers[REQUEST_HEADER] = request_id
        while True:
            try:
                return await self.client.request(
                    asked.subject(),
                    msgspec.json.encode(asked),
                    timeout=max(0.05, deadline - loop.time()),
                    headers=headers or None,
                )
            except NoRespondersError:
                # The service is just being restarted, more often than not: nobody has heard the question, so ask again.
                if loop.time() + 0.1 >= deadline:
                    raise _nobody(asked) from None
                await asyncio.sleep(0.1)
            except (TimeoutError, NatsError):
                raise _nobody(asked) from None

    async def serve(self, handlers: Iterable[Answer], at: Any) -> None:
        """Answer in the service's queue group: of all its running copies, one gets each question."""
        for handler in handlers:
            kind: type[Asked[Any]] = handler.asked  # type: ignore[attr-defined]
            await self.client.subscribe(kind.subject(), queue=kind.of, cb=self._answering(handler, kind, at))
        # Without the flush the first question may find nobody.
        await self.client.flush()

    def _answering(self, handler: Answer, kind: type[Asked[Any]], at: Any) -> Callable[[Msg], Awaitable[None]]:
        decoder = msgspec.json.Decoder(kind)

        name = kind.__name__

        async def answer(message: Msg) -> None:
            headers, begun, outcome = message.headers or {}, time.monotonic(), "ok"
            with (
                structlog.contextvars.bound_contextvars(request_id=headers.get(REQUEST_HEADER, "")),
                tracing.span(f"answer {name}", "SERVER", of=headers),
            ):
                try:
                    asked = decoder.decode(message.data)
                    with structlog.contextvars.bound_contextvars(**ids_of(asked)):
                        result = await handler(asked, at)
                    await self.client.publish(message.reply, msgspec.json.encode(result))
                except DailiesError as error:
                    outcome = error.code
                    await self._refuse(message, error.code, str(error), error)
                except Exception as error:
                    outcome = "internal"
                    number = uuid.uuid4().hex[:12]
                    log.exception("a question could not be answered", subject=message.subject, error_id=number)
                    await self._refuse(
                        message, "internal", f"Something went wrong here; the log knows it as {number}.", error
                    )
            metrics.questions.labels(name, outcome).inc()
            metrics.question_seconds.labels(name).observe(time.monotonic() - begun)

        async def start(message: Msg) -> None:
            # In a task of its own: a slow answer must not hold up the next question on the same subject.
            task = asyncio.create_task(answer(message))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        return start

    async def _refuse(self, message: Msg, code: str, sentence: str, error: Exception) -> None:
        headers = {ERROR_HEADER: code}
        if isinstance(error, RateLimited):
            headers[RETRY_HEADER] = str(error.retry_after_s)
        await self.client.publish(message.reply, sentence.encode(), headers=headers)

    async def publish(self, update: Update) -> None:
        """Say what is so now. While NATS is away it is kept for a moment or lost: the next update repairs it."""
        try:
            await self.client.publish(update.subject(), msgspec.json.encode(update))
        except NatsError as error:
            log.warning("an update was not sent", subject=update.subject(), error=str(error))

    async def listen(self, subject: str, handler: Callable[[Msg], Awaitable[None]]) -> Any:
        """Hear what is published from now on. Returns the subscription, to be ended with `unsubscribe()`."""
        subscription = await self.client.subscribe(subject, cb=handler)
        await self.client.flush()
        return subscription


def answered(handlers: Sequence[Answer]) -> list[type[Asked[Any]]]:
    """Which requests and queries these handlers answer."""
    return [handler.asked for handler in handlers]  # type: ignore[attr-defined]


def _nobody(asked: Asked[Any]) -> Unavailable:
    return Unavailable(f"The {asked.of} does not answer just now; try again in a moment.")


def _error(code: str, sentence: str, headers: Any) -> DailiesError:
    kind = known_errors().get(code, DailiesError)
    if kind is RateLimited:
        return RateLimited(sentence, int(headers.get(RETRY_HEADER, "1")))
    return kind(sentence)


async def _complain(error: Exception) -> None:
    log.debug("NATS", error=str(error) or type(error).__name__)
