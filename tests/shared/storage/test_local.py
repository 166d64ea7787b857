"""What the local store promises beyond the contract: nothing escapes its folder, and no accident leaves anything behind."""

from __future__ import annotations

import asyncio
import errno
import os
import time
import zlib
from pathlib import Path

import pytest

from shared.errors import Invalid, NotFound, TooLarge
from shared.storage import LocalStore, disk
from tests.shared.storage.sending import chunks, files, send_part

MIB = 1024 * 1024
KEY = "sources/someone/something/source"


async def test_stored_files_are_read_only_and_not_for_everybody(local_store: LocalStore) -> None:
    await local_store.put_bytes(KEY, b"film")
    assert (local_store.folder.objects / KEY).stat().st_mode & 0o777 == 0o440


async def test_a_fetch_on_the_same_disk_copies_nothing(local_store: LocalStore, scratch: Path) -> None:
    await local_store.put_bytes(KEY, b"film")
    await local_store.fetch(KEY, scratch / "out")
    assert (scratch / "out").samefile(local_store.folder.objects / KEY)


async def test_a_fetch_to_another_disk_copies(local_store: LocalStore) -> None:
    put = await local_store.put_bytes(KEY, os.urandom(2 * MIB + 5))
    target = Path("/dev/shm") / f"dailies-{os.getpid()}"
    assert Path("/dev/shm").stat().st_dev != local_store.folder.root.stat().st_dev
    try:
        assert await local_store.fetch(KEY, target) == put
        assert zlib.crc32(target.read_bytes()) == put.crc32
    finally:
        target.unlink(missing_ok=True)


async def test_storing_a_file_of_the_same_disk_copies_nothing(local_store: LocalStore, scratch: Path) -> None:
    (scratch / "in").write_bytes(b"film")
    number = (scratch / "in").stat().st_ino
    await local_store.put_file(KEY, scratch / "in")
    assert (local_store.folder.objects / KEY).stat().st_ino == number


async def test_storing_a_fetched_file_leaves_the_original_record_alone(local_store: LocalStore, scratch: Path) -> None:
    original = await local_store.put_bytes(KEY, b"film", "video/mp4")
    await local_store.fetch(KEY, scratch / "same")
    await local_store.put_file("other", scratch / "same", "video/webm")
    assert await local_store.stat(KEY) == original


async def test_a_file_given_by_a_symbolic_link_is_stored_as_what_it_leads_to(
    local_store: LocalStore, scratch: Path
) -> None:
    (scratch / "real").write_bytes(b"film")
    (scratch / "link").symlink_to(scratch / "real")
    await local_store.put_file(KEY, scratch / "link")
    stored = local_store.folder.objects / KEY
    assert stored.read_bytes() == b"film"
    assert not stored.is_symlink()


async def test_a_file_of_another_disk_is_copied_in(local_store: LocalStore) -> None:
    data = os.urandom(2 * MIB + 5)
    source = Path("/dev/shm") / f"dailies-in-{os.getpid()}"
    try:
        source.write_bytes(data)
        put = await local_store.put_file(KEY, source)
    finally:
        source.unlink(missing_ok=True)
    assert put.crc32 == zlib.crc32((local_store.folder.objects / KEY).read_bytes()) == zlib.crc32(data)


async def test_where_links_are_not_possible_bytes_are_copied(
    local_store: LocalStore, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    data = os.urandom(2 * MIB + 3)
    (scratch / "in").write_bytes(data)
    put = await local_store.put_file("a/one", scratch / "in", "video/mp4")
    copied = await local_store.copy("a/one", "b/two")
    await local_store.fetch("b/two", scratch / "out")
    assert (scratch / "out").read_bytes() == data
    assert (copied.size_bytes, copied.crc32, copied.content_type) == (put.size_bytes, zlib.crc32(data), "video/mp4")
    assert not (scratch / "out").samefile(local_store.folder.objects / "b/two")
    assert [path for path in files(local_store) if path.startswith("incoming")] == []


@pytest.mark.parametrize("tree", ["objects", "records"])
async def test_a_symbolic_link_in_the_store_leads_nowhere(local_store: LocalStore, scratch: Path, tree: str) -> None:
    (scratch / "secret").write_bytes(b"secret")
    root = getattr(local_store.folder, tree)
    (root / "link").symlink_to(scratch)
    (root / "direct").symlink_to(scratch / "secret")
    (root / "direct.json").symlink_to(scratch / "secret")
    for key in ("link/secret", "direct"):
        with pytest.raises((Invalid, NotFound)):
            await local_store.stat(key)
        with pytest.raises((Invalid, NotFound)):
            await local_store.fetch(key, scratch / "out")
        with pytest.raises(Invalid):
            await local_store.put_bytes(key, b"overwritten")
        with pytest.raises(Invalid):
            await local_store.delete(key)
    assert (scratch / "secret").read_bytes() == b"secret"
    assert [stored.key async for stored in local_store.list()] == []


async def test_empty_folders_are_removed_with_their_last_object(local_store: LocalStore) -> None:
    await local_store.put_bytes("a/b/c", b"x")
    await local_store.put_bytes("a/d", b"x")
    await local_store.delete("a/b/c")
    assert not (local_store.folder.objects / "a/b").exists()
    assert not (local_store.folder.records / "a/b").exists()
    await local_store.delete_prefix("a/")
    assert list(local_store.folder.objects.iterdir()) == list(local_store.folder.records.iterdir()) == []


async def test_a_key_below_an_object_is_refused(local_store: LocalStore) -> None:
    await local_store.put_bytes("a/b", b"x")
    for key in ("a", "a/b/c", "a/b/c/d"):
        with pytest.raises(Invalid, match="at once"):
            await local_store.put_bytes(key, b"y")
    assert files(local_store) == ["objects/a/b", "records/a/b.json"]


@pytest.mark.parametrize(("sent", "error"), [(b"", Invalid), (b"fil", Invalid), (b"films", TooLarge)])
async def test_a_part_of_another_size_than_announced_is_not_kept(
    local_store: LocalStore, sent: bytes, error: type[Exception]
) -> None:
    upload_id = await local_store.create_multipart(KEY)
    with pytest.raises(error):
        await local_store.put_part(KEY, upload_id, 1, chunks(sent), 4)
    assert await local_store.list_parts(KEY, upload_id) == ()
    assert files(local_store) == [f"uploads/{upload_id}/upload.json"]


async def test_nothing_remains_of_an_upload_but_the_object(local_store: LocalStore) -> None:
    upload_id = await local_store.create_multipart(KEY)
    await send_part(local_store, KEY, upload_id, 1, b"film")
    await local_store.complete_multipart(KEY, upload_id, await local_store.list_parts(KEY, upload_id))
    assert files(local_store) == [f"objects/{KEY}", f"records/{KEY}.json"]


async def test_no_file_stays_open(local_store: LocalStore, scratch: Path) -> None:
    def opened() -> list[str]:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return [str(link.readlink()) for link in links if str(scratch.parent) in str(link.readlink())]

    upload_id = await local_store.create_multipart(KEY)
    await send_part(local_store, KEY, upload_id, 1, os.urandom(2 * MIB))
    await local_store.complete_multipart(KEY, upload_id, await local_store.list_parts(KEY, upload_id))
    await local_store.fetch(KEY, scratch / "out")
    reader = local_store.read(KEY)
    await anext(reader)
    assert opened()
    await reader.aclose()  # type: ignore[attr-defined]
    assert opened() == []


async def test_blocking_work_ends_before_its_cancelled_caller_does() -> None:
    ended = False

    def work() -> None:
        nonlocal ended
        time.sleep(0.05)
        ended = True

    task = asyncio.create_task(disk.in_thread(work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended
