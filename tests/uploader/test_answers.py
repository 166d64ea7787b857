"""Questions about uploads, asked over NATS."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from services.uploader.service import UploaderWorker
from shared.errors import Conflict, DailiesError, Invalid, TooLarge
from shared.messages import (
    ListVideos,
    NewUpload,
    OpenUploads,
    ProbeVideo,
    SignParts,
)
from stack.local import LocalStack
from tests.uploader.driving import (
    complete,
    opened,
    said,
    send,
    send_part,
    upload_of,
    uploaded,
    video_of,
)

KIB = 1024


def new(name: str = "film.mp4", size: int | None = 10) -> NewUpload:
    """A file to announce."""
    return NewUpload(video_id=uuid4(), name=name, size_bytes=size)


def opening(user: UUID, *files: NewUpload) -> OpenUploads:
    """The request for these files."""
    return OpenUploads(request_id=uuid4(), user_id=user, files=files)


async def test_small_files_are_sent_whole_and_large_ones_in_parts(uploader: UploaderWorker, user: UUID) -> None:
    files = (new("a.mp4", 64 * KIB), new("b.mov", 64 * KIB + 1), new("Video 3", None))
    plans = (await uploader.bus.ask(opening(user, *files))).plans
    assert [plan.video_id for plan in plans] == [file.video_id for file in files]
    whole, parts, undescribed = plans
    assert (whole.upload_id, whole.part_count, whole.headers) == (None, 1, {"Content-Type": "video/mp4"})
    assert parts.upload_id is not None
    assert (parts.part_size_bytes, parts.part_count, parts.headers) == (32 * KIB, 3, {})
    assert (undescribed.upload_id, undescribed.part_count, undescribed.headers) == (None, 1, {})
    for plan in plans:
        assert timedelta(minutes=14) < plan.expires_at - datetime.now(UTC) <= timedelta(minutes=15)
    video = await video_of(uploader, user, whole.video_id)
    assert (video.status, video.name, video.size_bytes, video.uploaded_at) == ("waiting", "a.mp4", 64 * KIB, None)


async def test_names_are_kept_for_show_and_never_used_as_paths(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4, name="../../../tmp/\u202eevil\x00.mp4")
    await send(uploader, user, plan, b"film", http)
    assert plan.name == "../../../tmp/evil.mp4"
    assert [stored.key async for stored in uploader.store.list()] == [f"sources/{user}/{plan.video_id}/arrival"]


async def test_the_same_request_gives_the_same_plans(uploader: UploaderWorker, user: UUID) -> None:
    request = opening(user, new(size=100 * KIB), new())
    first = await uploader.bus.ask(request)
    assert await uploader.bus.ask(request) == first
    assert [upload.upload_id async for upload in uploader.store.list_multiparts()] == [first.plans[0].upload_id]


async def test_a_request_repeated_late_gives_urls_that_are_still_good(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    request = opening(user, new(size=4))
    first = (await uploader.bus.ask(request)).plans[0]
    later = msgspec.structs.replace(first, expires_at=datetime.now(UTC) + timedelta(minutes=2))
    body = msgspec.json.encode({"plans": [later]}).hex()
    migrated.sql(f"update uploader.answered set answer = '\\x{body}'")
    again = (await uploader.bus.ask(request)).plans[0]
    assert again.expires_at > datetime.now(UTC) + timedelta(minutes=14)
    assert msgspec.structs.replace(again, url="", expires_at=first.expires_at) == msgspec.structs.replace(first, url="")
    assert (await http.put(again.url, content=b"film", headers=again.headers)).status_code == 200


@pytest.mark.parametrize(
    ("file", "error", "sentence"),
    [
        (new("notes.txt"), Invalid, "File 2: 'notes.txt' does not end in"),
        (new("a.mp4", 0), Invalid, "File 2: 'a.mp4' is empty"),
        (new("a.mp4", 8 * KIB * KIB + 1), TooLarge, "File 2: 'a.mp4' has 8388609 bytes"),
        (new(""), Invalid, "File 2: A file's name"),
    ],
)
async def test_one_bad_file_is_named_and_nothing_is_made(
    uploader: UploaderWorker, user: UUID, file: NewUpload, error: type[DailiesError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        await uploader.bus.ask(opening(user, new(size=100 * KIB), file))
    assert (await uploader.bus.ask(ListVideos(user_id=user))).total == 0
    assert [upload async for upload in uploader.store.list_multiparts()] == []


@pytest.mark.parametrize("count", [0, 101])
async def test_no_files_and_too_many_are_refused(uploader: UploaderWorker, user: UUID, count: int) -> None:
    with pytest.raises(Invalid, match=f"these are {count}"):
        await uploader.bus.ask(opening(user, *(new() for _ in range(count))))


async def test_an_id_can_be_used_once(uploader: UploaderWorker, user: UUID) -> None:
    file = new()
    await uploader.bus.ask(opening(user, file))
    for asker in (user, uuid4()):
        with pytest.raises(Conflict, match="taken"):
            await uploader.bus.ask(opening(asker, file))


async def test_fifty_uploads_in_parts_are_opened_in_one_quick_answer(uploader: UploaderWorker, user: UUID) -> None:
    request = opening(user, *(new(f"{number}.mp4", 1024 * KIB) for number in range(50)))
    before = time.monotonic()
    plans = await uploader.bus.ask(request)
    assert len({plan.url for plan in plans.plans}) == 50
    assert time.monotonic() - before < 3


async def test_parts_are_signed_with_their_sizes(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 70 * KIB)
    urls = await uploader.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=(3, 1)))
    assert [(part.number, part.size_bytes) for part in urls.parts] == [(3, 6 * KIB), (1, 32 * KIB)]
    for numbers in ((0,), (4,), (1, 2, 3, 4)):
        with pytest.raises(Invalid, match="parts 1 to 3"):
            await uploader.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=numbers))
    for many in ((), (1,) * 201):
        with pytest.raises(Invalid, match="1 to 200"):
            await uploader.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=many))


async def test_a_whole_file_has_no_parts_to_sign(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 10)
    with pytest.raises(Conflict, match="one PUT"):
        await uploader.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=(1,)))


async def test_an_upload_can_be_gone_on_with_after_an_interruption(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    data = os.urandom(100 * KIB)
    plan = await opened(uploader, user, len(data))
    for number in (1, 3):
        await send_part(uploader, user, plan, number, data, http)
    state = await upload_of(uploader, user, plan.video_id)
    assert [part.number for part in state.parts] == [1, 3]
    assert not state.complete
    with pytest.raises(Conflict, match="Parts 2, 4 of 4 have not arrived"):
        await complete(uploader, user, plan.video_id)
    for number in (2, 4):
        await send_part(uploader, user, plan, number, data, http)
    video = await complete(uploader, user, plan.video_id)
    assert (video.status, video.size_bytes) == ("checking", len(data))
    assert (await upload_of(uploader, user, plan.video_id)).complete


async def test_completing_before_anything_came_says_so(uploader: UploaderWorker, user: UUID) -> None:
    plan = await opened(uploader, user, 10)
    with pytest.raises(Conflict, match="has not arrived"):
        await complete(uploader, user, plan.video_id)
    assert (await video_of(uploader, user, plan.video_id)).status == "waiting"


async def test_completing_has_the_file_inspected_once(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"film", http)
    assert video.status == "checking"
    assert video.uploaded_at is not None
    assert (await complete(uploader, user, video.id)).status == "checking"
    assert said(migrated) == [ProbeVideo(video_id=video.id)]


async def test_completing_at_the_same_time_has_the_file_inspected_once(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    await send(uploader, user, plan, b"film", http)
    await asyncio.gather(*(complete(uploader, user, plan.video_id) for _ in range(5)))
    assert said(migrated) == [ProbeVideo(video_id=plan.video_id)]


async def test_a_file_of_another_size_than_announced_is_dropped_and_can_be_sent_again(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    # Not by the signed URL, which would not take it: as a store might that checks less.
    await uploader.store.put_bytes(f"sources/{user}/{plan.video_id}/arrival", b"films")
    with pytest.raises(Invalid, match="5 bytes instead of the 4 announced"):
        await complete(uploader, user, plan.video_id)
    assert [stored async for stored in uploader.store.list()] == []
    await send(uploader, user, plan, b"film", http)
    assert (await complete(uploader, user, plan.video_id)).status == "checking"


async def test_a_file_of_unknown_size_gets_the_size_it_has(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    video = await uploaded(uploader, user, b"x" * 1234, http, described=False)
    assert (video.status, video.size_bytes) == ("checking", 1234)


async def test_nothing_more_is_taken_after_the_completion(
    uploader: UploaderWorker, http: httpx.AsyncClient, user: UUID
) -> None:
    plan = await opened(uploader, user, 4)
    await send(uploader, user, plan, b"film", http)
    await complete(uploader, user, plan.video_id)
    assert (await http.put(plan.url, content=b"flim", headers=plan.headers)).status_code == 409
    plan = await opened(uploader, user, 100 * KIB)
    await send(uploader, user, plan, b"x" * 100 * KIB, http)
    await complete(uploader, user, plan.video_id)
    with pytest.raises(Conflict, match="has ended"):
        await uploader.bus.ask(SignParts(user_id=user, video_id=plan.video_id, numbers=(1,)))
