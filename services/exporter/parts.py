"""The videos that are to be merged, as far as that matters for joining them: pictures, sound, exact lengths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from shared.errors import PermanentFailure
from shared.ffmpeg import Probed, ProbedStream, ffprobe

RATES = tuple(Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"))
QUARTER_TURNS = (90, 270)


class Part(Struct, frozen=True, kw_only=True):
    """One video, on scratch."""

    path: Path
    title: str
    picture: ProbedStream
    sound: ProbedStream | None
    turned: bool = False
    """Whether players turn the coded picture."""
    priming: int = 0
    """Samples in front of the first one that is heard; AAC has them to begin with."""

    @property
    def rate(self) -> Fraction:
        """Frames per second on average."""
        return _fraction(self.picture.avg_frame_rate)

    @property
    def length_s(self) -> Fraction:
        """Seconds of the picture, exact where the frames come steadily."""
        return self.picture.nb_read_packets / self.rate

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as displayed."""
        size = (self.picture.width, self.picture.height)
        return size if not self.turned else (size[1], size[0])

    @property
    def look(self) -> tuple[object, ...]:
        """Equal for parts whose pictures can lie one behind the other in one stream, as they are."""
        picture = self.picture
        steady = _fraction(picture.r_frame_rate) == self.rate
        return (
            self.path.suffix,
            picture.codec_name,
            picture.extradata_hash,
            *self.size,
            picture.pix_fmt,
            picture.sample_aspect_ratio,
            picture.time_base,
            self.rate,
            (steady and not self.turned) or self.path,
        )

    @property
    def voice(self) -> tuple[object, ...] | None:
        """Equal for parts whose coded sound can lie one behind the other; None where it has to be encoded."""
        sound = self.sound
        if sound is None or sound.codec_name != "aac" or self.path.suffix not in (".mp4", ".mov"):
            return None
        return (sound.extradata_hash, sound.sample_rate, sound.channels)


class Frame(Struct, frozen=True, kw_only=True):
    """The frame that all pictures are brought into."""

    width: int
    height: int
    rate: Fraction


async def read_part(path: Path, title: str, deadline_s: float) -> Part:
    """Look at a video. Raises `PermanentFailure` when it has no picture, or is none at all."""
    wanted = ("-show_streams", "-show_format", "-count_packets", "-show_data_hash", "sha256")
    probed = await ffprobe(path, *wanted, deadline_s=deadline_s)
    pictures = [s for s in probed.streams if s.codec_type == "video" and not s.disposition.get("attached_pic")]
    if not pictures or not pictures[0].nb_read_packets or not _fraction(pictures[0].avg_frame_rate):
        raise PermanentFailure("There is no picture in it.")
    sound = next((s for s in probed.streams if s.codec_type == "audio" and s.nb_read_packets), None)
    turns = [int(data.get("rotation", 0)) % 360 for data in pictures[0].side_data_list]
    return Part(
        path=path,
        title=title,
        picture=pictures[0],
        sound=sound,
        turned=any(turn in QUARTER_TURNS for turn in turns),
        priming=await _priming(path, sound) if sound else 0,
    )


def agree(parts: Sequence[Part]) -> bool:
    """Whether the pictures can be joined as they are."""
    return len({part.look for part in parts}) == 1


def common_frame(parts: Sequence[Part]) -> Frame:
    """The size and the rate that most of the playing time has; rates are rounded to a usual one."""
    sizes: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    rates: dict[Fraction, Fraction] = defaultdict(Fraction)
    for part in parts:
        width, height = part.size
        sizes[max(2, width // 2 * 2), max(2, height // 2 * 2)] += part.length_s
        rates[min(RATES, key=lambda usual: abs(usual - part.rate))] += part.length_s
    (width, height), rate = max(sizes, key=sizes.__getitem__), max(rates, key=rates.__getitem__)
    return Frame(width=width, height=height, rate=rate)


async def _priming(path: Path, sound: ProbedStream) -> int:
    probed: Probed = await ffprobe(
        path,
        "-select_streams",
        str(sound.index),
        "-show_entries",
        "packet=pts_time",
        "-read_intervals",
        "%+#1",
    )
    first = probed.packets[0].pts_time if probed.packets else None
    return round(-(first or 0.0) * sound.sample_rate)


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(int(top), int(bottom or 1)) if int(bottom or 1) else Fraction(0)
