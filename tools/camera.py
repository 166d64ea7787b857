"""Takes one picture of the page: in both themes, on a desktop and on a phone."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def take(page: Page, name: str, there: Locator, *, whole: bool = False) -> None:
    """Once something is there, take its picture in both themes and both sizes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        expect(there.filter(visible=True).first).to_be_visible()
        if whole:
            # A window as high as the page, so that what stays at the window's edges is at the page's.
            whole_height = page.evaluate("() => document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(height, whole_height)})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            # Two frames, so that what is laid out anew has been painted.
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            (IMAGES / f"{name}-{size}-{scheme}.png").write_bytes(small(page.screenshot()))
    width, height = SIZES["desktop"]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="light")


def small(picture: bytes) -> bytes:
    """The same picture with a palette of its own, which takes a third of the space."""
    filters = "split[one][two];[one]palettegen=max_colors=192:reserve_transparent=0[p];[two][p]paletteuse=dither=none"
    command = ["ffmpeg", "-v", "error", "-f", "png_pipe", "-i", "-", "-vf", filters]
    command += ["-f", "image2pipe", "-c:v", "png", "-compression_level", "9", "-pred", "mixed", "-"]
    return subprocess.run(command, input=picture, check=True, capture_output=True).stdout
