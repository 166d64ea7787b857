"""H.264 as bytes: the units of a packet as mp4 stores them, as a byte stream has them, and a file of such packets.

Sources: ISO/IEC 14496-15, 5.3 (lengths in front), ITU-T H.264, annex B (start codes) and 7.3.2 (parameter sets).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from msgspec import Struct

IDR, SPS, PPS = 5, 7, 8
START = b"\0\0\0\1"


class NotUnderstood(Exception):
    """These bytes are not as simple as they have to be to be moved; encode them."""


class ParameterSets(Struct, frozen=True):
    """What a decoder must know before it sees a slice: units, without start codes."""

    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]

    @property
    def ids(self) -> set[int]:
        """All numbers by which they are referred to."""
        return {_first_number(unit[4:]) for unit in self.sequence} | {_first_number(unit[1:]) for unit in self.picture}

    def stream(self) -> bytes:
        """As they stand in a byte stream."""
        return b"".join(START + unit for unit in (*self.sequence, *self.picture))


def kind(unit: bytes) -> int:
    """The type of a unit."""
    return unit[0] & 31


def units(packet: bytes) -> Iterator[bytes]:
    """The units of a packet of an mp4 with lengths of four bytes. Raises `NotUnderstood` if it is another."""
    at = 0
    while at < len(packet):
        end = at + 4 + int.from_bytes(packet[at : at + 4])
        if end == at + 4 or end > len(packet):
            raise NotUnderstood
        yield packet[at + 4 : end]
        at = end


def as_stream(packet: bytes, known: ParameterSets, *, begins: bool) -> bytes:
    """A packet as a byte stream has it, without parameter sets.

    Raises `NotUnderstood` if it has others than those known, or should begin anew and does not.
    """
    found = list(units(packet))
    if any(kind(unit) in (SPS, PPS) and unit not in (*known.sequence, *known.picture) for unit in found):
        raise NotUnderstood
    if begins and not any(kind(unit) == IDR for unit in found):
        raise NotUnderstood
    return b"".join(START + unit for unit in found if kind(unit) not in (SPS, PPS))


def parameter_sets(stream: bytes) -> ParameterSets:
    """Those in the beginning of a byte stream."""
    found = [unit.rstrip(b"\0") for unit in stream.replace(START, START[1:]).split(START[1:])[1:]]
    sets = ParameterSets(
        tuple(unit for unit in found if unit and kind(unit) == SPS),
        tuple(unit for unit in found if unit and kind(unit) == PPS),
    )
    if not sets.sequence or not sets.picture:
        raise NotUnderstood
    return sets


def _first_number(payload: bytes) -> int:
    """The number coded at the beginning, as ue(v) (ITU-T H.264, 9.1)."""
    bits = "".join(f"{byte:08b}" for byte in payload[:8])
    zeros = bits.index("1") if "1" in bits else len(bits)
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1


def ivf_header(width: int, height: int, rate: tuple[int, int], frames: int) -> bytes:
    """The beginning of an IVF file, the simplest container that ffmpeg reads; times are numbers of frames."""
    return struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, b"H264", width, height, rate[0], rate[1], frames, 0)


def ivf_frame(payload: Sequence[int] | bytes, shown: int) -> bytes:
    """A packet in an IVF file."""
    return struct.pack("<IQ", len(payload), shown) + bytes(payload)
