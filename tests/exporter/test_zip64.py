"""The bytes around the files are those of a ZIP archive, small or beyond every old limit."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal.isal_zlib import crc32 as fast_crc32

from services.exporter.zip64 import UINT16, Entry, Layout, lay_out
from shared.archive_names import archive_names
from shared.messages import ExportOptions
from tests.exporter.orders import item

MEGABYTE = 1024 * 1024


def archive(contents: list[tuple[str, bytes]], modified: datetime | None = None) -> tuple[Layout, bytes]:
    entries = [
        Entry(name=name, size_bytes=len(data), crc32=crc32(data), **({"modified": modified} if modified else {}))
        for name, data in contents
    ]
    layout = lay_out(entries)
    files = b"".join(placed.header + data for placed, (_, data) in zip(layout.files, contents, strict=True))
    return layout, files + layout.directory


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20).filter(lambda t: "\0" not in t), st.binary()), max_size=8))
def test_python_reads_back_what_was_laid_out(contents: list[tuple[str, bytes]]) -> None:
    layout, data = archive(contents)
    assert len(data) == layout.size_bytes
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        read = [(info.orig_filename, opened.open(info).read()) for info in opened.infolist()]
    assert read == contents


def test_others_find_the_archive_sound(tmp_path: Path) -> None:
    _, data = archive([("001_été 🎉.mp4", b"first"), ("002_empty.mp4", b""), ("003.mp4", bytes(70_000))])
    (tmp_path / "a.zip").write_bytes(data)
    sound(tmp_path / "a.zip")


def test_the_same_entries_give_the_same_bytes() -> None:
    assert archive([("a", b"1"), ("b", b"2")]) == archive([("a", b"1"), ("b", b"2")])


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        (datetime(2026, 11, 22, 20, 5, 31, tzinfo=UTC), (2026, 11, 22, 20, 5, 30)),
        (datetime(1970, 1, 1, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2200, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_times_are_kept_within_what_the_format_can_say(modified: datetime, expected: tuple[int, ...]) -> None:
    _, data = archive([("a", b"1")], modified)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.infolist()[0].date_time == expected


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_an_unpacked_file_has_its_time_in_any_time_zone(tmp_path: Path, zone: str) -> None:
    modified = datetime(2026, 11, 22, 20, 5, 31, tzinfo=UTC)
    _, data = archive([("a.mp4", b"1")], modified)
    (tmp_path / "a.zip").write_bytes(data)
    unzip = ["unzip", "-q", str(tmp_path / "a.zip"), "-d", str(tmp_path)]
    subprocess.run(unzip, check=True, env={**os.environ, "TZ": zone})
    assert (tmp_path / "a.mp4").stat().st_mtime == modified.timestamp()


def test_files_unpack_with_ordinary_permissions(tmp_path: Path) -> None:
    _, data = archive([("a.mp4", b"1")])
    (tmp_path / "a.zip").write_bytes(data)
    subprocess.run(["unzip", "-q", tmp_path / "a.zip", "-d", tmp_path], check=True)
    assert (tmp_path / "a.mp4").stat().st_mode & 0o777 == 0o644


def sound(path: Path, *members: str) -> None:
    """Info-ZIP and 7-Zip find an archive, or these of its members, without an error."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for reader in (("unzip", "-tq"), ("7z", "t", "-bso0")):
        run = subprocess.run(
            [*reader, str(path), *members], capture_output=True, text=True, check=False, env=environment
        )
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("count", [UINT16 - 1, UINT16, UINT16 + 5])
def test_there_may_be_more_entries_than_sixteen_bits_count(tmp_path: Path, count: int) -> None:
    _, data = archive([(f"{number}", b"") for number in range(count)])
    (tmp_path / "many.zip").write_bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert [info.filename for info in opened.infolist()[-2:]] == [f"{count - 2}", f"{count - 1}"]
        assert len(opened.infolist()) == count
    sound(tmp_path / "many.zip")


NASTY = [
    "../../etc/passwd",
    "C:\\Windows\\system32.mp4",
    "quotes \" and ' and `.mp4",
    "party 🎉 👩‍👩‍👧.mp4",
    "é.mp4",
    "e\u0301.mp4",
    "x" * 300 + ".mp4",
    "🎉" * 300 + ".mp4",
    "con.mp4",
    "NUL",
    "-rf.mp4",
    "talk.mp4",
    "Talk.mp4",
    "talk.mp4",
    "line\nbreak\0.mp4",
    "%s%n$(reboot).mp4",
]


@pytest.mark.parametrize("reader", ["unzip -q {archive} -d {to}", "7z x -bso0 {archive} -o{to}"])
def test_nasty_names_unpack_to_safe_files_in_one_folder(tmp_path: Path, reader: str) -> None:
    items = [item(name, position) for position, name in enumerate(NASTY, 1)]
    names = [name for (name,) in archive_names(items, "Season", ExportOptions(original_names=True))]
    _, data = archive([(name, name.encode()) for name in names])
    (tmp_path / "a.zip").write_bytes(data)
    sound(tmp_path / "a.zip")
    command = reader.format(archive=tmp_path / "a.zip", to=tmp_path / "to").split()
    subprocess.run(command, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    unpacked = {path.name: path.read_bytes() for path in (tmp_path / "to").iterdir()}
    assert unpacked == {name: name.encode() for name in names}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "to"]


def test_files_and_offsets_may_lie_beyond_four_gigabytes(tmp_path: Path) -> None:
    large = 4097 * MEGABYTE
    zeros, crc = bytes(MEGABYTE), 0
    for _ in range(4097):
        crc = fast_crc32(zeros, crc)
    entries = [Entry(name="large.mp4", size_bytes=large, crc32=crc), Entry(name="b", size_bytes=1, crc32=crc32(b"x"))]
    layout = lay_out(entries)
    assert layout.files[1].offset > 0xFFFFFFFF
    path = tmp_path / "large.zip"
    # The zeros are a hole in the file: they take no room on the disk.
    with path.open("wb") as file:
        for placed in layout.files:
            file.seek(placed.offset)
            file.write(placed.header)
        file.write(b"x" + layout.directory)
    assert path.stat().st_size == layout.size_bytes
    with zipfile.ZipFile(path) as opened:
        assert [info.file_size for info in opened.infolist()] == [large, 1]
        assert opened.open("large.mp4").read(5) == bytes(5)
        assert opened.read("b") == b"x"
    # Only the second file: the checksum of the first takes long, and the second is reached by what the format says.
    sound(path, "b")


@pytest.mark.parametrize("size", [0xFFFFFFFE, 0xFFFFFFFF, 0x100000000])
def test_sizes_around_the_limit_are_told_right(size: int) -> None:
    layout = lay_out([Entry(name="a", size_bytes=size, crc32=1), Entry(name="b", size_bytes=2, crc32=3)])
    with zipfile.ZipFile(_hollow(layout)) as opened:
        first, second = opened.infolist()
        assert (first.file_size, first.compress_size, first.CRC) == (size, size, 1)
        assert (second.file_size, second.header_offset) == (2, layout.files[1].offset)


def _hollow(layout: Layout) -> io.BufferedIOBase:
    """The end of an archive, seen through a file that is as long as the whole."""

    class Hollow(io.BytesIO):
        start = layout.size_bytes - len(layout.directory)

        def seek(self, offset: int, whence: int = 0) -> int:
            base = {0: 0, 1: self.tell(), 2: layout.size_bytes}[whence]
            return super().seek(base + offset - self.start) + self.start

        def tell(self) -> int:
            return super().tell() + self.start

    return Hollow(layout.directory)
