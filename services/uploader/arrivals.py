"""Bytes of uploads as they arrive: whose they are, and how far they have come."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from services.uploader.tables import Status, Upload, Uploads, Videos
from shared.bus import Bus
from shared.errors import Conflict, NotFound
from shared.messages import UploadProgressed, VideoUploading
from shared.outbox import Outbox
from shared.storage import ObjectStore

EVERY_S = 0.25
"""How often at most the progress of one video is told; each telling replaces the one before."""


class Progress:
    """How much of one video is here: parts that the store has, and what is on its way to them."""

    def __init__(self, upload: Upload, bus: Bus) -> None:
        self.upload = upload
        self.bus = bus
        self.stored: dict[int, int] = {}
        self.under_way: set[Arrival] = set()
        self._told_at = 0.0
        self._telling: set[asyncio.Task[None]] = set()

    @property
    def received(self) -> int:
        """Bytes here; a part that is sent again counts once."""
        sizes = dict(self.stored)
        for arrival in self.under_way:
            sizes[arrival.number] = max(sizes.get(arrival.number, 0), arrival.received)
        return sum(sizes.values())

    def tell(self, *, now: bool = False) -> None:
        """Publish, unless that was done just before. Nobody watches a video that belongs to no batch."""
        clock = time.monotonic()
        if self.upload.batch_id is None or (not now and clock - self._told_at < EVERY_S):
            return
        self._told_at = clock
        task = asyncio.create_task(self.bus.publish(self._update(self.upload.batch_id)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _update(self, batch_id: UUID) -> UploadProgressed:
        return progressed(self.upload, batch_id, self.received)


def progressed(upload: Upload, batch_id: UUID, received: int) -> UploadProgressed:
    """The news that so many bytes of an upload are here."""
    return UploadProgressed(
        user_id=upload.user_id,
        batch_id=batch_id,
        about_id=upload.video_id,
        # The clock, because a later process of the uploader has to go on where this one ends.
        revision=time.time_ns() // 1000,
        at=datetime.now(UTC),
        bytes_received=received,
        bytes_total=upload.size_bytes,
    )


class Arrival:
    """One PUT: a whole file, or one part of it."""

    def __init__(self, progress: Progress, number: int) -> None:
        self.progress = progress
        self.number = number
        self.received = 0

    def count(self, size: int) -> None:
        """So many bytes more."""
        self.received += size
        self.progress.tell()

    def stored(self, size: int) -> None:
        """The store has it."""
        self.progress.stored[self.number] = size


async def note_begin(upload: Upload, outbox: Outbox) -> None:
    """Note, once, that the first bytes of an upload are on their way."""
    if upload.status is Status.WAITING:
        async with outbox.change():
            if await Videos.begin_uploading(upload.video_id) and upload.batch_id is not None:
                await outbox.add(VideoUploading(video_id=upload.video_id))


class Arrivals:
    """All that is arriving at this process."""

    def __init__(self, bus: Bus, outbox: Outbox, store: ObjectStore) -> None:
        self.bus = bus
        self.outbox = outbox
        self.store = store
        self._progress: dict[UUID, Progress] = {}

    async def begin(self, key: str, upload_id: str | None, number: int) -> Arrival:
        """Somebody has begun to send. Raises `Conflict` when the upload has ended, whatever the URL says."""
        upload = await Uploads.arriving(key, upload_id)
        if upload is None:
            raise Conflict("This upload has ended or was given up; nothing more is taken for it.")
        await note_begin(upload, self.outbox)
        progress = self._progress.get(upload.video_id)
        if progress is None:
            progress = Progress(upload, self.bus)
            if upload_id is not None:
                with contextlib.suppress(NotFound):
                    parts = await self.store.list_parts(key, upload_id)
                    progress.stored = {part.number: part.size_bytes for part in parts}
            progress = self._progress.setdefault(upload.video_id, progress)
        return Arrival(progress, number)

    @contextmanager
    def counted(self, arrival: Arrival) -> Iterator[None]:
        """For as long as the bytes of a PUT arrive; what is not stored at the end does not count any more."""
        progress = arrival.progress
        progress.under_way.add(arrival)
        try:
            yield
        finally:
            progress.under_way.discard(arrival)
            progress.tell(now=True)
            if not progress.under_way:
                self._progress.pop(progress.upload.video_id, None)
