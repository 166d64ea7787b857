from __future__ import annotations

import asyncio
import json
import uuid

from services.gateway.examples import BATCH_JOB
from services.gateway.sse import KEEP_ALIVE, Watcher, written
from services.gateway.stream_events import state_event

BATCH, VIDEO = uuid.uuid4(), uuid.uuid4()
SUBJECT = (BATCH, VIDEO)


def watcher(most_bytes: int = 1000) -> Watcher:
    return Watcher(uuid.uuid4(), None, most_bytes)


def test_an_event_is_one_line_of_json_with_its_type_and_perhaps_an_id() -> None:
    lines = written(state_event(BATCH_JOB), "a-1").decode().split("\n")
    assert lines[0] == "id: a-1" and lines[2:] == ["", ""]
    data = json.loads(lines[1].removeprefix("data: "))
    assert data["type"] == "batch" and data["name"] == BATCH_JOB.name
    assert not written(state_event(BATCH_JOB)).startswith(b"id:")


async def test_state_changes_are_all_told_and_of_progress_only_the_newest() -> None:
    slow = watcher()
    for number in range(5):
        slow.live(SUBJECT, "progress", b"progress %d;" % number)
        slow.live((BATCH, uuid.uuid4()), "progress", b"other %d;" % number)
    slow.state((BATCH, BATCH), 1, b"state 1;")
    slow.state((BATCH, BATCH), 2, b"state 2;")
    told = await slow.next(1)
    assert told.startswith(b"state 1;state 2;")
    assert told.count(b"progress") == 1 and b"progress 4;" in told
    assert told.count(b"other") == 5


async def test_progress_from_before_a_state_change_is_not_told_after_it() -> None:
    slow = watcher()
    slow.live(SUBJECT, "progress", b"99 %;")
    slow.state(SUBJECT, 1, b"completed;")
    assert await slow.next(1) == b"completed;"


async def test_what_a_snapshot_shows_already_is_not_told_again() -> None:
    slow = watcher()
    slow.state(SUBJECT, 4, b"old;")
    slow.state(SUBJECT, 5, b"new;")
    slow.state((BATCH, BATCH), 1, b"another;")
    slow.live(SUBJECT, "progress", b"1 %;")
    slow.shown({SUBJECT: 4})
    assert await slow.next(1) == b"new;another;"


async def test_nothing_new_is_a_comment_and_not_the_end() -> None:
    quiet = watcher()
    assert await quiet.next(0.01) == KEEP_ALIVE
    quiet.state(SUBJECT, 1, b"seen;")
    quiet.shown({SUBJECT: 1})
    assert await quiet.next(1) == KEEP_ALIVE


async def test_a_watcher_that_does_not_read_is_let_go_when_too_much_waits() -> None:
    stuck = watcher(most_bytes=100)
    for number in range(1000):
        stuck.state(SUBJECT, number, b"x" * 30)
    assert stuck.lost
    assert await stuck.next(1) == b""
    stuck.state(SUBJECT, 1, b"late")
    assert await stuck.next(1) == b""


async def test_progress_that_replaces_older_progress_needs_no_more_room() -> None:
    slow = watcher(most_bytes=100)
    for number in range(1000):
        slow.live(SUBJECT, "progress", b"%04d" % number)
    assert not slow.lost
    assert await slow.next(1) == b"0999"


async def test_who_waits_hears_at_once() -> None:
    waiting = watcher()
    heard = asyncio.create_task(waiting.next(30))
    await asyncio.sleep(0)
    waiting.live(SUBJECT, "progress", b"1 %;")
    assert await asyncio.wait_for(heard, 1) == b"1 %;"
