"""Usage and analytics as somebody finds them, what is said before a batch starts, and preferences that go with the account."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, ViewportSize, expect

from stack.local import LocalStack
from tests import media as clips
from tests.browser.barriers import TWO_FRAMES, barriers
from tests.browser.conftest import PASSWORD, Visit, new_batch, set_tier, sign_up
from tests.browser.hands import Keyboard, Mouse
from tools.past import ID_OF, past_of

pytestmark = [pytest.mark.journey, pytest.mark.servers]

PHONE = ViewportSize(width=390, height=844)
DAMAGED = "select sum(number) from scheduler.daily_tallies where owner = '{user}' and name = 'failed_permanently'"
STICKING_OUT = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > window.innerWidth)
        .map((node) => node.outerHTML.slice(0, 200))
"""


def id_of(system: LocalStack, email: str) -> UUID:
    """The account with this email."""
    return UUID(system.sql(ID_OF.format(email=email)).strip())


async def sticking_out(page: Page) -> list[str]:
    """What makes the page wider than its window; nothing should."""
    await page.evaluate(TWO_FRAMES)
    found: list[str] = await page.evaluate(STICKING_OUT)
    return found


async def test_minutes_are_told_before_a_batch_starts_and_found_again_in_usage(
    visit: Visit, system: LocalStack, media: Path, tmp_path: Path
) -> None:
    page = (await visit()).page
    email = await sign_up(Mouse(page))
    await page.keyboard.press("n")
    clip = clips.video(media / "twelve-seconds.mp4", duration_s=12)
    await page.get_by_test_id("files").set_input_files([clip])
    minutes = page.get_by_test_id("minutes")
    await expect(minutes).to_have_text("Uses 0.2 of 300 minutes that are left this month.")
    await page.get_by_role("textbox", name="Batch name").fill("Harbour talks")
    await page.get_by_role("button", name="Upload 1 video").click()
    await page.get_by_role("button", name="Start later").click()
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))
    await expect(minutes).to_have_text("Uses 0.2 of 300 minutes that are left this month.")
    await page.get_by_role("button", name="Start processing").click()
    await expect(page.get_by_role("button", name="Export all")).to_be_visible()
    await expect(page.get_by_text(re.compile("^Kept until"))).to_be_visible()
    # As if the video had been five hours long, less three seconds.
    user = id_of(system, email)
    system.sql(f"update scheduler.usage_ledger set seconds = 17997 where user_id = '{user}'")

    await page.goto("/")
    await page.get_by_role("link", name="Minutes left").click()
    await expect(page.get_by_role("heading", name="Usage", level=1)).to_be_visible()
    month = page.locator("section").filter(has=page.get_by_role("heading", name=re.compile("^Minutes of")))
    await expect(month).to_contain_text(re.compile(r"Used\s*300 min"))
    await expect(month).to_contain_text(re.compile(r"Left\s*less than 0.1 min"))
    lines = page.locator("[data-line]")
    await expect(lines).to_have_count(2)
    await expect(lines.nth(1)).to_contain_text(re.compile("Used.*twelve-seconds.mp4.*Harbour talks.*299.95"))
    await expect(page.get_by_role("list", name="Deleted next")).to_contain_text("Harbour talks")
    await expect(page.get_by_text(re.compile("[0-9] .*B in all"))).to_be_visible()
    assert await barriers(page) == []
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download CSV").click()
    file = await download.value
    assert file.suggested_filename == f"dailies-ledger-{datetime.now(UTC):%Y-%m}.csv"
    await file.save_as(tmp_path / "ledger.csv")
    rows = list(csv.DictReader((tmp_path / "ledger.csv").read_text().splitlines()))
    assert [(row["kind"], row["video_name"]) for row in rows] == [
        ("hold", "twelve-seconds.mp4"),
        ("settle", "twelve-seconds.mp4"),
    ]
    await page.set_viewport_size(PHONE)
    assert await sticking_out(page) == []

    await new_batch(page, [clip], "One too many")
    await expect(page.get_by_text("Not enough minutes are left this month")).to_be_visible()
    await expect(page.get_by_text(re.compile("needs 0.2 minutes, and less than 0.1 of 300 are left"))).to_be_visible()
    assert await barriers(page) == []
    await page.get_by_role("button", name="Start processing").click()
    await expect(page.get_by_text("Your plan's limit is reached")).to_be_visible()


async def test_a_period_of_work_is_read_by_chart_table_and_keyboard(visit: Visit, system: LocalStack) -> None:
    page = (await visit()).page
    email = await sign_up(Mouse(page))
    await Keyboard(page).go("Analytics")
    await expect(page.get_by_text("No batch and no video ended in the last 30 days")).to_be_visible()
    assert await barriers(page) == []
    user = id_of(system, email)
    system.sql(past_of(user))
    await page.goto("/analytics?period=90")
    charts = page.get_by_role("application")
    await expect(charts).to_have_count(4)
    damaged = page.get_by_text("Damaged or unsupported file").locator("xpath=following-sibling::dd[1]")
    await expect(damaged).to_have_text(re.compile(rf"^{system.sql(DAMAGED.format(user=user)).strip()}\d+%$"))
    assert await barriers(page) == []
    # The arrow keys walk along a chart, and say each step.
    await charts.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("status").filter(has_text=re.compile("Completed"))).to_be_visible()
    before = await page.evaluate("() => document.documentElement.scrollHeight")
    await Keyboard(page).press(page.get_by_role("button", name="Videos by day as a table"))
    await expect(page.get_by_role("region", name="Videos by day").get_by_role("row")).to_have_count(91)
    assert await page.evaluate("() => document.documentElement.scrollHeight") == before, "nothing jumps"
    assert await barriers(page) == []
    await page.get_by_role("combobox", name="Period").click()
    await page.get_by_role("option", name="Own period").click()
    await page.get_by_label("First day").fill("2026-01-01")
    await page.get_by_label("Last day").fill("2026-01-31")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"period=2026-01-01\.\.2026-01-31"))
    await expect(page.get_by_text(re.compile("ended in January 1, 2026 to January 31, 2026"))).to_be_visible()
    assert await barriers(page) == []
    await page.goto("/analytics")
    await page.set_viewport_size(PHONE)
    await expect(charts).to_have_count(4)
    assert await sticking_out(page) == []


async def test_operators_look_at_all_accounts(visit: Visit, system: LocalStack) -> None:
    page = (await visit()).page
    email = await sign_up(Mouse(page))
    system.sql(past_of(UUID(int=7)))
    system.sql(f"update gateway.accounts set role = 'operator' where email = '{email}'")
    await page.goto("/analytics?period=90")
    await expect(page.get_by_text(re.compile("^No batch and no video ended"))).to_be_visible()
    await page.get_by_role("radio", name="All accounts").click()
    await expect(page.get_by_text("What came of everybody's batches and videos.")).to_be_visible()
    await expect(page.get_by_role("application")).to_have_count(4)
    assert page.url.endswith("of=all")
    assert await barriers(page) == []


async def test_preferences_go_with_the_account_into_every_browser(visit: Visit, system: LocalStack) -> None:
    page = (await visit()).page
    email = await sign_up(Mouse(page))
    set_tier(system, email, "creator")
    await page.goto("/settings/preferences")
    await expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    await page.get_by_role("radio", name="2", exact=True).click()
    await page.get_by_role("button", name="Set your own").click()
    await page.get_by_role("checkbox", name="Transcribe").click()
    assert await barriers(page) == []
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("list", name="In short")).to_contain_text("Transcribe")
    assert await barriers(page) == []
    await page.get_by_role("radio", name="Dark").click()
    await expect(page.get_by_role("radio", name="Dark")).to_be_checked()

    other = (await visit(color_scheme="light")).page
    await other.goto("/sign-in")
    await other.get_by_label("Email").fill(email)
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.locator("html.dark")).to_be_attached()
    await other.goto("/settings/preferences")
    await expect(other.get_by_role("radio", name="2", exact=True)).to_be_checked()
    await other.keyboard.press("n")
    await expect(other.get_by_role("checkbox", name="Transcribe")).to_be_checked()
