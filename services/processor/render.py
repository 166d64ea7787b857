"""Rendering: the output that a cut list and the export settings ask for, by the cheapest way that is exact.

An uncut video that is what was asked for already is copied; a lightly cut one is copied but for what lies at the cuts;
anything else is encoded once. The picture goes through a filter graph on a steady grid of frames, from which frames are
selected by number. The sound is decoded beside it, cut to the sample in this process and fed to the encoder. Both end with
the same frame.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from services.processor.checks import Checked, check_output, overheard
from services.processor.encode import Means, encode
from services.processor.encoders import Engine, can_be_copied
from services.processor.graphs import Render, copying
from services.processor.hardware import Hardware
from services.processor.metrics import encodes
from services.processor.smartcut import plan_smart_cut, smart_cut
from services.processor.soundcheck import Ear
from shared.batches import OutputFormat
from shared.errors import DailiesError, PermanentFailure
from shared.ffmpeg import CHILD_LIMITS, run_ffmpeg
from shared.logs import logger
from shared.processes import Limits, OutOfTime

log = logger(__name__)

_CHECKED_FROM = 0.97
"""The share of the time after which an output is there, and is checked."""
_NOT_BY_HARDWARE = "The video chip of this machine failed on this video, so it was encoded in software; it is complete."
__all__ = ["Render", "render"]


async def render(
    job: Render,
    *,
    deadline_s: float,
    on_progress: Callable[[float], None] | None = None,
    threads: int = 0,
    limits: Limits = CHILD_LIMITS,
    hardware: Hardware | None = None,
) -> Checked:
    """Write the output and check it. `threads` 0 is as many as there are processors; `hardware` encodes H.264 if given.

    Raises `PermanentFailure` when nothing would be left, or the source cannot be decoded. What was written so far is
    removed on failure and on cancellation.
    """
    if not job.frames:
        raise PermanentFailure(
            f"Nothing would be left of this video: all of it is quieter than {job.settings.silence_threshold:g} dB; "
            "choose a lower threshold."
        )
    told = _Told(on_progress)
    means = Means(deadline_s=deadline_s, limits=limits, threads=threads, on_progress=told).part(0.0, _CHECKED_FROM)
    checked: Checked | None = None
    try:
        with TemporaryDirectory(dir=job.to.parent, prefix="render-") as scratch:
            # A smart cut is encoded in software: its pieces have to be of the kind that lies between them.
            checked = await _copied(job, Path(scratch), means)
            checked = checked or await _encoded(job, Path(scratch), replace(means, hardware=hardware))
        told(1.0)
        return checked
    finally:
        if checked is None:
            job.to.unlink(missing_ok=True)


class _Told:
    """Passes on how far the work is, and never less than before: a copy may turn out not to be exact."""

    def __init__(self, on_progress: Callable[[float], None] | None) -> None:
        self._on_progress = on_progress
        self._highest = 0.0

    def __call__(self, share: float) -> None:
        if self._on_progress is not None and share > self._highest:
            self._highest = share
            self._on_progress(share)


async def _copied(job: Render, scratch: Path, means: Means) -> Checked | None:
    """The output with the packets of the source, all or as many as can be; None when it has to be encoded."""
    if not can_be_copied(job.facts, job.settings):
        return None
    try:
        if job.cut_list.cuts_nothing and (job.settings.loudness_lufs is None or not job.facts.has_audio):
            return await _copy(job, scratch, means)
        cut = await plan_smart_cut(job, means)
        return await smart_cut(job, cut, scratch, means) if cut else None
    except PermanentFailure:
        return None  # Encoding says what is wrong with the source, or gets along with it.


async def _copy(job: Render, scratch: Path, means: Means) -> Checked | None:
    """Move the streams into a new container; None when the result is not as exact as an encode would be."""
    await run_ffmpeg(
        copying(job, scratch),
        doing="This video could not be copied",
        deadline_s=means.deadline_s,
        duration_s=job.facts.duration_s,
        limits=means.limits,
    )
    promised = await overheard(job, job.source, job.facts, means.limits) if job.facts.has_audio else None
    checked = await check_output(job, promised, deadline_s=means.deadline_s, limits=means.limits)
    return None if checked.warnings else checked


async def _encoded(job: Render, scratch: Path, means: Means) -> Checked:
    doubts, ear = await _pictured(job, scratch, means)
    checked = await check_output(job, ear.heard() if ear else None, deadline_s=means.deadline_s, limits=means.limits)
    return replace(checked, warnings=(*doubts, *checked.warnings))


async def _pictured(job: Render, scratch: Path, means: Means) -> tuple[tuple[str, ...], Ear | None]:
    """Encode; once more in software when the hardware fails, as cards do that have no session left or not this size."""
    hardware = None if job.settings.export_format is OutputFormat.WEBM else means.hardware
    engine = hardware.engine if hardware else Engine.SOFTWARE
    try:
        made = await encode(job, scratch, means)
    except DailiesError as failure:
        encodes.labels(engine.value, "failed").inc()
        if hardware is None or isinstance(failure, OutOfTime):
            raise
        log.warning("encoded again in software", engine=engine.value, reason=str(failure))
        doubts, ear = await _pictured(job, scratch, replace(means, hardware=None))
        return (_NOT_BY_HARDWARE, *doubts), ear
    encodes.labels(engine.value, "made").inc()
    return made
