"""Every format is exported on the page and its file checked; a failed export is retried, an expired one made anew."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from stack.local import LocalStack
from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, connected, new_batch, sign_up
from tests.browser.hands import Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]


@pytest.fixture
async def page(visit: Visit, media: Path) -> Page:
    """The page of a batch of two videos that is done."""
    page = (await visit()).page
    await sign_up(Mouse(page))
    await connected(page)
    films = [clips.video(media / f"Film {n}.mp4", sound=clips.tone(1.0 + n), duration_s=1.0 + n) for n in (1, 2)]
    await new_batch(page, films, "Films")
    start = page.get_by_role("button", name=re.compile("^Start"))
    await start.click()
    await expect(page.locator("header [data-status=completed]")).to_be_visible(timeout=180_000)
    return page


async def dialog(page: Page) -> Locator:
    await page.get_by_role("button", name="Export all").click()
    found = page.get_by_role("dialog", name="Export")
    await expect(found.get_by_label("Preview")).to_contain_text("2")
    return found


async def downloaded(page: Page, link: Locator, to: Path) -> Path:
    async with page.expect_download() as begun:
        await link.click()
    download = await begun.value
    path = to / download.suggested_filename
    await download.save_as(path)
    return path


def probed(path: Path | str) -> dict[str, Any]:
    run = ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-of", "json", str(path)]
    told: dict[str, Any] = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    return told


async def test_each_format_is_exported_and_downloaded(page: Page, tmp_path: Path) -> None:
    shown = await dialog(page)
    assert await barriers(page) == []
    pattern = shown.get_by_role("textbox", name="Custom naming pattern")
    await pattern.fill("{nonsense}")
    await expect(shown.get_by_text("The naming pattern has {nonsense}")).to_be_visible()
    await pattern.fill("{batch} - {position:02} {name}")
    await expect(shown.get_by_text("Films - 01 Film 1.mp4")).to_be_visible()
    await shown.get_by_role("button", name="Export ZIP").click()
    link = shown.get_by_role("link", name="Download ZIP")
    await expect(link).to_be_visible()
    await expect(shown.get_by_text("Expires in")).to_be_visible()
    assert await barriers(page) == []
    with zipfile.ZipFile(await downloaded(page, link, tmp_path)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Films - 01 Film 1.mp4", "Films - 02 Film 2.mp4", "manifest.json"]

    await shown.get_by_role("button", name="New export").click()
    await shown.get_by_role("radio", name="Merged video (single file)").click()
    await shown.get_by_role("button", name="Export video").click()
    merged = await downloaded(page, shown.get_by_role("link", name="Download video"), tmp_path)
    told = await asyncio.to_thread(probed, merged)
    assert merged.name == "Films.mp4"
    assert abs(float(told["format"]["duration"]) - 5.0) < 0.1
    assert [chapter["tags"]["title"] for chapter in told["chapters"]] == ["Film 1", "Film 2"]

    await shown.get_by_role("button", name="New export").click()
    await shown.get_by_role("radio", name="Playlist (M3U8)").click()
    await shown.get_by_role("button", name="Export playlist").click()
    playlist = await downloaded(page, shown.get_by_role("link", name="Download playlist"), tmp_path)
    lines = playlist.read_text().splitlines()
    assert lines[0] == "#EXTM3U"
    links = [line for line in lines if not line.startswith("#")]
    for number, address in enumerate(links, 1):
        assert f",Film {number}.mp4" in lines[lines.index(address) - 1]
        # As a player opens it: ffprobe asks for ranges.
        length = float((await asyncio.to_thread(probed, address))["format"]["duration"])
        assert abs(length - (1.0 + number)) < 0.1
    assert len(links) == 2
    async with httpx.AsyncClient() as http:
        assert (await http.get(links[0].replace("expires=", "expires=9"))).status_code == 403


async def test_a_failed_export_is_retried_and_an_expired_one_made_anew(
    page: Page, system: LocalStack, tmp_path: Path
) -> None:
    batch = page.url.rpartition("/")[2]
    key = system.sql(
        f"select output ->> 'key' from scheduler.batch_videos where batch_job_id = '{batch}' order by position limit 1"
    )
    stored = Path(system.environment("uploader.app")["DAILIES_STORE_FOLDER"]) / "objects" / key
    stored.rename(stored.with_suffix(".away"))
    shown = await dialog(page)
    await shown.get_by_role("button", name="Export ZIP").click()
    await expect(shown.get_by_text("The stored file of video 1 (“Film 1.mp4”) is missing")).to_be_visible()
    assert await barriers(page) == []

    await shown.get_by_role("button", name="New export").click()
    await shown.get_by_role("checkbox", name="Leave out damaged files").click()
    await shown.get_by_role("button", name="Export ZIP").click()
    await expect(shown.get_by_text("1 video left out")).to_be_visible()
    with zipfile.ZipFile(await downloaded(page, shown.get_by_role("link", name="Download ZIP"), tmp_path)) as archive:
        assert archive.namelist() == ["002_Film 2.mp4", "manifest.json"]

    stored.with_suffix(".away").rename(stored)
    history = shown.get_by_role("list", name="Previous exports")
    failed = history.get_by_role("listitem").filter(has=page.locator("[data-status=failed]"))
    await failed.get_by_role("button", name="Make anew").click()
    await expect(history.get_by_role("link", name="Download")).to_be_visible()
    await expect(failed).to_have_count(0)

    # Tomorrow, for the clock of the database.
    system.sql("update scheduler.exports set expires_at = now()")
    system.sql("update exporter.deliverables set expires_at = now()")
    await page.reload()
    listed = page.get_by_role("list", name="Previous exports").get_by_role("listitem")
    await expect(listed.locator("[data-status=expired]")).to_have_count(2)
    await listed.last.get_by_role("button", name="Make anew").click()
    link = listed.last.get_by_role("link", name="Download")
    await expect(link).to_be_visible()
    with zipfile.ZipFile(await downloaded(page, link, tmp_path)) as archive:
        assert archive.namelist() == ["001_Film 1.mp4", "002_Film 2.mp4", "manifest.json"]
