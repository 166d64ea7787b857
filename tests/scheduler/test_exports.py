"""Exports as their owner makes, previews, cancels and renews them, on the real database."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.scheduler import answers, claims, export_answers, handlers, sweeps
from services.scheduler.service import Scheduler
from services.scheduler.tables import BatchVideos
from shared.batches import ExportFormat, ExportStatus
from shared.errors import Conflict, Invalid, NotFound
from shared.messages import (
    BuildExport,
    CancelExport,
    CreateBatch,
    DeleteDeliverable,
    EstimateExport,
    ExportBuilt,
    ExportFailed,
    ExportOptions,
    GetExport,
    RetryExport,
    RetryFailed,
)
from shared.views import BatchExport, ExportEstimate, LeftOut
from tests.scheduler.states import NOW, stored
from tests.scheduler.test_answers import claim_of, claimed, dispatched, failure, outbox, processed, ready, wanted

LATER = NOW.replace(year=2099)


@pytest.fixture
async def batch(scheduler: Scheduler) -> CreateBatch:
    """A batch that has ended: two videos completed, the third failed."""
    request = await ready(scheduler, 3)
    for number in range(3):
        (command,) = await dispatched(scheduler)
        token = await claimed(command, scheduler)
        if number < 2:
            await handlers.video_processed(processed(command, token), scheduler)
        else:
            await handlers.video_failed(failure(command, token, permanent=True), scheduler)
    await outbox(scheduler)
    return request


async def estimate(batch: CreateBatch, at: Scheduler, format_: ExportFormat, **options: object) -> ExportEstimate:
    query = EstimateExport(
        user_id=batch.user_id,
        batch_id=batch.batch_id,
        format=format_,
        options=ExportOptions(**options),  # type: ignore[arg-type]
    )
    return await export_answers.estimate_export(query, at)


async def ordered(batch: CreateBatch, at: Scheduler, **options: object) -> BuildExport:
    """The command that a new export leads to."""
    request = replace(wanted(batch), options=ExportOptions(**options))  # type: ignore[arg-type]
    await export_answers.request_export(request, at)
    return await order_in(at)


async def order_in(at: Scheduler) -> BuildExport:
    (order,) = [message for message in await outbox(at) if isinstance(message, BuildExport)]
    return order


async def taken(order: BuildExport, at: Scheduler) -> UUID:
    """The token of an exporter's claim."""
    claim = await claims.claim_run(claim_of(order), at)
    assert claim.run_token is not None, claim.verdict
    return claim.run_token


async def build(order: BuildExport, at: Scheduler, *, key: str = "deliverables/x.zip", **said: object) -> None:
    token = await taken(order, at)
    fields = {"deliverable": stored(key), "file_name": "Season one.zip", "expires_at": LATER, **said}
    await handlers.export_built(ExportBuilt(export_id=order.export_id, run_token=token, **fields), at)  # type: ignore[arg-type]


async def shown(order: BuildExport, at: Scheduler) -> BatchExport:
    query = GetExport(user_id=order.user_id, batch_id=order.batch_id, export_id=order.export_id)
    return await export_answers.get_export(query, at)


async def cancel(order: BuildExport, at: Scheduler) -> BatchExport:
    request = CancelExport(
        request_id=uuid4(), user_id=order.user_id, batch_id=order.batch_id, export_id=order.export_id
    )
    return await export_answers.cancel_export(request, at)


async def retry(order: BuildExport, at: Scheduler) -> BatchExport:
    request = RetryExport(request_id=uuid4(), user_id=order.user_id, batch_id=order.batch_id, export_id=order.export_id)
    return await export_answers.retry_export(request, at)


async def test_an_estimate_says_what_will_be_made(scheduler: Scheduler, batch: CreateBatch) -> None:
    told = await estimate(batch, scheduler, ExportFormat.ZIP, naming="{batch} {position}")
    assert (told.videos, told.size_bytes, told.duration_s) == (2, 2000, 84.0)
    assert (told.file_name, told.files) == ("Season one.zip", ("Season one 1.mp4", "Season one 2.mp4"))
    assert told.left_out == (LeftOut(position=3, name="Episode 3.mp4", reason="It broke."),)
    everything = await estimate(batch, scheduler, ExportFormat.ZIP, include_failed=True)
    assert (everything.videos, everything.left_out) == (3, ())
    merged = await estimate(batch, scheduler, ExportFormat.MERGED)
    assert (merged.file_name, merged.files) == ("Season one.mp4", ("Episode 1.mp4", "Episode 2.mp4"))
    playlist = await estimate(batch, scheduler, ExportFormat.PLAYLIST)
    assert (playlist.file_name, playlist.size_bytes) == ("Season one.m3u8", 0)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"naming": "{nonsense}"}, "nonsense"),
        ({"naming": "always the same"}, "the same name"),
        ({"video_ids": (UUID(int=1),)}, "not in this batch"),
        ({"video_ids": ()}, "not in this batch"),
    ],
)
async def test_options_that_cannot_be_met_are_refused(
    scheduler: Scheduler, batch: CreateBatch, options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(Invalid, match=complaint):
        await estimate(batch, scheduler, ExportFormat.ZIP, **options)
    with pytest.raises(Invalid, match=complaint):
        await ordered(batch, scheduler, **options)


async def test_an_order_has_everything_that_the_exporter_needs(scheduler: Scheduler, batch: CreateBatch) -> None:
    order = await ordered(batch, scheduler)
    assert order.settings == batch.settings
    assert [item.position for item in order.items] == [1, 2]
    assert all(item.made_at is not None for item in order.items)
    assert [video.reason for video in order.left_out] == ["It broke."]


async def test_chosen_videos_alone_are_exported(scheduler: Scheduler, batch: CreateBatch) -> None:
    order = await ordered(batch, scheduler, video_ids=(batch.videos[1].video_id,))
    assert ([item.position for item in order.items], order.left_out) == ([2], ())
    with pytest.raises(Conflict, match="retry the failed ones"):
        await ordered(batch, scheduler, video_ids=(batch.videos[2].video_id,))


async def test_a_cancelled_export_stops_and_leaves_nothing(scheduler: Scheduler, batch: CreateBatch) -> None:
    order = await ordered(batch, scheduler)
    token = await taken(order, scheduler)
    assert (await cancel(order, scheduler)).status is ExportStatus.CANCELLED
    assert [type(message) for message in await outbox(scheduler)] == [DeleteDeliverable]
    assert (await claims.claim_run(claim_of(order), scheduler)).verdict == "cancelled"
    late = ExportBuilt(
        export_id=order.export_id,
        run_token=token,
        deliverable=stored("deliverables/x.zip"),
        file_name="x.zip",
        expires_at=LATER,
    )
    await handlers.export_built(late, scheduler)
    assert (await shown(order, scheduler)).status is ExportStatus.CANCELLED
    assert [type(message) for message in await outbox(scheduler)] == [DeleteDeliverable]
    with pytest.raises(Conflict, match="already"):
        await cancel(order, scheduler)


async def test_a_failed_export_is_made_anew_and_the_old_run_counts_no_more(
    scheduler: Scheduler, batch: CreateBatch
) -> None:
    order = await ordered(batch, scheduler, skip_damaged=True)
    token = await taken(order, scheduler)
    with pytest.raises(Conflict, match="only one that failed"):
        await retry(order, scheduler)
    failed = ExportFailed(export_id=order.export_id, run_token=token, permanent=True, code="x", reason="It broke.")
    await handlers.export_failed(failed, scheduler)
    assert (await shown(order, scheduler)).error_message == "It broke."
    again = await retry(order, scheduler)
    assert (again.status, again.error_message, again.progress) == (ExportStatus.PROCESSING, None, 0)
    anew = await order_in(scheduler)
    assert (anew.attempt, anew.options) == (order.attempt + 1, order.options)
    await handlers.export_failed(failed, scheduler)
    gone = LeftOut(position=2, name="Episode 2.mp4", reason="Its stored file is missing.")
    await build(anew, scheduler, left_out=(gone,))
    done = await shown(order, scheduler)
    assert (done.status, done.left_out) == (ExportStatus.COMPLETED, (gone,))
    with pytest.raises(Conflict):
        await retry(order, scheduler)


async def test_after_its_time_an_export_is_gone_and_can_be_made_anew(scheduler: Scheduler, batch: CreateBatch) -> None:
    order = await ordered(batch, scheduler)
    await build(order, scheduler, expires_at=NOW + timedelta(hours=24))
    await BatchVideos.raw("update exports set expires_at = now() - interval '1 second'")
    gone = await shown(order, scheduler)
    assert (gone.status, gone.deliverable, gone.file_size) == (ExportStatus.EXPIRED, None, None)
    await sweeps.sweep(scheduler)
    assert (await retry(order, scheduler)).expires_at is None
    await build(await order_in(scheduler), scheduler)
    assert (await shown(order, scheduler)).status is ExportStatus.COMPLETED


async def test_exports_that_share_a_file_expire_together(scheduler: Scheduler, batch: CreateBatch) -> None:
    first, second = await ordered(batch, scheduler), await ordered(batch, scheduler)
    other = await ordered(batch, scheduler)
    soon = NOW.replace(year=2098)
    await build(first, scheduler, expires_at=soon)
    await build(other, scheduler, expires_at=soon, key="deliverables/y.zip")
    await build(second, scheduler, expires_at=LATER)
    assert [(await shown(order, scheduler)).expires_at for order in (first, second, other)] == [LATER, LATER, soon]
    assert (await shown(first, scheduler)).revision > 0


async def test_an_export_whose_batch_is_worked_on_again_is_given_up_when_it_is_lost(
    scheduler: Scheduler, batch: CreateBatch
) -> None:
    order = await ordered(batch, scheduler)
    await taken(order, scheduler)
    again = RetryFailed(request_id=uuid4(), user_id=batch.user_id, batch_id=batch.batch_id)
    await answers.retry_failed(again, scheduler)
    await BatchVideos.raw("update exports set lease_until = now() - interval '1 second'")
    await sweeps.sweep(scheduler)
    given_up = await shown(order, scheduler)
    assert given_up.status is ExportStatus.FAILED
    assert "when it has ended" in (given_up.error_message or "")


async def test_exports_of_others_cannot_be_touched(scheduler: Scheduler, batch: CreateBatch) -> None:
    order = await ordered(batch, scheduler)
    theirs = replace(order, user_id=uuid4())
    for act in (cancel, retry):
        with pytest.raises(NotFound):
            await act(theirs, scheduler)
    with pytest.raises(NotFound):
        await estimate(replace(batch, user_id=uuid4()), scheduler, ExportFormat.ZIP)


async def test_transcripts_and_highlights_lie_beside_the_videos_in_a_zip_only(scheduler: Scheduler) -> None:
    batch = await ready(scheduler, 1)
    (command,) = await dispatched(scheduler)
    done = processed(command, await claimed(command, scheduler))
    files = tuple(stored(f"runs/1/2/{name}") for name in ("transcript.srt", "transcript.vtt", "highlights.json"))
    await handlers.video_processed(replace(done, result=replace(done.result, files=files)), scheduler)
    told = await estimate(batch, scheduler, ExportFormat.ZIP)
    stem = "001_Episode 1"
    assert told.files == (f"{stem}.mp4", f"{stem}.srt", f"{stem}.vtt", f"{stem}.highlights.json")
    assert told.size_bytes == 4000
    chosen = await estimate(batch, scheduler, ExportFormat.ZIP, transcripts=False)
    assert chosen.files == (f"{stem}.mp4", f"{stem}.highlights.json")
    await outbox(scheduler)
    await export_answers.request_export(replace(wanted(batch), format=ExportFormat.MERGED), scheduler)
    assert [item.extras for item in (await order_in(scheduler)).items] == [()]
