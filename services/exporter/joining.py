"""ffmpeg's part in merging: bringing pictures into a common frame, and putting them one behind the other with the sound."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from services.exporter.parts import Frame, Part
from services.exporter.sounding import CHANNELS, RATE, coded, decoded, slots, starts
from shared.ffmpeg import run_ffmpeg, source

ENCODERS: dict[str, dict[str, str | int]] = {
    "webm": {"c:v": "libvpx-vp9", "b:v": 0, "crf": 32, "deadline": "realtime", "cpu-used": 6, "row-mt": 1},
    "mp4": {"c:v": "libx264", "preset": "veryfast", "crf": 20, "profile:v": "high"},
}
KEY_FRAME_S = 4


async def into_frame(
    part: Part, frame: Frame, to: Path, deadline_s: float, on_progress: Callable[[float], None]
) -> None:
    """Encode the picture of a part, scaled and padded with black, at the frame's steady rate; without its sound."""
    picture = (
        source(part.path)[str(part.picture.index)]
        .filter("fps", str(frame.rate), start_time=0)
        .filter("scale", frame.width, frame.height, force_original_aspect_ratio="decrease", force_divisible_by=2)
        .filter("pad", frame.width, frame.height, "(ow-iw)/2", "(oh-ih)/2")
        .filter("setsar", 1)
    )
    options = ENCODERS["webm" if to.suffix == ".webm" else "mp4"]
    steady = {"pix_fmt": "yuv420p", "g": round(frame.rate * KEY_FRAME_S), "video_track_timescale": frame.rate.numerator}
    if to.suffix == ".webm":
        del steady["video_track_timescale"]
    await run_ffmpeg(
        picture.output(str(to), **options, **steady).get_args(),
        doing="A video could not be encoded",
        deadline_s=deadline_s,
        duration_s=float(part.length_s),
        on_progress=on_progress,
    )


async def join(
    pictures: Sequence[Part],
    originals: Sequence[Part],
    room: Path,
    to: Path,
    deadline_s: float,
    on_progress: Callable[[float], None],
) -> None:
    """Put the pictures one behind the other as they are, with the sound of the originals and a chapter for each."""
    # Lengths are those of the pictures as they will be; the sound follows them.
    heard = [replace(original, picture=picture.picture) for original, picture in zip(originals, pictures, strict=True)]
    total_s = starts(heard)[-1]
    (room / "list.txt").write_text(_list(pictures))
    (room / "chapters.txt").write_text(_chapters(heard))
    # Without -copyts ffmpeg would move the pictures by the sound that prepares the decoder, and that is not even used.
    arguments = ["-copyts", "-f", "concat", "-safe", "0", "-protocol_whitelist", "file,pipe"]
    arguments += ["-i", f"file:{room / 'list.txt'}", "-f", "ffmetadata", "-i", f"file:{room / 'chapters.txt'}"]
    feed: AsyncIterator[bytes] | None = None
    sound: list[str] = []
    webm = to.suffix == ".webm"
    if (places := slots(heard)) is not None and not webm:
        first = heard[0]
        assert first.sound is not None
        begins_s = -first.priming / first.sound.sample_rate
        arguments += ["-itsoffset", f"{begins_s:.9f}", "-f", "aac", "-i", "pipe:0"]
        sound = ["-map", "2:a", "-c:a", "copy", "-bsf:a", "aac_adtstoasc"]
        feed = coded(heard, places)
    elif any(part.sound for part in heard):
        arguments += ["-f", "f32le", "-ar", str(RATE), "-ac", str(CHANNELS), "-i", "pipe:0"]
        sound = ["-map", "2:a", *(("-c:a", "libopus") if webm else ("-c:a", "aac")), "-b:a", "160k"]
        feed = decoded(heard)
    arguments += ["-map", "0:v", "-c:v", "copy", *sound, "-map_metadata", "1", "-map_chapters", "1"]
    if not webm:
        arguments += ["-movflags", "+faststart"]
    await run_ffmpeg(
        [*arguments, f"file:{to}"],
        doing="The videos could not be joined",
        deadline_s=deadline_s,
        duration_s=float(total_s),
        on_progress=on_progress,
        feed=feed,
    )


def _list(parts: Sequence[Part]) -> str:
    """For the concat demuxer: files by the names that we gave them, with exact durations in microseconds."""
    edges = [round(start * 1_000_000) for start in starts(parts)]
    lines = ["ffconcat version 1.0"]
    for part, first, after in zip(parts, edges, edges[1:], strict=False):
        lines += [f"file {part.path.name}", f"duration {after - first}us"]
    return "\n".join(lines) + "\n"


def _chapters(parts: Sequence[Part]) -> str:
    edges = [round(start * 1000) for start in starts(parts)]
    lines = [";FFMETADATA1"]
    for part, first, after in zip(parts, edges, edges[1:], strict=False):
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={first}", f"END={after}", f"title={_escaped(part.title)}"]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "=;#\\\n" else sign for sign in text)
