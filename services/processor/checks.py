"""Checks of an output: that it is what the cut list promised, before anybody relies on it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from services.processor.cuts import to_frames
from shared.errors import PermanentFailure
from shared.ffmpeg import ffprobe
from shared.media import CutList, MediaFacts
from shared.probing import facts_of

_TOLERANCE_S = 0.02
"""A packet of sound; containers tell lengths no finer."""


class Checked(Struct, frozen=True, kw_only=True):
    """An output as it was found, and in what it differs from what was promised: sentences for people."""

    facts: MediaFacts
    frames: int
    warnings: tuple[str, ...] = ()


async def check_output(path: Path, source: MediaFacts, cut_list: CutList) -> Checked:
    """Open an output, count its frames and compare its lengths with the cut list.

    Reads the file once without decoding it. Raises `PermanentFailure` when it does not open, or lacks picture or sound.
    """
    facts = await facts_of(path)
    if source.has_audio and not facts.has_audio:
        raise PermanentFailure("The output has no sound although the source has; this is a fault of the program.")
    probed = await ffprobe(path, "-count_packets", "-show_entries", "stream=index,codec_type,nb_read_packets")
    streams = {stream.index: stream for stream in probed.streams}
    frames = streams[facts.video_stream].nb_read_packets
    promised = sum(end - start for start, end in to_frames(cut_list, source.timeline_fps))
    rate = source.timeline_fps
    promised_s = float(promised / rate)
    warnings = []
    if frames != promised:
        warnings.append(f"The output has {frames} frames instead of {promised}; the source may be damaged.")
    if abs(facts.duration_s - promised_s) > max(float(1 / rate), _TOLERANCE_S):
        warnings.append(f"The output lasts {facts.duration_s:.2f} seconds instead of {promised_s:.2f}.")
    if facts.has_audio:
        warnings += _sound_warnings(facts, rate)
    return Checked(facts=facts, frames=frames, warnings=tuple(warnings))


def _sound_warnings(facts: MediaFacts, rate: Fraction) -> list[str]:
    apart_s = abs((facts.video_end_s or facts.duration_s) - (facts.audio_end_s or facts.duration_s))
    if apart_s > max(float(1 / rate), _TOLERANCE_S):
        return [f"Picture and sound of the output end {apart_s:.2f} seconds apart."]
    return []
