"""Every pair of format, quality, shape, frame rate and kind of sound gives an output that is what it should be.

All combinations of them, not only all pairs, are tried by `make matrix`.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

import pytest

from services.processor.cuts import frame_count, from_frames
from services.processor.encoders import LADDER
from services.processor.render import Render, render
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.probing import facts_of
from tests.media import tone, video

Case = tuple[str, ...]
CHOICES = (
    ("mp4", "mov", "webm"),
    ("720p", "1080p", "4K", "source"),
    ("480x270", "270x480", "321x181", "1306x738"),
    ("24", "30000/1001", "60", "variable"),
    ("mono", "stereo", "none"),
)


def pairs_of(case: Case) -> set[tuple[int, str, int, str]]:
    return {(a, case[a], b, case[b]) for a, b in combinations(range(len(case)), 2)}


def pairwise() -> list[Case]:
    """Few cases in which each choice meets each choice of every other kind: the one with most new pairs is next."""
    everything: list[Case] = list(product(*CHOICES))
    missing = set().union(*map(pairs_of, everything))
    chosen: list[Case] = []
    while missing:
        best = max(everything, key=lambda case: len(pairs_of(case) & missing))
        chosen.append(best)
        missing -= pairs_of(best)
    return chosen


def source(media: Path, shape: str, rate: str, sound: str) -> Path:
    """A video of two seconds."""
    extra = ["-pix_fmt", "yuv444p"] if shape == "321x181" else []  # 4:2:0 has no odd sizes
    if rate == "variable":
        extra += ["-vf", "select='lt(n,30)+not(mod(n,3))'", "-fps_mode", "vfr"]
    return video(
        media / f"{shape}-{rate.replace('/', '-')}-{sound}.mp4",
        size=shape,
        fps="30" if rate == "variable" else rate,
        duration_s=2,
        sound=None if sound == "none" else tone(2),
        channels=2 if sound == "stereo" else 1,
        extra=extra,
    )


@pytest.mark.parametrize("case", pairwise(), ids="-".join)
async def test_an_output_is_what_was_asked_for(media: Path, tmp_path: Path, case: Case) -> None:
    await check(media, tmp_path, case)


async def check(media: Path, tmp_path: Path, case: Case) -> None:
    """Cut a video, and look at what came out."""
    form, quality, shape, rate, sound = case
    clip = source(media, shape, rate, sound)
    facts = await facts_of(clip)
    assert facts.variable_frame_rate == (rate == "variable")
    total = frame_count(facts)
    cut_list = from_frames([(0, total // 3), (total // 2, total)], facts.timeline_fps, total)
    settings = BatchSettings(export_format=OutputFormat(form), export_quality=Quality(quality))
    to = tmp_path / f"out.{form}"
    checked = await render(Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=to), deadline_s=60)

    made = checked.facts
    assert checked.warnings == ()
    assert checked.frames == total // 3 + total - total // 2
    assert made.container == form
    assert (made.video_codec, made.pixel_format) == ("vp9" if form == "webm" else "h264", "yuv420p")
    assert made.timeline_fps == (30 if rate == "variable" else Fraction(rate))
    expected_sound = {"mono": 1, "stereo": 2, "none": 0}[sound]
    assert made.audio_channels == expected_sound
    assert made.audio_codec == (("opus" if form == "webm" else "aac") if expected_sound else None)

    width, height = (int(side) for side in shape.split("x"))
    cap = LADDER[Quality(quality)].short_side if Quality(quality) in LADDER else 10_000
    assert made.width % 2 == made.height % 2 == 0
    assert min(made.width, made.height) == pytest.approx(min(cap, width, height), abs=1)
    assert made.width / made.height == pytest.approx(width / height, rel=0.01)
