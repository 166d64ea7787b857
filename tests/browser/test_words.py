"""Transcript and highlights of a really processed video in a real browser: following, seeking, searching, reasons."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, sign_up
from tests.browser.hands import Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]

SENTENCES = ("Hello, and welcome to the daily show.", "What is the best answer?", "Thank you for listening.")
SETTINGS = {
    "transcribe": True,
    "language": "en",
    "model": clips.MODEL,
    "remove_silence": True,
    "detect_highlights": True,
    "highlight_sensitivity": "high",
    "keywords": ["answers"],
    "export_quality": "source",
}


async def processed(page: Page, url: str, path: Path, settings: dict[str, Any]) -> tuple[str, str]:
    """Have a video processed by the API, as the one who is signed in; gives the ids of its batch and of itself."""
    asking = page.request
    headers = {"Origin": url}

    async def ask(where: str, data: Any = None) -> Any:
        answer = await asking.post(where, data=data, headers=headers)
        assert answer.ok, await answer.text()
        return await answer.json()

    files = [{"name": path.name, "size": path.stat().st_size, "type": "video/mp4"}]
    made = await ask("/api/batch-jobs", {"name": path.stem, "settings": settings, "files": files})
    batch, video = made["batch_job_id"], made["videos"][0]["video_id"]
    sent = await asking.put(made["upload_urls"][0], data=path.read_bytes(), headers=made["uploads"][0]["headers"])
    assert sent.ok, await sent.text()
    await ask(f"/api/videos/{video}/complete")
    await ask(f"/api/batch-jobs/{batch}/start")
    async with asyncio.timeout(180):
        while True:
            details = await (await asking.get(f"/api/batch-jobs/{batch}")).json()
            if details["batch_job"]["status"] not in ("pending", "processing"):
                break
            await asyncio.sleep(0.5)
    assert details["batch_job"]["status"] == "completed", details["videos"][0]["error_message"]
    return batch, video


async def place(page: Page) -> float:
    """Where the player is, in seconds."""
    return float(await page.locator("video").evaluate("video => video.currentTime"))


async def test_a_transcript_and_highlights_lead_through_a_video(visit: Visit, url: str, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    sound, _ = clips.with_pauses([clips.speech(one, media, words_per_minute=150) for one in SENTENCES], 1.5)
    film = clips.video(media / "daily show.mp4", sound=sound)
    batch, _ = await processed(page, url, film, SETTINGS)

    await page.goto(f"/batches/{batch}")
    await page.get_by_role("button", name=re.compile("^Highlights")).click()
    best = page.get_by_role("list", name="Highlights of the batch").get_by_role("listitem").first
    await expect(best).to_contain_text("Says “answer”")
    assert await barriers(page) == []
    await best.get_by_role("link").click()

    lines = page.get_by_role("list", name="Sentences").get_by_role("listitem")
    await expect(lines).to_have_count(3)
    await expect(lines.first).to_contain_text("welcome to the daily show")
    # The link leads to where the highlight begins.
    await expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    highlights = page.get_by_role("list", name="Highlights", exact=True)
    await expect(highlights.get_by_text("Asks a question")).to_be_visible()
    assert await page.locator("video").evaluate("video => video.textTracks[0].cues.length") == 3
    assert await barriers(page) == []

    await lines.nth(2).get_by_role("button").click()
    await expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    third = await place(page)
    await page.locator("video").evaluate("video => video.pause()")
    await highlights.get_by_role("button").first.click()
    await expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    assert await place(page) < third
    # It plays from there, and the transcript goes with it.
    await expect(lines.nth(2)).to_have_attribute("aria-current", "true")

    await page.get_by_role("searchbox", name="Search in the transcript").fill("best answer")
    await expect(lines).to_have_count(1)
    await expect(lines.locator("mark")).to_have_count(2)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download as srt").click()
    saved = await (await download.value).path()
    assert "welcome to the daily show" in saved.read_text() and (await download.value).suggested_filename.endswith(
        ".srt"
    )

    await page.get_by_role("radio", name="Original").click()
    await page.get_by_role("searchbox").fill("")
    await lines.nth(2).get_by_role("button").click()
    await expect(lines.nth(2)).to_have_attribute("aria-current", "true")
    assert await place(page) > third + 1.0, "the original still has its silences"
    assert await barriers(page) == []
