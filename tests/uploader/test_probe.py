"""An upload is judged by its content, and refused with a sentence that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.uploader.probe import InspectionLimits, inspect, thumbnail
from shared.errors import PermanentFailure
from shared.probing import facts_of
from tests.media import ffmpeg, playlist_as_video, rotated, tone, truncated, video


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.avi", "a.webm"])
async def test_a_video_passes(media: Path, name: str) -> None:
    clip = video(media / name, sound=tone(2), channels=2)
    assert (await inspect(clip)).container == name[2:]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.avi", "a.webm"])
async def test_a_truncated_video_is_refused(media: Path, tmp_path: Path, name: str) -> None:
    clip = video(media / name, sound=tone(2), channels=2)
    with pytest.raises(PermanentFailure, match="ends too early"):
        await inspect(truncated(clip, tmp_path / name))


async def test_a_truncated_video_with_its_index_in_front_is_refused(media: Path, tmp_path: Path) -> None:
    clip = video(media / "front.mp4", sound=tone(2), extra=("-movflags", "+faststart"))
    with pytest.raises(PermanentFailure, match="ends too early"):
        await inspect(truncated(clip, tmp_path / "cut.mp4", share=0.8))


async def test_a_fragmented_video_passes(media: Path) -> None:
    clip = video(media / "fragments.mp4", sound=tone(2), extra=("-movflags", "frag_keyframe+empty_moov"))
    assert (await inspect(clip)).duration_s == pytest.approx(2, abs=0.1)


async def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(PermanentFailure, match="empty"):
        await inspect(tmp_path / "empty.mp4")


async def test_text_under_the_name_of_a_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.mp4").write_text("Dear customer, " * 500)
    with pytest.raises(PermanentFailure, match="not a video file"):
        await inspect(tmp_path / "letter.mp4")


async def test_a_playlist_under_the_name_of_a_film_is_refused(media: Path, tmp_path: Path) -> None:
    target = video(media / "plain.mp4", sound=tone(2))
    with pytest.raises(PermanentFailure, match="not a video file"):
        await inspect(playlist_as_video(tmp_path / "film.mp4", target))


async def test_a_kind_of_container_that_is_not_accepted_is_refused(media: Path, tmp_path: Path) -> None:
    ffmpeg("-i", str(video(media / "plain.mp4", sound=tone(2))), "-c", "copy", str(tmp_path / "film.ts"))
    with pytest.raises(PermanentFailure, match="not a video file"):
        await inspect(tmp_path / "film.ts")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (InspectionLimits(duration_s=1), "longer than"),
        (InspectionLimits(pixels=1000), "cannot be processed"),
        (InspectionLimits(side=200), "more than 200"),
        (InspectionLimits(frame_rate=24), "frames a second"),
        (InspectionLimits(streams=0), "sound tracks"),
    ],
)
async def test_absurd_videos_are_refused(media: Path, limits: InspectionLimits, reason: str) -> None:
    clip = video(media / "plain.mp4", sound=tone(2))
    with pytest.raises(PermanentFailure, match=reason):
        await inspect(clip, limits=limits)


async def test_a_thumbnail_avoids_darkness_and_stands_upright(media: Path, tmp_path: Path) -> None:
    dark_start = ("-vf", "drawbox=c=black:t=fill:enable='lt(t,1)'")
    clip = rotated(media / "dark.mp4", size="1280x720", duration_s=4, extra=dark_start)
    picture = tmp_path / "picture.jpg"
    await thumbnail(clip, await facts_of(clip), picture)
    assert picture.read_bytes()[:3] == b"\xff\xd8\xff"
    ffmpeg("-i", str(picture), "-vf", "scale=1:1,format=gray", "-f", "rawvideo", str(tmp_path / "grey"))
    assert (tmp_path / "grey").read_bytes()[0] > 24
    assert _jpeg_size(picture) == (640, 1138)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".try"] == []


async def test_a_video_that_is_black_throughout_still_has_a_thumbnail(media: Path, tmp_path: Path) -> None:
    clip = video(media / "black.mp4", picture="color", duration_s=2)
    await thumbnail(clip, await facts_of(clip), tmp_path / "picture.jpg")
    assert _jpeg_size(tmp_path / "picture.jpg") == (320, 180)


def _jpeg_size(path: Path) -> tuple[int, int]:
    data, at = path.read_bytes(), 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
