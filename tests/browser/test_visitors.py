"""Two people beside each other, a reload in the middle of an upload, names that are no markup, and no barriers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Request, expect

from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, connected, new_batch, sign_up, slow_uploads
from tests.browser.hands import Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]

PARTS = 13
"""Of one mebibyte each, the last for what the video is without its padding."""
MARKUP = "<img src=x onerror=alert(1)>"


async def test_two_people_see_only_their_own(visit: Visit, media: Path) -> None:
    ada, eve = (await visit()).page, (await visit()).page
    await sign_up(Mouse(ada))
    await sign_up(Mouse(eve))
    clip = clips.video(media / "short.mp4", duration_s=2)
    of_ada = await new_batch(ada, [clip], "Batch of Ada")
    await new_batch(eve, [clip], "Batch of Eve")
    await eve.goto("/batches")
    await expect(eve.get_by_role("table").get_by_role("link", name="Batch of Eve")).to_be_visible()
    await expect(eve.get_by_text("Batch of Ada")).to_have_count(0)
    await eve.goto(of_ada)
    await expect(eve.get_by_text("This does not exist any more")).to_be_visible()


async def test_an_upload_goes_on_after_a_reload_without_sending_anything_twice(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    clip = padded(clips.video(media / "short.mp4", duration_s=2), media / "large.mp4", PARTS - 1)
    arrived: list[str] = []
    page.on("requestfinished", lambda request: arrived.append(_part(request)) if request.method == "PUT" else None)
    page.on("dialog", lambda dialog: dialog.accept())

    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files([clip])
    uploads = page.get_by_role("complementary", name="Uploads")
    async with slow_uploads(page, 1_500_000):
        async with page.expect_request_finished(lambda request: request.method == "PUT"):
            await page.get_by_role("button", name="Upload 1 video").click()
        await page.get_by_role("button", name="Continue in the background").click()
        await expect(uploads.get_by_text("Uploading 1 file")).to_be_visible()
        await page.reload()
        await expect(uploads.get_by_text("1 upload interrupted")).to_be_visible()
    before = set(arrived)
    arrived.clear()
    await page.get_by_test_id("resume-uploads").set_input_files([clip])
    await expect(uploads.get_by_text("1 file uploaded")).to_be_visible()
    # What was on its way when the page was left may have arrived without its knowing: it is not sent again either.
    after = set(arrived)
    assert before and after and not before & after, (before, after)
    assert len(after) < PARTS


async def test_a_name_with_markup_is_shown_as_text_everywhere(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await sign_up(Mouse(page))
    await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], MARKUP)
    await expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    for path in ("/", "/batches", "/videos"):
        await page.goto(path)
        await expect(page.get_by_text(MARKUP).first).to_be_attached()
    assert not alerts and await page.locator("img[src=x]").count() == 0


async def test_no_page_keeps_anybody_out(visit: Visit, media: Path) -> None:
    """Also without anything to show; with batches and videos in them the story looks."""
    page = (await visit()).page
    for path, heading in (("/sign-in", "Sign in"), ("/sign-up", "Make an account")):
        await page.goto(path)
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert await barriers(page) == [], path
    await sign_up(Mouse(page))
    await connected(page)
    assert await barriers(page) == []
    for path, heading in (
        ("/batches", "Batches"),
        ("/videos", "Library"),
        ("/exports", "Exports"),
        ("/nowhere", "Not found"),
        (f"/batches/{uuid4()}", ""),
    ):
        await page.goto(path)
        if heading:
            await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        await expect(page.locator("[aria-busy=true],[data-testid=skeleton]")).to_have_count(0)
        assert await barriers(page) == [], path
    batch = await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Talks")
    for path in (batch, "/batches", "/batches?status=failed", "/videos?search=nothing"):
        await page.goto(path)
        await connected(page)
        await expect(page.locator("[aria-busy=true],[data-testid=skeleton]")).to_have_count(0)
        assert await barriers(page) == [], path


async def test_no_dialog_keeps_anybody_out(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await connected(page)
    await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Talks")

    async def look(opened: Locator) -> None:
        await expect(opened).to_be_visible()
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await expect(opened).to_have_count(0)

    await page.get_by_role("button", name="Rename", exact=True).click()
    await look(page.get_by_role("dialog", name="Rename batch"))
    await page.get_by_role("button", name="More actions").click()
    await look(page.get_by_role("menu"))
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Cancel batch").click()
    await look(page.get_by_role("alertdialog"))
    await page.get_by_role("button", name="Actions for short.mp4").click()
    await page.get_by_role("menuitem", name="Remove").click()
    await look(page.get_by_role("alertdialog"))
    await page.get_by_role("button", name=re.compile("^Account of")).click()
    await look(page.get_by_role("menu"))
    await page.keyboard.press("Control+k")
    await look(page.get_by_role("dialog", name="Command palette"))
    await page.keyboard.press("?")
    await look(page.get_by_role("dialog", name="Keyboard shortcuts"))
    await page.keyboard.press("n")
    await page.get_by_role("button", name="Save as template").click()
    await look(page.get_by_role("dialog", name="Save as template"))
    await page.get_by_role("combobox", name="Load template").wait_for()
    await look(page.get_by_role("dialog", name="New batch"))


def padded(clip: Path, to: Path, mebibytes: int) -> Path:
    """A video made large by a box that players skip (ISO 14496-12, 8.1.2)."""
    if not to.exists():
        size = mebibytes * 1024 * 1024
        to.write_bytes(clip.read_bytes() + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return to


def _part(request: Request) -> str:
    return parse_qs(urlsplit(request.url).query).get("part", ["?"])[0]
