"""cuts: whether cuts ever touch a word, how much silence they take, and whether the joins are heard; no servers are needed.

Talks of which it is known when each word is said, in rooms from silent to louder than the threshold, are cut at default
settings, and beside that by what ffmpeg's silencedetect finds with the same threshold and duration, at the smallest margin
of one for all talks at which it clips no word either.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from bench.rows import Goal, Row, row
from bench.talks import RATE, SCENES, Sound, Talk, clipped, silence_removed, store, talk
from services.processor.cuts import MIN_CUT_S, removed, to_frames
from services.processor.decisions import decide
from services.processor.listening import loudness
from services.processor.splicing import FADE_S, pieces_of, spliced
from services.processor.voice import find_speech
from shared.batches import BatchSettings, SilenceMode
from shared.media import CutList, MediaFacts, Span

SEEDS = range(1, 7)
FPS = Fraction(30000, 1001)
DEFAULT = BatchSettings(remove_silence=True)
WAYS = {
    "default settings": DEFAULT,
    "threshold of each video's own": replace(DEFAULT, auto_threshold=True),
    "by speech": replace(DEFAULT, silence_mode=SilenceMode.SPEECH),
}
MARGINS_S = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5)
SILENCEDETECT = "ffmpeg silencedetect"


def run() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder), SEEDS))


async def measured(folder: Path, seeds: Iterable[int], sentences: int = 8) -> list[Row]:
    """Rows for talks of so many sentences in all scenes, one for each seed."""
    talks = [talk(scene, folder, seed=seed, sentences=sentences) for scene in SCENES for seed in seeds]
    heard = [await _heard(one, folder) for one in talks]
    theirs = [_silencedetect(store(one.sound, folder / "sound"), one) for one in talks]
    margin_s, at_margin = _first_without_loss(talks, theirs)
    words, reference = sum(len(one.words) for one in talks), sum(map(_removed, talks, at_margin))
    rows = []
    for name, settings in WAYS.items():
        cuts = [_cuts(one, *found, settings) for one, found in zip(talks, heard, strict=True)]
        rows += [
            row(
                f"words clipped, {name}",
                sum(len(clipped(one.words, found)) for one, found in zip(talks, cuts, strict=True)),
                unit=f"of {words} words",
                n=len(talks),
                reference=sum(len(clipped(one.words, found)) for one, found in zip(talks, theirs, strict=True)),
                reference_is=f"{SILENCEDETECT} without margins",
                goal=Goal(at_most=0),
            ),
            row(
                f"silence removed, {name}",
                sum(map(_removed, talks, cuts)),
                unit=f"of {sum(map(_silence, talks)):.0f} s",
                n=len(talks),
                reference=reference,
                reference_is=f"{SILENCEDETECT} with {margin_s:g} s around each word, where it clips none",
                goal=Goal(at_least=1.0, of="ratio"),
            ),
        ]
    for scene in SCENES:
        places = [place for place, one in enumerate(talks) if one.scene is scene]
        own = [talks[place] for place in places]
        margin_s, their = _first_without_loss(own, [theirs[place] for place in places])
        rows.append(
            row(
                f"silence removed in {scene.name}",
                sum(_removed(talks[place], _cuts(talks[place], *heard[place], DEFAULT)) for place in places),
                unit=f"of {sum(map(_silence, own)):.0f} s",
                n=len(own),
                reference=sum(map(_removed, own, their)),
                reference_is=f"{SILENCEDETECT} with {margin_s:g} s, the best for this alone",
            )
        )
    return [*rows, await _joins(talks, heard)]


async def _heard(one: Talk, folder: Path) -> tuple[Sound, list[Span]]:
    path = store(one.sound, folder / "sound")
    return loudness(path), await find_speech(path)


def _cut_list(one: Talk, levels: Sound, speech: Sequence[Span], settings: BatchSettings) -> CutList:
    facts = MediaFacts(
        container="mp4", duration_s=one.duration_s, width=2, height=2, timeline_rate=str(FPS), video_codec="h264"
    )
    return decide(levels, speech, (), facts, settings).cut_list


def _cuts(one: Talk, levels: Sound, speech: Sequence[Span], settings: BatchSettings) -> list[Span]:
    cut_list = _cut_list(one, levels, speech, settings)
    return removed(cut_list) if cut_list.keep else []


def _removed(one: Talk, cuts: Sequence[Span]) -> float:
    return silence_removed(one.words, cuts)


def _silence(one: Talk) -> float:
    return one.duration_s - sum(word.length_s for word in one.words)


def _silencedetect(path: Path, one: Talk) -> list[Span]:
    sound = ("-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(path))
    wanted = f"silencedetect=noise={DEFAULT.silence_threshold}dB:d={DEFAULT.min_silence_s}"
    command = ["ffmpeg", "-nostdin", "-hide_banner", *sound, "-af", wanted, "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    starts, ends = ([float(at) for at in re.findall(rf"silence_{edge}: (-?[\d.]+)", said)] for edge in ("start", "end"))
    # Silence that lasts to the end of the sound has no end.
    ends += [one.duration_s] * (len(starts) - len(ends))
    return [Span(max(0.0, start), end) for start, end in zip(starts, ends, strict=True)]


def _first_without_loss(talks: Sequence[Talk], silences: Sequence[list[Span]]) -> tuple[float, list[list[Span]]]:
    """The smallest margin around sound with which no word is clipped, and what is cut with it; the largest, if none will do."""
    margin_s, cuts = 0.0, list(silences)
    for margin_s in MARGINS_S:
        cuts = [_within(found, margin_s, one.duration_s) for one, found in zip(talks, silences, strict=True)]
        if not any(clipped(one.words, found) for one, found in zip(talks, cuts, strict=True)):
            break
    return margin_s, cuts


def _within(silences: Sequence[Span], margin_s: float, duration_s: float) -> list[Span]:
    """The silences without margins, but for the beginning and the end of the file; ours too cut to there."""
    shrunk = [
        Span(
            one.start_s + (margin_s if one.start_s > 0.01 else 0.0),
            one.end_s - (margin_s if one.end_s < duration_s - 0.01 else 0.0),
        )
        for one in silences
    ]
    return [one for one in shrunk if one.length_s >= MIN_CUT_S]


async def _joins(talks: Sequence[Talk], heard: Sequence[tuple[Sound, list[Span]]]) -> Row:
    """The worst step from one sample to the next at a join beside the steps around it: with fades, and cut hard."""
    steps: dict[float, list[float]] = {FADE_S: [], 0.0: []}
    for one, found in zip(talks, heard, strict=True):
        frames = to_frames(_cut_list(one, *found, WAYS["by speech"]), FPS)
        for fade_s, worst in steps.items():
            pieces = pieces_of(frames, FPS, RATE, fade_s)
            parts = [np.frombuffer(part, "<f4") async for part in spliced(_pieces(one.sound), pieces, 1)]
            output, at = np.concatenate(parts), 0
            for left, right in pairwise(pieces):
                at += left.end - left.start
                worst.append(_step(output, at, one.sound, left.end, right.start))
    return row(
        "worst step at a join beside the largest near it",
        max(steps[FADE_S]),
        unit="times",
        n=len(steps[FADE_S]),
        reference=max(steps[0.0]),
        reference_is="the same cuts without fades",
        goal=Goal(at_most=1.5),
    )


def _step(output: Sound, at: int, source: Sound, left: int, right: int) -> float:
    """The largest step within 6 ms of a join, as a multiple of the largest in the source close to both of its sides."""
    close, near = round(0.006 * RATE), round(0.05 * RATE)
    usual = max(_largest(source[left - near : left + close]), _largest(source[right - close : right + near]))
    return _largest(output[at - close : at + close]) / max(usual, 1 / 32768)


def _largest(sound: Sound) -> float:
    return float(np.abs(np.diff(sound)).max(initial=0.0))


async def _pieces(sound: Sound) -> AsyncIterator[bytes]:
    yield sound.astype("<f4").tobytes()
