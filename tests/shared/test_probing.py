"""Facts come from the content of a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from shared.errors import PermanentFailure
from shared.probing import facts_of
from tests.media import ffmpeg, rotated, silence, tone, variable_rate, video


@pytest.mark.parametrize(
    ("name", "container", "video_codec", "audio_codec"),
    [
        ("a.mp4", "mp4", "h264", "aac"),
        ("a.mov", "mov", "h264", "aac"),
        ("a.avi", "avi", "mpeg4", "pcm_s16le"),
        ("a.webm", "webm", "vp8", "opus"),
        ("a.mkv", "matroska", "h264", "aac"),
    ],
)
async def test_each_kind_of_file_is_known_by_its_content(
    media: Path, tmp_path: Path, name: str, container: str, video_codec: str, audio_codec: str
) -> None:
    clip = video(media / name, sound=tone(2), channels=2)
    disguised = tmp_path / "anything.bin"
    disguised.symlink_to(clip)
    facts = await facts_of(disguised)
    assert (facts.container, facts.video_codec, facts.audio_codec) == (container, video_codec, audio_codec)
    assert (facts.width, facts.height, facts.rotation) == (320, 180, 0)
    assert (facts.audio_channels, facts.sample_rate, facts.audio_streams) == (2, 48000, 1)
    assert facts.duration_s == pytest.approx(2, abs=0.06)
    assert facts.fps == facts.timeline_fps == 30
    assert not facts.variable_frame_rate


@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60"])
async def test_frame_rates_are_exact(media: Path, rate: str) -> None:
    facts = await facts_of(video(media / f"rate-{rate.replace('/', '-')}.mp4", fps=rate))
    assert facts.timeline_fps == Fraction(rate)
    assert not facts.variable_frame_rate


async def test_a_variable_rate_is_noticed_and_the_denser_part_sets_the_grid(media: Path) -> None:
    facts = await facts_of(variable_rate(media / "vfr.mp4"))
    assert facts.variable_frame_rate
    assert facts.fps < 28
    assert facts.timeline_fps == 30


async def test_size_is_as_displayed(media: Path) -> None:
    turned = await facts_of(rotated(media / "turned.mp4"))
    assert (turned.width, turned.height, turned.rotation) == (180, 320, 90)
    wide = await facts_of(video(media / "wide.mp4", extra=("-vf", "setsar=4/3")))
    assert (wide.width, wide.height) == (427, 180)


async def test_a_video_without_sound_says_so(media: Path) -> None:
    facts = await facts_of(video(media / "mute.mp4"))
    assert not facts.has_audio
    assert facts.audio_streams == 0


async def test_the_default_sound_track_is_taken_and_cover_pictures_are_not_video(media: Path, tmp_path: Path) -> None:
    clip = video(media / "stereo.mp4", sound=tone(2))
    cover, made = tmp_path / "cover.png", tmp_path / "made.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=1", "-frames:v", "1", str(cover))
    ffmpeg(
        *("-i", str(cover), "-i", str(clip), "-map", "0", "-map", "1:a", "-map", "1:a", "-map", "1:v", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", "-disposition:a:0", "0", "-disposition:a:1", "default", str(made)),
    )
    facts = await facts_of(made)
    assert (facts.video_codec, facts.width) == ("h264", 320)
    assert (facts.audio_streams, facts.audio_stream) == (2, 1)


async def test_a_recording_without_a_length_in_its_header_is_measured(media: Path, tmp_path: Path) -> None:
    clip = video(media / "a.webm", sound=tone(2))
    recorded = tmp_path / "recorded.webm"
    ffmpeg("-i", str(clip), "-c", "copy", "-f", "webm", "-live", "1", str(recorded))
    facts = await facts_of(recorded)
    assert facts.duration_s == pytest.approx(2, abs=0.1)
    assert facts.timeline_fps == 30


async def test_titles_and_chapters_are_read(media: Path, tmp_path: Path) -> None:
    notes, made = tmp_path / "notes.txt", tmp_path / "made.mp4"
    notes.write_text(
        ";FFMETADATA1\ntitle=A film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Begin\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=End\n"
    )
    clip = video(media / "plain.mp4", sound=tone(2))
    ffmpeg("-i", str(clip), "-i", str(notes), "-map", "0", "-map_metadata", "1", "-c", "copy", str(made))
    facts = await facts_of(made)
    assert facts.title == "A film"
    assert [(chapter.start_s, chapter.end_s, chapter.title) for chapter in facts.chapters] == [
        (0, 1, "Begin"),
        (1, 2, "End"),
    ]


async def test_sound_alone_is_refused_with_the_reason(media: Path, tmp_path: Path) -> None:
    clip = video(media / "plain.mp4", sound=tone(2))
    ffmpeg("-i", str(clip), "-vn", "-c", "copy", str(tmp_path / "sound.mp4"))
    with pytest.raises(PermanentFailure, match="sound but no picture"):
        await facts_of(tmp_path / "sound.mp4")


async def test_the_length_covers_the_longer_of_picture_and_sound(media: Path) -> None:
    clip = video(media / "long-silence.mp4", sound=silence(3), extra=("-vf", "trim=end=2"))
    facts = await facts_of(clip)
    assert facts.duration_s == pytest.approx(3, abs=0.05)
    assert facts.video_end_s == pytest.approx(2, abs=0.05)
