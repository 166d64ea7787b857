"""The whole story in a real browser: from signing up to the downloaded ZIP."""

from __future__ import annotations

import asyncio
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from stack.local import LocalStack
from tests import media as clips
from tests.browser.conftest import Visit, set_tier, sign_up

pytestmark = [pytest.mark.journey, pytest.mark.servers]

NAMES = ("Harbour Talks 01.mp4", "Harbour Talks 02.mp4", "Harbour Talks 03.mp4", "Harbour Talks 04.mp4")


def talks(media: Path) -> list[Path]:
    """Four short videos in which somebody speaks."""
    return [clips.talk(media / name, pause_s=1.0 + place / 4)[0] for place, name in enumerate(NAMES)]


def row(page: Page, name: str) -> Locator:
    """The row of a video on the page of its batch."""
    return page.locator("[data-video]").filter(has_text=name)


async def test_a_season_goes_in_and_comes_out_as_one_zip(
    visit: Visit, system: LocalStack, media: Path, tmp_path: Path
) -> None:
    page = (await visit()).page
    await sign_up(page, "ada@example.com")
    set_tier(system, "ada@example.com", "creator")
    await page.reload()
    await expect(page.locator("[data-live=live]")).to_be_visible()
    notes = tmp_path / "notes.txt"
    notes.write_text("not a video")

    # Five files, of which one is refused before anything is sent.
    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files([*talks(media), notes])
    await expect(page.get_by_text("1 file left out")).to_be_visible()
    await expect(page.get_by_text("Not a video we take")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Batch name")).to_have_value("Harbour Talks")
    await page.get_by_role("button", name="Advanced settings").click()
    await page.get_by_role("combobox", name="Quality").click()
    await page.get_by_role("option", name="720p").click()
    await page.get_by_role("button", name="Upload 4 videos").click()
    await expect(page.get_by_role("dialog").get_by_text("Batch created")).to_be_visible()

    # The file of one of them gets lost in the store, so that its processing fails.
    lost = await _source_of(page, system, NAMES[1])
    lost.rename(lost.with_suffix(".away"))
    await page.get_by_role("button", name="Start Processing").click()
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))

    # Live in the details and its panel, and in the list of a second tab, over one connection.
    await expect(page.get_by_role("heading", name="Now")).to_be_visible()
    second = await page.context.new_page()
    await second.goto("/batches")
    await expect(second.locator("[data-live]")).to_have_attribute("data-live", "live")
    await expect(page.locator("[data-state=processing]").first).to_be_visible()
    await expect(second.get_by_role("table").get_by_text(re.compile(r"/4 videos \([1-9]\d*%\)"))).to_be_visible()

    await page.get_by_role("button", name="Pause", exact=True).first.click()
    await expect(page.locator("header [data-status=paused]")).to_be_visible()
    await expect(second.locator("table [data-status=paused]")).to_be_visible()
    await page.get_by_role("button", name="Resume", exact=True).first.click()
    await expect(page.locator("header [data-status=processing]")).to_be_visible()

    # One fails; its error is read; it is tried again and succeeds.
    failed = row(page, NAMES[1])
    await expect(failed).to_have_attribute("data-state", "failed")
    await failed.get_by_role("button", name=f"Actions for {NAMES[1]}").click()
    await page.get_by_role("menuitem", name="View error").click()
    await expect(page.get_by_role("dialog", name="Why this video failed")).to_be_visible()
    lost.with_suffix(".away").rename(lost)
    await page.get_by_role("dialog").get_by_role("button", name="Try again").click()
    await expect(page.locator("header [data-status=completed]")).to_be_visible(timeout=180_000)
    await expect(page.locator("[data-video][data-state=completed]")).to_have_count(4)
    await expect(second.locator("table [data-status=completed]")).to_be_visible()

    await page.get_by_role("button", name="Export all").click()
    await page.get_by_role("button", name="Export ZIP").click()
    link = page.get_by_role("dialog").get_by_role("link", name="Download ZIP")
    async with page.expect_download() as download:
        await link.click()
    path = tmp_path / "season.zip"
    await (await download.value).save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        videos = [name for name in archive.namelist() if name.endswith(".mp4")]
        assert videos == [f"{number:03d}_Harbour Talks {number:02d}.mp4" for number in range(1, 5)]

    # Everything is found again: in the library, on the page of a video, among the exports.
    await page.goto("/videos")
    await expect(page.get_by_role("link", name="In Harbour Talks")).to_have_count(4)
    await page.get_by_role("link", name=NAMES[0], exact=True).click()
    await expect(page.get_by_role("radio", name="Result")).to_be_checked()
    await page.wait_for_function("() => document.querySelector('video').readyState > 0")
    await page.goto("/exports")
    await expect(page.get_by_text("Harbour Talks.zip")).to_be_visible()


async def _source_of(page: Page, system: LocalStack, name: str) -> Path:
    """Where the store keeps the file of a video, once it was checked."""
    async with asyncio.timeout(60):
        while True:
            answer = await page.request.get("/api/videos", params={"search": name})
            found = (await answer.json())["videos"]
            if found and found[0]["status"] == "ready":
                return system.folder / "objects" / "objects" / found[0]["source"]["key"]
            await asyncio.sleep(0.2)
