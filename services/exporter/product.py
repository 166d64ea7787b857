"""What an export is going to be, whatever its format: the frame that the formats fill."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from shared.errors import PermanentFailure
from shared.media import StoredObject
from shared.messages import ExportItem
from shared.views import LeftOut

SHOWN_NAME = 80
"""Characters of a video's name in a sentence."""


class Product(Struct, frozen=True, kw_only=True):
    """A deliverable to be."""

    content_key: str
    """Equal for equal deliverables of the same user, and for no others."""
    suffix: str
    """The extension of the file."""
    file_name: str
    """What it is saved as."""
    build: Callable[[str], Awaitable[StoredObject]]
    """Puts it into the store under a key. Raises `Unusable` for a video that is missing or damaged."""


class Unusable(PermanentFailure):
    """The stored file of a video is missing, or is not what was recorded of it."""

    def __init__(self, item: ExportItem, word: str) -> None:
        name = item.name if len(item.name) <= SHOWN_NAME else f"{item.name[: SHOWN_NAME - 1]}…"
        super().__init__(
            f"The stored file of video {item.position} (“{name}”) is {word}; process it again, or export without it."
        )
        self.item = item
        self.left_out = LeftOut(position=item.position, name=item.name, reason=f"Its stored file is {word}.")
