"""The cuts of a really processed video in a real browser: seen, heard, changed by mouse and keyboard, rendered again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, sign_up
from tests.browser.hands import Mouse
from tests.browser.test_words import place, processed

pytestmark = [pytest.mark.journey, pytest.mark.servers]

SETTINGS = {"remove_silence": True, "export_quality": "source"}
DURATION = "([least, most]) => { const {duration} = document.querySelector('video'); return duration > least && duration < most; }"


async def has_length(page: Page, seconds: float) -> None:
    """Wait until the player shows a video of this length."""
    await page.wait_for_function(DURATION, arg=[seconds - 0.15, seconds + 0.15])


async def seconds(page: Page) -> float:
    """The length of the result as it would be."""
    text = await page.get_by_text(re.compile(r"^Result \d")).inner_text()
    minutes, rest = re.findall(r"(\d+):([\d.]+)", text)[0]
    return int(minutes) * 60 + float(rest)


async def test_cuts_are_seen_heard_changed_and_rendered_again(visit: Visit, url: str, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    film, said = clips.talk(media / "talk to cut.mp4", pause_s=1.5)
    batch, video = await processed(page, url, film, SETTINGS)
    await page.goto(f"/videos/{video}?batch={batch}")

    cuts = page.get_by_role("list", name="Cuts").get_by_role("listitem")
    await expect(cuts).to_have_count(4)
    await expect(cuts.nth(1)).to_contain_text("Silence")
    before = await seconds(page)
    await has_length(page, before)
    assert await barriers(page) == []

    # The join is heard on the original: it plays, and jumps over what is cut.
    await cuts.nth(1).get_by_role("button", name="Hear").click()
    await expect(page.get_by_role("radio", name="Original")).to_be_checked()
    await page.wait_for_function(
        "at => { const video = document.querySelector('video'); return video.paused && video.currentTime > at; }",
        arg=said[1][0] + 0.5,
    )

    await cuts.nth(1).get_by_role("button", name="Keep").click()
    await expect(cuts).to_have_count(3)
    longer = await seconds(page)
    assert longer > before + 0.8
    # A stretch is drawn over the waveform with the mouse, and cut with the keyboard.
    waveform = page.get_by_role("slider", name="Place in the original")
    box = await waveform.bounding_box()
    assert box is not None
    source_s = said[-1][1] + 1.5
    for move, at_s in ((page.mouse.move, said[0][0]), (page.mouse.move, said[0][0] + 0.8)):
        await move(box["x"] + box["width"] * at_s / source_s, box["y"] + 30)
        if at_s == said[0][0]:
            await page.mouse.down()
    await page.mouse.up()
    await waveform.focus()
    await page.keyboard.press("x")
    await expect(cuts.get_by_text("By hand")).to_have_count(1)
    shorter = await seconds(page)
    assert shorter == pytest.approx(longer - 0.8, abs=0.15)
    await page.keyboard.press("z")
    await expect(cuts.get_by_text("By hand")).to_have_count(0)
    await page.keyboard.press("Shift+z")
    await expect(cuts.get_by_text("By hand")).to_have_count(1)
    await page.keyboard.press("PageDown")
    assert await place(page) >= 0
    assert await barriers(page) == []

    await page.get_by_role("button", name="Render again").click()
    # When it is there, what was asked for is what is so.
    await expect(page.get_by_text("(now", exact=False)).to_have_count(0)
    await page.get_by_role("radio", name="Result").click()
    await has_length(page, shorter)
    await expect(cuts.get_by_text("By hand")).to_have_count(1)
    await expect(page.get_by_role("button", name="Render again")).to_be_disabled()

    await page.get_by_role("radio", name="Side by side").click()
    await page.locator("video").first.evaluate("video => { video.currentTime = 2 }")
    await page.wait_for_function(
        "() => { const [one, other] = document.querySelectorAll('video'); return other.currentTime > one.currentTime + 1; }"
    )
    assert await barriers(page) == []

    await page.get_by_role("button", name="Back to automatic").click()
    await page.get_by_role("button", name="Render again").click()
    await has_length(page, before)
    await expect(cuts).to_have_count(4)
    assert await barriers(page) == []


async def test_an_original_that_no_browser_plays_is_prepared_and_heard(visit: Visit, url: str, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    film, said = clips.talk(media / "old camera.avi", pause_s=1.5, extra=("-c:a", "libmp3lame"))
    batch, video = await processed(page, url, film, SETTINGS)
    await page.goto(f"/videos/{video}?batch={batch}")
    cuts = page.get_by_role("list", name="Cuts").get_by_role("listitem")
    # Nobody has watched it yet, so nothing was made.
    assert (await (await page.request.get(f"/api/videos/{video}")).json())["proxy"] is None
    await cuts.nth(1).get_by_role("button", name="Hear").click()
    await page.wait_for_function(
        "at => { const video = document.querySelector('video'); return video && video.paused && video.currentTime > at; }",
        arg=said[1][0] + 0.5,
    )
    playing = await page.locator("video").evaluate("video => video.currentSrc")
    assert "/proxy-" in playing
    await page.get_by_role("radio", name="Side by side").click()
    await page.locator("video").first.evaluate("video => { video.currentTime = 2 }")
    await page.wait_for_function(
        "() => { const [one, other] = document.querySelectorAll('video'); return other.currentTime > one.currentTime + 1; }"
    )
    assert await barriers(page) == []
