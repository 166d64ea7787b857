"""The built page in a real browser, on the whole system."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from stack import page as built_page
from stack import programs
from stack.local import LocalStack
from tests import media as clips
from tests.browser.hands import Hands
from tests.gateway.identity_provider import free_provider

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "frontend" / "dist"
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
        "DAILIES_FRONTEND_FOLDER": str(DIST),
        "DAILIES_SINGLE_PUT_BYTES": str(4 * 1024 * 1024),
        "DAILIES_PART_BYTES": str(1024 * 1024),
        "DAILIES_RETRY_FIRST_S": "0.5",
        "DAILIES_SIGN_UPS_PER_HOUR": "1000",
        "DAILIES_WEBHOOK_NETWORKS": "127.0.0.0/8",
        "DAILIES_WHISPER_FOLDER": str(clips.MODELS),
        **{name: value for name, value in free_provider().environment().items() if "_OIDC_" in name},
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


async def sign_up(hands: Hands) -> str:
    """Make an account and arrive on the dashboard; gives its email address."""
    page, email = hands.page, f"{uuid4().hex[:12]}@example.com"
    await page.goto("/sign-up")
    await hands.write(page.get_by_label("Email"), email)
    await hands.write(page.get_by_label("Password"), PASSWORD)
    await hands.press(page.get_by_role("button", name="Make an account"))
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    return email


async def new_batch(page: Page, files: list[Path], name: str) -> str:
    """Upload files as a batch that is left to be started later; gives its address."""
    await page.keyboard.press("n")
    await page.get_by_test_id("files").set_input_files(files)
    await page.get_by_role("textbox", name="Batch name").fill(name)
    await page.get_by_role("button", name=re.compile(r"Upload \d+ video")).click()
    await page.get_by_role("button", name="Start later").click()
    await page.wait_for_url(re.compile("/batches/[0-9a-f-]{36}$"))
    return page.url


async def connected(page: Page) -> None:
    """Wait until the page hears of what happens."""
    await expect(page.locator("[data-live=live]")).to_be_visible()


@asynccontextmanager
async def slow_uploads(page: Page, bytes_per_second: int) -> AsyncIterator[None]:
    """Send no faster than this for a while."""
    network = await page.context.new_cdp_session(page)
    line = {"offline": False, "latency": 0, "downloadThroughput": -1}
    await network.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": bytes_per_second})
    try:
        yield
    finally:
        await network.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": -1})
        await network.detach()


def set_tier(system: LocalStack, email: str, tier: str) -> None:
    """What an operator does."""
    administer(system, "set-tier", email, tier)


def administer(system: LocalStack, *command: str) -> str:
    """A command of whoever runs the machine; gives what it says."""
    whole = [sys.executable, "-m", "services.gateway.admin", *command]
    environment = system.environment("gateway.app")
    return subprocess.run(whole, check=True, env=environment, cwd=ROOT, capture_output=True, text=True).stdout


async def sign_in(hands: Hands, email: str, password: str = PASSWORD) -> None:
    """Sign in, on the page for it, and arrive on the dashboard."""
    page = hands.page
    await hands.write(page.get_by_label("Email"), email)
    await hands.write(page.get_by_label("Password"), password)
    await hands.press(page.get_by_role("button", name="Sign in"))
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
