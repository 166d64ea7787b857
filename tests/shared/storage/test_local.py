"""What the local store promises beyond the contract: nothing escapes its folder, and no accident leaves anything behind."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.errors import Invalid, NotFound, OutOfSpace, TooLarge
from shared.storage import LocalStore, disk
from tests.shared.storage.conftest import KEYS
from tests.shared.storage.sending import send_part

MIB = 1024 * 1024
KEY = "sources/someone/something/source"


def files(store: LocalStore) -> list[str]:
    """Everything in the store's folder but its locks."""
    root = store.folder.root
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.parent.name != "locks"
    )


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    """Pieces as they would arrive."""
    for piece in data:
        yield piece


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


async def test_a_full_disk_leaves_nothing(local_store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await local_store.put_bytes("before", b"x")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    upload_id = await local_store.create_multipart(KEY)
    monkeypatch.setattr(os, "fsync", full)
    for attempt in (
        local_store.put_bytes("before", b"y"),
        local_store.put_bytes(KEY, b"x" * 3 * MIB),
        local_store.put_part(KEY, upload_id, 1, pieces(b"x"), 1),
        local_store.create_multipart(KEY),
    ):
        with pytest.raises(OutOfSpace, match="free some space"):
            await attempt
    monkeypatch.undo()
    assert await local_store.list_parts(KEY, upload_id) == ()
    await local_store.abort_multipart(KEY, upload_id)
    assert files(local_store) == ["objects/before", "records/before.json"]
    assert await local_store.stat("before") == before


def test_a_really_full_disk_leaves_nothing(tmp_path: Path) -> None:
    # A process whose files may not grow beyond 1 MiB meets the end of the disk in the middle of a write.
    program = """
import asyncio, resource, signal, sys
from pathlib import Path
from shared.storage import LocalStore
from tests.shared.storage.conftest import KEYS
store = LocalStore(Path(sys.argv[1]), "http://127.0.0.1:1", KEYS)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
try:
    asyncio.run(store.put_bytes("big", bytes(3 * 2**20)))
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout == "OutOfSpace\n"
    assert files(LocalStore(tmp_path, "http://127.0.0.1:1", KEYS)) == []


async def test_room_is_left_for_the_others_on_the_disk(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    store = LocalStore(tmp_path, "http://127.0.0.1:1", KEYS, reserve_bytes=2 * free)
    with pytest.raises(OutOfSpace):
        await store.put_bytes(KEY, b"film")
    assert files(store) == []


async def test_a_cancelled_write_leaves_nothing(local_store: LocalStore) -> None:
    arrived = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield os.urandom(2 * MIB)
        arrived.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(local_store.put_stream(KEY, stuck()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(local_store) == []


@pytest.mark.parametrize(("sent", "error"), [(b"", Invalid), (b"fil", Invalid), (b"films", TooLarge)])
async def test_a_part_of_another_size_than_announced_is_not_kept(
    local_store: LocalStore, sent: bytes, error: type[Exception]
) -> None:
    upload_id = await local_store.create_multipart(KEY)
    with pytest.raises(error):
        await local_store.put_part(KEY, upload_id, 1, pieces(sent), 4)
    assert await local_store.list_parts(KEY, upload_id) == ()
    assert files(local_store) == [f"uploads/{upload_id}/upload.json"]


async def test_a_part_damaged_on_disk_is_noticed(local_store: LocalStore) -> None:
    upload_id = await local_store.create_multipart(KEY)
    for number in (1, 2):
        await send_part(local_store, KEY, upload_id, number, b"film")
    damaged = next((local_store.folder.uploads / upload_id).glob("00002-*"))
    damaged.chmod(0o600)
    damaged.write_bytes(b"flim")
    with pytest.raises(Invalid, match="Part 2"):
        await local_store.complete_multipart(KEY, upload_id, await local_store.list_parts(KEY, upload_id))
    assert not any(name.startswith(("objects", "incoming")) for name in files(local_store))


async def test_nothing_remains_of_an_upload_but_the_object(local_store: LocalStore) -> None:
    upload_id = await local_store.create_multipart(KEY)
    await send_part(local_store, KEY, upload_id, 1, b"film")
    await local_store.complete_multipart(KEY, upload_id, await local_store.list_parts(KEY, upload_id))
    assert files(local_store) == [f"objects/{KEY}", f"records/{KEY}.json"]


async def test_data_whose_record_is_lost_is_still_there(local_store: LocalStore) -> None:
    await local_store.put_bytes(KEY, b"film")
    (local_store.folder.records / f"{KEY}.json").unlink()
    stat = await local_store.stat(KEY)
    assert (stat.size_bytes, stat.crc32) == (4, None)
    assert stat == await local_store.stat(KEY)


async def test_a_process_killed_between_record_and_data_changes_nothing(
    local_store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await local_store.put_bytes(KEY, b"film")
    rename = os.replace

    def killed(source: Path, target: Path) -> None:
        if target == local_store.folder.objects / KEY:
            raise InterruptedError
        rename(source, target)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(InterruptedError):
        await local_store.put_bytes(KEY, b"another film")
    monkeypatch.undo()
    assert await local_store.stat(KEY) == before


async def test_only_left_over_files_are_swept(local_store: LocalStore) -> None:
    long_ago = time.time() - 3600
    writing = local_store.folder.receive()
    left_over = local_store.folder.incoming / "left-over"
    young = local_store.folder.incoming / "young"
    young.touch()
    left_over.touch()
    for path in (writing.path, left_over):
        os.utime(path, (long_ago, long_ago))
    assert await local_store.sweep() == 1
    assert sorted(local_store.folder.incoming.iterdir()) == sorted([writing.path, young])
    writing.discard()


async def test_an_abort_that_was_cut_short_is_finished_later(local_store: LocalStore) -> None:
    upload_id = await local_store.create_multipart(KEY)
    place = local_store.folder.uploads / upload_id
    await send_part(local_store, KEY, upload_id, 1, b"film")
    (place / "upload.json").unlink()
    os.utime(place, (0, 0))
    assert [upload async for upload in local_store.list_multiparts()] == []
    assert not place.exists()


COMPLETE = """
import asyncio, sys
from pathlib import Path
from shared.storage import LocalStore
from tests.shared.storage.conftest import KEYS
async def main():
    store = LocalStore(Path(sys.argv[1]), "http://127.0.0.1:1", KEYS)
    parts = await store.list_parts(sys.argv[2], sys.argv[3])
    print("go", flush=True)
    await store.complete_multipart(sys.argv[2], sys.argv[3], parts)
asyncio.run(main())
"""


@pytest.mark.parametrize("delay_ms", [0, 4, 8, 16, 32, 64])
async def test_a_completion_killed_at_any_moment_can_be_repeated(local_store: LocalStore, delay_ms: int) -> None:
    data = [os.urandom(8 * MIB) for _ in range(3)]
    upload_id = await local_store.create_multipart(KEY)
    for number, piece in enumerate(data, 1):
        await send_part(local_store, KEY, upload_id, number, piece)
    parts = await local_store.list_parts(KEY, upload_id)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMPLETE, str(local_store.folder.root), KEY, upload_id, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    await child.stdout.readline()
    await asyncio.sleep(delay_ms / 1000)
    if child.returncode is None:
        child.send_signal(signal.SIGKILL)
    await child.wait()

    done = await local_store.complete_multipart(KEY, upload_id, parts)

    assert done.crc32 == zlib.crc32(b"".join(data))
    assert await local_store.stat(KEY) == done
    assert [upload async for upload in local_store.list_multiparts()] == []
    for path in local_store.folder.incoming.iterdir():
        os.utime(path, (0, 0))
    await local_store.sweep()
    assert files(local_store) == [f"objects/{KEY}", f"records/{KEY}.json"]


async def test_no_file_stays_open(local_store: LocalStore, scratch: Path) -> None:
    def opened() -> list[str]:
        links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
        return [os.readlink(link) for link in links if link.is_symlink() and str(scratch.parent) in os.readlink(link)]

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
