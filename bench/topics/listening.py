"""listening: from a file to a cut list by loudness, and with voices protected, beside the plain decode of its sound.

Ours is all that a processor does before it renders: decode, loudness, voices, plan. A changed threshold starts from the checkpoint.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import msgspec

from bench import clips, sizes
from bench.place import FOLDER
from bench.rows import Goal, Row, compared, row
from bench.runs import interleaved
from services.processor.analysis import Sound
from services.processor.cuts import loud_spans, plan_cuts
from services.processor.listening import WINDOW_S, decode_sound, loudness, pack_levels, peaks
from services.processor.voice import find_speech
from shared.batches import BatchSettings
from shared.media import MediaFacts
from shared.probing import facts_of

LONG_S = 1800.0
ROUNDS = 3
DECODE = "ffmpeg that decodes the sound and throws it away"


def run() -> list[Row]:
    """Measure; no servers are needed."""
    place = FOLDER / "listening"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        return _rows(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rows(place: Path) -> list[Row]:
    # The picture is small: what counts is that the file has one, through which the sound has to be found.
    clip = clips.talk(place / "talk.mp4", sizes.seconds(LONG_S, least=60), "320x180")
    facts = asyncio.run(facts_of(clip))
    kept = place / "checkpoint"
    found = interleaved(
        {
            "loudness": lambda: asyncio.run(_listened(clip, facts, place / "samples", None)),
            "voices": lambda: asyncio.run(_listened(clip, facts, place / "samples", kept)),
            "decode": lambda: _decoded(clip),
        },
        rounds=ROUNDS,
    )
    again = [_planned_again(kept, facts) for _ in range(5)]
    name = f"{facts.duration_s / 60:.0f} minutes"
    return [
        compared(
            f"{name}, cut list by loudness",
            found["loudness"],
            found["decode"],
            reference_is=DECODE,
            unit="s",
            goal=Goal(at_most=2, of="ratio"),
        ),
        compared(
            f"{name}, cut list with voices protected",
            found["voices"],
            found["decode"],
            reference_is=DECODE,
            unit="s",
            goal=Goal(at_most=4.5, of="ratio"),
        ),
        row(f"{name}, a changed threshold", sorted(again)[2], unit="s", n=len(again), goal=Goal(at_most=0.3)),
    ]


def _decoded(clip: Path) -> float:
    begun = time.perf_counter()
    clips.ffmpeg("-vn", "-i", clip, "-f", "null", "-")
    return time.perf_counter() - begun


async def _listened(clip: Path, facts: MediaFacts, samples: Path, kept: Path | None) -> float:
    """Seconds to a cut list; with a place for a checkpoint, voices are looked for and all is kept there."""
    begun = time.perf_counter()
    await decode_sound(clip, facts, samples, deadline_s=600)
    levels = loudness(samples)
    speech = await find_speech(samples) if kept else []
    settings = BatchSettings(remove_silence=True)
    plan_cuts(loud_spans(levels, WINDOW_S, settings.silence_threshold), facts, settings, protected=speech)
    if kept:
        heard = Sound(packed_levels=pack_levels(levels), speech=tuple(speech), peaks=peaks(samples))
        kept.write_bytes(msgspec.msgpack.encode(heard))
    return time.perf_counter() - begun


def _planned_again(kept: Path, facts: MediaFacts) -> float:
    """Seconds from the checkpoint to another cut list."""
    begun = time.perf_counter()
    sound = msgspec.msgpack.decode(kept.read_bytes(), type=Sound)
    settings = BatchSettings(remove_silence=True, silence_threshold=-30.0)
    plan_cuts(loud_spans(sound.levels, WINDOW_S, settings.silence_threshold), facts, settings, protected=sound.speech)
    return time.perf_counter() - begun
