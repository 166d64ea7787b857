"""What is refused before anything is sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from client.errors import UsageError
from client.files import LARGEST_BYTES, checked


def made(path: Path, size: int = 10) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_videos_come_back_in_their_order_with_size_and_type(tmp_path: Path) -> None:
    videos = checked([made(tmp_path / "b.MOV", 7), made(tmp_path / "a.mp4", 9)])
    assert [(video.name, video.size_bytes, video.content_type) for video in videos] == [
        ("b.MOV", 7, "video/quicktime"),
        ("a.mp4", 9, "video/mp4"),
    ]


def test_every_file_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    paths = [
        tmp_path / "missing.mp4",
        made(tmp_path / "notes.txt"),
        made(tmp_path / "empty.mp4", 0),
        made(tmp_path / "huge.avi", LARGEST_BYTES + 1),
        tmp_path / "folder.mp4",
        made(tmp_path / "good.mp4"),
    ]
    with pytest.raises(UsageError) as raised:
        checked(paths)
    lines = str(raised.value).split("\n")
    assert len(lines) == 5
    for line, part in zip(
        lines,
        (
            "missing.mp4 does not exist",
            "notes.txt is not an MP4",
            "empty.mp4 is empty",
            "huge.avi is 2.0 GB; a file may have up to 2 GB",
            "folder.mp4 is a folder",
        ),
        strict=True,
    ):
        assert part in line


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(UsageError, match="not a regular file"):
        checked([tmp_path / "pipe.mp4"])


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "a.mp4")
    with pytest.raises(UsageError, match="given twice"):
        checked([path, tmp_path / "." / "a.mp4"])


def test_the_largest_size_is_accepted(tmp_path: Path) -> None:
    assert checked([made(tmp_path / "a.webm", LARGEST_BYTES)])[0].size_bytes == LARGEST_BYTES
