"""What the files in an archive are called: the owner's names, made safe for every system that may unpack them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from shared.media import StoredObject
from shared.messages import ExportItem, ExportOptions

MAX_NAME = 200
"""Bytes of UTF-8 in a name. File systems allow 255; some tools add to a name while they unpack."""
MAX_BATCH_NAME = 80
"""Bytes of the batch's name in front of a file's name."""

EXTENSIONS = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
    "video/vnd.avi": "avi",
    "video/x-matroska": "mkv",
}
KNOWN_EXTENSIONS = frozenset({*EXTENSIONS.values(), "m4v", "qt"})

# Windows refuses these whatever the extension: learn.microsoft.com/windows/win32/fileio/naming-a-file
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
# Invisible, but the glue of letters in Persian and Indic scripts and of compound emoji. Others, such as the marks that turn
# the direction of text, can make `exe.mp4` of `4pm.exe`.
JOINERS = "\u200c\u200d"


def archive_names(items: Sequence[ExportItem], batch_name: str, options: ExportOptions) -> tuple[str, ...]:
    """One file name for each item, such as `003_name.mp4`: safe, unique, and the same whatever items come after it."""
    taken: set[str] = set()
    names = []
    for item in items:
        parts = [safe_text(batch_name, MAX_BATCH_NAME)] if options.batch_prefix else []
        if not options.original_names:
            parts.append(f"{item.position:03d}")
        parts.append(_without_extension(item.name))
        name = _untaken("_".join(parts), extension(item.stored, item.name), taken)
        taken.add(sameness(name))
        names.append(name)
    return tuple(names)


def with_companions(items: Sequence[ExportItem], names: Sequence[str]) -> tuple[str, ...]:
    """After the name of each item those of the files beside it: `003_name.srt`, `003_name.highlights.json`."""
    taken = {sameness(name) for name in names}
    all_names = []
    for item, name in zip(items, names, strict=True):
        all_names.append(name)
        for stored in item.beside:
            kind = stored.key.rsplit("/", 1)[-1].removeprefix("transcript.")
            all_names.append(_untaken(name.rpartition(".")[0], kind, taken))
            taken.add(sameness(all_names[-1]))
    return tuple(all_names)


def download_name(batch_name: str, suffix: str) -> str:
    """What the whole deliverable is saved as."""
    return f"{safe_text(batch_name, MAX_NAME - len(suffix) - 1) or 'videos'}.{suffix}"


def extension(stored: StoredObject, name: str) -> str:
    """The extension that fits what is stored: by its key, else by its content type, else as the owner had it."""
    of_key = stored.key.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    if of_key in KNOWN_EXTENSIONS:
        return of_key
    of_name = name.rpartition(".")[2].lower()
    return EXTENSIONS.get(stored.content_type) or (of_name if of_name in KNOWN_EXTENSIONS else "bin")


def safe_text(text: str, room: int) -> str:
    """The text as a part of a file name of at most `room` bytes: nothing that separates, hides, reverses or is reserved.

    Empty when nothing of it can stay.
    """
    kept = "".join(_safe_character(c) for c in unicodedata.normalize("NFC", text))
    kept = unicodedata.normalize("NFC", kept.translate(FORBIDDEN)).strip(f" .{JOINERS}")
    if RESERVED.match(kept) or kept.startswith("-"):
        # A leading dash would be read as an option by the next command that gets the file.
        kept = f"_{kept}"
    return kept.encode()[:room].decode(errors="ignore").rstrip(f" .{JOINERS}")


def sameness(name: str) -> str:
    """Equal for names that some file system takes for the same: Windows and macOS ignore case, macOS also how é is written."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _safe_character(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    if category in ("Cc", "Cs") or (category == "Cf" and character not in JOINERS):
        return ""
    return character


def _without_extension(name: str) -> str:
    """`talk.mp4` as `talk`, but `Episode 1.5` as it is."""
    stem, _, suffix = name.rpartition(".")
    return stem if suffix.lower() in KNOWN_EXTENSIONS else name


def _untaken(wish: str, suffix: str, taken: set[str]) -> str:
    count = 1
    while True:
        mark = f" ({count})" if count > 1 else ""
        name = f"{safe_text(wish, MAX_NAME - len(mark) - len(suffix) - 1) or 'video'}{mark}.{suffix}"
        if sameness(name) not in taken:
            return name
        count += 1
