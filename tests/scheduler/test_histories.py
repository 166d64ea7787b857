"""Random histories of a batch: whatever happens in whatever order, its statuses and counts agree and nothing is done twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.scheduler import events
from services.scheduler.accounting import Booking
from services.scheduler.events import BatchEvent, Step
from services.scheduler.pipeline import advance
from services.scheduler.progress import percentage
from services.scheduler.runs import MOST_LOST_LEASES
from services.scheduler.state import VideoState
from shared.batches import BatchSettings, BatchStatus, VideoStatus
from shared.errors import Conflict
from shared.media import Stage
from shared.messages import DeleteRun, ProcessVideo
from shared.views import ProcessingResult
from tests.scheduler.states import FACTS, NOW, batch, stored, video

RESULT = ProcessingResult(source_s=60, output_s=42)
WHICH = st.integers(0, 3)


def shown_run(entry: VideoState) -> UUID | None:
    """The run whose output people can see."""
    if entry.output is None:
        return None
    return entry.kept.run_token if entry.kept is not None else entry.run_token


class Histories(RuleBasedStateMachine):
    """People, workers and the clock do what they like with one batch of four videos."""

    @initialize(ready=st.lists(st.booleans(), min_size=4, max_size=4))
    def create(self, ready: list[bool]) -> None:
        self.now = NOW
        self.batch = batch(*(video(number, ready=is_ready) for number, is_ready in enumerate(ready, 1)))
        self.commands: list[ProcessVideo] = []
        self.tokens: list[tuple[UUID, UUID]] = []
        self.ledger: set[tuple[UUID, int, Booking]] = set()

    def happen(self, event: BatchEvent) -> Step | None:
        before = self.batch
        try:
            step = advance(before, event, self.now)
        except Conflict:
            return None
        self.check_transition(before.videos, step.batch.videos, event)
        self.batch = step.batch
        for entry in step.ledger:
            line = (entry.batch_video_id, entry.generation, entry.kind)
            assert line not in self.ledger, "nothing is booked twice"
            self.ledger.add(line)
        self.commands += [command for command in step.commands if isinstance(command, ProcessVideo)]
        for command in step.commands:
            if isinstance(command, DeleteRun) and self.batch.deleted_at is None:
                shown = next(shown_run(entry) for entry in self.batch.videos if entry.id == command.batch_video_id)
                spared = shown == command.keep_run if command.only_run is None else shown != command.only_run
                assert shown is None or spared, "an output that people can see is never deleted"
        return step

    def check_transition(self, old: tuple[VideoState, ...], new: tuple[VideoState, ...], event: BatchEvent) -> None:
        for one, two in zip(old, new, strict=True):
            if one.output is not None and not isinstance(event, events.Processed):
                assert two.output == one.output, "a result is never taken back"
            if one.status is VideoStatus.COMPLETED and not isinstance(event, events.RenderAgain):
                assert two.status is VideoStatus.COMPLETED
            if isinstance(event, events.Processed) and two.output != one.output:
                assert two.status is VideoStatus.COMPLETED and two.kept is None and two.run_token == event.run_token
            if one.status is VideoStatus.CANCELLED:
                assert two.status is VideoStatus.CANCELLED
            if one.status is VideoStatus.FAILED and two.status is not VideoStatus.FAILED:
                assert isinstance(event, events.Retry)
            assert two.attempt >= one.attempt and two.retry_count >= one.retry_count

    @rule(which=WHICH)
    def upload(self, which: int) -> None:
        self.happen(events.Uploading(video_id=self.batch.videos[which].video_id))

    @rule(which=WHICH)
    def inspect(self, which: int) -> None:
        self.happen(events.Uploaded(video_id=self.batch.videos[which].video_id, source=stored(), facts=FACTS))

    @rule(which=WHICH)
    def reject(self, which: int) -> None:
        self.happen(events.Rejected(video_id=self.batch.videos[which].video_id, code="x", reason="No."))

    @rule(everything_arrived=st.booleans())
    def start(self, everything_arrived: bool) -> None:
        arrived = frozenset(entry.video_id for entry in self.batch.videos) if everything_arrived else frozenset()
        self.happen(events.Start(job_id=uuid4(), arrived=arrived))

    @rule(event=st.sampled_from([events.Pause(), events.Resume(), events.Retry(), events.Due()]))
    def operate(self, event: BatchEvent) -> None:
        self.happen(event)

    @rule(which=WHICH, threshold=st.sampled_from([-30.0, -35.0]))
    def render_again(self, which: int, threshold: float) -> None:
        entry = self.batch.videos[which]
        wanted = BatchSettings(remove_silence=True, silence_threshold=threshold)
        if entry.settings != wanted:
            self.happen(events.RenderAgain(video_id=entry.video_id, settings=wanted))

    @rule(event=st.sampled_from([events.Cancel(), events.Delete()]), really=st.integers(0, 9))
    def end(self, event: BatchEvent, really: int) -> None:
        if really == 0:
            self.happen(event)

    @rule(which=WHICH)
    def dispatch(self, which: int) -> None:
        entry = self.batch.videos[which]
        step = self.happen(events.Dispatched(id=entry.id))
        assert step is not None and bool(step.commands) == entry.queued

    @rule(which=WHICH)
    def claim(self, which: int) -> None:
        entry = self.batch.videos[which]
        if entry.running:
            token = uuid4()
            lease = timedelta(seconds=30)
            self.happen(events.Claimed(id=entry.id, run_token=token, worker="w", lease=lease))
            self.tokens.append((entry.id, token))

    @rule(which=st.integers(0, 20), stage=st.sampled_from(list(Stage)))
    def reach(self, which: int, stage: Stage) -> None:
        if self.tokens:
            entry, token = self.tokens[which % len(self.tokens)]
            self.happen(events.StageReached(id=entry, run_token=token, stage=stage))

    @rule(which=st.integers(0, 20))
    def finish(self, which: int) -> None:
        if self.tokens:
            entry, token = self.tokens[which % len(self.tokens)]
            self.happen(events.Processed(id=entry, run_token=token, output=stored(f"runs/{token}"), result=RESULT))

    @rule(which=st.integers(0, 20), permanent=st.booleans())
    def fail(self, which: int, permanent: bool) -> None:
        if self.tokens:
            entry, token = self.tokens[which % len(self.tokens)]
            backoff = timedelta(seconds=10)
            self.happen(
                events.Failed(
                    id=entry, run_token=token, permanent=permanent, code="x", reason="It broke.", backoff=backoff
                )
            )

    @rule(which=st.integers(0, 20))
    def lose(self, which: int) -> None:
        if self.tokens:
            entry, token = self.tokens[which % len(self.tokens)]
            self.happen(events.LeaseLost(id=entry, run_token=token))

    @rule(which=WHICH)
    def never_claim(self, which: int) -> None:
        self.happen(events.NeverClaimed(id=self.batch.videos[which].id))

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.happen(events.Due())

    @invariant()
    def everything_agrees(self) -> None:
        state = self.batch
        for entry in state.videos:
            assert entry.queued is state.may_run(entry, self.now)
            assert entry.running <= (entry.attempt > 0 and entry.uploaded_at is not None)
            assert (entry.output is not None) == (entry.status is VideoStatus.COMPLETED or entry.kept is not None)
            assert entry.kept is None or entry.status in (VideoStatus.PENDING, VideoStatus.PROCESSING)
            assert entry.output is None or entry.output.key == f"runs/{shown_run(entry)}"
            assert (entry.lease_until is not None) <= entry.running
            assert entry.lost_leases < MOST_LOST_LEASES or entry.status is VideoStatus.FAILED
            assert (entry.error_message is not None) or entry.status is not VideoStatus.FAILED
            assert entry.retry_count <= entry.max_retries
            holds = {line[1] for line in self.ledger if line[0] == entry.id and line[2] is Booking.HOLD}
            closed = {line[1] for line in self.ledger if line[0] == entry.id and line[2] is not Booking.HOLD}
            assert holds - closed == ({entry.generation} if entry.held else set()) and closed <= holds
            settled = (entry.id, entry.generation, Booking.SETTLE) in self.ledger
            assert settled == (entry.status is VideoStatus.COMPLETED and entry.error_code is None)
        if state.over:
            assert not any(entry.running or entry.waiting for entry in state.videos)
        if state.status in (BatchStatus.PROCESSING, BatchStatus.PAUSED):
            assert not all(entry.finished for entry in state.videos)
        if state.status is BatchStatus.COMPLETED:
            assert state.count(VideoStatus.COMPLETED) > 0
        assert (percentage(state) == 100) == all(entry.finished for entry in state.videos)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=500, stateful_step_count=40, deadline=None)
