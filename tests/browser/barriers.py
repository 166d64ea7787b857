"""What keeps people from using a page: found by axe, in both themes."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
IN_THEME = "(scheme) => document.documentElement.classList.contains('dark') === (scheme === 'dark')"
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# An open menu floats above the page: it is in none of its landmarks.
RUN = """() => axe.run(document, {
    resultTypes: ['violations'],
    rules: {region: {enabled: !document.querySelector('[role=menu]')}},
})"""


async def barriers(page: Page) -> list[str]:
    """Everything that axe finds on the page as it is now, in the light theme and in the dark one."""
    # By the protocol, and not as a script of the page: the content security policy stays as it is.
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = []
    for scheme in ("light", "dark"):
        # Colours that are on their way from one theme to the other are no colours of the page.
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.wait_for_function(IN_THEME, arg=scheme)
        await page.evaluate(TWO_FRAMES)
        violations = (await page.evaluate(RUN))["violations"]
        found += [
            f"{scheme}, {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for one in violations
            for node in one["nodes"]
        ]
    return found
