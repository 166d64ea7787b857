"""The sound of merged videos, without a gap and in step with the pictures however many videos there are.

Where all have AAC of the same kind, its coded frames are taken as they are. A frame has 1024 samples and cannot be cut, so the
sound of each video begins at the nearest frame, at most half a frame (11 ms) off, and this never adds up. The first frame
of a video only prepares the decoder for the second, and takes the place of the last of the video before: what would sound there
is mostly the padding behind its end. Everywhere else the sound is decoded, brought to exactly the length of the picture, and
encoded again in one piece.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate

from services.exporter.parts import Part
from shared.ffmpeg import ffmpeg_output, source

RATE = 48_000
CHANNELS = 2
SAMPLE_BYTES = 4 * CHANNELS
FRAME = 1024
ADTS_HEADER = 7
SILENCE = bytes(SAMPLE_BYTES * RATE)
DOING = "The sound of a video could not be read"


def starts(parts: Sequence[Part]) -> list[Fraction]:
    """When each part begins, and when the last one ends, in seconds."""
    return list(accumulate((part.length_s for part in parts), initial=Fraction(0)))


def slots(parts: Sequence[Part]) -> list[int] | None:
    """The frame at which each part's coded sound begins, and at which all ends; None when it cannot be taken as it is."""
    voices = {part.voice for part in parts}
    if len(voices) != 1 or None in voices or not 0 <= parts[0].priming <= 4 * FRAME:
        return None
    rate = parts[0].sound.sample_rate if parts[0].sound else 0
    begin = [
        round((start * rate + parts[0].priming - part.priming) / FRAME)
        for start, part in zip(starts(parts), parts, strict=False)
    ]
    end = -(-(starts(parts)[-1] * rate + parts[0].priming) // FRAME)
    for part, first, after in zip(parts, begin, [*begin[1:], int(end) - 1], strict=True):
        # Some sound ends before its picture; and what begins before its place has nothing to stand on.
        if part.sound is None or first < 0 or part.sound.nb_read_packets < after - first:
            return None
    return [*begin, int(end)]


async def coded(parts: Sequence[Part], places: Sequence[int]) -> AsyncIterator[bytes]:
    """The coded sound of all parts, as one ADTS stream."""
    for part, first, after in zip(parts, places, places[1:], strict=False):
        assert part.sound is not None
        arguments = source(part.path)[str(part.sound.index)].output("pipe:1", f="adts", c="copy").get_args()
        left = after - first
        async with ffmpeg_output(arguments, doing=DOING) as pieces:
            async for frames, count in _adts(pieces, left):
                yield frames
                left -= count
                if not left:
                    break


async def _adts(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[tuple[bytes, int]]:
    """Whole frames of an ADTS stream, a few at a time, and how many; ISO/IEC 13818-7, 6.2: the length is in the header."""
    rest = b""
    async for piece in pieces:
        rest += piece
        place = count = 0
        while count < most and len(rest) >= place + ADTS_HEADER:
            length = (rest[place + 3] & 3) << 11 | rest[place + 4] << 3 | rest[place + 5] >> 5
            if length < ADTS_HEADER or len(rest) < place + length:
                break
            place, count = place + length, count + 1
        if count:
            yield rest[:place], count
            rest, most = rest[place:], most - count


async def decoded(parts: Sequence[Part]) -> AsyncIterator[bytes]:
    """The sound of all parts as 32-bit float stereo at `RATE`, each exactly as long as its picture."""
    edges = [round(start * RATE) for start in starts(parts)]
    for part, first, after in zip(parts, edges, edges[1:], strict=False):
        left = (after - first) * SAMPLE_BYTES
        if part.sound is not None:
            heard = source(part.path)[str(part.sound.index)].filter("aresample", RATE, **{"async": 1, "first_pts": 0})
            arguments = heard.output("pipe:1", f="f32le", ac=CHANNELS).get_args()
            async with ffmpeg_output(arguments, doing=DOING) as pieces:
                async for piece in pieces:
                    yield piece[:left]
                    left -= len(piece[:left])
                    if not left:
                        break
        for silence in _silence(left):
            yield silence


def _silence(count: int) -> Iterator[bytes]:
    while count > 0:
        yield SILENCE[:count]
        count -= len(SILENCE)
