"""Sending files to a store that misbehaves."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import msgspec

from client.api import Api
from client.errors import ClientError
from client.retrying import Backoff
from client.upload import TRANSFERS, Outcome, Outgoing, upload_all
from shared.views import UploadPlan, UploadState
from tests.client.server import Exchange, Server, serving
from tests.client.views import library_video, part_urls, plan

QUICK = Backoff(attempts=3, first_s=0.001, longest_s=0.002)


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.bytes: dict[int, int] = {}
        self.failures: list[tuple[int, str]] = []
        self.ends: dict[int, ClientError | None] = {}

    def sent(self, file: int, count: int) -> None:
        self.bytes[file] = self.bytes.get(file, 0) + count

    def again(self, file: int, reason: str) -> None:
        self.failures.append((file, reason))

    def ended(self, file: int, error: ClientError | None) -> None:
        self.ends[file] = error


class Store:
    """A store and the API in front of it: keeps what arrives, asks `trouble` first whether it may."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.completed: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.at_once = self.most_at_once = 0
        self.trouble: Callable[[Exchange], str | None] = lambda _: None
        self.plans: dict[str, UploadPlan] = {}
        self.server: Server

    async def handle(self, exchange: Exchange) -> None:
        if exchange.method == "PUT":
            await self._put(exchange)
            return
        video_id, action = exchange.path.split("/")[3:5]
        if action == "complete":
            self.completed.append(video_id)
            await exchange.answer(200, library_video(self.plans[video_id].video_id))
        elif action == "parts":
            numbers = (await exchange.json())["numbers"]
            await exchange.answer(200, part_urls(f"{self.server.url}/{video_id}", numbers))
        else:
            fresh = msgspec.structs.replace(self.plans[video_id], url=f"{self.server.url}/{video_id}/fresh")
            await exchange.answer(200, UploadState(plan=fresh, parts=(), complete=False))

    async def _put(self, exchange: Exchange) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            what = self.trouble(exchange)
            if what == "drop":
                await exchange.reader.read(1000)
                exchange.drop()
                return
            body = await exchange.body()
            if what is not None:
                await exchange.problem(int(what), "some_code", f"The store said {what}.")
                return
            self.headers.append(exchange.headers)
            self.stored[exchange.path] = body
            # Long enough for the other transfers to be seen beside this one.
            await asyncio.sleep(0.05)
            await exchange.answer(200)
        finally:
            self.at_once -= 1


def file_of(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


async def uploaded(
    store: Store,
    paths: list[Path],
    *,
    part_size: int | None = None,
    expires_in_s: float = 900,
    stored: frozenset[int] = frozenset(),
) -> tuple[list[Outcome], Heard, list[str]]:
    """Upload the files; gives also the ids of the videos."""
    heard = Heard()
    with serving(store.handle) as server:
        store.server = server
        files = []
        for path in paths:
            made = plan(
                f"{server.url}/first/{path.name}",
                size=path.stat().st_size,
                part_size=part_size,
                name=path.name,
                expires_in_s=expires_in_s,
            )
            store.plans[str(made.video_id)] = made
            files.append(Outgoing(path=path, size_bytes=path.stat().st_size, plan=made, stored=stored))
        async with Api(server.url, "dly_secret", backoff=QUICK) as api:
            outcomes = await upload_all(api, files, heard, backoff=QUICK)
    return outcomes, heard, [str(file.plan.video_id) for file in files]


async def test_a_small_file_goes_in_one_put_with_the_planned_headers_and_without_the_key(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 5000)
    (outcome,), heard, (video_id,) = await uploaded(store, [path])
    assert outcome.video is not None
    assert outcome.error is None
    assert store.stored == {"/first/a.mp4": path.read_bytes()}
    assert store.completed == [video_id]
    (headers,) = store.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == "5000"
    assert "transfer-encoding" not in headers
    assert "authorization" not in headers
    assert heard.bytes == {0: 5000}
    assert heard.ends == {0: None}


async def test_parts_of_one_file_go_side_by_side_but_never_more_than_five(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100_500)
    _, heard, (video_id,) = await uploaded(store, [path], part_size=5000)
    names = ["/first/a.mp4", *(f"/{video_id}/part/{number}" for number in range(2, 22))]
    assert b"".join(store.stored[name] for name in names) == path.read_bytes()
    assert store.most_at_once == TRANSFERS
    assert heard.bytes == {0: 100_500}
    assert store.completed == [video_id]


async def test_files_go_side_by_side(tmp_path: Path) -> None:
    store = Store()
    await uploaded(store, [file_of(tmp_path, f"{number}.mp4", 100) for number in range(12)])
    assert store.most_at_once == TRANSFERS
    assert len(store.completed) == 12


async def test_each_piece_is_tried_three_times_and_counted_once(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 2_000_000)
    answers = iter(["drop", "503"])
    store.trouble = lambda _: next(answers, None)
    (outcome,), heard, _ = await uploaded(store, [path])
    assert outcome.error is None
    assert heard.failures == [(0, "the connection broke"), (0, "The store said 503.")]
    assert heard.bytes == {0: 2_000_000}


async def test_a_file_that_cannot_be_sent_does_not_harm_the_others(tmp_path: Path) -> None:
    store = Store()
    store.trouble = lambda exchange: "507" if "bad" in exchange.path else "503" if "busy" in exchange.path else None
    paths = [file_of(tmp_path, name, 100) for name in ("bad.mp4", "busy.mp4", "good.mp4")]
    (bad, busy, good), heard, (_, _, good_id) = await uploaded(store, paths)
    assert str(bad.error) == "The store said 507."
    assert str(busy.error) == "The store said 503."
    assert good.error is None
    assert store.completed == [good_id]
    assert heard.failures == [(1, "The store said 503.")] * 2
    assert [error is None for _, error in sorted(heard.ends.items())] == [False, False, True]


async def test_a_url_that_has_expired_is_signed_again(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100)
    store.trouble = lambda exchange: "403" if exchange.path.startswith("/first") else None
    (outcome,), _, (video_id,) = await uploaded(store, [path])
    assert outcome.error is None
    assert list(store.stored) == [f"/{video_id}/fresh"]


async def test_a_url_that_is_about_to_expire_is_not_used(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100)
    _, _, (video_id,) = await uploaded(store, [path], part_size=50, expires_in_s=30)
    assert sorted(store.stored) == [f"/{video_id}/part/1", f"/{video_id}/part/2"]


async def test_parts_that_are_there_are_not_sent_again(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100)
    _, _, (video_id,) = await uploaded(store, [path], part_size=25, stored=frozenset({1, 3}))
    assert sorted(store.stored) == [f"/{video_id}/part/2", f"/{video_id}/part/4"]
    assert store.completed == [video_id]


async def test_a_file_that_is_all_there_is_only_completed(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100)
    _, _, (video_id,) = await uploaded(store, [path], part_size=50, stored=frozenset({1, 2}))
    assert store.stored == {}
    assert store.completed == [video_id]


async def test_a_file_that_grew_meanwhile_is_given_up(tmp_path: Path) -> None:
    store, path = Store(), file_of(tmp_path, "a.mp4", 100)

    def grow(exchange: Exchange) -> str | None:
        path.write_bytes(b"x" * 200)
        return "503"

    store.trouble = grow
    (outcome,), _, _ = await uploaded(store, [path])
    assert outcome.error is not None
    assert "changed while it was being sent" in str(outcome.error)
    assert store.completed == []


async def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.truncate(60_000_000)

    async def swallow(exchange: Exchange) -> None:
        if exchange.method == "PUT":
            left = int(exchange.headers["content-length"])
            while left:
                left -= len(await exchange.reader.read(min(left, 65536)))
        await exchange.answer(200, library_video(made.video_id))

    with serving(swallow) as server:
        made = plan(f"{server.url}/large", size=60_000_000)
        async with Api(server.url, backoff=QUICK) as api:
            tracemalloc.start()
            try:
                await upload_all(api, [Outgoing(path=path, size_bytes=60_000_000, plan=made)], Heard(), backoff=QUICK)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert peak < 10_000_000
