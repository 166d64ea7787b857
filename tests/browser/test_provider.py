"""Signing in by a real provider: the whole way there and back, and an account that is connected on the way."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.local import LocalStack
from tests.browser.barriers import barriers
from tests.browser.conftest import PASSWORD, Visit, sign_up
from tests.browser.hands import Mouse
from tests.gateway.identity_provider import Provider

pytestmark = [pytest.mark.journey, pytest.mark.servers]

BUTTON = "Sign in with Example Inc."


def provider_of(system: LocalStack) -> Provider:
    """The provider that the system was told of; it does not run yet."""
    settings = system.environment("gateway.app")
    ports = (urlsplit(settings[name]).port for name in ("DAILIES_OIDC_ISSUER", "DAILIES_PUBLIC_URL"))
    at, gateway = (port or 0 for port in ports)
    return Provider(port=at, gateway_port=gateway)


async def enter(page: Page, name: str) -> None:
    """Sign in on the provider's own page."""
    await page.get_by_role("link", name=BUTTON).click()
    await page.get_by_placeholder("Enter any login").fill(name)
    await page.get_by_placeholder("and password").fill("whatever")
    await page.get_by_role("button", name="Sign-in").click()


async def test_somebody_signs_in_by_the_provider_and_an_account_with_a_password_is_connected(
    visit: Visit, system: LocalStack
) -> None:
    provider = provider_of(system)
    new, old, elsewhere = [(await visit()).page for _ in range(3)]
    await new.goto("/exports")
    await expect(new.get_by_role("link", name=BUTTON)).to_be_visible()
    assert await barriers(new) == []
    await new.get_by_role("link", name=BUTTON).click()
    await expect(new.get_by_role("alert")).to_contain_text("Example Inc. does not answer just now")

    async with provider.running():
        await enter(new, uuid4().hex[:12])
        await new.wait_for_url("**/")
        await expect(new.get_by_role("heading", name="Dashboard")).to_be_visible()

        email = await sign_up(Mouse(old))
        await old.context.clear_cookies()
        await old.goto("/sign-in?next=/exports")
        await enter(old, email.partition("@")[0])
        await expect(old.get_by_role("alert")).to_contain_text("Sign in with its password once")
        assert await barriers(old) == []
        await old.get_by_label("Email").fill(email)
        await old.get_by_label("Password").fill(PASSWORD)
        await old.get_by_role("button", name="Sign in", exact=True).click()
        await expect(old.get_by_role("heading", name="Exports")).to_be_visible()

        await elsewhere.goto("/sign-in?next=/exports")
        await enter(elsewhere, email.partition("@")[0])
        await expect(elsewhere.get_by_role("heading", name="Exports")).to_be_visible()
