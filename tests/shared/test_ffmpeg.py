"""ffmpeg opens nothing that it was not given, tells honestly how far it is, and its failures are sentences."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.errors import PermanentFailure, TransientFailure
from shared.ffmpeg import ffprobe, run_ffmpeg, source
from shared.processes import Limits
from tests.media import playlist_as_video, script_as_video, tone, video


def copying(path: Path, to: Path) -> list[str]:
    arguments: list[str] = source(path).output(f"file:{to}", c="copy").get_args()
    return arguments


async def test_progress_grows_and_reaches_one_only_at_the_end(media: Path) -> None:
    clip = video(media / "eight-seconds.mp4", duration_s=8, size="640x360", sound=tone(8))
    heard: list[float] = []
    arguments = source(clip).output(f"file:{media / 'again.mp4'}", vcodec="libx264", preset="medium").get_args()
    await run_ffmpeg(arguments, doing="It failed", deadline_s=60, duration_s=8, on_progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    assert all(share < 1 for share in heard[:-1])
    assert len(heard) > 2


@pytest.mark.parametrize("lie", [playlist_as_video, script_as_video])
async def test_a_playlist_under_the_name_of_a_film_opens_nothing(media: Path, tmp_path: Path, lie: object) -> None:
    target = video(media / "plain.mp4", sound=tone(2))
    disguised = lie(tmp_path / "film.mp4", target)  # type: ignore[operator]
    with pytest.raises(PermanentFailure, match="not a video file"):
        await ffprobe(disguised)
    with pytest.raises(PermanentFailure):
        await run_ffmpeg(copying(disguised, tmp_path / "out.mp4"), doing="It could not be copied", deadline_s=10)
    assert not (tmp_path / "out.mp4").exists()


async def test_a_damaged_file_is_a_permanent_failure(tmp_path: Path) -> None:
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(bytes(range(256)) * 64)
    with pytest.raises(PermanentFailure, match=r"^It could not be copied: the file is damaged"):
        await run_ffmpeg(copying(noise, tmp_path / "out.mp4"), doing="It could not be copied", deadline_s=10)


async def test_too_little_memory_is_a_failure_for_now(media: Path, tmp_path: Path) -> None:
    clip = video(media / "plain.mp4", sound=tone(2))
    arguments = source(clip).output(f"file:{tmp_path / 'out.mp4'}", vcodec="libx264").get_args()
    with pytest.raises(TransientFailure, match="memory"):
        await run_ffmpeg(arguments, doing="It failed", deadline_s=30, limits=Limits(memory_bytes=300 * 1024**2))


async def test_a_file_that_grows_too_big_is_a_permanent_failure(media: Path, tmp_path: Path) -> None:
    clip = video(media / "plain.mp4", sound=tone(2))
    with pytest.raises(PermanentFailure, match="more room"):
        await run_ffmpeg(
            copying(clip, tmp_path / "out.mp4"), doing="It failed", deadline_s=30, limits=Limits(file_size_bytes=4096)
        )


async def test_pictures_of_more_pixels_than_allowed_are_not_decoded(media: Path, tmp_path: Path) -> None:
    clip = video(media / "plain.mp4", sound=tone(2))
    arguments = source(clip).output("-", f="null").get_args()
    place = arguments.index("-max_pixels") + 1
    with pytest.raises(PermanentFailure):
        await run_ffmpeg([*arguments[:place], "1000", *arguments[place + 1 :]], doing="It failed", deadline_s=30)


async def test_cancellation_frees_the_processor_within_a_second(media: Path, tmp_path: Path) -> None:
    endless = ["-f", "lavfi", "-i", "testsrc2=s=1280x720", "-f", "null", "-"]
    going = asyncio.Event()
    task = asyncio.create_task(
        run_ffmpeg(endless, doing="-", deadline_s=60, duration_s=1e6, on_progress=lambda _: going.set())
    )
    await asyncio.wait_for(going.wait(), 20)
    task.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await task
