"""Durable work through a real RabbitMQ: confirmed, handled at least once, given back when a process ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pika
import pytest

from shared.errors import Unavailable
from shared.messages import Command
from shared.work import Work, encode, handles
from stack.local import LocalStack


class Do(Command, frozen=True, kw_only=True):
    """Something to do."""

    to: ClassVar[str] = "test_work"
    number: int
    id: UUID


@handles(Do)
async def note(message: Do, at: Any) -> None:
    """Fails as often as it is told to, then writes the message down."""
    if at["failures"]:
        at["failures"].pop()
        raise RuntimeError("not yet")
    await at["done"].put(message)


@pytest.fixture
async def work(servers: LocalStack) -> AsyncIterator[Work]:
    """A connection, with the test's queue empty."""
    url = servers.environment("scheduler")["DAILIES_RABBITMQ_URL"]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    for queue in ("test_work", "test_work.DQ", "test_work.XQ"):
        connection.channel().queue_delete(queue)
    connection.close()
    opened = Work(url)
    yield opened
    await opened.stop()


def depth(servers: LocalStack, queue: str) -> int:
    """How many messages wait in a queue."""
    url = servers.environment("scheduler")["DAILIES_RABBITMQ_URL"]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    count: int = connection.channel().queue_declare(queue, passive=True).method.message_count
    connection.close()
    return count


def test_a_message_is_readable_json_with_its_fields_by_name() -> None:
    message = Do(number=7, id=UUID(int=1))
    assert b'"number":7' in encode(message).encode().replace(b" ", b"")
    assert encode(message).actor_name == "Do" and encode(message).queue_name == "test_work"


async def test_what_was_sent_is_handled_once(work: Work) -> None:
    at: dict[str, Any] = {"failures": [], "done": asyncio.Queue()}
    work.start([note], at, slots={"test_work": 2})
    sent = [Do(number=number, id=uuid4()) for number in range(20)]
    for message in sent:
        await work.send(message)
    got = [await asyncio.wait_for(at["done"].get(), 10) for _ in sent]
    assert sorted(got, key=lambda message: message.number) == sent
    assert at["done"].empty()


async def test_a_short_handler_that_fails_is_tried_again_until_it_succeeds(work: Work) -> None:
    at: dict[str, Any] = {"failures": [1, 2], "done": asyncio.Queue()}
    work.start([note], at, slots={"test_work": 1})
    message = Do(number=1, id=uuid4())
    await work.send(message)
    assert await asyncio.wait_for(at["done"].get(), 20) == message


CHILD = """
import asyncio, sys
from tests.shared.test_work import Do
from shared.work import Work, handles

@handles(Do, retries=0)
async def hang(message, at):
    print("started", flush=True)
    await asyncio.sleep(600)

async def main():
    work = Work(sys.argv[1])
    work.start([hang], None, slots={"test_work": 1})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await work.stop()

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["kill", "leave"])
async def test_work_in_a_process_that_ends_goes_back_to_the_queue(work: Work, servers: LocalStack, how: str) -> None:
    message = Do(number=5, id=uuid4())
    await work.send(message)
    url = servers.environment("scheduler")["DAILIES_RABBITMQ_URL"]
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CHILD,
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None and child.stdin is not None
    assert await asyncio.wait_for(child.stdout.readline(), 30) == b"started\n"
    if how == "kill":
        child.kill()
    else:
        child.stdin.write(b"\n")
    await asyncio.wait_for(child.wait(), 20)
    at: dict[str, Any] = {"failures": [], "done": asyncio.Queue()}
    work.start([note], at, slots={"test_work": 1})
    assert await asyncio.wait_for(at["done"].get(), 20) == message


async def test_a_broker_that_is_away_is_named() -> None:
    lonely = Work("amqp://guest:guest@127.0.0.1:1/dailies")
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1"):
        await asyncio.wait_for(lonely.send(Do(number=1, id=uuid4())), 60)
