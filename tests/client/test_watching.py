"""Following a batch by events, and without them."""

from __future__ import annotations

from contextlib import aclosing
from uuid import UUID

import pytest

from client.api import Api
from client.errors import Refused, Unreachable
from client.retrying import Backoff
from client.watching import Patience, Seen, Watched, follow, follow_export, with_event
from shared.batches import BatchStatus, ExportStatus, VideoStatus
from shared.media import Stage
from tests.client.server import Exchange, Server, serving
from tests.client.views import BATCH, NOW, details, event, export, job, video, written

QUICK = Backoff(attempts=3, first_s=0.001, longest_s=0.002)
PATIENCE = Patience(reconnect=QUICK, poll_s=0.01, check_s=5.0, outage_s=0.3)
ENDED = details(BatchStatus.COMPLETED, video(status=VideoStatus.COMPLETED), completed_videos=1)


def progress(percent: int, position: int = 1) -> dict[str, object]:
    return {
        "type": "progress",
        "batch_id": str(BATCH),
        "video_id": str(UUID(int=100 + position)),
        "progress": percent,
        "current_stage": "exporting",
        "stage_percentage": percent,
        "attempt": 1,
    }


async def followed(server: Server) -> list[Seen]:
    async with (
        Api(server.url, "dly_key", backoff=QUICK) as api,
        aclosing(follow(api, BATCH, patience=PATIENCE)) as seen,
    ):
        return [one async for one in seen]


def test_progress_reaches_its_video_and_no_other() -> None:
    before = Watched(details=details(BatchStatus.PROCESSING, video(1), video(2)))
    after = with_event(before, progress(40, position=2)).details.videos
    assert [one.progress_percentage for one in after] == [0, 40]
    assert after[1].current_stage is Stage.EXPORTING


def test_late_progress_does_not_move_a_video_that_is_done() -> None:
    done = video(status=VideoStatus.COMPLETED, progress_percentage=100, completed_at=NOW)
    before = Watched(details=details(BatchStatus.PROCESSING, done))
    assert with_event(before, progress(40)) == before


def test_an_older_state_does_not_replace_a_newer_one() -> None:
    before = Watched(details=details(BatchStatus.COMPLETED, revision=5))
    older = event("batch", job(BatchStatus.PROCESSING, revision=4))
    assert with_event(before, older) == before


def test_states_replace_what_was_known() -> None:
    known = with_event(Watched(details=details()), event("video", video(status=VideoStatus.FAILED)))
    known = with_event(known, event("batch", job(BatchStatus.FAILED)))
    known = with_event(known, event("export", export()))
    known = with_event(
        known, {"type": "export_progress", "export_id": str(UUID(int=7)), "progress": 50, "operation": "Adding"}
    )
    assert known.details.videos[0].status is VideoStatus.FAILED
    assert known.details.batch_job.status is BatchStatus.FAILED
    assert known.exports[UUID(int=7)].progress == 50


def test_a_snapshot_brings_everything_and_its_live_values() -> None:
    snapshot = {**event("snapshot", details()), "exports": [], "live": [progress(70)]}
    assert with_event(Watched(details=ENDED), snapshot).details.videos[0].progress_percentage == 70


@pytest.mark.parametrize("strange", [{}, {"type": "from the future"}, {"type": "progress"}, {"type": "video", "id": 3}])
def test_what_is_not_understood_changes_nothing(strange: dict[str, object]) -> None:
    known = Watched(details=details())
    assert with_event(known, strange) == known


async def test_events_are_followed_to_the_end() -> None:
    async def handle(exchange: Exchange) -> None:
        if exchange.path.endswith("/progress"):
            await exchange.stream()
            for told in (progress(10), progress(60), event("video", ENDED.videos[0]), event("batch", ENDED.batch_job)):
                await exchange.send(written(told))
        else:
            await exchange.answer(200, details())

    with serving(handle) as server:
        seen = await followed(server)
        assert server.count("GET") == 2
    assert [one.event["type"] for one in seen] == ["snapshot", "progress", "progress", "video", "batch"]
    assert seen[2].details.videos[0].progress_percentage == 60
    assert seen[-1].details == ENDED


async def test_without_events_the_state_is_asked_for() -> None:
    asked = 0

    async def handle(exchange: Exchange) -> None:
        nonlocal asked
        if exchange.path.endswith("/progress"):
            await exchange.problem(403, "forbidden", "No events here.")
            return
        asked += 1
        await exchange.answer(200, ENDED if asked == 4 else details())

    with serving(handle) as server:
        seen = await followed(server)
    assert [one.details.batch_job.status for one in seen] == [*["processing"] * 3, "completed"]


async def test_a_server_that_restarts_is_waited_for() -> None:
    asked = 0

    async def handle(exchange: Exchange) -> None:
        nonlocal asked
        if exchange.path.endswith("/progress"):
            exchange.drop()
            return
        asked += 1
        if 1 < asked < 8:
            exchange.drop()
        else:
            await exchange.answer(200, details() if asked == 1 else ENDED)

    with serving(handle) as server:
        assert (await followed(server))[-1].details == ENDED


async def test_a_server_that_stays_away_is_given_up() -> None:
    asked = 0

    async def handle(exchange: Exchange) -> None:
        nonlocal asked
        asked += exchange.path.endswith(str(BATCH))
        if asked == 1 and not exchange.path.endswith("/progress"):
            await exchange.answer(200, details())
        else:
            exchange.drop()

    with serving(handle) as server, pytest.raises(Unreachable):
        await followed(server)


async def test_a_batch_that_is_not_ours_is_refused_at_once() -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.problem(404, "not_found", "There is no such batch.")

    with serving(handle) as server:
        with pytest.raises(Refused, match="no such batch"):
            await followed(server)
        assert server.seen == [f"GET /api/batch-jobs/{BATCH}"]


async def test_an_export_is_followed_to_its_fresh_url() -> None:
    ready = export(ExportStatus.COMPLETED, progress=100, download_url="http://store/fresh")
    asked = 0

    async def handle(exchange: Exchange) -> None:
        nonlocal asked
        if exchange.path.endswith("/progress"):
            await exchange.stream()
            await exchange.send(
                written({**event("snapshot", ENDED), "exports": [event("export", export(progress=50))], "live": []})
            )
            await exchange.send(written(event("export", export(ExportStatus.COMPLETED))))
        elif "/export/" in exchange.path:
            asked += 1
            await exchange.answer(200, ready if asked > 1 else export())
        else:
            await exchange.answer(200, ENDED)

    with serving(handle) as server:
        async with (
            Api(server.url, backoff=QUICK) as api,
            aclosing(follow_export(api, BATCH, UUID(int=7), patience=PATIENCE)) as states,
        ):
            seen = [one async for one in states]
    assert [one.progress for one in seen] == [0, 50, 100]
    assert seen[-1].download_url == "http://store/fresh"
