"""The pages of those who run the installation: as an operator finds them, and as nobody else does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from stack.local import LocalStack
from tests import media as clips
from tests.browser.barriers import barriers
from tests.browser.conftest import Visit, administer, new_batch, sign_up
from tests.browser.hands import Keyboard, Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]


async def test_nobody_else_finds_the_pages_of_operators(visit: Visit) -> None:
    page = (await visit()).page
    await sign_up(Mouse(page))
    await expect(page.get_by_role("link", name="Operation")).to_have_count(0)
    for path in ("/operators", "/operators/users", "/operators/audit-log"):
        await page.goto(path)
        await expect(page.get_by_text("This is for those who run the installation")).to_be_visible()
    assert await barriers(page) == []


async def test_an_operator_looks_after_an_account(visit: Visit, system: LocalStack, media: Path) -> None:
    page, of_eve = (await visit()).page, (await visit()).page
    eve = await sign_up(Mouse(of_eve))
    await failing_batch(of_eve, media)
    await operate(page, system)
    hands = Keyboard(page)
    await page.goto("/")
    await expect(page.get_by_role("link", name="Operation")).to_be_visible()
    await hands.go("Operation")
    await page.wait_for_url("**/operators/users")
    await page.get_by_role("searchbox", name="Search accounts").fill(eve)
    await expect(page.locator("[data-row]")).to_have_count(1)
    assert await barriers(page) == []
    await hands.press(page.get_by_role("link", name=eve))
    await expect(page.get_by_role("heading", name=eve)).to_be_visible()
    await hands.pick(page.get_by_label("Plan"), page.get_by_role("option", name="Creator"))
    question = page.get_by_role("alertdialog", name=f"Give {eve} the plan Creator?")
    await expect(question).to_be_visible()
    assert await barriers(page) == []
    await hands.press(question.get_by_role("button", name="Set plan"))
    await expect(page.get_by_label("Plan")).to_have_text("Creator")
    await page.get_by_role("button", name="Show their batches").click()
    batch = page.locator("[data-batch]")
    await expect(batch).to_contain_text("Harbour talks")
    await expect(batch).to_contain_text("1 failed")
    assert await barriers(page) == []
    for told in ("minutes of “Harbour talks” given back", "There is nothing to refund"):
        await page.get_by_role("button", name="Refund Harbour talks").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Refund").click()
        await expect(page.locator("[data-sonner-toast]").filter(has_text=told).first).to_be_visible()
    await page.get_by_role("button", name="Sign out everywhere").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Sign out").click()
    await of_eve.goto("/batches")
    await expect(of_eve.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_role("main").get_by_role("link", name="Audit log").last.click()
    await expect(page.get_by_role("heading", name=f"Audit log of {eve}")).to_be_visible()
    done = page.locator("[data-action]")
    await expect(done).to_have_count(6)
    assert [await done.nth(place).get_attribute("data-action") for place in range(4)] == [
        "signed_out_everywhere",
        "minutes_refunded",
        "batches_seen",
        "tier_set",
    ]
    await expect(done.nth(1)).to_contain_text("Harbour talks")
    await expect(done.nth(3)).to_contain_text("from free to creator")
    assert await barriers(page) == []
    await page.get_by_role("button", name="Of everybody").click()
    await expect(page.locator("[data-action=role_set]").first).to_be_visible()


async def test_an_operator_sees_what_works_waits_failed_and_goes(visit: Visit, system: LocalStack, media: Path) -> None:
    page, of_eve = (await visit()).page, (await visit()).page
    eve = await sign_up(Mouse(of_eve))
    await failing_batch(of_eve, media)
    await operate(page, system)
    await page.goto("/operators/failures")
    failure = page.locator("[data-failure]").filter(has_text=eve)
    await expect(failure).to_contain_text("broken.mp4")
    await page.get_by_role("button", name=re.compile("^Damaged or unsupported file")).click()
    await expect(failure).to_contain_text("Damaged or unsupported file")
    assert await barriers(page) == []
    await page.goto("/operators/retention?days=30")
    await expect(page.locator("[data-deletion]").filter(has_text=eve)).to_contain_text("Not announced yet")
    assert await barriers(page) == []

    long = clips.video(media / "forty-seconds.mp4", duration_s=40)
    await new_batch(of_eve, [long, copy(long, "longer.mp4"), copy(long, "longest.mp4")], "Night shift")
    await of_eve.get_by_role("button", name="Start processing").click()
    await page.goto("/operators/queue")
    turn = page.locator("[data-turn]").filter(has_text=eve)
    await expect(turn).to_contain_text("of “Night shift”")
    await expect(turn).to_contain_text("At their limit")
    assert await barriers(page) == []
    await page.get_by_role("link", name="Workers").click()
    await expect(page.locator("[data-worker]").filter(has_text=eve)).to_contain_text("At work")
    assert await barriers(page) == []
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_role("link", name="Retention").click()
    await expect(page.get_by_role("link", name="Retention")).to_be_in_viewport(ratio=1)


async def operate(page: Page, system: LocalStack) -> None:
    """Make an account, and have the role operator given to it."""
    administer(system, "set-role", await sign_up(Mouse(page)), "operator")


async def failing_batch(page: Page, media: Path) -> None:
    """A batch of which one video ends well and one does not, until it has ended."""
    whole = clips.video(media / "short.mp4", duration_s=2)
    broken = media / "broken.mp4"
    broken.write_bytes(whole.read_bytes()[:20_000])
    await new_batch(page, [whole, broken], "Harbour talks")
    await page.get_by_role("button", name="Start processing").click()
    await expect(page.get_by_role("button", name="Notices, 1 unread")).to_be_visible()


def copy(clip: Path, name: str) -> Path:
    """The same video by another name."""
    to = clip.with_name(name)
    to.write_bytes(clip.read_bytes())
    return to
