"""A playlist names every video, and its links can be played for as long as it is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from services.exporter.handlers import build_export
from services.exporter.playlist import extended_m3u8
from services.exporter.service import Exporter
from shared.batches import ExportFormat
from shared.storage import LocalStore
from shared.storage.signing import granted
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import built, said, stored_item
from tests.exporter.orders import item, order


def test_titles_and_lengths_are_as_players_have_them() -> None:
    items = [replace(item("One.mov", 1), duration_s=12.3456), item("Zwei\n#EXTM3U\u2028🎉.mp4", 2)]
    assert extended_m3u8("Season\r1", items, ["http://a/1", "http://a/2"]) == (
        "#EXTM3U\n#PLAYLIST:Season 1\n#EXTINF:12.346,One.mov\nhttp://a/1\n#EXTINF:-1,Zwei #EXTM3U 🎉.mp4\nhttp://a/2\n"
    )


async def test_links_are_signed_and_outlive_the_playlist(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore
) -> None:
    items = [await stored_item(store, n, b"film") for n in (1, 2)]
    await build_export(order(*items, export_format=ExportFormat.PLAYLIST), exporter)
    done = await built(exporter)
    assert (done.file_name, done.deliverable.content_type) == ("Season 1.m3u8", "audio/x-mpegurl")
    text = b"".join([chunk async for chunk in store.read(done.deliverable.key)]).decode()
    links = [line for line in text.splitlines() if not line.startswith("#")]
    for link, wanted in zip(links, items, strict=True):
        parts = urlsplit(link)
        assert f"{parts.scheme}://{parts.netloc}" == store.url
        grant = granted("GET", wanted.stored.key, parts.query, store.keys, datetime.now(UTC).timestamp())
        assert grant.type == "video/mp4"
        assert int(parse_qs(parts.query)["expires"][0]) > done.expires_at.timestamp()
    assert done.expires_at - datetime.now(UTC) > timedelta(hours=23)


async def test_a_playlist_is_made_anew_each_time(exporter: Exporter, desk: ClaimsDesk, store: LocalStore) -> None:
    items = [await stored_item(store, 1, b"film")]
    await build_export(order(*items, export_format=ExportFormat.PLAYLIST), exporter)
    exporter.settings = replace(exporter.settings, deliverable_hours=25)
    await build_export(order(*items, export_format=ExportFormat.PLAYLIST), exporter)
    first, second = await said(exporter)
    assert first.deliverable.key != second.deliverable.key  # type: ignore[union-attr]
