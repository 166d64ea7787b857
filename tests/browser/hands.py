"""Two ways to do everything on the page: with the mouse, and with the keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from playwright.async_api import Locator, Page, expect

MOST_TABS = 150
PLACES = {
    "Dashboard": "d",
    "Batches": "b",
    "Library": "l",
    "Exports": "e",
    "Analytics": "a",
    "Usage": "u",
    "Operation": "o",
}
FOCUSED = "node => node === document.activeElement"


class Hands(Protocol):
    """What a person does."""

    page: Page

    async def press(self, target: Locator) -> None:
        """Press a button, follow a link."""

    async def write(self, field: Locator, text: str) -> None:
        """Put a text into a field, in place of what is in it."""

    async def pick(self, control: Locator, choice: Locator) -> None:
        """Open a list or a menu, and take something from it."""

    async def go(self, place: str) -> None:
        """Go to one of the page's places."""

    async def begin_batch(self) -> None:
        """Open the dialog for a new batch."""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await target.click()

    async def write(self, field: Locator, text: str) -> None:
        await field.fill(text)

    async def pick(self, control: Locator, choice: Locator) -> None:
        await control.click()
        await choice.click()

    async def go(self, place: str) -> None:
        await self.page.get_by_role("navigation").get_by_role("link", name=place).first.click()

    async def begin_batch(self) -> None:
        await self.page.get_by_role("button", name="New batch").first.click()


class Keyboard:
    """Walks with Tab and the arrows, presses with Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await self._walk_to(target, "Tab")
        await self.page.keyboard.press("Enter")

    async def write(self, field: Locator, text: str) -> None:
        await self._walk_to(field, "Tab")
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(text)

    async def pick(self, control: Locator, choice: Locator) -> None:
        await self.press(control)
        await expect(choice).to_be_visible()
        await self.page.keyboard.press("Home")
        await self._walk_to(choice, "ArrowDown")
        await self.page.keyboard.press("Enter")

    async def go(self, place: str) -> None:
        await self.page.keyboard.press("g")
        await self.page.keyboard.press(PLACES[place])

    async def begin_batch(self) -> None:
        await self.page.keyboard.press("n")

    async def _walk_to(self, target: Locator, key: str) -> None:
        await expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if await target.evaluate(FOCUSED):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{target} is not reached with {key}.")


async def give(hands: Hands, button: Locator, files: Sequence[Path]) -> None:
    """Choose files in the system's window that a button opens."""
    async with hands.page.expect_file_chooser() as chooser:
        await hands.press(button)
    await (await chooser.value).set_files(list(files))
