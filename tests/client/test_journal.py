"""Remembering unfinished uploads."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from client.errors import UsageError
from client.journal import Entry, Journal, JournalFile, unchanged


def entry(path: Path, url: str = "http://one") -> Entry:
    facts = path.stat()
    file = JournalFile(video_id=uuid4(), path=str(path), size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)
    return Entry(url=url, batch_id=uuid4(), name="Season 3", start=True, files=(file,))


def test_an_entry_stays_until_it_is_removed(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")
    journal = Journal(tmp_path / "uploads")
    one, other = entry(tmp_path / "a.mp4"), entry(tmp_path / "a.mp4", "http://other")
    journal.write(one)
    journal.write(other)
    assert journal.find(one.batch_id) == one
    assert list(journal.entries("http://one")) == [one]
    journal.remove(one.batch_id)
    assert journal.find(one.batch_id) is None


def test_what_was_half_written_is_not_an_entry(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"url": "http://one"')
    assert list(Journal(tmp_path).entries("http://one")) == []


def test_a_file_that_changed_is_not_taken_for_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    (file,) = entry(path).files
    assert unchanged(file) == path
    path.write_bytes(b"xy")
    with pytest.raises(UsageError, match="has changed"):
        unchanged(file)
    path.unlink()
    with pytest.raises(UsageError, match="cannot be read any more"):
        unchanged(file)
