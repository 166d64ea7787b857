"""Checkpoints: what a finished step made lies in the store, so that the next run, on any worker, need not make it again."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from services.processor import metrics
from services.processor.service import Processor
from services.processor.stages import Step
from services.processor.tables import Checkpoint
from shared.batches import BatchSettings
from shared.database import patiently
from shared.errors import NotFound, OutOfSpace, Unavailable
from shared.logs import logger
from shared.messages import ProcessVideo

log = logger(__name__)

FOLDER = "checkpoints/"
LISTENED = 3
"""Grows whenever listening to the same source would give something else."""
TRANSCRIBED = 1
"""Grows whenever the same source, model, language and vocabulary would give other words."""
RENDERED = 3
"""Grows whenever the same source and settings would give another output."""


def listening_key(video: ProcessVideo) -> str:
    """Names what listening to a source gives: it depends on nothing else, so that a changed threshold listens no more."""
    return _digest(LISTENED, *_source(video))


def transcription_key(video: ProcessVideo, model: str) -> str:
    """Names what is written down of a source: it depends neither on cuts nor on how the output is stored."""
    settings = video.settings
    return _digest(TRANSCRIBED, *_source(video), model, settings.language, settings.vocabulary)


def inputs(video: ProcessVideo) -> str:
    """Names everything that the output of a video depends on."""
    return _digest(RENDERED, *_source(video), video.facts, relevant(video.settings), video.edits)


def relevant(settings: BatchSettings) -> BatchSettings:
    """The settings without those that change nothing, because what they belong to is switched off."""
    usual = BatchSettings()
    if not settings.transcribe:
        settings = replace(
            settings,
            language=usual.language,
            model=usual.model,
            vocabulary=usual.vocabulary,
            embed_subtitles=usual.embed_subtitles,
        )
    if not settings.remove_silence:
        settings = replace(
            settings,
            silence_mode=usual.silence_mode,
            auto_threshold=usual.auto_threshold,
            silence_threshold=usual.silence_threshold,
            min_silence_s=usual.min_silence_s,
            margin_before_s=usual.margin_before_s,
            margin_after_s=usual.margin_after_s,
        )
    if not settings.detect_highlights:
        settings = replace(
            settings,
            highlight_sensitivity=usual.highlight_sensitivity,
            keywords=usual.keywords,
        )
    return settings


async def remembered(
    at: Processor,
    video: ProcessVideo,
    step: Step,
    key: str,
    path: Path,
    make: Callable[[], Awaitable[None]],
) -> None:
    """Have the file of a finished step at `path`: from its checkpoint, or made now and kept for the next run.

    A checkpoint that cannot be kept is worth a warning, not a failure: the work itself is done.
    """
    known = await patiently(lambda: Checkpoint.find(key, video.batch_video_id))
    if known is not None:
        try:
            await at.store.fetch(known.key, path)
            metrics.checkpoints.labels(step.value, "yes").inc()
            return
        except NotFound:
            log.warning("a checkpoint is gone from the store", key=known.key)
    metrics.checkpoints.labels(step.value, "no").inc()
    await make()
    try:
        stored = await at.store.put_file(f"{FOLDER}{video.video_id}/{step.value}-{key}", path)
    except (OutOfSpace, Unavailable) as error:
        log.warning("a checkpoint could not be kept", step=step.value, error=str(error))
        return
    await patiently(lambda: Checkpoint.keep(key, step.value, video.video_id, video.batch_video_id, stored))


def _source(video: ProcessVideo) -> tuple[object, ...]:
    # The key names the user and the video: nobody's checkpoint is ever taken for a file of somebody else.
    return (
        video.source.key,
        video.source.etag,
        video.source.size_bytes,
        video.source.crc32,
    )


def _digest(*what: object) -> str:
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()
