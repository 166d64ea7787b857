"""The whole story in a real browser: from signing up to the downloaded ZIP, with the mouse and with the keyboard alone."""

from __future__ import annotations

import asyncio
import re
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Download, Locator, Page, expect

from stack.local import LocalStack
from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, connected, set_tier, sign_up, slow_uploads
from tests.browser.hands import Hands, Keyboard, Mouse, give

pytestmark = [pytest.mark.journey, pytest.mark.servers]

NAMES = ("Harbour Talks 01.mp4", "Harbour Talks 02.mp4", "Harbour Talks 03.mp4", "Harbour Talks 04.mp4")
MOVING = re.compile("^[1-9][0-9]?$")
"""From 1 to 99 percent."""


def talks(media: Path) -> list[Path]:
    """Four short videos in which somebody speaks."""
    return [clips.talk(media / name, pause_s=1.0 + place / 4)[0] for place, name in enumerate(NAMES)]


def row(page: Page, name: str) -> Locator:
    """The row of a video on the page of its batch."""
    return page.locator("[data-video]").filter(has_text=name)


@pytest.mark.parametrize("kind", [Mouse, Keyboard])
async def test_a_season_goes_in_and_comes_out_as_one_zip(
    kind: type[Mouse] | type[Keyboard], visit: Visit, system: LocalStack, media: Path, tmp_path: Path
) -> None:
    page = (await visit()).page
    hands: Hands = kind(page)
    email = await sign_up(hands)
    set_tier(system, email, "creator")
    await page.reload()
    await connected(page)
    notes = tmp_path / "notes.txt"
    notes.write_text("not a video")

    await prepare(hands, [*talks(media), notes])
    await send(hands)
    # The file of one of them gets lost in the store, so that its processing fails.
    lost = await _source_of(page, system, NAMES[1])
    lost.rename(lost.with_suffix(".away"))
    await hands.press(page.get_by_role("button", name="Start Processing"))
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))

    other = await watch_and_pause(hands)
    failed = row(page, NAMES[1])
    await expect(failed).to_have_attribute("data-state", "failed")
    menu = failed.get_by_role("button", name=f"Actions for {NAMES[1]}")
    await hands.pick(menu, page.get_by_role("menuitem", name="View error"))
    await expect(page.get_by_role("dialog", name="Why this video failed")).to_be_visible()
    await look_for_barriers(hands)
    lost.with_suffix(".away").rename(lost)
    await hands.press(page.get_by_role("dialog").get_by_role("button", name="Try again"))
    await expect(page.locator("header [data-status=completed]")).to_be_visible(timeout=180_000)
    await expect(page.locator("[data-video][data-state=completed]")).to_have_count(4)
    await expect(other.locator("table [data-status=completed]")).to_be_visible()
    await look_for_barriers(hands)

    path = tmp_path / "season.zip"
    await (await export(hands)).save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        videos = [name for name in archive.namelist() if name.endswith(".mp4")]
        assert videos == [f"{number:03d}_Harbour Talks {number:02d}.mp4" for number in range(1, 5)]
    await find_everything_again(hands)


async def look_for_barriers(hands: Hands) -> None:
    """Have axe look at the page as it is now; once is enough for both ways through it."""
    if isinstance(hands, Mouse):
        assert await barriers(hands.page) == []


async def prepare(hands: Hands, files: list[Path]) -> None:
    """Choose five files, of which one is refused before anything is sent, and settings for the others."""
    page = hands.page
    await hands.begin_batch()
    await give(hands, page.get_by_role("button", name="Choose files"), files)
    await expect(page.get_by_text("1 file left out")).to_be_visible()
    await expect(page.get_by_text("Not a video we take")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Batch name")).to_have_value("Harbour Talks")
    await hands.press(page.get_by_role("button", name="Advanced settings"))
    quality = page.get_by_role("combobox", name="Quality")
    await hands.pick(quality, page.get_by_role("option", name="720p"))
    await look_for_barriers(hands)


async def send(hands: Hands) -> None:
    """Upload, on a slow line, with the progress of each file and of all."""
    page = hands.page
    async with slow_uploads(page, 400_000):
        await hands.press(page.get_by_role("button", name="Upload 4 videos"))
        for label in ("Upload of Harbour Talks", f"Upload of {NAMES[3]}"):
            bar = page.get_by_role("dialog").get_by_role("progressbar", name=label, exact=True)
            await expect(bar).to_have_attribute("aria-valuenow", MOVING)
        await look_for_barriers(hands)
    await expect(page.get_by_role("dialog").get_by_text("Batch created")).to_be_visible()


async def watch_and_pause(hands: Hands) -> Page:
    """Live in the details and its panel, and in the list of a second tab; gives that tab."""
    page = hands.page
    await expect(page.get_by_role("heading", name="Now")).to_be_visible()
    other = await page.context.new_page()
    await other.goto("/batches")
    await connected(other)
    await expect(page.locator("[data-state=processing]").first).to_be_visible()
    bars = page.get_by_role("progressbar")
    await expect(bars.and_(page.get_by_label("Progress of the batch"))).to_have_attribute("aria-valuenow", MOVING)
    panel = page.get_by_label("Progress of Harbour Talks", exact=True)
    await expect(panel.get_by_role("progressbar").first).to_have_attribute("aria-valuenow", MOVING)
    await expect(other.get_by_role("table").get_by_text(re.compile(r"/4 videos \([1-9]\d*%\)"))).to_be_visible()
    await page.bring_to_front()
    await expect(page).to_have_title(re.compile(r"^\d+% Harbour Talks · Dailies$"))

    await hands.press(page.get_by_role("button", name="Pause", exact=True).first)
    await expect(page.locator("header [data-status=paused]")).to_be_visible()
    # Looking takes seconds, in which the batch would come to its end.
    await look_for_barriers(hands)
    await expect(other.locator("table [data-status=paused]")).to_be_visible()
    await hands.press(page.get_by_role("button", name="Resume", exact=True).first)
    await expect(page.locator("header [data-status=processing]")).to_be_visible()
    return other


async def export(hands: Hands) -> Download:
    """Make a ZIP, and download it."""
    page = hands.page
    await hands.press(page.get_by_role("button", name="Export all"))
    await expect(page.get_by_text("Estimated size")).to_be_visible()
    await look_for_barriers(hands)
    await hands.press(page.get_by_role("button", name="Export ZIP"))
    link = page.get_by_role("dialog").get_by_role("link", name="Download ZIP")
    await expect(link).to_be_visible()
    await look_for_barriers(hands)
    async with page.expect_download() as download:
        await hands.press(link)
    await page.keyboard.press("Escape")
    return await download.value


async def find_everything_again(hands: Hands) -> None:
    """In the library, on the page of a video, and among the exports."""
    page = hands.page
    await hands.go("Library")
    await expect(page.get_by_role("link", name="In Harbour Talks")).to_have_count(4)
    await look_for_barriers(hands)
    await hands.press(page.get_by_role("link", name=NAMES[0], exact=True))
    await expect(page.get_by_role("radio", name="Result")).to_be_checked()
    await page.wait_for_function("() => document.querySelector('video').readyState > 0")
    await look_for_barriers(hands)
    await hands.go("Exports")
    await expect(page.get_by_role("main").get_by_text("Harbour Talks.zip", exact=True)).to_be_visible()
    await look_for_barriers(hands)
    await hands.go("Dashboard")
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    await look_for_barriers(hands)


async def _source_of(page: Page, system: LocalStack, name: str) -> Path:
    """Where the store keeps the file of a video, once it was checked."""
    async with asyncio.timeout(60):
        while True:
            answer = await page.request.get("/api/videos", params={"search": name})
            found = (await answer.json())["videos"]
            if found and found[0]["status"] == "ready":
                return system.folder / "objects" / "objects" / str(found[0]["source"]["key"])
            await asyncio.sleep(0.2)
