"""Names as people type them, made safe to keep and to show."""

from __future__ import annotations

import re
import unicodedata

from shared.errors import Invalid

DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: `gpj.exe` can be made to look like `exe.jpg` with them."""


def normalised(text: str) -> str:
    """One line: NFC, no control or direction characters, white space folded (Unicode TR 36, section 2)."""
    kept = "".join(" " if letter.isspace() else letter for letter in _plain(text, keep="\t\r\n\v\f"))
    return re.sub(" +", " ", kept).strip()


def paragraphs(text: str) -> str:
    """Several lines: as `normalised`, but line breaks stay."""
    return _plain(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\t\n").strip()


def name_of(text: str, *, what: str, at_most: int) -> str:
    """A normalised name. Raises `Invalid` when nothing is left of it or it is too long."""
    name = normalised(text)
    if not 1 <= len(name) <= at_most:
        raise Invalid(f"{what} must have 1 to {at_most} characters; this one has {len(name)}.")
    return name


def _plain(text: str, *, keep: str) -> str:
    kept = (
        letter
        for letter in text
        if letter in keep or (letter not in DIRECTION_MARKS and unicodedata.category(letter) not in ("Cc", "Cs"))
    )
    # Last, because what was between two letters may have kept them from being one.
    return unicodedata.normalize("NFC", "".join(kept))
