"""RabbitMQ: work that must not be lost, sent with confirmation and handled at least once, by Dramatiq.

Handlers are plain coroutines. Dramatiq's threads fetch and acknowledge; the coroutines run on the process's one event loop, so
that they share its database pool and its connection to NATS.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

import dramatiq
import msgspec
import pika
import structlog
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.errors import BrokerConnectionError
from dramatiq.middleware import CurrentMessage, Retries
from pika.exceptions import AMQPError

from shared import metrics, tracing
from shared.errors import Unavailable
from shared.logs import ids_of, logger
from shared.messages import Durable

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])
Handler = Callable[..., Awaitable[Any]]

log = logger(__name__)

HEARTBEAT_S = 10
CONSUMER_STOP_MS = 1_000
CARRIED = "carried"
"""The option of a message in which the request's id and the trace travel."""
FOR_EVER = threading.Event()


def handles(kind: type[Durable], *, retries: int | None = None) -> Callable[[F], F]:
    """Mark a coroutine `(message, at)` as the handler of a durable message.

    `retries=None` tries again without limit, slower and slower: right for short events, whose failure is a bug or an outage.
    `retries=0` is for long commands, which say themselves what came of them.
    """

    def mark(handler: F) -> F:
        handler.handled = kind  # type: ignore[attr-defined]
        handler.retries = retries  # type: ignore[attr-defined]
        return handler

    return mark


class Work:
    """A connection to RabbitMQ: sends, and once started also handles."""

    def __init__(self, url: str) -> None:
        parameters = pika.URLParameters(url)
        self.broker = RabbitmqBroker(
            confirm_delivery=True,
            url=f"{url}?heartbeat={HEARTBEAT_S}&blocked_connection_timeout=30",
            middleware=[Retries(min_backoff=200, max_backoff=60_000), CurrentMessage()],
        )
        self.address = f"{parameters.host}:{parameters.port}"
        self._outgoing: queue.SimpleQueue[tuple[dramatiq.Message[Any] | None, Future[None]] | None] = (
            queue.SimpleQueue()
        )
        self._sender = threading.Thread(target=self._send_all, name="rabbitmq-sender", daemon=True)
        self._sender.start()
        self._workers: list[dramatiq.Worker] = []
        self._under_way: dict[asyncio.Task[Any], bool] = {}
        self._stopping = False

    async def send(self, message: Durable, carried: Mapping[str, str] | None = None) -> None:
        """Hand a message to RabbitMQ and wait until it has it safe. Raises `Unavailable` when it cannot be had.

        `carried` is what travels with it: the request that it follows from, and the trace.
        """
        encoded = encode(message, carried)
        name = type(message).__name__
        with tracing.span(f"send {name}", "PRODUCER", of=carried, about=ids_of(message)):
            await self._through_sender(encoded)
        metrics.messages_sent.labels(name).inc()
        known = {tracing.REQUEST: carried[tracing.REQUEST]} if carried and tracing.REQUEST in carried else {}
        log.info("sent", message=name, message_id=encoded.message_id, **known, **ids_of(message))

    async def check(self) -> None:
        """Get a sign of life of RabbitMQ over the connection that sends; every queue must be consumed that should be."""
        try:
            await self._through_sender(None)
        except Unavailable:
            raise Unavailable(f"RabbitMQ at {self.address} does not answer.") from None
        for worker in self._workers:
            for name, thread in worker.consumers.items():
                connection = getattr(thread.consumer, "connection", None)
                if connection is None or not connection.is_open:
                    raise Unavailable(f"The queue {name} is not consumed just now.")

    async def _through_sender(self, message: dramatiq.Message[Any] | None) -> None:
        done: Future[None] = Future()
        self._outgoing.put((message, done))
        await asyncio.wrap_future(done)

    def _send_all(self) -> None:
        # pika blocks and its connections belong to one thread: this one. It also answers RabbitMQ's heartbeats while idle.
        while True:
            try:
                item = self._outgoing.get(timeout=HEARTBEAT_S / 3)
            except queue.Empty:
                self._stay_alive()
                continue
            if item is None:
                return
            message, done = item
            if not done.set_running_or_notify_cancel():
                continue
            try:
                if message is None:
                    # RabbitMQ answers it, and it changes nothing on a channel without consumers.
                    self.broker.channel.basic_qos(prefetch_count=0)
                else:
                    self.broker.enqueue(message)
                done.set_result(None)
            except (BrokerConnectionError, AMQPError, OSError) as error:
                self._forget_connection()
                done.set_exception(
                    Unavailable(f"RabbitMQ at {self.address} did not take a message ({error!r}); it is sent again.")
                )
            except Exception as error:
                done.set_exception(error)

    def _stay_alive(self) -> None:
        connection = getattr(self.broker.state, "connection", None)
        if connection is not None:
            try:
                connection.process_data_events(0)
            except (AMQPError, OSError):
                self._forget_connection()

    def _forget_connection(self) -> None:
        with contextlib.suppress(Exception):
            del self.broker.connection

    def start(self, handlers: Sequence[Handler], at: Any, slots: Mapping[str, int]) -> None:
        """Consume the queues in `slots`, each with so many messages at a time; the handlers run on the caller's event loop."""
        loop = asyncio.get_running_loop()
        for handler in handlers:
            kind: type[Durable] = handler.handled  # type: ignore[attr-defined]
            retries: int | None = handler.retries  # type: ignore[attr-defined]
            dramatiq.actor(
                actor_name=kind.__name__,
                queue_name=kind.to,
                broker=self.broker,
                max_retries=retries,
                throws=(msgspec.ValidationError,),
            )(self._actor(handler, kind, at, loop, short=retries is None))
        for name, count in slots.items():
            worker = dramatiq.Worker(self.broker, queues={name}, worker_threads=count, worker_timeout=1000)
            # Prefetched messages would wait behind the one in work while another worker is idle.
            worker.queue_prefetch = count
            worker.start()
            self._workers.append(worker)

    def _actor(
        self, handler: Handler, kind: type[Durable], at: Any, loop: asyncio.AbstractEventLoop, *, short: bool
    ) -> Callable[..., None]:
        async def run(message: Durable, envelope: dramatiq.Message[Any]) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._under_way[task] = short
            try:
                await _followed(handler, message, at, envelope)
            finally:
                del self._under_way[task]

        def act(**payload: Any) -> None:
            try:
                message = msgspec.convert(payload, kind)
            except msgspec.ValidationError as error:
                metrics.messages_handled.labels(kind.__name__, "unreadable").inc()
                log.error(
                    "a message cannot be read; it goes to the dead letters", message=kind.__name__, error=str(error)
                )
                raise
            if not self._stopping:
                try:
                    envelope = CurrentMessage.get_current_message()
                    assert envelope is not None
                    return asyncio.run_coroutine_threadsafe(run(message, envelope), loop).result()
                except CancelledError:
                    if not self._stopping:
                        raise
            # Neither done nor failed: keep the message unacknowledged, so that RabbitMQ gives it to another worker.
            FOR_EVER.wait()

        return act

    async def stop(self, patience_s: float = 10.0) -> None:
        """Take nothing more; let short handlers finish, cancel long ones and wait until they have ended their children.

        What is unfinished goes back to its queue when the process ends.
        """
        self._stopping = True
        for task, short in list(self._under_way.items()):
            if not short:
                task.cancel()
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=patience_s)
        for task in list(self._under_way):
            task.cancel()
        # Closing the consumers gives back what is not acknowledged, even when this process goes on to live.
        await asyncio.gather(*(asyncio.to_thread(worker.stop, CONSUMER_STOP_MS) for worker in self._workers))
        self._outgoing.put(None)


def encode(message: Durable, carried: Mapping[str, str] | None = None) -> dramatiq.Message[Any]:
    """A durable message as Dramatiq sends it: readable JSON, with the fields of the struct as keyword arguments."""
    return dramatiq.Message(
        queue_name=message.to,
        actor_name=type(message).__name__,
        args=(),
        kwargs=msgspec.to_builtins(message, str_keys=True),
        options={CARRIED: dict(carried)} if carried else {},
    )


async def _followed(handler: Handler, message: Durable, at: Any, envelope: dramatiq.Message[Any]) -> None:
    """Handle a message, with its ids in every line of the log, its numbers in the metrics and its span in the trace."""
    name, carried, begun = type(message).__name__, envelope.options.get(CARRIED, {}), time.monotonic()
    request = {tracing.REQUEST: carried[tracing.REQUEST]} if tracing.REQUEST in carried else {}
    if envelope.options.get("retries"):
        metrics.message_retries.labels(name).inc()
    else:
        metrics.message_wait_seconds.labels(name).observe(max(0.0, time.time() - envelope.message_timestamp / 1000))
    ids = {"message_id": envelope.message_id, **request, **ids_of(message)}
    outcome = "failed"
    with (
        structlog.contextvars.bound_contextvars(message=name, **ids),
        tracing.span(f"handle {name}", "CONSUMER", of=carried, about=ids),
    ):
        try:
            await handler(message, at)
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        except Exception:
            log.exception("a handler failed")
            raise
        finally:
            metrics.messages_handled.labels(name, outcome).inc()
            metrics.message_seconds.labels(name).observe(time.monotonic() - begun)
