"""The page itself: what it loads, what it lets in, how it hears of news, and what it does when it hears nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests import media as clips
from tests.browser.conftest import DIST, PASSWORD, Visit, connected, new_batch, sign_up
from tests.browser.hands import Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]

LOADED = "() => performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
INLINE = """() => new Promise((done) => {
    addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    setTimeout(() => done(null), 5000);
})"""
CARRIED = """(name) => {
    const carried = new DataTransfer();
    carried.items.add(new File(['not empty'], name, {type: 'video/mp4'}));
    return carried;
}"""


async def test_a_first_visit_loads_little_and_dialogs_come_when_they_are_needed(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await page.goto("/")
    await connected(page)
    loaded = await scripts(page)
    assert 0 < sum(packed_size(path) for path in loaded) < 250_000
    await page.keyboard.press("n")
    await expect(page.get_by_role("dialog", name="New batch")).to_be_visible()
    assert any("BatchUploadModal" in path for path in await scripts(page) - loaded)


async def test_the_page_runs_only_its_own_scripts(visit: Visit) -> None:
    visitor = await visit()
    answer = await visitor.page.goto("/sign-in")
    assert answer is not None
    policy = (await answer.all_headers())["content-security-policy"].split("; ")
    assert {"default-src 'self'", "script-src 'self'", "object-src 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert not any("unsafe-eval" in rule or ("script" in rule and "unsafe-inline" in rule) for rule in policy)
    assert await visitor.page.evaluate(INLINE) == "script-src-elem"
    assert not await visitor.page.evaluate("() => 'ran' in window")
    visitor.complaints.clear()


async def test_nobody_in_the_dark_sees_a_white_flash(visit: Visit) -> None:
    page = (await visit(color_scheme="dark")).page
    # As before the first script of the page itself has arrived.
    await page.route("**/assets/*.js", lambda route: route.abort())
    await page.goto("/sign-in")
    colour = "() => getComputedStyle(document.documentElement).backgroundColor"
    assert await page.evaluate(colour) == "rgb(20, 18, 15)"


async def test_tabs_share_one_connection_and_when_one_closes_another_takes_over(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await connected(page)
    connections: list[str] = []
    page.context.on("request", lambda one: connections.append(one.url) if one.url.endswith("/api/events") else None)
    other = await page.context.new_page()
    await other.goto("/batches")
    await connected(other)
    assert connections == []
    async with page.context.expect_event("request", lambda one: one.url.endswith("/api/events")):
        await page.close()
    await connected(other)


async def test_without_live_events_the_page_asks_by_itself_and_says_so(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    await page.route("**/api/events", lambda route: route.abort())
    await sign_up(Mouse(page))
    batch = await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Talks")
    await expect(page.locator("[data-live]")).to_have_attribute("data-live", re.compile("reconnecting|offline"))
    await change(page, batch, "Talks of the harbour")
    await expect(page.get_by_role("heading", name="Talks of the harbour")).to_be_visible()


async def test_a_page_that_was_offline_says_so_and_catches_up(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    batch = await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Talks")
    await connected(page)
    await expect(page.get_by_role("button", name="Start processing")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.locator("[data-live=offline]")).to_be_visible()
    await page.get_by_role("button", name="Start processing").click()
    await expect(page.get_by_text("The server cannot be reached", exact=True)).to_be_visible()
    await expect(page.locator("header [data-status=pending]")).to_be_visible()
    await page.context.set_offline(False)
    await connected(page)
    await change(page, batch, "Talks of the harbour")
    await expect(page.get_by_role("heading", name="Talks of the harbour")).to_be_visible()


async def test_whoever_is_signed_out_signs_in_again_and_is_where_they_were(visit: Visit) -> None:
    page = (await visit()).page
    email = await sign_up(Mouse(page))
    await page.context.clear_cookies()
    await page.goto("/batches?status=failed")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill("wrong password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/batches?status=failed")


async def test_videos_dropped_anywhere_become_a_batch(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await page.goto("/exports")
    await connected(page)
    carried = await page.evaluate_handle(CARRIED, "Harbour Talks 01.mp4")
    await page.dispatch_event("body", "dragenter", {"dataTransfer": carried})
    await expect(page.get_by_text("Drop videos or folders to make a batch")).to_be_visible()
    await page.dispatch_event("body", "drop", {"dataTransfer": carried})
    dialog = page.get_by_role("dialog", name="New batch")
    await expect(dialog.get_by_text("Harbour Talks 01.mp4")).to_be_visible()


async def test_the_order_of_videos_is_changed_with_the_keyboard(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    files = [clips.video(media / f"{name}.mp4", duration_s=1) for name in ("first", "second")]
    await new_batch(page, files, "Talks")
    rows = page.locator("[data-video]")
    await expect(rows.nth(0)).to_contain_text("first.mp4")
    await page.get_by_role("button", name="Move first.mp4").focus()
    spoken = page.locator("[id^=DndLiveRegion]")
    await page.keyboard.press("Space")
    await expect(spoken).to_contain_text("Picked up first.mp4, place 1 of 2")
    await page.keyboard.press("ArrowDown")
    await expect(spoken).to_contain_text("Place 2 of 2")
    async with page.expect_response(lambda answer: answer.url.endswith("/order") and answer.ok):
        await page.keyboard.press("Space")
    await expect(rows.nth(0)).to_contain_text("second.mp4")
    await page.reload()
    await expect(rows.nth(0)).to_contain_text("second.mp4")


async def change(page: Page, batch: str, name: str) -> None:
    """Rename a batch in another way than on the page."""
    path = f"/api/batch-jobs/{batch.rpartition('/')[2]}"
    origin = await page.evaluate("() => location.origin")
    answer = await page.request.patch(path, data={"name": name}, headers={"Origin": origin})
    assert answer.ok, await answer.text()


async def scripts(page: Page) -> set[str]:
    """The scripts that were loaded so far."""
    return {path for path in await page.evaluate(LOADED) if path.endswith(".js")}


def packed_size(path: str) -> int:
    """Bytes of a script as it travels to a browser that understands gzip."""
    packed = DIST / f"{path.lstrip('/')}.gz"
    return (packed if packed.exists() else DIST / path.lstrip("/")).stat().st_size
