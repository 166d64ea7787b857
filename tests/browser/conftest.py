"""The built page in a real browser, on the whole system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from stack import page as built_page
from stack import programs
from stack.local import LocalStack

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("gateway", "uploader", "scheduler", "processor", "exporter")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
)
PASSWORD = "correct horse battery"
PATIENCE_MS = 60_000

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Everything, with small parts so that small files are sent in several."""
    built_page.ensure(ROOT, say=print, packages=True)
    folder = tmp_path_factory.mktemp("browser")
    folder.chmod(0o755)
    settings = {
        "DAILIES_FRONTEND_FOLDER": str(ROOT / "frontend" / "dist"),
        "DAILIES_SINGLE_PUT_BYTES": str(4 * 1024 * 1024),
        "DAILIES_PART_BYTES": str(1024 * 1024),
        "DAILIES_RETRY_FIRST_S": "0.5",
    }
    with LocalStack(folder, services=SERVICES, settings=settings) as stack:
        yield stack


@pytest.fixture(scope="session")
def url(system: LocalStack) -> str:
    """Where the page is."""
    return system.environment("gateway.app")["DAILIES_PUBLIC_URL"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, or whichever is installed."""
    async with async_playwright() as playwright:
        path = programs.need("chromium")
        launched = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        await launched.close()


class Visitor(Struct, kw_only=True):
    """Somebody with a browser of their own, and what went wrong in it."""

    context: BrowserContext
    page: Page
    complaints: list[str]


Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def visit(browser: Browser, url: str) -> AsyncIterator[Visit]:
    """Open the page in a browser of its own: `visitor = await visit()`. Anything odd in its console fails the test."""
    visitors: list[Visitor] = []

    async def begin(**options: object) -> Visitor:
        context = await browser.new_context(base_url=url, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        complaints: list[str] = []
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        visitor = Visitor(context=context, page=page, complaints=complaints)
        visitors.append(visitor)
        return visitor

    yield begin
    for visitor in visitors:
        await visitor.context.close()
        assert visitor.complaints == []


async def sign_up(page: Page, email: str) -> None:
    """Make an account and arrive on the dashboard."""
    await page.goto("/sign-up")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make an account").click()
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def set_tier(system: LocalStack, email: str, tier: str) -> None:
    """What an operator does."""
    command = [sys.executable, "-m", "services.gateway.admin", "set-tier", email, tier]
    subprocess.run(command, check=True, env=system.environment("gateway.app"), cwd=ROOT, capture_output=True)
