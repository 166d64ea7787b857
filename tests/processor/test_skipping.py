"""What is cut out need not be decoded, and not one frame of what is kept is other for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.processor.cuts import from_frames
from services.processor.render import Render, render
from services.processor.skipping import Packets, decision, list_packets, packets_to_skip, plan_skips
from shared.batches import BatchSettings
from shared.probing import facts_of
from tests.media import ffmpeg, numbered, numbers_in, rotated, tone

KEPT = [(40, 50), (133, 134), (171, 200), (231, 240)]
"""Frames of 240 with a key frame about every 30: ends and beginnings lie everywhere within groups of pictures."""
SOURCES = {
    "h264.mp4": ("-preset", "medium", "-bf", "3"),
    "open-gop.mp4": ("-preset", "medium", "-x264-params", "open-gop=1:keyint=30:bframes=3"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=error:keyint=30:open-gop=1"),
    "vp8.webm": (),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-auto-alt-ref", "1", "-lag-in-frames", "16"),
    "mpeg4.mov": ("-c:v", "mpeg4", "-q:v", "3", "-bf", "2"),
    "prores.mov": ("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"),
    "mjpeg.mov": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "av1.mp4": ("-c:v", "libsvtav1", "-preset", "12"),
}


def source(media: Path, name: str) -> Path:
    return numbered(media / f"skip-{name}", frames=240, sound=tone(8), extra=SOURCES[name])


async def cut(path: Path, to: Path) -> list[int]:
    """The numbers of the frames that are in the output, after making sure that skipping was at work."""
    facts = await facts_of(path)
    skipped = await packets_to_skip(path, facts, KEPT, deadline_s=60)
    assert sum(end - start for start, end in skipped) > 60
    job = Render(
        source=path, facts=facts, cut_list=from_frames(KEPT, facts.timeline_fps, 240), settings=BatchSettings(), to=to
    )
    assert (await render(job, deadline_s=60)).warnings == ()
    return numbers_in(to)


@pytest.mark.parametrize("name", SOURCES)
async def test_not_one_kept_frame_changes(media: Path, tmp_path: Path, name: str) -> None:
    expected = [frame for start, end in KEPT for frame in range(start, end)]
    assert await cut(source(media, name), tmp_path / "out.mp4") == expected


async def test_times_that_do_not_begin_at_zero_stay_right(media: Path, tmp_path: Path) -> None:
    shifted = tmp_path / "shifted.mkv"
    ffmpeg("-i", str(source(media, "h264.mp4")), "-an", "-c", "copy", "-output_ts_offset", "3", str(shifted))
    expected = [frame for start, end in KEPT for frame in range(start, end)]
    assert await cut(shifted, tmp_path / "out.mp4") == expected


@pytest.mark.parametrize("degrees", [90, 180])
async def test_a_turned_video_still_comes_out_upright(media: Path, tmp_path: Path, degrees: int) -> None:
    plain = source(media, "h264.mp4")
    turned = rotated(media / f"skip-turned-{degrees}.mp4", degrees, of=plain)
    await cut(turned, tmp_path / "out.mp4")
    back = {90: "transpose=cclock", 180: "hflip,vflip"}[degrees]
    ffmpeg("-i", str(tmp_path / "out.mp4"), "-vf", back, str(tmp_path / "back.mp4"))
    assert numbers_in(tmp_path / "back.mp4") == [frame for start, end in KEPT for frame in range(start, end)]


async def test_packets_are_listed_with_their_times(media: Path) -> None:
    path = source(media, "vp8.webm")
    packets = await list_packets(path, await facts_of(path), deadline_s=30)
    assert packets.shown_s - packets.shown_s[0] == pytest.approx(np.arange(240) / 30, abs=0.001)
    assert np.flatnonzero(packets.key).tolist() == list(range(0, 240, 30))


async def test_short_cuts_are_not_worth_looking_for(media: Path) -> None:
    path = source(media, "h264.mp4")
    assert await packets_to_skip(path, await facts_of(path), [(0, 100), (120, 240)], deadline_s=30) == []


def test_packets_are_left_out_from_the_end_of_a_span_to_the_key_frame_of_the_next() -> None:
    shown = np.arange(80) * 0.1
    packets = Packets(shown - 0.2, shown, np.arange(80) % 20 == 0)
    assert plan_skips([(1, 5)], packets, 0.1) == [(15, 40)]
    assert plan_skips([(0, 2.5), (4.5, 5.5), (5.7, 6.5)], packets, 0.1) == [(0, 20)]
    assert plan_skips([(0, 6)], packets, 0.1) == [(0, 60)]


@given(st.lists(st.integers(0, 1000), unique=True, max_size=60).map(sorted), st.integers(-5, 1005))
def test_a_decision_is_one_between_every_other_pair_of_edges(edges: list[int], at: int) -> None:
    expression = decision("n", edges)
    for _ in range(20):
        if not expression.startswith("if("):
            break
        condition, yes, no = _parts(expression)
        expression = yes if at < int(condition.removeprefix("lt(n,").removesuffix(")")) else no
    assert int(expression) == sum(edge <= at for edge in edges) % 2


def _parts(expression: str) -> list[str]:
    """The three arguments of `if(...)`."""
    depth, parts, begun = 0, [], 3
    for place, sign in enumerate(expression[3:-1], start=3):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(expression[begun:place])
            begun = place + 1
    return [*parts, expression[begun:-1]]
