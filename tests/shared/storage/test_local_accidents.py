"""Full disks, killed processes and damaged files: the local store is whole afterwards, and nothing is left behind."""

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

from shared.errors import Invalid, OutOfSpace
from shared.storage import LocalStore
from tests.shared.storage.conftest import KEYS
from tests.shared.storage.sending import chunks, files, send_part

MIB = 1024 * 1024
KEY = "sources/someone/something/source"


async def test_a_full_disk_leaves_nothing(local_store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await local_store.put_bytes("before", b"x")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    upload_id = await local_store.create_multipart(KEY)
    monkeypatch.setattr(os, "fsync", full)
    for attempt in (
        local_store.put_bytes("before", b"y"),
        local_store.put_bytes(KEY, b"x" * 3 * MIB),
        local_store.put_part(KEY, upload_id, 1, chunks(b"x"), 1),
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


async def test_parts_that_outlived_their_completion_are_dropped_when_it_is_repeated(
    local_store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = await local_store.create_multipart(KEY)
    await send_part(local_store, KEY, upload_id, 1, b"film")
    parts = await local_store.list_parts(KEY, upload_id)

    def killed(*_: object, **__: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(InterruptedError):
        await local_store.complete_multipart(KEY, upload_id, parts)
    monkeypatch.undo()
    assert (local_store.folder.uploads / upload_id).exists()
    await local_store.complete_multipart(KEY, upload_id, parts)
    assert list(local_store.folder.uploads.iterdir()) == []
    assert (await local_store.stat(KEY)).size_bytes == 4


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
