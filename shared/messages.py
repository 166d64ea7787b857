"""Every message of the system, on one screen: commands, events, requests, queries and updates.

Commands and events go through RabbitMQ and cannot be lost; requests and queries are asked over NATS and answered at once;
updates are sent over NATS and repaired by the next one. The class name gives the actor, the subject and the row in the docs.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from shared.batches import BatchSettings, BatchStatus, ExportFormat, Tier
from shared.cutting import CutEdit
from shared.insight import Analytics, Deletions, LedgerPage, LibrarySize, MonthsUsed, Refunded, ResultsSize
from shared.library import Video, VideoBatches, VideoPage, VideoProxy
from shared.media import MediaFacts, Stage, StoredObject
from shared.notices import Notice, NoticeKind
from shared.reports import BatchReport, FailurePage, QueueShown, Usage, Workers
from shared.views import (
    BatchDetails,
    BatchExport,
    BatchJob,
    BatchPage,
    BatchStarted,
    BatchVideo,
    ExportEstimate,
    ExportPage,
    LeftOut,
    PartUrls,
    ProcessingResult,
    UploadPlan,
    UploadState,
    UserExports,
)

A = TypeVar("A")


def snake(name: str) -> str:
    """`ProcessVideo` as `process_video`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Durable(Struct, frozen=True, kw_only=True):
    """Goes through RabbitMQ to the queue named `to`, with confirmation; every handler is safe to run twice."""

    to: ClassVar[str]


class Command(Durable, frozen=True, kw_only=True):
    """Tells one service to do something, with every fact it needs."""


class Event(Durable, frozen=True, kw_only=True):
    """Tells the one who decides that something has happened."""

    to: ClassVar[str] = "scheduler"


class Asked(Struct, Generic[A], frozen=True, kw_only=True):
    """Is asked over NATS of the service named `of` and answered with an `answer`."""

    of: ClassVar[str]
    answer: ClassVar[type]

    @classmethod
    def subject(cls) -> str:
        """Where it is asked: `<service>.<verb_noun>`."""
        return f"{cls.of}.{snake(cls.__name__)}"


class Request(Asked[A], frozen=True, kw_only=True):
    """Changes something. It carries ids minted by the asker, so that asking again gives the same answer."""

    request_id: UUID


class Query(Asked[A], frozen=True, kw_only=True):
    """Reads something."""


class Update(Struct, frozen=True, kw_only=True):
    """Says what is so now, on the subject it gives; the next one repairs a lost one."""

    stream: ClassVar[str]
    kind: ClassVar[str]

    @abstractmethod
    def subject(self) -> str:
        """Where it is published."""


class BatchUpdate(Update, frozen=True, kw_only=True):
    """An update that people watch, on `<stream>.<user>.<batch>.<about>.<kind>`.

    The `live` stream keeps the last update of each subject; the `log` stream keeps all of them for a while.
    """

    user_id: UUID
    batch_id: UUID
    about_id: UUID
    """The video (its library id), the export, or the batch itself."""
    revision: int
    """Grows with every update about the same thing from the same run; an older one is dropped."""
    at: datetime

    def subject(self) -> str:
        """Where it is published."""
        return f"{self.stream}.{self.user_id}.{self.batch_id}.{self.about_id}.{self.kind}"


# --- Batches: the gateway asks the scheduler -----------------------------------------------------------------------


class NewVideo(Struct, frozen=True, kw_only=True):
    """A video to add to a batch; the facts are there when it is in the library already."""

    batch_video_id: UUID
    video_id: UUID
    name: str
    size_bytes: int | None = None
    facts: MediaFacts | None = None
    source: StoredObject | None = None
    own_upload: bool = True
    """Whether the video was uploaded for this batch (and goes with it)."""


class CreateBatch(Request[BatchDetails], frozen=True, kw_only=True):
    """Write down a new batch and its videos. Raises `QuotaExceeded` for more videos than the tier allows."""

    of, answer = "scheduler", BatchDetails
    user_id: UUID
    tier: Tier
    concurrency: int | None = None
    """Videos at the same time that the user wants, when those are fewer than the tier allows."""
    batch_id: UUID
    name: str
    description: str | None = None
    settings: BatchSettings
    priority: int | None = None
    start_when_uploaded: bool = False
    """Whether it is started by itself once its last upload is complete."""
    videos: tuple[NewVideo, ...]


class AddVideos(Request[BatchJob], frozen=True, kw_only=True):
    """Add videos to a batch that was not started."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID
    videos: tuple[NewVideo, ...]


class StartBatch(Request[BatchStarted], frozen=True, kw_only=True):
    """Put a batch into the queue. Raises `Conflict` when it runs already or an upload is missing."""

    of, answer = "scheduler", BatchStarted
    user_id: UUID
    batch_id: UUID
    arrived: tuple[UUID, ...] = ()
    """Library ids of videos whose bytes are all in the store, though they may still be inspected."""


class PauseBatch(Request[BatchJob], frozen=True, kw_only=True):
    """Start no more videos of a batch; those that run may finish."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID


class ResumeBatch(Request[BatchJob], frozen=True, kw_only=True):
    """Go on with a paused batch."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID


class CancelBatch(Request[BatchJob], frozen=True, kw_only=True):
    """Stop all work on a batch for good and clean up."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID


class RetryFailed(Request[BatchJob], frozen=True, kw_only=True):
    """Try failed videos of a batch again: those named, or all."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID
    video_ids: tuple[UUID, ...] | None = None


class RenderAgain(Request[BatchJob], frozen=True, kw_only=True):
    """Make a completed video anew with other settings or cuts; what it has stays until that is done.

    What is None stays as it is. Raises `Conflict` when `version` is given and the output is of another run.
    """

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID
    video_id: UUID
    settings: BatchSettings | None = None
    edits: tuple[CutEdit, ...] | None = None
    version: UUID | None = None
    """The run whose cut list was edited."""


class EditBatch(Request[BatchJob], frozen=True, kw_only=True):
    """Change a batch's name, description, priority or whether it starts by itself; what is None stays.

    A priority above the tier's is lowered to it. A batch that shall start by itself and whose uploads are all there, starts.
    """

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID
    name: str | None = None
    description: str | None = None
    priority: int | None = None
    start_when_uploaded: bool | None = None


class RemoveVideos(Request[BatchDetails], frozen=True, kw_only=True):
    """Take videos that have not begun out of a batch. Raises `Conflict` when one has begun or ended."""

    of, answer = "scheduler", BatchDetails
    user_id: UUID
    batch_id: UUID
    video_ids: tuple[UUID, ...]


class ReorderVideos(Request[BatchDetails], frozen=True, kw_only=True):
    """Put the videos of a batch that was not started into this order; every one of them is named once."""

    of, answer = "scheduler", BatchDetails
    user_id: UUID
    batch_id: UUID
    video_ids: tuple[UUID, ...]


class DuplicateBatch(Request[BatchDetails], frozen=True, kw_only=True):
    """Make a new batch with the settings and the uploaded videos of another."""

    of, answer = "scheduler", BatchDetails
    user_id: UUID
    batch_id: UUID
    new_batch_id: UUID


class DeleteBatch(Request[BatchJob], frozen=True, kw_only=True):
    """Remove a finished or cancelled batch and the files that are only its own."""

    of, answer = "scheduler", BatchJob
    user_id: UUID
    batch_id: UUID


class GetBatch(Query[BatchDetails], frozen=True, kw_only=True):
    """One batch with its videos."""

    of, answer = "scheduler", BatchDetails
    user_id: UUID
    batch_id: UUID


class ListBatches(Query[BatchPage], frozen=True, kw_only=True):
    """A page of a user's batches. `sort` is a column, with `-` in front for descending."""

    of, answer = "scheduler", BatchPage
    user_id: UUID
    status: BatchStatus | None = None
    limit: int = 20
    offset: int = 0
    sort: str = "-created_at"


class BatchEstimate(Struct, frozen=True, kw_only=True):
    """When a batch and its videos will be done, as far as that can be told now."""

    batch_id: UUID
    completion_at: datetime | None
    videos: dict[UUID, datetime]
    """By library id."""


class Estimates(Struct, frozen=True, kw_only=True):
    """What is expected of a user's batches that are under way."""

    batches: tuple[BatchEstimate, ...]


class GetEstimates(Query[Estimates], frozen=True, kw_only=True):
    """When everything that a user has under way will be done."""

    of, answer = "scheduler", Estimates
    user_id: UUID


class GetReport(Query[BatchReport], frozen=True, kw_only=True):
    """What came of a batch. Raises `Conflict` while it has not ended."""

    of, answer = "scheduler", BatchReport
    user_id: UUID
    batch_id: UUID


class GetUsage(Query[Usage], frozen=True, kw_only=True):
    """What a user has used of what the tier allows."""

    of, answer = "scheduler", Usage
    user_id: UUID
    tier: Tier


class GetAnalytics(Query[Analytics], frozen=True, kw_only=True):
    """What came of all that ended from `since` to the end of `until`. Raises `Invalid` for more than three years."""

    of, answer = "scheduler", Analytics
    user_id: UUID | None
    """None is everybody: for operators."""
    since: date
    until: date


class ListMonths(Query[MonthsUsed], frozen=True, kw_only=True):
    """What a user has used month by month."""

    of, answer = "scheduler", MonthsUsed
    user_id: UUID


class ListLedger(Query[LedgerPage], frozen=True, kw_only=True):
    """Lines of a user's ledger, in the order in which they were booked, from one that was seen last on."""

    of, answer = "scheduler", LedgerPage
    user_id: UUID
    since: date | None = None
    """The first month."""
    until: date | None = None
    """The last month, which is included."""
    after: str | None = None
    limit: int = 500


class RefundVideos(Request[Refunded], frozen=True, kw_only=True):
    """Give back the minutes of a batch's videos, or of one, as far as that was not done: for operators."""

    of, answer = "scheduler", Refunded
    batch_id: UUID
    video_id: UUID | None = None


class MeasureResults(Query[ResultsSize], frozen=True, kw_only=True):
    """How many bytes the results and exports of a user take."""

    of, answer = "scheduler", ResultsSize
    user_id: UUID


class MeasureLibrary(Query[LibrarySize], frozen=True, kw_only=True):
    """How many videos a user has in the library, and how many bytes they take."""

    of, answer = "uploader", LibrarySize
    user_id: UUID


class ListDeletions(Query[Deletions], frozen=True, kw_only=True):
    """What will be deleted within so many days because its time is over: of one user, or, for operators, of all."""

    of, answer = "scheduler", Deletions
    days: float
    user_id: UUID | None = None


class ListWorkers(Query[Workers], frozen=True, kw_only=True):
    """Who works, on what and since when: for operators."""

    of, answer = "scheduler", Workers


class GetQueue(Query[QueueShown], frozen=True, kw_only=True):
    """What waits, and for whom: for operators."""

    of, answer = "scheduler", QueueShown


class ListFailures(Query[FailurePage], frozen=True, kw_only=True):
    """Videos of everybody that failed from `since` to the end of `until`, the last first: for operators."""

    of, answer = "scheduler", FailurePage
    since: date
    until: date
    code: str | None = None
    """Only those with this error code."""
    after: str | None = None
    limit: int = 50


class FindBatches(Query[VideoBatches], frozen=True, kw_only=True):
    """The batches of a user that these videos of the library are in."""

    of, answer = "scheduler", VideoBatches
    user_id: UUID
    video_ids: tuple[UUID, ...]


class DeleteVideo(Request[VideoBatches], frozen=True, kw_only=True):
    """Remove a video from the library; the answer names the ended batches it was in. Raises `Conflict` while one needs it."""

    of, answer = "scheduler", VideoBatches
    user_id: UUID
    video_id: UUID


# --- Uploads: the gateway asks the uploader ------------------------------------------------------------------------


class NewUpload(Struct, frozen=True, kw_only=True):
    """A file that somebody is about to send; without a size the whole is checked when it is complete."""

    video_id: UUID
    name: str
    size_bytes: int | None = None
    content_type: str | None = None
    sha256: str | None = None
    """In hex. What the user has in the library with this size and content need not be sent again."""


class UploadPlans(Struct, frozen=True, kw_only=True):
    """One plan for each file, in their order."""

    plans: tuple[UploadPlan, ...]


class OpenUploads(Request[UploadPlans], frozen=True, kw_only=True):
    """Make the videos and sign the first URL of each."""

    of, answer = "uploader", UploadPlans
    user_id: UUID
    batch_id: UUID | None = None
    files: tuple[NewUpload, ...]


class SignParts(Query[PartUrls], frozen=True, kw_only=True):
    """Sign URLs for parts that are about to be sent."""

    of, answer = "uploader", PartUrls
    user_id: UUID
    video_id: UUID
    numbers: tuple[int, ...]


class GetUpload(Query[UploadState], frozen=True, kw_only=True):
    """What the store has of an upload, with a fresh URL."""

    of, answer = "uploader", UploadState
    user_id: UUID
    video_id: UUID


class CompleteUpload(Request[Video], frozen=True, kw_only=True):
    """All bytes were sent: verify size and parts, put them together, have the file inspected."""

    of, answer = "uploader", Video
    user_id: UUID
    video_id: UUID


class GetVideo(Query[Video], frozen=True, kw_only=True):
    """One video of the library."""

    of, answer = "uploader", Video
    user_id: UUID
    video_id: UUID


class RequestProxy(Request[VideoProxy], frozen=True, kw_only=True):
    """Have a copy made that browsers can play, unless there is one. Raises `Conflict` for a video that is not ready."""

    of, answer = "uploader", VideoProxy
    user_id: UUID
    video_id: UUID


class ListVideos(Query[VideoPage], frozen=True, kw_only=True):
    """A page of a user's library, or just the videos named."""

    of, answer = "uploader", VideoPage
    user_id: UUID
    video_ids: tuple[UUID, ...] | None = None
    search: str | None = None
    limit: int = 50
    offset: int = 0
    sort: str = "-created_at"


# --- Exports: the gateway asks the scheduler -----------------------------------------------------------------------


class ExportOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes into an export and how the files in it are named."""

    include_failed: bool = False
    """Put the originals of failed videos in as well."""
    original_names: bool = False
    """`name.mp4` instead of `001_name.mp4`."""
    batch_prefix: bool = False
    """The name of the batch in front of every file's name."""
    transcripts: bool = True
    """Transcripts and subtitles beside the videos; a ZIP only."""
    highlights: bool = True
    """Highlights beside the videos; a ZIP only."""
    naming: str | None = None
    """A pattern such as `{position:03}_{name}` for the files' names, in place of `original_names` and `batch_prefix`."""
    video_ids: tuple[UUID, ...] | None = None
    """Only these videos; None means all."""
    skip_damaged: bool = False
    """Leave out videos whose stored files are missing or damaged, and say so, instead of failing."""


class RequestExport(Request[BatchExport], frozen=True, kw_only=True):
    """Have the outputs of a batch packed. Raises `Conflict` while nothing is completed."""

    of, answer = "scheduler", BatchExport
    user_id: UUID
    batch_id: UUID
    export_id: UUID
    format: ExportFormat
    options: ExportOptions


class EstimateExport(Query[ExportEstimate], frozen=True, kw_only=True):
    """What an export would be. Raises `Conflict` and `Invalid` as its request would."""

    of, answer = "scheduler", ExportEstimate
    user_id: UUID
    batch_id: UUID
    format: ExportFormat
    options: ExportOptions


class CancelExport(Request[BatchExport], frozen=True, kw_only=True):
    """Stop an export that is not finished. Raises `Conflict` when it has ended."""

    of, answer = "scheduler", BatchExport
    user_id: UUID
    batch_id: UUID
    export_id: UUID


class RetryExport(Request[BatchExport], frozen=True, kw_only=True):
    """Make an export anew that failed, was cancelled or has expired. Raises `Conflict` when it is under way or there."""

    of, answer = "scheduler", BatchExport
    user_id: UUID
    batch_id: UUID
    export_id: UUID


class GetExport(Query[BatchExport], frozen=True, kw_only=True):
    """One export of a batch."""

    of, answer = "scheduler", BatchExport
    user_id: UUID
    batch_id: UUID
    export_id: UUID


class ListExports(Query[ExportPage], frozen=True, kw_only=True):
    """The exports of a batch."""

    of, answer = "scheduler", ExportPage
    user_id: UUID
    batch_id: UUID


class ListUserExports(Query[UserExports], frozen=True, kw_only=True):
    """A user's newest exports, of all batches."""

    of, answer = "scheduler", UserExports
    user_id: UUID
    limit: int = 100


# --- Claims: workers ask the scheduler -----------------------------------------------------------------------------


class Claim(Struct, frozen=True, kw_only=True):
    """The answer to a claim: `granted` with a token and a lease, or why not."""

    verdict: str
    """`granted`, `cancelled`, `superseded` or `done`."""
    run_token: UUID | None = None
    lease_s: float = 0.0


class ClaimRun(Request[Claim], frozen=True, kw_only=True):
    """May I do this work? The request id becomes the run token, which fences off every earlier one."""

    of, answer = "scheduler", Claim
    work_id: UUID
    """The batch video or the export."""
    attempt: int
    worker: str


class Renewal(Struct, frozen=True, kw_only=True):
    """The answer to a renewal: `go_on`, `cancelled` or `superseded`."""

    verdict: str


class RenewLease(Query[Renewal], frozen=True, kw_only=True):
    """I am still at it."""

    of, answer = "scheduler", Renewal
    work_id: UUID
    run_token: UUID
    stage: Stage | None = None
    """The stage that the run is in; a new one counts as progress."""


# --- Work: through RabbitMQ ----------------------------------------------------------------------------------------


class ProbeVideo(Command, frozen=True, kw_only=True):
    """Read an uploaded file once: checksum, real container and codecs, facts, thumbnail."""

    to = "uploader"
    video_id: UUID


class MakeProxy(Command, frozen=True, kw_only=True):
    """Make a small copy of a video that every browser plays; it waits behind nothing but other copies."""

    to = "uploader.proxies"
    video_id: UUID


class ProcessVideo(Command, frozen=True, kw_only=True):
    """Process one video of a batch with the batch's settings."""

    to = "processor"
    user_id: UUID
    batch_id: UUID
    batch_video_id: UUID
    video_id: UUID
    attempt: int
    name: str
    source: StoredObject
    facts: MediaFacts
    settings: BatchSettings
    edits: tuple[CutEdit, ...] = ()
    """What a person wants kept or cut, sorted and without overlaps."""


class ExtraFile(Struct, frozen=True, kw_only=True):
    """A file that goes beside a video into a ZIP, such as its subtitles."""

    suffix: str
    """What follows the video's name in the archive: `srt` makes `001_name.srt` beside `001_name.mp4`."""
    stored: StoredObject


class ExportItem(Struct, frozen=True, kw_only=True):
    """A video that goes into an export."""

    position: int
    name: str
    """The video's name, as its owner gave it."""
    stored: StoredObject
    duration_s: float | None = None
    made_at: datetime | None = None
    """When the file was finished: the time it has in an archive."""
    extras: tuple[ExtraFile, ...] = ()


class BuildExport(Command, frozen=True, kw_only=True):
    """Pack the outputs of a batch into one deliverable."""

    to = "exporter"
    user_id: UUID
    batch_id: UUID
    batch_name: str
    export_id: UUID
    attempt: int
    format: ExportFormat
    options: ExportOptions
    settings: BatchSettings
    """With which the batch was processed; the manifest in a ZIP has them."""
    items: tuple[ExportItem, ...]
    left_out: tuple[LeftOut, ...] = ()
    """Videos of the batch that are known not to be in it; the manifest has them as well."""


class DeleteSource(Command, frozen=True, kw_only=True):
    """Remove an uploaded video and everything made of it in the library."""

    to = "uploader.housekeeping"
    user_id: UUID
    video_id: UUID


class DeleteRun(Command, frozen=True, kw_only=True):
    """Remove what the runs on a batch video left in the store: all, or all but the one whose output is kept, or only one.

    Runs that are still at work are left to their workers, which hear by themselves that they are not wanted.
    """

    to = "processor.housekeeping"
    batch_video_id: UUID
    keep_run: UUID | None = None
    only_run: UUID | None = None
    """A run whose output came too late; the others, which may have begun since, are left alone."""


class DeleteDeliverable(Command, frozen=True, kw_only=True):
    """Remove the file of an export."""

    to = "exporter.housekeeping"
    export_id: UUID


class SendPasswordReset(Command, frozen=True, kw_only=True):
    """Mail a link that sets a new password to this address, if there is an account with it.

    Whether there is one is found out by the handler only, and the link's token is made by it: neither the answer to whoever
    asked nor what is kept of a message tells anything.
    """

    to = "gateway"
    email: str
    asked_at: datetime


class SendLetter(Command, frozen=True, kw_only=True):
    """Mail a letter to somebody; the same letter is sent once, and tried again until the mail server takes it."""

    to = "gateway.mail"
    letter_id: UUID
    user_id: UUID
    subject: str
    text: str
    html: str
    unsubscribe_token: str
    """Ends letters of this kind."""


# --- What came of it: through RabbitMQ, to the scheduler -----------------------------------------------------------


class AccountChanged(Event, frozen=True, kw_only=True):
    """A user has a new tier, or wants fewer videos at once than it allows."""

    user_id: UUID
    tier: Tier
    concurrency: int | None = None


class VideoUploading(Event, frozen=True, kw_only=True):
    """The first bytes of a video have arrived."""

    video_id: UUID


class VideoUploaded(Event, frozen=True, kw_only=True):
    """A video passed inspection and can be processed."""

    video_id: UUID
    source: StoredObject
    facts: MediaFacts


class VideoRejected(Event, frozen=True, kw_only=True):
    """An uploaded file is not a video we can process."""

    video_id: UUID
    code: str
    reason: str


class VideoProcessed(Event, frozen=True, kw_only=True):
    """A run stored its output."""

    batch_video_id: UUID
    run_token: UUID
    output: StoredObject
    result: ProcessingResult


class VideoFailed(Event, frozen=True, kw_only=True):
    """A run ended without an output."""

    batch_video_id: UUID
    run_token: UUID
    permanent: bool
    code: str
    reason: str


class ExportBuilt(Event, frozen=True, kw_only=True):
    """A deliverable is in the store."""

    export_id: UUID
    run_token: UUID
    deliverable: StoredObject
    file_name: str
    expires_at: datetime
    left_out: tuple[LeftOut, ...] = ()
    """Videos that were to be in it, and were missing or damaged."""


class ExportFailed(Event, frozen=True, kw_only=True):
    """An export could not be built."""

    export_id: UUID
    run_token: UUID
    permanent: bool
    code: str
    reason: str


# --- What people are to be told: through RabbitMQ, to the gateway's worker -----------------------------------------


class BatchEnded(Event, frozen=True, kw_only=True):
    """A batch completed, failed or was cancelled; one that goes on again ends again."""

    to = "gateway"
    event_id: UUID
    user_id: UUID
    batch_id: UUID
    at: datetime
    report: BatchReport


class ExportEnded(Event, frozen=True, kw_only=True):
    """An export can be downloaded, or failed for good."""

    to = "gateway"
    event_id: UUID
    user_id: UUID
    batch_id: UUID
    batch_name: str
    at: datetime
    export: BatchExport


class NoticeRaised(Event, frozen=True, kw_only=True):
    """Somebody is to be told something: in the notification centre, by webhooks, and by email when it is important."""

    to = "gateway"
    event_id: UUID
    """The same one told twice is shown once: minted from what it is about, if it may be raised twice."""
    user_id: UUID
    kind: NoticeKind
    title: str
    text: str
    link: str | None = None
    """A path of the page."""
    batch_id: UUID | None = None
    at: datetime
    email: bool = False


# --- Updates: over NATS, to whoever watches ------------------------------------------------------------------------


class UploadProgressed(BatchUpdate, frozen=True, kw_only=True):
    """Bytes of a video have arrived."""

    stream, kind = "live", "upload"
    bytes_received: int
    bytes_total: int | None


class VideoProgressed(BatchUpdate, frozen=True, kw_only=True):
    """A run got further."""

    stream, kind = "live", "progress"
    attempt: int
    run_token: UUID
    stage: Stage
    stage_percentage: int
    progress_percentage: int


class ExportProgressed(BatchUpdate, frozen=True, kw_only=True):
    """An export got further."""

    stream, kind = "live", "export"
    run_token: UUID
    progress: int
    operation: str
    remaining_s: float | None = None


class BatchChanged(BatchUpdate, frozen=True, kw_only=True):
    """The state of a batch is now this."""

    stream, kind = "log", "batch"
    batch_job: BatchJob


class VideoChanged(BatchUpdate, frozen=True, kw_only=True):
    """The state of a video in a batch is now this."""

    stream, kind = "log", "video"
    video: BatchVideo
    run_token: UUID | None = None
    """The newest run on the video: progress of any other is not shown any more."""


class ExportChanged(BatchUpdate, frozen=True, kw_only=True):
    """The state of an export is now this."""

    stream, kind = "log", "export"
    export: BatchExport


class NoticesChanged(Update, frozen=True, kw_only=True):
    """A user has a new notice, or has read some."""

    stream, kind = "log", "notices"
    user_id: UUID
    unread: int
    notice: Notice | None = None
    """The new one."""

    def subject(self) -> str:
        """One subject for each user."""
        return f"{self.stream}.{self.user_id}.{self.kind}"


class WorkStopped(Update, frozen=True, kw_only=True):
    """A run is not wanted any more: heard by the worker that has it, within a second."""

    stream, kind = "stop", "run"
    run_token: UUID
    verdict: str

    def subject(self) -> str:
        """One subject for each run."""
        return f"{self.stream}.{self.run_token}"


class WorkerSeen(Update, frozen=True, kw_only=True):
    """A worker lives: what it can take on and what it is at."""

    stream, kind = "workers", "seen"
    worker: str
    service: str
    slots: int
    """How many pieces of work it can have at once; 0 when it is about to end."""
    running: tuple[UUID, ...]
    """The batch videos that occupy its slots."""
    started_at: datetime

    def subject(self) -> str:
        """One subject for each worker."""
        return f"{self.stream}.{self.service}.{self.worker}"
