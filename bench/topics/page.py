"""page: whether the web page answers while very much happens, and how much a first visit loads.

Chromium shows the built page with a batch of 50 videos. The benchmark acts as the processors and publishes 100 updates a second,
while Chromium writes three performance traces of 30 s; the longest task on the page's main thread is what somebody who presses a
button then would wait for. The reference is the same page while nothing happens. The traces are left in bench-results/: the
Performance panel of Chromium's developer tools opens them.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bench import bustle, traces
from bench.place import ROOT, Installation, installation
from bench.rows import Goal, Row, percentile, row
from client.api import Api
from shared.bus import Bus
from stack import page as built_page
from stack import programs

TRACES, TRACE_S, IDLE_S = 3, 30.0, 10.0
BATCHES, PAGES = 1000, 50
RESULTS = ROOT / "bench-results"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
PATIENCE_MS = 120_000
LONGEST_MS, LATE_MS = 100.0, 50.0
SCRIPTS = "() => performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
SCROLL = """() => new Promise((done) => {
    const gaps = [];
    scrollTo(0, 0);
    let last = performance.now();
    const step = (now) => {
        gaps.push(now - last);
        last = now;
        const before = scrollY;
        scrollBy(0, 60);
        if (scrollY > before) return requestAnimationFrame(step);
        scrollTo(0, 0);
        done(gaps.slice(1));
    };
    requestAnimationFrame(step);
})"""


def run() -> list[Row]:
    """Measure on an installation of its own."""
    built_page.ensure(ROOT, say=print)
    services, built = ("gateway", "scheduler", "uploader"), str(ROOT / "frontend" / "dist")
    with installation(*services, tiers=bustle.tiers(), frontend_folder=built) as at:
        return asyncio.run(_measure(at))


async def _measure(at: Installation) -> list[Row]:
    async with Api(at.url) as api, async_playwright() as driver:
        await api.sign_in(*at.account)
        browser = await driver.chromium.launch(executable_path=programs.need("chromium"), args=list(FLAGS))
        page = await browser.new_page(base_url=at.url)
        page.set_default_timeout(PATIENCE_MS)
        await page.goto("/sign-in")
        await page.get_by_label("Email").fill(at.account[0])
        await page.get_by_label("Password").fill(at.account[1])
        await page.get_by_role("button", name="Sign in").click()
        await page.locator("[data-live=live]").wait_for()
        first = await _first_load(page)
        bus = await Bus.connect(at.nats_url, "bench")
        try:
            rows = await _under_fire(browser, page, api, bus)
        finally:
            await bus.close()
        await bustle.batches(api, BATCHES)
        rows += await _long_list(browser, page)
        await browser.close()
        return [*rows, first]


async def _first_load(page: Page) -> Row:
    """What a first visit of the dashboard loads: everything that the page asked for, as the build has packed it."""
    await page.goto("/")
    await page.locator("[data-live=live]").wait_for()
    paths = {path for path in await page.evaluate(SCRIPTS) if path.endswith(".js")}
    dist = ROOT / "frontend" / "dist"
    packed = [dist / f"{path.lstrip('/')}.gz" for path in paths]
    size = sum(one.stat().st_size for one in packed if one.is_file())
    return row("first load of the dashboard, scripts", size / 1000, unit="kB gzip", n=1, goal=Goal(at_most=250))


async def _under_fire(browser: Browser, page: Page, api: Api, bus: Bus) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        details = await bustle.started(api, Path(folder))
    await page.goto(f"/batches/{details.batch_job.id}")
    await page.locator("[data-live=live]").wait_for()
    await page.locator("[data-video]").nth(bustle.VIDEOS - 1).wait_for()
    idle = await _traced(browser, page, asyncio.sleep(IDLE_S), "page-idle")
    found: list[traces.Longest] = []
    publishing = asyncio.create_task(bustle.keep_publishing(bus, details, TRACES * TRACE_S))
    try:
        await page.locator("[data-video][data-state=processing]").nth(bustle.VIDEOS - 1).wait_for()
        heap_before = await _heap(page)
        for number in range(1, TRACES + 1):
            task = await _traced(browser, page, asyncio.sleep(TRACE_S), f"page-{number}")
            found.append(task)
        heap_after = await _heap(page)
    finally:
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
    clock, processor = ([getattr(one, name) for one in found] for name in ("clock_ms", "processor_ms"))
    what = f"longest task of {TRACE_S:g} s, {bustle.VIDEOS} videos, {bustle.PER_SECOND} updates/s"
    return [
        row(
            f"{what}, median",
            statistics.median(clock),
            unit="ms",
            n=TRACES,
            reference=idle.clock_ms,
            reference_is="the same page while nothing happens",
            goal=Goal(at_most=LONGEST_MS),
        ),
        row(
            "the same in time of the processor alone, median",
            statistics.median(processor),
            unit="ms",
            n=TRACES,
            reference=idle.processor_ms,
            reference_is="the same page while nothing happens",
            goal=Goal(at_most=LONGEST_MS),
        ),
        row(
            f"memory that {TRACES * TRACE_S:g} s of updates leave behind",
            (heap_after - heap_before) / 1e6,
            unit="MB",
            n=1,
            reference=heap_before / 1e6,
            reference_is="all memory of scripts before",
            goal=Goal(at_most=2),
        ),
    ]


async def _long_list(browser: Browser, page: Page) -> list[Row]:
    """A list of a thousand batches, turned from its first page to its last; each page scrolled from top to bottom."""
    gaps: list[float] = []

    async def read() -> None:
        for number in range(1, PAGES + 1):
            await page.get_by_text(f"Page {number} of ").wait_for()
            await page.locator("table tbody tr a").first.wait_for()
            gaps.extend(await page.evaluate(SCROLL))
            if number < PAGES:
                await page.get_by_role("button", name="Next page").click()

    await page.goto("/batches")
    await page.locator("[data-live=live]").wait_for()
    task = await _traced(browser, page, read(), "page-list")
    name = f"list of {BATCHES:,} batches, scrolled and turned"
    return [
        row(f"{name}: longest task", task.clock_ms, unit="ms", n=PAGES, goal=Goal(at_most=LONGEST_MS)),
        row(f"{name}: of the processor", task.processor_ms, unit="ms", n=PAGES, goal=Goal(at_most=LONGEST_MS)),
        row(
            f"{name}: from frame to frame, p99",
            percentile(gaps, 99),
            unit="ms",
            n=len(gaps),
            goal=Goal(at_most=LATE_MS),
        ),
    ]


async def _traced(browser: Browser, page: Page, while_this: Awaitable[None], name: str) -> traces.Longest:
    """The longest task while something happens; the trace is kept."""
    await browser.start_tracing(page=page, categories=list(traces.CATEGORIES))
    await while_this
    trace = await browser.stop_tracing()
    traces.keep(trace, RESULTS / f"{name}.json.gz")
    return traces.longest_task(trace)


async def _heap(page: Page) -> float:
    """Bytes of scripts that are in use after everything else was thrown away."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("HeapProfiler.collectGarbage")
    used = (await protocol.send("Runtime.getHeapUsage"))["usedSize"]
    await protocol.detach()
    return float(used)
