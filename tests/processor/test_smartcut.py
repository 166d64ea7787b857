"""A smart cut gives the same frames as an encode, copies what it can, and stands back where it is not sure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from services.processor.annexb import NotUnderstood, as_stream, parameter_sets, units
from services.processor.checks import Checked
from services.processor.cuts import from_frames
from services.processor.encode import Means
from services.processor.groups import Group, Part, encoded, groups, parts, pays, shown_frames
from services.processor.render import Render, render
from services.processor.smartcut import plan_smart_cut, smart_cut
from shared.batches import BatchSettings, OutputFormat
from shared.ffmpeg import CHILD_LIMITS, ProbedPacket
from shared.probing import facts_of
from tests.media import RATE, ffmpeg, numbered, numbers_in

MEANS = Means(deadline_s=60, limits=CHILD_LIMITS, threads=1)
KEPT = [(5, 100), (130, 131), (140, 300)]
NOISE = np.asarray(np.random.default_rng(7).normal(0, 0.1, 10 * RATE), np.float32)
X264 = ("-preset", "veryfast", "-g", "30", "-bf", "3", "-sc_threshold", "0", "-b:a", "64k")


async def job_for(clip: Path, to: Path, kept: list[tuple[int, int]]) -> Render:
    facts = await facts_of(clip)
    cut_list = from_frames(kept, facts.timeline_fps, round(facts.duration_s * facts.timeline_fps))
    settings = BatchSettings(export_format=OutputFormat(to.suffix[1:]))
    return Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=to)


async def cut_smartly(job: Render, scratch: Path) -> Checked | None:
    cut = await plan_smart_cut(job, MEANS)
    return await smart_cut(job, cut, scratch, MEANS) if cut else None


def copied(clip: Path, made: Path, folder: Path) -> int:
    """How many packets of the picture come from the clip as they are."""
    digests = []
    for path in (clip, made):
        options = ("-map", "0:v", "-c", "copy", "-bsf:v", "filter_units=pass_types=1-5", "-f", "framehash")
        ffmpeg("-i", str(path), *options, str(folder / "digests"))
        lines = (folder / "digests").read_text().splitlines()
        digests.append([line.rsplit(",", 1)[1] for line in lines if not line.startswith("#")])
    return sum(digest in digests[0] for digest in digests[1])


@pytest.mark.parametrize(("form", "fps"), [("mp4", "30"), ("mov", "30000/1001")])
async def test_exactly_the_kept_frames_remain_and_most_are_copied(
    media: Path, tmp_path: Path, form: str, fps: str
) -> None:
    clip = numbered(media / f"smart-{form}.mp4", frames=300, fps=fps, sound=NOISE, extra=X264)
    job = await job_for(clip, tmp_path / f"out.{form}", KEPT)
    checked = await cut_smartly(job, tmp_path)
    assert checked is not None
    assert (checked.frames, checked.warnings) == (256, ())
    assert numbers_in(job.to) == [frame for start, end in KEPT for frame in range(start, end)]
    assert 210 <= copied(clip, job.to, tmp_path) < 256
    assert [by for by in checked.apart_s if by is None or abs(by) > 0.002] == []
    assert checked.facts.timeline_fps == Fraction(fps)


async def test_every_frame_is_decoded_without_a_complaint(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "smart-mp4.mp4", frames=300, sound=NOISE, extra=X264)
    job = await job_for(clip, tmp_path / "out.mp4", KEPT)
    assert await cut_smartly(job, tmp_path) is not None
    ffmpeg("-xerror", "-err_detect", "explode", "-i", str(job.to), "-f", "null", "-")


async def test_a_render_of_a_lightly_cut_video_copies_it(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "smart-mp4.mp4", frames=300, sound=NOISE, extra=X264)
    told: list[float] = []
    job = await job_for(clip, tmp_path / "out.mp4", KEPT)
    await render(job, deadline_s=60, on_progress=told.append)
    assert 210 <= copied(clip, job.to, tmp_path) < 256
    assert told == sorted(told) and told[-1] == 1


async def test_cuts_at_key_frames_need_no_encoder(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "smart-mute.mp4", frames=300, extra=X264)
    job = await job_for(clip, tmp_path / "out.mp4", [(0, 60), (240, 300)])
    assert await cut_smartly(job, tmp_path) is not None
    assert numbers_in(job.to) == [*range(60), *range(240, 300)]


@pytest.mark.parametrize(
    "extra",
    [
        ("-preset", "veryfast", "-g", "30", "-x264-params", "open-gop=1:bframes=3:scenecut=0"),
        ("-preset", "veryfast", "-g", "300", "-x264-params", "scenecut=0"),
        ("-preset", "veryfast", "-g", "30", "-x264-params", "sps-id=17"),
        ("-preset", "veryfast", "-g", "30", "-vf", "select='not(eq(mod(n,7),3))'", "-fps_mode", "vfr"),
    ],
    ids=["groups that need others", "one group", "our own number", "a variable rate"],
)
async def test_what_is_not_simple_is_encoded(media: Path, tmp_path: Path, extra: tuple[str, ...]) -> None:
    clip = numbered(tmp_path / "odd.mp4", frames=120, extra=extra)
    job = await job_for(clip, tmp_path / "out.mp4", [(5, 100)])
    assert await cut_smartly(job, tmp_path) is None


def described(frames: list[int], keys: set[int]) -> list[ProbedPacket]:
    return [
        ProbedPacket(pts_time=frame / 25, pos=0, flags="K_" if place in keys else "__")
        for place, frame in enumerate(frames)
    ]


def test_groups_stand_alone_or_are_none() -> None:
    closed = [0, 2, 1, 3, 5, 4]
    packets = described(closed, {0, 3})
    assert groups(packets, closed) == [Group(0, 3, 0, 3), Group(3, 6, 3, 6)]
    leading = [0, 1, 4, 2, 3, 5]
    assert groups(described(leading, {0, 2}), leading) == [Group(0, 2, 0, 2)]
    hidden = [replace(packets[0], flags="KD"), *packets[1:]]
    assert groups(hidden, closed) == [Group(3, 6, 3, 6)]


def test_frames_off_the_grid_or_twice_in_one_place_are_not_known() -> None:
    packets = described([0, 1, 2], {0})
    assert shown_frames(packets, Fraction(25), 0.0) == [0, 1, 2]
    assert shown_frames(packets, Fraction(24), 0.0) == [0, 1, 2]
    assert shown_frames(packets, Fraction(10), 0.0) is None
    assert shown_frames([*packets, packets[0]], Fraction(25), 0.0) is None
    assert shown_frames([replace(packets[0], pts_time=None)], Fraction(25), 0.0) is None


def test_whole_groups_are_copied_and_the_rest_is_encoded() -> None:
    whole = [Group(at, at + 10, at, at + 10) for at in range(0, 60, 10)]
    plan = parts([(5, 32), (40, 60)], whole)
    assert plan == [Part(5, 10), Part(10, 30, 10, 30), Part(30, 32), Part(40, 60, 40, 60)]
    assert encoded(plan) == [(5, 10), (30, 32)]
    assert pays(plan) and not pays(parts([(5, 15), (25, 35)], whole))
    assert parts([(0, 10), (10, 20)], []) == [Part(0, 10), Part(10, 20)]


def test_packets_that_are_not_understood_are_refused() -> None:
    sets = parameter_sets(b"\0\0\0\1\x67\x64\0\x0d\x80\0\0\1\x68\xe0\0\0\1\x65\x88")
    assert (sets.sequence, sets.picture, sets.ids) == ((b"\x67\x64\0\x0d\x80",), (b"\x68\xe0",), {0})
    slice_unit, idr = b"\0\0\0\2\x41\x9a", b"\0\0\0\2\x65\x88"
    assert as_stream(slice_unit + idr, sets, begins=True) == b"\0\0\0\1\x41\x9a\0\0\0\1\x65\x88"
    assert as_stream(b"\0\0\0\2\x68\xe0" + slice_unit, sets, begins=False) == b"\0\0\0\1\x41\x9a"
    for packet, begins in ((slice_unit, True), (b"\0\0\0\2\x68\xe1" + idr, False), (b"\0\0\0\x09\x41", False)):
        with pytest.raises(NotUnderstood):
            as_stream(packet, sets, begins=begins)
    with pytest.raises(NotUnderstood):
        list(units(b"\0\0\0\0"))
    with pytest.raises(NotUnderstood):
        parameter_sets(b"\0\0\1\x65\x88")
