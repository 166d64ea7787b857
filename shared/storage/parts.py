"""Multipart uploads of the local store: a folder each, with the parts as files. Everything here blocks; call it in a thread.

A part is named `<number>-<size>-<CRC-32>`, so that its record cannot be apart from it. Putting parts together makes a new
file; only when it is in place is the folder removed. A process killed in between leaves either the open upload or the object,
and completing again ends in the same object.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from isal.isal_zlib import crc32
from msgspec import Struct

from shared.errors import Invalid, NotFound
from shared.media import StoredObject
from shared.storage import records
from shared.storage.disk import CHUNK, FOLDER, Incoming, room_on, sync_file, sync_folder
from shared.storage.folder import Folder
from shared.storage.keys import check_key, check_number, check_prefix, check_upload_id
from shared.storage.objects import OpenMultipart
from shared.views import StoredPart

CARD = "upload.json"


class Card(Struct, frozen=True, kw_only=True):
    """What an upload is for."""

    key: str
    content_type: str
    created_at: datetime


def create(folder: Folder, key: str, content_type: str) -> str:
    """Begin an upload; returns its id. Only its first part makes it durable: fifty are begun at once, and hold nothing yet."""
    folder.path(key)
    upload_id = uuid.uuid4().hex
    place = folder.uploads / upload_id
    card = Incoming(folder.incoming, folder.reserve_bytes)
    try:
        card.write(msgspec.json.encode(Card(key=key, content_type=content_type, created_at=datetime.now(UTC))))
        with room_on("store"):
            place.mkdir(mode=FOLDER)
            card.path.replace(place / CARD)
    finally:
        card.discard()
    return upload_id


def keep(folder: Folder, key: str, upload_id: str, number: int, part: Incoming) -> StoredPart:
    """Put a sealed part into place, instead of an earlier one of the same number."""
    check_number(number)
    stored = StoredPart(number=number, size_bytes=part.size, etag=f"{part.crc:08x}-{part.size:x}")
    with _held(folder, key, upload_id) as (place, _), room_on("store"):
        here = [path for path in place.iterdir() if path.name != CARD]
        if not here:
            sync_file(place / CARD)
            sync_folder(place.parent)
        earlier = [path for path in here if path.name.startswith(f"{number:05d}-")]
        name = f"{number:05d}-{part.size}-{part.crc:08x}"
        part.path.replace(place / name)
        for path in earlier:
            if path.name != name:
                path.unlink()
        sync_folder(place)
    return stored


def stored_parts(folder: Folder, key: str, upload_id: str) -> tuple[StoredPart, ...]:
    """The parts that are there, by number. Raises `NotFound`."""
    place, _ = _card(folder, key, upload_id)
    return tuple(part for part, _ in _files(place))


def complete(folder: Folder, key: str, upload_id: str, parts: Sequence[StoredPart]) -> StoredObject:
    """Check the parts against what is here, put them together, and drop the folder."""
    if (done := _completed(folder, key, upload_id)) is not None:
        # Whoever completed it may have been killed before the parts were dropped.
        _drop(folder.uploads / upload_id)
        return done
    try:
        with _held(folder, key, upload_id) as (place, card):
            # Whoever held the upload before may have put the object into place and been killed.
            if (done := _completed(folder, key, upload_id)) is None:
                here = dict(_files(place))
                if [part.number for part in parts] != list(range(1, len(parts) + 1)) or not parts:
                    raise Invalid("The parts of an upload are numbered 1, 2, 3 and so on; give all of them, in order.")
                for part in parts:
                    if part not in here:
                        raise Invalid(f"Part {part.number} is missing or not the one that was named; send it again.")
                done = _assemble(folder, card, upload_id, [place / here[part] for part in parts])
            _drop(place)
            return done
    except NotFound:
        # Completed by somebody else since we looked.
        if (done := _completed(folder, key, upload_id)) is not None:
            return done
        raise


def abort(folder: Folder, key: str, upload_id: str) -> None:
    """Drop an upload with its parts."""
    with contextlib.suppress(NotFound), _held(folder, key, upload_id) as (place, _):
        _drop(place)


def open_uploads(folder: Folder, prefix: str) -> Iterator[OpenMultipart]:
    """The open uploads for keys under a prefix; what an interrupted abort left is removed on the way."""
    check_prefix(prefix)
    for place in sorted(folder.uploads.iterdir()):
        try:
            card = msgspec.json.decode((place / CARD).read_bytes(), type=Card)
        except FileNotFoundError:
            # A folder that has just been made gets its card within the minute.
            with contextlib.suppress(FileNotFoundError):
                if datetime.now(UTC).timestamp() - place.stat().st_mtime > 60:
                    shutil.rmtree(place, ignore_errors=True)
            continue
        if card.key.startswith(prefix):
            yield OpenMultipart(key=card.key, upload_id=place.name, created_at=card.created_at)


def _card(folder: Folder, key: str, upload_id: str) -> tuple[Path, Card]:
    place = folder.uploads / check_upload_id(upload_id)
    try:
        card = msgspec.json.decode((place / CARD).read_bytes(), type=Card)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing() from None
    if card.key != check_key(key):
        raise _missing()
    return place, card


@contextlib.contextmanager
def _held(folder: Folder, key: str, upload_id: str) -> Iterator[tuple[Path, Card]]:
    """Hold an upload against everybody else who would change it. Raises `NotFound` when it has ended."""
    place, card = _card(folder, key, upload_id)
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context((place / CARD).open("rb"))
        except FileNotFoundError:
            raise _missing() from None
        fcntl.flock(file, fcntl.LOCK_EX)
        if not (place / CARD).exists():
            raise _missing()
        yield place, card


def _files(place: Path) -> Iterator[tuple[StoredPart, str]]:
    for name in sorted(path.name for path in place.iterdir()):
        if name != CARD:
            number, size, crc = name.split("-")
            yield StoredPart(number=int(number), size_bytes=int(size), etag=f"{crc}-{int(size):x}"), name


def _drop(place: Path) -> None:
    # The card first: without it there is no upload any more, even if the rest of the removal is cut short.
    (place / CARD).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def _completed(folder: Folder, key: str, upload_id: str) -> StoredObject | None:
    with contextlib.suppress(NotFound):
        known = folder.line(key)
        if known.upload_id == check_upload_id(upload_id):
            return records.stored(key, known)
    return None


def _assemble(folder: Folder, card: Card, upload_id: str, files: Sequence[Path]) -> StoredObject:
    whole = folder.receive()
    try:
        for path in files:
            crc = 0
            with path.open("rb", buffering=0) as part:
                while data := part.read(CHUNK):
                    crc = crc32(data, crc)
                    whole.write(data)
            if not path.name.endswith(f"-{crc:08x}"):
                raise Invalid(f"Part {int(path.name[:5])} was damaged on the store's disk; send it again.")
        stamp = whole.seal()
        return folder.keep(
            whole.path, card.key, records.line(stamp, whole.size, whole.crc, card.content_type, upload_id)
        )
    finally:
        whole.discard()


def _missing() -> NotFound:
    return NotFound("There is no such open upload; it was completed, given up or never begun.")
