"""Takes docs/images/*.png: every page and dialog, light and dark, on a desktop and on a phone, of a running system."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from stack import page as built_page
from stack import programs
from stack.local import LocalStack
from tools.camera import IMAGES, take
from tools.staging import Stage

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("gateway", "uploader", "scheduler", "processor", "exporter")
EMAIL, PASSWORD = "ada@dailies.example", "correct horse battery"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PATIENCE_MS = 120_000


def main() -> int:
    """Take all pictures; gives the exit status."""
    built_page.ensure(ROOT, say=print, packages=True)
    with tempfile.TemporaryDirectory(prefix="dailies-") as folder:
        Path(folder).chmod(0o755)
        settings = {"DAILIES_FRONTEND_FOLDER": str(ROOT / "frontend" / "dist")}
        with (
            LocalStack(Path(folder) / "stack", services=SERVICES, settings=settings) as stack,
            sync_playwright() as driver,
        ):
            environment = stack.environment("gateway.app")
            url = environment["DAILIES_PUBLIC_URL"]
            browser = driver.chromium.launch(executable_path=programs.need("chromium"), args=list(FLAGS))
            page = browser.new_context(base_url=url, reduced_motion="reduce").new_page()
            page.set_default_timeout(PATIENCE_MS)
            expect.set_options(timeout=PATIENCE_MS)
            with httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as api:
                arrive(page)
                give(environment, "tier", "creator")
                stage = Stage(api, Path(folder), stack.sql)
                take_all(page, stage)
                # Last, because operators have a place more everywhere.
                give(environment, "role", "operator")
                shows_operators(page, stage)
            browser.close()
    sys.stdout.write(f"{len(list(IMAGES.glob('*.png')))} pictures are in {IMAGES.relative_to(ROOT)}.\n")
    return 0


def give(environment: dict[str, str], what: str, value: str) -> None:
    """Give the account another tier or role."""
    command = [sys.executable, "-m", "services.gateway.admin", f"set-{what}", EMAIL, value]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, capture_output=True, text=True)


def arrive(page: Page) -> None:
    """What somebody sees who is new, or has forgotten something."""
    page.goto("/sign-in")
    take(page, "sign-in", page.get_by_role("heading", name="Sign in"))
    page.goto("/forgotten-password")
    take(page, "forgotten-password", page.get_by_role("heading", name="Forgotten password"))
    page.goto("/reset-password#made-up")
    take(page, "reset-password", page.get_by_role("heading", name="New password"))
    page.goto("/sign-up")
    take(page, "sign-up", page.get_by_role("heading", name="Make an account"))
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    take(page, "welcome", page.get_by_role("button", name="Create your first batch"))


def take_all(page: Page, stage: Stage) -> None:
    """Walk through the page, and take a picture wherever there is something to see."""
    stage.sign_in(EMAIL, PASSWORD)
    stage.set_up_season()
    shows_new_batch(page, stage)
    shows_batches(page, stage)
    shows_dialogs(page, stage)
    shows_notices(page, stage)
    shows_library(page)
    shows_insight(page, stage)
    shows_security(page)
    shows_help(page)


def shows_new_batch(page: Page, stage: Stage) -> None:
    """The dialog for a new batch, and an upload under way in the panel."""
    page.goto("/")
    page.locator("[data-live=live]").wait_for()
    page.keyboard.press("n")
    page.get_by_test_id("files").set_input_files([*stage.clips("Night Market", 5), stage.no_video()])
    take(page, "new-batch", page.get_by_role("textbox", name="Batch name"))
    page.get_by_role("button", name="Advanced settings").click()
    page.get_by_role("slider").scroll_into_view_if_needed()
    take(page, "new-batch-settings", page.get_by_role("slider"))
    page.get_by_role("button", name="Save as template").click()
    take(page, "save-template", page.get_by_role("dialog", name="Save as template"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Manage templates").click()
    take(page, "templates", page.get_by_role("dialog", name="Templates"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Templates")).to_have_count(0)
    page.keyboard.press("Escape")
    take(page, "discard", page.get_by_role("alertdialog"))
    page.get_by_role("button", name="Keep editing").click()
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 30_000}
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", slow)
    page.get_by_role("button", name=re.compile("Upload 5 videos")).click()
    take(page, "uploading", page.get_by_role("list", name="Files"))
    page.get_by_role("button", name="Continue in the background").click()
    page.get_by_role("link", name="Library").first.click()
    take(page, "upload-panel", page.get_by_role("complementary", name="Uploads"))
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    expect(page.get_by_role("complementary", name="Uploads")).to_contain_text("5 files uploaded")
    page.get_by_role("button", name="Dismiss uploads").click()


def shows_batches(page: Page, stage: Stage) -> None:
    """Batches in every state: listed, being processed, finished, exported."""
    page.goto(f"/batches/{stage.long_batch}")
    page.get_by_role("button", name="Start processing").click()
    take(page, "batch-processing", page.locator("[data-video][data-state=processing]"), whole=True)
    page.goto("/")
    take(page, "dashboard", page.get_by_role("heading", name="Being processed"))
    page.goto("/batches")
    take(page, "batches", page.get_by_text("Field Notes"))
    page.goto("/batches?status=cancelled")
    take(page, "batches-filtered", page.get_by_text(re.compile("No batch is cancelled")))
    page.goto(f"/batches/{stage.broken_batch}")
    take(page, "batch-failed", page.locator("[data-state=failed]"), whole=True)
    page.get_by_role("button", name=re.compile("^Actions for .*02.mp4")).click()
    page.get_by_role("menuitem", name="View error").click()
    take(page, "error", page.get_by_role("dialog", name="Why this video failed"))
    page.goto(f"/batches/{stage.finished_batch}")
    page.get_by_role("button", name="Export all").click()
    take(page, "export", page.get_by_text("Estimated size"))
    page.get_by_role("button", name="Export ZIP").click()
    take(page, "export-ready", page.get_by_role("dialog").get_by_role("link", name="Download ZIP"))
    page.keyboard.press("Escape")
    take(page, "batch-finished", page.get_by_role("link", name="Download"), whole=True)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    take(page, "delete", page.get_by_role("alertdialog"))


def shows_notices(page: Page, stage: Stage) -> None:
    """What was told, the report that it leads to, and what is told where."""
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Notices")).click()
    take(page, "notices", page.get_by_role("dialog", name="Notices"))
    page.goto(f"/batches/{stage.finished_batch}/report")
    take(page, "report", page.locator("[data-report]").first, whole=True)
    page.goto("/settings/notifications")
    take(page, "settings-notifications", page.get_by_role("checkbox", name="Important notices"))
    page.goto("/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    take(page, "webhook", page.get_by_role("dialog", name="New webhook"))
    page.keyboard.press("Escape")


def shows_dialogs(page: Page, stage: Stage) -> None:
    """What is asked before something is changed."""
    page.goto(f"/batches/{stage.waiting_batch}")
    page.get_by_role("button", name="Rename", exact=True).click()
    take(page, "rename", page.get_by_role("dialog"))
    page.keyboard.press("Escape")
    take(page, "batch-waiting", page.get_by_role("button", name="Start processing"), whole=True)
    page.get_by_role("checkbox", name="Select all videos").click()
    page.get_by_role("button", name="Remove 2").click()
    take(page, "remove-videos", page.get_by_role("alertdialog"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Cancel batch").click()
    take(page, "cancel-batch", page.get_by_role("alertdialog"))
    page.keyboard.press("Escape")


def shows_library(page: Page) -> None:
    """The library, one video, and all exports."""
    page.goto("/videos")
    take(page, "library", page.locator("img"))
    page.get_by_role("link", name="Kitchen Stories 01.mp4", exact=True).click()
    page.wait_for_function("() => document.querySelector('video')?.readyState > 3")
    take(page, "video", page.get_by_role("radio", name="Result"))
    page.goto("/exports")
    take(page, "exports", page.get_by_role("main").get_by_text("Kitchen Stories.zip", exact=True))
    page.goto("/nowhere")
    take(page, "not-found", page.get_by_text("There is no such page"))


def shows_insight(page: Page, stage: Stage) -> None:
    """What was used, what came of it, and preferences; with a past, so that there is something to see."""
    page.goto("/analytics?period=2020-01")
    take(page, "analytics-empty", page.get_by_text(re.compile("^No batch and no video ended")))
    stage.give_a_past(EMAIL)
    page.goto("/usage")
    take(page, "usage", page.locator("[data-line]"), whole=True)
    page.goto("/analytics?period=90")
    take(page, "analytics", page.get_by_role("application"), whole=True)
    page.get_by_role("button", name="Videos by day as a table").click()
    take(page, "analytics-table", page.get_by_role("region", name="Videos by day"))
    page.goto("/settings/preferences")
    take(page, "settings-preferences", page.get_by_role("radio", name="Dark"), whole=True)


def shows_security(page: Page) -> None:
    """Where somebody is signed in, keys for programs, and what was written down."""
    page.goto("/settings/api-keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name").fill("Render farm")
    take(page, "api-key", page.get_by_role("dialog", name="New API key"))
    page.get_by_role("button", name="Make it").click()
    take(page, "api-key-made", page.get_by_role("dialog", name="Your new API key"))
    page.get_by_role("button", name="Done").click()
    take(page, "settings-api-keys", page.get_by_role("button", name="Revoke Render farm"))
    page.goto("/settings/sessions")
    take(page, "settings-sessions", page.get_by_text("This browser"))
    page.goto("/settings/security-log")
    take(page, "settings-security-log", page.get_by_text("API key made").first)


def shows_operators(page: Page, stage: Stage) -> None:
    """What those see who run the installation."""
    stage.let_others_work()
    for concern, there in (
        ("queue", "[data-turn]"),
        ("workers", "[data-worker]"),
        ("users", "[data-row]"),
        ("failures?days=30", "[data-failure]"),
        ("audit-log", "[data-action]"),
        ("retention?days=30", "[data-deletion]"),
    ):
        page.goto(f"/operators/{concern}")
        take(page, f"operators-{concern.partition('?')[0]}", page.locator(there).first, whole=True)
    page.goto("/operators/users?search=eve")
    page.get_by_role("link", name="eve@dailies.example").click()
    page.get_by_role("button", name="Show their batches").click()
    take(page, "operators-user", page.locator("[data-batch]").first, whole=True)


def shows_help(page: Page) -> None:
    """Commands, keys, the account's menu; and what is seen when the server is not."""
    page.goto("/")
    page.locator("[data-live=live]").wait_for()
    page.keyboard.press("Control+k")
    take(page, "command-palette", page.get_by_placeholder("Search batches and commands"))
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    take(page, "shortcuts", page.get_by_role("dialog", name="Keyboard shortcuts"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Account of")).click()
    take(page, "account", page.get_by_role("menu"))
    page.keyboard.press("Escape")
    page.route("**/api/batch-jobs?*", lambda route: route.abort())
    page.get_by_role("navigation").get_by_role("link", name="Batches").first.click()
    page.get_by_role("combobox", name="Filter by status").click()
    page.get_by_role("option", name="Failed").click()
    take(page, "unreachable", page.get_by_text("The server cannot be reached"))
    page.unroute("**/api/batch-jobs?*")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed: {error.stderr}")
