"""Copies for browsers: made of real files that no browser plays, on real servers."""

from __future__ import annotations

import asyncio
import subprocess
from bisect import bisect_right
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.uploader.handlers import delete_source, probe_video
from services.uploader.plans import proxy_key
from services.uploader.playable import playable
from services.uploader.proxies import make_proxy
from services.uploader.service import UploaderWorker
from services.uploader.sweeps import announce_lost_proxies, tidy_store
from services.uploader.tables import Proxies
from shared.errors import Conflict, NotFound
from shared.library import Video, VideoProxy
from shared.messages import DeleteSource, MakeProxy, ProbeVideo, RequestProxy
from shared.probing import facts_of
from stack.local import LocalStack
from tests.media import numbered, numbers_in, sound_of, tone, video
from tests.uploader.driving import local, names_in_store, said, uploaded, video_of

FRAMES = 75
AVI = ("-c:v", "mpeg4", "-q:v", "3", "-c:a", "libmp3lame")


@pytest.fixture(scope="session")
def old_film(media: Path) -> bytes:
    """An AVI as cameras once made them: MPEG-4 with MP3, at 29.97 frames a second, its frames numbered."""
    made = numbered(media / "camera.avi", frames=FRAMES, fps="30000/1001", sound=tone(2.5), extra=AVI)
    return made.read_bytes()


def shown_in(path: Path) -> list[int]:
    """The number of the frame that is shown in each thirtieth of a second: with MP3 beside it, the first lasts two."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0"]
    text = subprocess.run([*command, str(path)], check=True, capture_output=True, text=True).stdout
    places = [round(float(line.rstrip(",")) * 30_000 / 1001) for line in text.split()]
    return [bisect_right(places, place) - 1 for place in range(places[-1] + 1)]


async def ready(at: UploaderWorker, user: UUID, data: bytes, http: httpx.AsyncClient) -> Video:
    """A video that was uploaded and inspected."""
    video = await uploaded(at, user, data, http)
    await probe_video(ProbeVideo(video_id=video.id), at)
    return await video_of(at, user, video.id)


async def wanted(at: UploaderWorker, user: UUID, video: Video) -> VideoProxy:
    """A copy was asked for."""
    return await at.bus.ask(RequestProxy(request_id=uuid4(), user_id=user, video_id=video.id))


def asked(servers: LocalStack) -> list[MakeProxy]:
    """What was announced to the makers of copies."""
    return [message for message in said(servers) if isinstance(message, MakeProxy)]


async def test_a_copy_has_the_same_frames_at_the_same_times_and_goes_with_its_source(
    uploader: UploaderWorker,
    migrated: LocalStack,
    http: httpx.AsyncClient,
    user: UUID,
    old_film: bytes,
    tmp_path: Path,
) -> None:
    film = await ready(uploader, user, old_film, http)
    assert (film.playable, film.proxy) == (False, None)
    assert await wanted(uploader, user, film) == VideoProxy(status="preparing")
    assert await wanted(uploader, user, film) == VideoProxy(status="preparing")
    assert asked(migrated) == [MakeProxy(video_id=film.id)], "once, however often it is asked for"

    await asyncio.gather(*(make_proxy(MakeProxy(video_id=film.id), uploader) for _ in range(3)))
    made = (await video_of(uploader, user, film.id)).proxy
    assert made is not None and made.url is not None and (made.status, made.progress) == ("ready", 100)
    answer = await http.get(made.url)
    assert (answer.headers["content-type"], len(answer.content)) == ("video/mp4", made.size_bytes)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(answer.content)
    facts = await facts_of(copy)
    assert playable(facts) and facts.timeline_rate == "30000/1001" and film.facts and film.source
    original = local(uploader).folder.objects / film.source.key
    assert numbers_in(copy) == shown_in(original)
    assert facts.duration_s == pytest.approx(film.facts.duration_s, abs=0.04)
    assert len(sound_of(copy)) == pytest.approx(len(sound_of(original)), abs=48_000 * 0.03)
    assert answer.content.index(b"moov") < answer.content.index(b"mdat"), "it begins to play before it was fetched"
    assert len([name for name in await names_in_store(uploader) if name.startswith("proxy-")]) == 1
    assert list(uploader.scratch.folder.iterdir()) == []
    assert (await wanted(uploader, user, film)).status == "ready" and len(asked(migrated)) == 1

    await delete_source(DeleteSource(user_id=user, video_id=film.id), uploader)
    assert await names_in_store(uploader) == []


async def test_copies_are_made_of_ones_own_ready_videos_and_not_of_many_at_once(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, old_film: bytes, film: bytes
) -> None:
    unfinished = await uploaded(uploader, user, old_film, http)
    with pytest.raises(Conflict, match="once it was uploaded and checked"):
        await wanted(uploader, user, unfinished)
    videos = [await ready(uploader, user, film, http) for _ in range(3)]
    assert videos[0].playable is True, "but a browser may still be in want of one"
    with pytest.raises(NotFound):
        await wanted(uploader, uuid4(), videos[0])
    answers = await asyncio.gather(*(wanted(uploader, user, video) for video in videos), return_exceptions=True)
    assert [type(one).__name__ for one in answers if isinstance(one, Exception)] == ["Conflict"]
    assert len(asked(migrated)) == 2


async def test_what_cannot_be_decoded_is_told_and_may_be_tried_again(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, old_film: bytes
) -> None:
    film = await ready(uploader, user, old_film, http)
    await wanted(uploader, user, film)
    assert film.source is not None
    await uploader.store.put_bytes(film.source.key, b"RIFF" + bytes(5000), "video/x-msvideo")
    await make_proxy(MakeProxy(video_id=film.id), uploader)
    failed = (await video_of(uploader, user, film.id)).proxy
    assert failed is not None and failed.status == "failed"
    assert failed.error_message and failed.error_message.startswith("A copy that browsers can play could not be made")
    await uploader.store.put_bytes(film.source.key, old_film, "video/x-msvideo")
    assert await wanted(uploader, user, film) == VideoProxy(status="preparing")
    await make_proxy(asked(migrated)[-1], uploader)
    made = (await video_of(uploader, user, film.id)).proxy
    assert made is not None and made.status == "ready"


async def test_a_copy_whose_worker_was_killed_is_made_by_the_next_and_leaves_nothing(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, old_film: bytes
) -> None:
    film = await ready(uploader, user, old_film, http)
    await wanted(uploader, user, film)
    # Killed in the instant between storing and saying so.
    killed = await Proxies.claim(film.id, 30)
    assert killed is not None
    await uploader.store.put_bytes(proxy_key(user, film.id, killed.token), b"half", "video/mp4")
    await make_proxy(MakeProxy(video_id=film.id), uploader)
    await announce_lost_proxies(uploader)
    await tidy_store(uploader)
    assert len(asked(migrated)) == 1 and len(await names_in_store(uploader)) == 3, "its worker may live"
    migrated.sql("update uploader.proxies set lease_until = now() - interval '1 second'")
    await announce_lost_proxies(uploader)
    assert asked(migrated) == [MakeProxy(video_id=film.id)] * 2
    await make_proxy(asked(migrated)[-1], uploader)
    assert not await Proxies.make_ready(killed, "late", 4), "the one that was thought dead changes nothing"
    await tidy_store(uploader)
    left = [name for name in await names_in_store(uploader) if name.startswith("proxy-")]
    assert len(left) == 1 and str(killed.token) not in left[0]

    migrated.sql("update uploader.proxies set used_at = now() - interval '31 days'")
    await tidy_store(uploader)
    assert await names_in_store(uploader) == ["source", "thumbnail.jpg"]
    assert (await video_of(uploader, user, film.id)).proxy is None


async def test_a_copy_ends_its_worker_only_so_often(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, old_film: bytes
) -> None:
    film = await ready(uploader, user, old_film, http)
    await wanted(uploader, user, film)
    for _ in range(3):
        assert await Proxies.claim(film.id, 30) is not None
        migrated.sql("update uploader.proxies set lease_until = now() - interval '1 second'")
    await make_proxy(MakeProxy(video_id=film.id), uploader)
    failed = (await video_of(uploader, user, film.id)).proxy
    assert failed is not None and (failed.status, failed.url) == ("failed", None)


@pytest.mark.parametrize("how", ["deleted", "stopped"])
async def test_work_that_is_not_wanted_any_more_ends_with_its_children(
    uploader: UploaderWorker, migrated: LocalStack, http: httpx.AsyncClient, user: UUID, media: Path, how: str
) -> None:
    # A slide a second, which gets 25 frames: quickly made, and far more than one thread encodes in the time of this test.
    path = video(media / "many-slides.avi", duration_s=200.0, size="1280x720", fps="1", extra=("-q:v", "31"))
    film = await ready(uploader, user, path.read_bytes(), http)
    await wanted(uploader, user, film)
    task = asyncio.create_task(make_proxy(MakeProxy(video_id=film.id), uploader))
    async with asyncio.timeout(60):
        while not list(uploader.scratch.folder.rglob("proxy.mp4")):
            await asyncio.sleep(0.02)
    if how == "deleted":
        await delete_source(DeleteSource(user_id=user, video_id=film.id), uploader)
        await asyncio.wait_for(task, 10)
        assert await names_in_store(uploader) == []
    else:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
        assert await Proxies.claim(film.id, 30) is not None, "the next worker may begin at once"
    assert list(uploader.scratch.folder.iterdir()) == []
    children = await asyncio.create_subprocess_exec("pgrep", "-f", str(uploader.scratch.folder), stdout=-3)
    assert await children.wait() == 1
