"""Two people beside each other, a reload in the middle of an upload, names that are no markup, and pages for everybody."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from tests import media as clips
from tests.browser.conftest import ROOT, Visit, sign_up

pytestmark = [pytest.mark.journey, pytest.mark.servers]

MARKUP = "<img src=x onerror=alert(1)>"
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


async def new_batch(page: Page, files: list[Path], name: str) -> str:
    """Upload files as a batch that is left to be started later; gives its address."""
    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files(files)
    await page.get_by_role("textbox", name="Batch name").fill(name)
    await page.get_by_role("button", name=re.compile(r"Upload \d+ video")).click()
    await page.get_by_role("button", name="Start later").click()
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))
    return page.url


async def test_two_people_see_only_their_own(visit: Visit, media: Path) -> None:
    ada, eve = (await visit()).page, (await visit()).page
    await sign_up(ada, "ada2@example.com")
    await sign_up(eve, "eve@example.com")
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
    await sign_up(page, "reload@example.com")
    clip = padded(clips.video(media / "short.mp4", duration_s=2), media / "large.mp4", 12)
    speed = await page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
    await speed.send("Network.emulateNetworkConditions", slow)
    arrived: list[str] = []
    page.on("requestfinished", lambda request: arrived.append(_part(request)) if request.method == "PUT" else None)
    page.on("dialog", lambda dialog: dialog.accept())

    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files([clip])
    async with page.expect_request_finished(lambda request: request.method == "PUT"):
        await page.get_by_role("button", name="Upload 1 video").click()
    await page.get_by_role("button", name="Continue in the background").click()
    uploads = page.get_by_role("complementary", name="Uploads")
    await expect(uploads.get_by_text("Uploading 1 file")).to_be_visible()
    before = set(arrived)
    assert before
    await page.reload()

    await expect(uploads.get_by_text("1 upload interrupted")).to_be_visible()
    await speed.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    arrived.clear()
    await page.get_by_test_id("resume-uploads").set_input_files([clip])
    await expect(uploads.get_by_text("1 file uploaded")).to_be_visible()
    after = set(arrived)
    assert len(before | after) == 13 and not before & after, (before, after)


async def test_a_name_with_markup_is_shown_as_text_everywhere(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await sign_up(page, "markup@example.com")
    await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], MARKUP)
    await expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    for path in ("/", "/batches", "/videos"):
        await page.goto(path)
        await expect(page.get_by_text(MARKUP).first).to_be_attached()
    assert not alerts and await page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_keeps_anybody_out(visit: Visit, media: Path, scheme: str) -> None:
    page = (await visit(color_scheme=scheme)).page
    await page.goto("/sign-in")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await barriers(page) == []
    await sign_up(page, f"{scheme}@example.com")
    assert await barriers(page) == []
    batch = await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Talks")
    for path, heading in (
        (batch, "Talks"),
        ("/", "Dashboard"),
        ("/batches", "Batches"),
        ("/batches?status=failed", "Batches"),
        ("/videos", "Library"),
        ("/exports", "Exports"),
        ("/nowhere", "Not found"),
    ):
        await page.goto(path)
        await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        await expect(page.locator("[aria-busy=true],[data-testid=skeleton]")).to_have_count(0)
        assert await barriers(page) == [], path
    await page.goto("/")
    await expect(page.locator("[data-live=live]")).to_be_visible()
    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files([clips.video(media / "short.mp4", duration_s=2)])
    await page.get_by_role("button", name="Advanced settings").click()
    await expect(page.get_by_role("slider")).to_be_visible()
    assert await barriers(page) == []


async def barriers(page: Page) -> list[str]:
    """What axe finds."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def padded(clip: Path, to: Path, mebibytes: int) -> Path:
    """A video made large by a box that players skip (ISO 14496-12, 8.1.2)."""
    if not to.exists():
        size = mebibytes * 1024 * 1024
        to.write_bytes(clip.read_bytes() + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return to


def _part(request: Request) -> str:
    return parse_qs(urlsplit(request.url).query).get("part", ["?"])[0]
