"""Sessions, API keys, the security log and a forgotten password: as somebody finds them on the page."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import expect

from stack.local import LocalStack
from tests.browser.barriers import barriers
from tests.browser.conftest import PASSWORD, Visit, administer, sign_in, sign_up
from tests.browser.hands import Keyboard, Mouse

pytestmark = [pytest.mark.journey, pytest.mark.servers]


async def test_one_browser_signs_out_the_others_and_the_log_tells_of_it(visit: Visit) -> None:
    page, phone = (await visit()).page, (await visit(user_agent="Mozilla/5.0 (iPhone) Safari/605.1")).page
    email = await sign_up(Mouse(page))
    await phone.goto("/sign-in")
    await sign_in(Mouse(phone), email)
    await page.goto("/settings/sessions")
    await expect(page.get_by_text("This browser")).to_have_count(1)
    other = page.locator("[data-session=other]")
    await expect(other).to_contain_text("Safari on iPhone")
    assert await barriers(page) == []
    await Keyboard(page).press(other.get_by_role("button", name=re.compile("^Sign out of Safari on iPhone")))
    await expect(other).to_have_count(0)
    await phone.goto("/batches")
    await expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert await barriers(page) == []
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page.get_by_text("Signed out in all other browsers")).to_be_visible()
    await page.get_by_role("link", name="Security log").click()
    done = page.locator("[data-action]")
    await expect(done).to_have_count(5)
    assert [await done.nth(place).get_attribute("data-action") for place in range(5)] == [
        "signed_out_everywhere",
        "session_ended",
        "signed_in",
        "signed_in",
        "account_made",
    ]
    await expect(done.nth(2)).to_contain_text("Safari on iPhone · 127.0.0.1")
    assert await barriers(page) == []


async def test_a_key_is_made_copied_used_and_revoked(visit: Visit, url: str) -> None:
    visitor = await visit()
    await visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, hands = visitor.page, Keyboard(visitor.page)
    await sign_up(Mouse(page))
    await page.goto("/settings/api-keys")
    await expect(page.get_by_text("No API keys yet")).to_be_visible()
    assert await barriers(page) == []
    await hands.press(page.get_by_role("button", name="New key"))
    form = page.get_by_role("dialog", name="New API key")
    await hands.press(form.get_by_role("button", name="Make it"))
    await expect(form.get_by_text("Enter a name that says where the key is used.")).to_be_visible()
    assert await barriers(page) == []
    await hands.write(form.get_by_label("Name"), "Night shift")
    await hands.pick(form.get_by_label("Expires"), page.get_by_role("option", name="In 30 days"))
    await hands.press(form.get_by_role("button", name="Make it"))
    made = page.get_by_role("dialog", name="Your new API key")
    await expect(made.get_by_label("API key")).to_have_value(re.compile("^dly_"))
    assert await barriers(page) == []
    await hands.press(made.get_by_role("button", name="Copy"))
    await expect(made.get_by_role("button", name="Copied")).to_be_visible()
    key = await page.evaluate("() => navigator.clipboard.readText()")
    await hands.press(made.get_by_role("button", name="Done"))
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}) as program:
        assert (await program.get("/api/batch-jobs")).status_code == 200
        assert (await program.get("/api/sessions")).status_code == 403, "it may read and write, no more"
        await page.reload()
        await expect(page.locator("[data-key]")).to_contain_text(re.compile("Used .*just now.* expires in 4 weeks"))
        assert await barriers(page) == []
        await hands.press(page.get_by_role("button", name="Revoke Night shift"))
        await hands.press(page.get_by_role("alertdialog").get_by_role("button", name="Revoke key"))
        await expect(page.get_by_text("No API keys yet")).to_be_visible()
        assert (await program.get("/api/batch-jobs")).status_code == 401


async def test_a_forgotten_password_is_set_anew_by_a_link(visit: Visit, system: LocalStack) -> None:
    page, elsewhere = (await visit()).page, (await visit()).page
    email = await sign_up(Mouse(elsewhere))
    await page.goto("/sign-in")
    await page.get_by_label("Email").fill(email)
    await page.get_by_role("link", name="Forgotten your password?").click()
    await expect(page.get_by_label("Email")).to_have_value(email)
    assert await barriers(page) == []
    await page.get_by_role("button", name="Mail me a link").click()
    await expect(page.get_by_role("alert")).to_contain_text("No mail is sent here")
    assert await barriers(page) == []

    link = administer(system, "reset-link", email).split()[-1]
    await page.goto(link)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Enter a password.")).to_be_visible()
    assert await barriers(page) == []
    await page.get_by_label("New password").fill(PASSWORD[::-1])
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("heading", name="Your password is set")).to_be_visible()
    assert await barriers(page) == []
    await page.get_by_role("link", name="Sign in").click()
    await sign_in(Mouse(page), email, PASSWORD[::-1])
    await elsewhere.goto("/batches")
    await expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()
    await elsewhere.goto(link)
    await elsewhere.get_by_label("New password").fill(PASSWORD)
    await elsewhere.get_by_role("button", name="Set the password").click()
    await expect(elsewhere.get_by_role("alert")).to_contain_text("This link was used already")
    await elsewhere.get_by_role("link", name="Ask for a new link").click()
    await expect(elsewhere.get_by_role("heading", name="Forgotten password")).to_be_visible()
