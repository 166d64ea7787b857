"""The way of one video through the workers: dispatched, claimed, lost, processed or failed. Pure; late news changes nothing.

`attempt` counts dispatches; `retry_count` counts failures of the video itself; a lost lease is nobody's failure until it has
happened five times in a row without a finished stage.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.scheduler import events
from services.scheduler.events import Step
from services.scheduler.rendering import as_before
from services.scheduler.state import BatchState, VideoState
from shared.batches import BatchStatus, VideoStatus
from shared.messages import Command, DeleteRun, ProcessVideo

MOST_LOST_LEASES = 5
"""After so many lost leases in a row without progress, the video itself is taken to be what stops its workers."""


def dispatched(batch: BatchState, event: events.Dispatched, now: datetime) -> Step:
    """Hand the video to a worker, if it may still run."""
    video = _find(batch, event.id)
    if not batch.may_run(video, now):
        return Step(batch=batch)
    assert video.source is not None and video.facts is not None
    sent = replace(
        video,
        status=VideoStatus.PROCESSING,
        attempt=video.attempt + 1,
        charged=True,
        run_token=None,
        worker=None,
        lease_until=None,
        next_try_at=None,
        error_code=None,
        error_message=None,
    )
    command = ProcessVideo(
        user_id=batch.user_id,
        batch_id=batch.id,
        batch_video_id=video.id,
        video_id=video.video_id,
        attempt=sent.attempt,
        name=video.name,
        source=video.source,
        facts=video.facts,
        settings=video.settings or batch.settings,
        edits=video.edits,
    )
    return Step(batch=_with(batch, sent), commands=(command,))


def due(batch: BatchState, event: events.Due, now: datetime) -> Step:
    """The time for a next try has come: every step looks at that, so there is nothing else to do."""
    return Step(batch=batch)


def never_claimed(batch: BatchState, event: events.NeverClaimed, now: datetime) -> Step:
    """No worker began: the command is somewhere behind a dead or busy one, so the video waits again."""
    video = _find(batch, event.id)
    if not video.running or video.run_token is not None:
        return Step(batch=batch)
    return Step(batch=_with(batch, replace(video, status=VideoStatus.PENDING)))


def claimed(batch: BatchState, event: events.Claimed, now: datetime) -> Step:
    """A worker begins; whoever had the video before is fenced off."""
    video = _find(batch, event.id)
    overtaken = not video.running or event.attempt not in (None, video.attempt)
    if overtaken or video.run_token == event.run_token:
        return Step(batch=batch)
    if video.run_token is not None:
        # The same command reached a second worker: the first is dead or frozen, and is fenced off from now on.
        lost = lease_lost(batch, events.LeaseLost(id=video.id, run_token=video.run_token), now)
        again = _find(lost.batch, video.id)
        if again.finished:
            return lost
        video = replace(again, status=VideoStatus.PROCESSING)
    claimed = replace(
        video,
        run_token=event.run_token,
        worker=event.worker,
        lease_until=now + event.lease,
        started_at=video.started_at or now,
        current_stage=None,
    )
    return Step(batch=_with(batch, claimed))


def lease_lost(batch: BatchState, event: events.LeaseLost, now: datetime) -> Step:
    """Nothing was heard of the worker: the video waits again, unless it has stopped too many workers."""
    video = _find(batch, event.id)
    if not video.running or video.run_token != event.run_token:
        return Step(batch=batch)
    lost = replace(video, lost_leases=video.lost_leases + 1, fenced=True, run_token=None, worker=None, lease_until=None)
    if lost.lost_leases >= MOST_LOST_LEASES:
        reason = f"Processing stopped its worker {MOST_LOST_LEASES} times in a row; the file may be damaged in an unusual way."
        return Step(batch=_with(batch, _given_up(lost, "stopped_its_worker", reason, now)), stopped=(event.run_token,))
    return Step(batch=_with(batch, replace(lost, status=VideoStatus.PENDING)), stopped=(event.run_token,))


def stage_reached(batch: BatchState, event: events.StageReached, now: datetime) -> Step:
    """Remember how far it got."""
    video = _find(batch, event.id)
    if not video.running or video.run_token != event.run_token or video.current_stage is event.stage:
        return Step(batch=batch)
    # The first stage of a run proves nothing; one after it means that something was finished and kept.
    lost = video.lost_leases if video.current_stage is None else 0
    return Step(batch=_with(batch, replace(video, current_stage=event.stage, lost_leases=lost)))


def processed(batch: BatchState, event: events.Processed, now: datetime) -> Step:
    """The output is in the store; one from a run that is not wanted any more is removed."""
    video = _find(batch, event.id)
    if not video.running or video.run_token != event.run_token:
        return Step(batch=batch, commands=_late_output(video, event))
    done = replace(
        video,
        status=VideoStatus.COMPLETED,
        progress_percentage=100,
        current_stage=None,
        kept=None,
        output=event.output,
        processing_result=event.result,
        lost_leases=0,
        worker=None,
        lease_until=None,
        completed_at=now,
    )
    # An earlier run may have stored something before it was fenced off, whatever was finished since then; and the output of
    # one that was kept till now has a successor.
    left = video.fenced or video.kept is not None
    clean_up = (DeleteRun(batch_video_id=video.id, keep_run=event.run_token),) if left else ()
    return Step(batch=_with(batch, done), commands=clean_up)


def _late_output(video: VideoState, event: events.Processed) -> tuple[Command, ...]:
    kept = video.kept.run_token if video.kept is not None else video.run_token
    if event.run_token == kept and video.output is not None:
        return ()
    return (DeleteRun(batch_video_id=video.id, only_run=event.run_token),)


def failed(batch: BatchState, event: events.Failed, now: datetime) -> Step:
    """Try again later when that may help, else give up with the reason."""
    video = _find(batch, event.id)
    if not video.running or video.run_token != event.run_token:
        return Step(batch=batch)
    ended = replace(video, fenced=True, run_token=None, worker=None, lease_until=None, lost_leases=0)
    if event.permanent or video.retry_count >= video.max_retries:
        return Step(batch=_with(batch, _given_up(ended, event.code, event.reason, now)))
    again = replace(
        ended,
        status=VideoStatus.PENDING,
        retry_count=video.retry_count + 1,
        charged=False,
        next_try_at=now + event.backoff,
        current_stage=None,
        progress_percentage=0,
        error_code=event.code,
        error_message=event.reason,
    )
    return Step(batch=_with(batch, again))


def out_of_time(batch: BatchState, event: events.OutOfTime, now: datetime) -> Step:
    """End a batch that has used up its processing time: what is not done has failed."""
    if batch.over or batch.status is BatchStatus.PENDING:
        return Step(batch=batch)
    hours = event.budget.total_seconds() / 3600
    reason = f"The batch ran out of its {hours:.1f} hours of processing time; retry the videos that are left."
    left = [video for video in batch.videos if not video.finished]
    videos = tuple(
        video
        if video.finished
        else _given_up(
            replace(video, run_token=None, worker=None, lease_until=None, next_try_at=None, fenced=True),
            "out_of_time",
            reason,
            now,
        )
        for video in batch.videos
    )
    after = replace(batch, videos=videos, spent_s=0.0)
    # Where videos were only being rendered again, the batch ends as it had ended before.
    anew = bool(left) and all(video.kept is not None for video in left)
    return Step(
        batch=after if anew else replace(after, status=BatchStatus.FAILED, error_message=reason, completed_at=now),
        stopped=tuple(video.run_token for video in left if video.run_token is not None),
    )


def _given_up(video: VideoState, code: str, reason: str, now: datetime) -> VideoState:
    if video.kept is not None:
        return as_before(video, code, reason)
    return replace(
        video, status=VideoStatus.FAILED, current_stage=None, error_code=code, error_message=reason, completed_at=now
    )


def _find(batch: BatchState, video: UUID) -> VideoState:
    return next(candidate for candidate in batch.videos if candidate.id == video)


def _with(batch: BatchState, video: VideoState) -> BatchState:
    return replace(batch, videos=tuple(video if old.id == video.id else old for old in batch.videos))
