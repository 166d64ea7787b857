"""Notices, the morning report, what is mailed, and webhooks: as somebody finds them on the page."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from services.gateway import report_letter
from shared.messages import BatchEnded
from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, connected, new_batch, sign_up
from tests.browser.hands import Keyboard, Mouse
from tests.gateway.receivers import receiving
from tests.gateway.test_letters import season

pytestmark = [pytest.mark.journey, pytest.mark.servers]


async def test_a_notice_comes_by_itself_and_leads_to_the_report(visit: Visit, media: Path) -> None:
    page = (await visit()).page
    hands = Keyboard(page)
    await sign_up(Mouse(page))
    await connected(page)
    await new_batch(page, [clips.video(media / "short.mp4", duration_s=2)], "Harbour talks")
    await page.get_by_role("button", name="Start processing").click()
    bell = page.get_by_role("button", name="Notices, 1 unread")
    await expect(bell).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="1 unread notice")).to_be_attached()
    await hands.press(bell)
    opened = page.get_by_role("dialog", name="Notices")
    notice = opened.get_by_role("link", name=re.compile("Harbour talks is finished"))
    await expect(notice).to_be_visible()
    assert await barriers(page) == []
    await hands.press(notice)
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}/report$"))
    await expect(page.get_by_role("heading", name="Harbour talks", level=1)).to_be_visible()
    row = page.locator("[data-report]")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("short.mp4")
    await expect(row.get_by_role("cell", name="0:02")).to_have_count(2)
    await expect(page.get_by_role("button", name="Notices", exact=True)).to_be_visible()
    assert await barriers(page) == []
    await page.goto("/notices")
    await expect(page.get_by_role("list", name="Notices").locator("[data-notice]")).to_have_count(1)
    await expect(page.locator("[data-unread]")).to_have_count(0)
    assert await barriers(page) == []


async def test_what_is_mailed_is_chosen_in_the_settings(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await page.goto("/settings/notifications")
    number = page.get_by_label("Only of batches with so many videos or more")
    await expect(number).to_have_value("5")
    await number.fill("1")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Save")).to_have_count(0)
    await page.get_by_role("checkbox", name="Important notices").click()
    await expect(page.get_by_role("checkbox", name="Important notices")).not_to_be_checked()
    await page.reload()
    await expect(number).to_have_value("1")
    await expect(page.get_by_role("checkbox", name="Important notices")).not_to_be_checked()
    assert await barriers(page) == []


async def test_a_webhook_is_made_tried_and_its_log_is_read(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await page.goto("/settings/webhooks")
    await expect(page.get_by_text("No webhooks yet")).to_be_visible()
    assert await barriers(page) == []
    async with receiving() as receiver:
        await page.get_by_role("button", name="New webhook").click()
        await page.get_by_label("Address").fill("https://10.0.0.1/hook")
        await page.get_by_role("button", name="Make it").click()
        await expect(page.get_by_text("10.0.0.1 is an internal address")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_label("Address").fill(receiver.url)
        await page.get_by_role("button", name="Make it").click()
        secret = page.get_by_role("dialog", name="Signing secret")
        await expect(secret.get_by_label("Secret")).to_have_value(re.compile("^whsec_"))
        assert await barriers(page) == []
        await secret.get_by_role("button", name="Done").click()
        await page.get_by_role("button", name="Test").click()
        await receiver.request()
        await page.get_by_role("button", name="Log").click()
        line = page.locator("[data-delivery=delivered]")
        await expect(line).to_contain_text("webhook.test")
        await expect(line).to_contain_text("answer 204")
        assert await barriers(page) == []
        await line.get_by_role("button", name="Send again").click()
        await receiver.request(1)
    await page.get_by_role("button", name=re.compile("^Actions for")).click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("button", name="Delete webhook").click()
    await expect(page.get_by_text("No webhooks yet")).to_be_visible()


async def test_the_link_in_a_letter_asks_before_it_ends_anything(visit: Visit) -> None:
    page = (await visit()).page
    await page.goto("/unsubscribe?token=made-up")
    assert await barriers(page) == []
    await page.get_by_role("button", name="No more letters").click()
    await expect(page.get_by_role("alert")).to_contain_text("This link is not complete")
    assert await barriers(page) == []


async def test_a_letter_keeps_nobody_out(visit: Visit) -> None:
    visitor = await visit()
    await show_letter(visitor.page)
    await expect(visitor.page.get_by_role("link", name="Open the report")).to_be_visible()
    assert await barriers_of_letter(visitor.page) == []


async def show_letter(page: Page) -> None:
    """Show a letter as a mail program does."""
    report = season()
    event = BatchEnded(
        event_id=uuid.uuid4(), user_id=uuid.uuid4(), batch_id=report.batch_job_id, at=datetime.now(UTC), report=report
    )
    await page.set_content(report_letter.html(event, "https://example.com/report", "https://example.com/unsubscribe"))


async def barriers_of_letter(page: Page) -> list[str]:
    """What axe finds in a letter, which has one theme."""
    await page.evaluate((Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js").read_text())
    found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
