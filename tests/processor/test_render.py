"""Outputs have exactly the frames and the sound that the cut list keeps, in every format."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from services.processor.checks import Checked
from services.processor.cuts import from_frames, keep_everything, loud_spans, plan_cuts
from services.processor.listening import WINDOW_S, decode_sound, loudness
from services.processor.render import Render, render
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.errors import PermanentFailure
from shared.media import Chapter, CutList
from shared.probing import facts_of
from tests.media import (
    RATE,
    Sound,
    ffmpeg,
    numbered,
    numbers_in,
    rotated,
    silence,
    sound_of,
    talk,
    tone,
    video,
)

KEPT = [(5, 20), (40, 41), (50, 100)]
"""Frames of a `numbered` video."""
NOISE = np.asarray(np.random.default_rng(7).normal(0, 0.1, 4 * RATE), np.float32)


def frames_of(kept: list[tuple[int, int]]) -> list[int]:
    return [frame for start, end in kept for frame in range(start, end)]


async def rendered(source: Path, to: Path, kept: list[tuple[int, int]] | None = None, **settings: object) -> Checked:
    """Cut a video to the kept frames, with settings given by name."""
    facts = await facts_of(source)
    cut_list = keep_everything(facts)
    if kept is not None:
        cut_list = from_frames(kept, facts.timeline_fps, round(facts.duration_s * facts.timeline_fps))
    form = OutputFormat(to.suffix[1:])
    wanted = BatchSettings(export_format=form, **settings)  # type: ignore[arg-type]
    job = Render(source=source, facts=facts, cut_list=cut_list, settings=wanted, to=to)
    checked = await render(job, deadline_s=60)
    assert [path.name for path in to.parent.iterdir() if path.name.startswith("render-")] == []
    return checked


def lag_of(heard: Sound, expected: Sound) -> float:
    """By how many seconds one sound comes later than another that is the same."""
    size = 1 << (len(heard) + len(expected)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size)), size)
    best = int(np.argmax(product))
    return (best if best < size // 2 else best - size) / RATE


@pytest.mark.parametrize("form", ["mp4", "mov", "webm"])
@pytest.mark.parametrize("fps", ["30", "30000/1001"])
async def test_exactly_the_kept_frames_and_their_sound_remain(media: Path, tmp_path: Path, form: str, fps: str) -> None:
    clip = numbered(media / f"numbered-{fps.replace('/', '-')}.mp4", fps=fps, sound=NOISE)
    checked = await rendered(clip, tmp_path / f"out.{form}", KEPT)
    assert checked.warnings == ()
    assert checked.frames == 66
    assert numbers_in(tmp_path / f"out.{form}") == frames_of(KEPT)

    rate, source, heard = Fraction(fps), sound_of(clip), sound_of(tmp_path / f"out.{form}")
    assert len(heard) == pytest.approx(66 / float(rate) * RATE, abs=1024)  # decoders give out whole packets
    written = 0
    for start, end in KEPT:
        if end - start > 1:
            piece = source[round(start * RATE / rate) : round(end * RATE / rate)]
            out = heard[round(written * RATE / rate) : round((written + end - start) * RATE / rate)]
            assert abs(lag_of(out, piece)) < 0.001
        written += end - start


async def test_a_variable_rate_keeps_sound_and_picture_together(media: Path, tmp_path: Path) -> None:
    every_third = "select='lt(n,60)+not(mod(n,3))'"
    clip = numbered(media / "numbered-vfr.mp4", sound=NOISE, extra=("-vf", every_third, "-fps_mode", "vfr"))
    checked = await rendered(clip, tmp_path / "out.mp4", [(15, 45), (60, 120)])
    assert (checked.frames, checked.warnings) == (90, ())
    # Where frames are missing the last one is shown again, until its successor is due.
    shown = numbers_in(tmp_path / "out.mp4")
    expected = frames_of([(15, 45), (60, 120)])
    assert all(0 <= due - number <= 2 for number, due in zip(shown, expected, strict=True))
    heard = sound_of(tmp_path / "out.mp4")
    assert abs(lag_of(heard[RATE:], NOISE[2 * RATE :])) < 0.001


async def test_an_uncut_video_in_the_wanted_form_is_copied(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "numbered-copy.mp4", sound=NOISE, extra=("-b:a", "64k"))
    checked = await rendered(clip, tmp_path / "out.mp4")
    assert (checked.frames, checked.warnings) == (120, ())
    digests = []
    for path in (clip, tmp_path / "out.mp4"):
        ffmpeg("-i", str(path), "-map", "0:v", "-c", "copy", "-f", "md5", str(tmp_path / "digest"))
        digests.append((tmp_path / "digest").read_text())
    assert digests[0] == digests[1]


async def test_a_copy_that_would_not_be_exact_is_encoded_instead(media: Path, tmp_path: Path) -> None:
    clip = video(media / "long-sound.mp4", sound=tone(3), extra=("-vf", "trim=end=2"))
    checked = await rendered(clip, tmp_path / "out.mp4")
    assert (checked.frames, checked.warnings) == (90, ())


async def test_sound_that_starts_late_and_ends_early_stays_in_place(media: Path, tmp_path: Path) -> None:
    clip, late = numbered(media / "numbered-30.mp4", sound=NOISE), tmp_path / "late.mp4"
    short = ("-map", "0:v", "-map", "1:a", "-c", "copy")
    ffmpeg("-i", str(clip), "-itsoffset", "0.5", "-t", "2", "-i", str(clip), *short, str(late))
    checked = await rendered(late, tmp_path / "out.mp4", [(0, 60), (75, 120)])
    assert (checked.frames, checked.warnings) == (105, ())
    heard = sound_of(tmp_path / "out.mp4")
    assert not (np.abs(heard[: round(0.45 * RATE)]) > 0.01).any()
    assert abs(lag_of(heard[: 2 * RATE], np.concatenate((silence(0.5), sound_of(clip)[: round(1.5 * RATE)])))) < 0.001
    assert not (np.abs(heard[round(2.1 * RATE) :]) > 0.01).any()


async def test_the_last_picture_stays_while_sound_goes_on(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "numbered-short.mp4", frames=60, sound=NOISE)
    checked = await rendered(clip, tmp_path / "out.mp4", [(0, 30), (45, 120)])
    assert (checked.frames, checked.warnings) == (105, ())
    assert numbers_in(tmp_path / "out.mp4") == [*range(30), *range(45, 60), *[59] * 60]


@pytest.mark.parametrize("form", ["mp4", "webm"])
async def test_a_video_without_sound_is_cut_too(media: Path, tmp_path: Path, form: str) -> None:
    checked = await rendered(numbered(media / "numbered-mute.mp4"), tmp_path / f"out.{form}", KEPT)
    assert not checked.facts.has_audio
    assert numbers_in(tmp_path / f"out.{form}") == frames_of(KEPT)


@pytest.mark.parametrize("degrees", [90, 180, 270])
async def test_a_turned_video_comes_out_upright(media: Path, tmp_path: Path, degrees: int) -> None:
    clip = rotated(media / f"turned-{degrees}.mp4", degrees)
    checked = await rendered(clip, tmp_path / "out.mp4", [(0, 30)])
    assert checked.facts.rotation == 0
    assert (checked.facts.width, checked.facts.height) == ((320, 180) if degrees == 180 else (180, 320))
    small = ("-frames:v", "1", "-vf", "scale=16:16:flags=area", "-f", "rawvideo", "-pix_fmt", "gray")
    pictures = []
    for path in (clip, tmp_path / "out.mp4"):
        ffmpeg("-i", str(path), *small, str(tmp_path / "grey"))  # ffmpeg itself turns what it reads
        pictures.append(np.frombuffer((tmp_path / "grey").read_bytes(), np.uint8).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() < 24


async def test_an_exact_size_is_filled_with_black_around_the_picture(media: Path, tmp_path: Path) -> None:
    clip = video(media / "square.mp4", size="320x320", picture="color=c=white")
    checked = await rendered(clip, tmp_path / "out.mp4", [(0, 30)], resolution="320x180", export_quality=Quality.P720)
    assert (checked.facts.width, checked.facts.height) == (320, 180)
    line = ("-frames:v", "1", "-vf", "scale=16:1:flags=area", "-f", "rawvideo", "-pix_fmt", "gray")
    ffmpeg("-i", str(tmp_path / "out.mp4"), *line, str(tmp_path / "grey"))
    grey = (tmp_path / "grey").read_bytes()
    assert grey[0] < 32
    assert grey[8] > 220
    assert grey[15] < 32


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
async def test_an_hdr_video_is_made_for_usual_screens(media: Path, tmp_path: Path, transfer: str) -> None:
    clip = media / f"hdr-{transfer}.mp4"
    colours = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:log-level=error"
    grey = ("-f", "lavfi", "-i", "color=c=0x808080:s=320x180:r=30:d=1", "-pix_fmt", "yuv420p10le")
    ffmpeg(*grey, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", colours, str(clip))
    facts = await facts_of(clip)
    assert facts.hdr and not replace(facts, color_transfer="bt709").hdr
    checked = await rendered(clip, tmp_path / "out.mp4", [(0, 20)])
    assert (checked.facts.pixel_format, checked.facts.color_transfer, checked.warnings) == ("yuv420p", "bt709", ())
    ffmpeg("-i", str(tmp_path / "out.mp4"), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", str(tmp_path / "g"))
    # Half of the code values is about a hundredth of the light of PQ, and a twelfth of HLG's.
    assert 60 < np.frombuffer((tmp_path / "g").read_bytes(), np.uint8).mean() < 200


async def test_title_and_chapters_are_kept_where_they_belong(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "numbered-30.mp4", sound=NOISE)
    facts = replace(
        await facts_of(clip),
        title="Tea; for=two #1",
        chapters=(Chapter(0, 1, "Begin"), Chapter(1, 2, "Cut"), Chapter(2, 4, "End")),
    )
    cut_list = from_frames([(0, 30), (60, 120)], Fraction(30), 120)
    settings = BatchSettings(export_quality=Quality.SOURCE)
    out = tmp_path / "out.mp4"
    checked = await render(
        Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=out), deadline_s=60
    )
    assert checked.facts.title == "Tea; for=two #1"
    found = [(chapter.start_s, chapter.end_s, chapter.title) for chapter in checked.facts.chapters]
    assert found == [(0, 1, "Begin"), (1, 3, "End")]


async def test_a_thousand_cuts_are_as_exact_as_one(media: Path, tmp_path: Path) -> None:
    clip = numbered(media / "numbered-2000.mp4", frames=2000, fps="60")
    kept = [(start, start + 1) for start in range(0, 2000, 2)]
    await rendered(clip, tmp_path / "out.mp4", kept)
    assert numbers_in(tmp_path / "out.mp4") == frames_of(kept)


async def test_a_cut_list_that_keeps_nothing_is_refused_with_advice(media: Path, tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match="choose a lower threshold"):
        await rendered(numbered(media / "numbered-mute.mp4"), tmp_path / "out.mp4", [])


async def test_what_is_said_survives_and_what_is_silent_goes(media: Path, tmp_path: Path) -> None:
    clip, said = talk(media / "talk.mp4")
    facts = await facts_of(clip)
    await decode_sound(clip, facts, tmp_path / "sound", deadline_s=30)
    settings = BatchSettings(remove_silence=True)
    spans = loud_spans(loudness(tmp_path / "sound"), WINDOW_S, settings.silence_threshold)
    cut_list: CutList = plan_cuts(spans, facts, settings)
    assert len(cut_list.keep) == len(said)
    for span, (start_s, end_s) in zip(cut_list.keep, said, strict=True):
        assert span.start_s <= start_s
        assert span.end_s >= end_s
    heard: list[float] = []
    out = tmp_path / "out.mp4"
    job = Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=out)
    checked = await render(job, deadline_s=60, on_progress=heard.append)
    assert checked.warnings == ()
    assert checked.facts.duration_s == pytest.approx(cut_list.kept_s, abs=0.001)
    assert heard == sorted(heard)
    assert heard[-1] == 1


async def test_cancellation_frees_the_processor_and_leaves_nothing(media: Path, tmp_path: Path) -> None:
    clip = video(media / "big.mp4", duration_s=6, size="1280x720", sound=tone(6))
    facts = await facts_of(clip)
    cut_list = from_frames([(0, 60), (90, 180)], facts.timeline_fps, 180)
    settings = BatchSettings(export_format=OutputFormat.WEBM, export_quality=Quality.UHD, upscale=True)
    going = asyncio.Event()
    job = Render(source=clip, facts=facts, cut_list=cut_list, settings=settings, to=tmp_path / "out.webm")
    task = asyncio.create_task(render(job, deadline_s=60, on_progress=lambda _: going.set()))
    await asyncio.wait_for(going.wait(), 30)
    children = running_ffmpeg_in(tmp_path)
    assert children
    task.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert running_ffmpeg_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def running_ffmpeg_in(folder: Path) -> list[str]:
    """Processes that have this folder in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.parametrize("share", [0.1, 0.5])
async def test_damage_in_the_middle_is_not_hidden(media: Path, tmp_path: Path, share: float) -> None:
    clip = numbered(media / "numbered-30.mp4", sound=NOISE)
    facts = await facts_of(clip)
    hurt, data = tmp_path / "hurt.mp4", bytearray(clip.read_bytes())
    begin, length = len(data) // 3, int(len(data) * share)
    data[begin : begin + length] = bytes(length)
    hurt.write_bytes(data)
    cut_list = from_frames([(0, 50), (60, 120)], facts.timeline_fps, 120)
    job = Render(source=hurt, facts=facts, cut_list=cut_list, settings=BatchSettings(), to=tmp_path / "out.mp4")
    assert (await render(job, deadline_s=60)).warnings
