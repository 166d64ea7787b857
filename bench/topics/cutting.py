"""cutting: a render beside the least work that there is, and beside unsilence and smartcut; the same clip, the same encoder.

The limit is one ffmpeg that decodes and encodes an uncut clip of the length that is kept. Ours is all that a processor does from the
cut list to the checked output; beside unsilence, finding the silence as well.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from bench import clips, encoder, rivals, sizes
from bench.place import FOLDER
from bench.rows import Goal, Row, compared, row
from bench.runs import interleaved
from services.processor.checks import Checked
from services.processor.cuts import frame_count, from_frames, loud_spans, plan_cuts
from services.processor.listening import WINDOW_S, decode_sound, loudness
from services.processor.render import Render, render
from shared.batches import BatchSettings, Quality
from shared.media import CutList, MediaFacts
from shared.probing import facts_of

ROUNDS = 2
USUAL_S, MANY_S, LIGHT_S = 45.0, 100.0, 180.0
CUTS = (10, 100, 1000)
LIGHT_CUTS = 3
SETTINGS = BatchSettings(remove_silence=True, export_quality=Quality.P1080)


def run() -> list[Row]:
    """Measure; no servers are needed."""
    rivals.ensure()
    place = FOLDER / "cutting"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        return [*_usual(place), *_many(place), *_light(place)]
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _usual(place: Path) -> list[Row]:
    clip = clips.talk(place / "talk.mp4", sizes.seconds(USUAL_S))
    facts = _encoded(clip)
    cut_list = asyncio.run(_planned(clip, facts, place))
    kept = clips.talk(place / "kept.mp4", round(cut_list.kept_s, 3))
    out, options = place / "out.mp4", encoder.arguments(facts, SETTINGS)

    def whole() -> None:
        _render(clip, facts, asyncio.run(_planned(clip, facts, place)), out)

    found = interleaved(
        {
            "ours": _timed(lambda: _render(clip, facts, cut_list, out)),
            "whole": _timed(whole),
            "limit": _timed(lambda: clips.ffmpeg("-i", kept, *options, out)),
            "unsilence": _timed(
                lambda: rivals.unsilence(clip, out, options, SETTINGS.silence_threshold, SETTINGS.min_silence_s, 0.175)
            ),
            "smartcut": _timed(lambda: rivals.smartcut(clip, out, _frames(facts, cut_list), facts.timeline_fps)),
        },
        rounds=ROUNDS,
    )
    name = f"{facts.duration_s:.0f} s of 1080p, {len(cut_list.keep)} kept stretches"
    return [
        compared(
            f"{name}, from cut list to checked output",
            found["ours"],
            found["limit"],
            reference_is=f"ffmpeg on an uncut clip of the kept {cut_list.kept_s:.0f} s",
            unit="s",
            goal=Goal(at_most=1.10, of="ratio"),
        ),
        compared(
            f"{name}, silence found and removed",
            found["whole"],
            found["unsilence"],
            reference_is="unsilence 1.0.9, given our encoder settings",
            unit="s",
            goal=Goal(at_most=1 / 1.6, of="ratio"),
        ),
        compared(
            f"{name}, everything encoded",
            found["ours"],
            found["smartcut"],
            reference_is="smartcut 1.7 with the same cuts; sound cut at packets",
            unit="s",
        ),
    ]


def _many(place: Path) -> list[Row]:
    clip = clips.talk(place / "many.mp4", sizes.seconds(MANY_S, least=80), "640x360")
    facts = _encoded(clip)
    lists = {count: _even(facts, count) for count in CUTS}
    out = place / "out.mp4"

    def cut(count: int) -> Callable[[], float]:
        # The kept lengths differ by rounding.
        return lambda: _timed(lambda: _render(clip, facts, lists[count], out))() / lists[count].kept_s

    found = interleaved({str(count): cut(count) for count in CUTS}, rounds=ROUNDS)
    return [
        compared(
            f"{count:,} cuts, for each kept second",
            [1000 * took for took in found[str(count)]],
            [1000 * took for took in found[str(CUTS[0])]],
            reference_is=f"the same with {CUTS[0]} cuts",
            unit="ms",
            goal=Goal(at_most=1.5, of="ratio"),
        )
        for count in CUTS[1:]
    ]


def _light(place: Path) -> list[Row]:
    clip = clips.talk(place / "light.mp4", sizes.seconds(LIGHT_S, least=30), noise=1)
    facts = asyncio.run(facts_of(clip))
    total = frame_count(facts)
    kept = [(total * at // 4 + (37 if at else 0), total * (at + 1) // 4) for at in range(LIGHT_CUTS + 1)]
    cut_list = from_frames(kept, facts.timeline_fps, total)
    out = place / "out.mp4"
    whole = replace(facts, bit_rate=0)
    found = interleaved(
        {
            "ours": _timed(lambda: _render(clip, facts, cut_list, out)),
            "encoded": _timed(lambda: _render(clip, whole, cut_list, out)),
            "smartcut": _timed(lambda: rivals.smartcut(clip, out, kept, facts.timeline_fps)),
        },
        rounds=2,
    )
    name = f"{facts.duration_s:.0f} s of 1080p with {LIGHT_CUTS} cuts"
    return [
        compared(
            name,
            found["ours"],
            found["encoded"],
            reference_is="the same, everything encoded",
            unit="s",
            goal=Goal(at_most=0.2, of="ratio"),
        ),
        compared(
            name,
            found["ours"],
            found["smartcut"],
            reference_is="smartcut 1.7 with the same cuts; sound cut at packets",
            unit="s",
        ),
        row("of that, pictures and sound apart at most", 1000 * _apart(clip, facts, cut_list, out), unit="ms", n=3),
    ]


def _apart(clip: Path, facts: MediaFacts, cut_list: CutList, out: Path) -> float:
    return max(abs(by or 0.0) for by in _render(clip, facts, cut_list, out).apart_s)


def _encoded(clip: Path) -> MediaFacts:
    """The facts of a clip, but one that is not good enough to be copied."""
    return replace(asyncio.run(facts_of(clip)), bit_rate=0)


async def _planned(clip: Path, facts: MediaFacts, place: Path) -> CutList:
    await decode_sound(clip, facts, place / "samples", deadline_s=600)
    loud = loud_spans(loudness(place / "samples"), WINDOW_S, SETTINGS.silence_threshold)
    return plan_cuts(loud, facts, SETTINGS)


def _even(facts: MediaFacts, cuts: int) -> CutList:
    """Half of a video, in so many stretches."""
    total = frame_count(facts)
    starts = [round(at * total / cuts) for at in range(cuts + 1)]
    kept = [(start, start + max(1, (end - start) // 2)) for start, end in pairwise(starts)]
    return from_frames(kept, facts.timeline_fps, total)


def _render(clip: Path, facts: MediaFacts, cut_list: CutList, out: Path) -> Checked:
    job = Render(source=clip, facts=facts, cut_list=cut_list, settings=SETTINGS, to=out)
    checked = asyncio.run(render(job, deadline_s=3600))
    assert not checked.warnings, checked.warnings
    return checked


def _frames(facts: MediaFacts, cut_list: CutList) -> list[tuple[int, int]]:
    job = Render(source=Path(), facts=facts, cut_list=cut_list, settings=SETTINGS, to=Path())
    return job.frames


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def measured() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return measured
