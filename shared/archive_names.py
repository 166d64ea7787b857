"""What the files of an export are called: the owner's names in a pattern, made safe for every system that may unpack them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from shared.errors import Invalid
from shared.media import StoredObject
from shared.messages import ExportItem, ExportOptions

MAX_NAME = 200
"""Bytes of UTF-8 in a name. File systems allow 255; some tools add to a name while they unpack."""
MAX_BATCH_NAME = 80
"""Bytes of the batch's name in front of a file's name."""
MAX_PATTERN = 100
FIELD = re.compile(r"\{([^{}]*)\}")
KNOWN_FIELD = re.compile(r"name|batch|position(?::0?([1-9]))?", re.ASCII)
MANIFEST = "manifest.json"
"""The file in an archive that tells about all others; no other has this name."""

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


def archive_names(items: Sequence[ExportItem], batch_name: str, options: ExportOptions) -> tuple[tuple[str, ...], ...]:
    """The file names of each item: of its video, such as `003_name.mp4`, then of its extra files, such as `003_name.srt`.

    They are safe, unique, and the same whatever items come after. Raises `Invalid` for a naming pattern that is none.
    """
    pattern = pattern_of(options)
    taken = {sameness(MANIFEST)}
    names = []
    for item in items:
        suffixes = (extension(item.stored, item.name), *(extra.suffix for extra in item.extras))
        of_item = _untaken(_filled(pattern, item, batch_name), suffixes, taken)
        taken.update(sameness(name) for name in of_item)
        names.append(of_item)
    return tuple(names)


def pattern_of(options: ExportOptions) -> str:
    """The naming pattern that the options mean: their own, or the usual one. Raises `Invalid` when it is none."""
    if options.naming is not None:
        return check_pattern(options.naming)
    number = "" if options.original_names else "{position:03}_"
    return ("{batch}_" if options.batch_prefix else "") + number + "{name}"


def check_pattern(pattern: str) -> str:
    """The naming pattern, if it is one. Raises `Invalid`."""
    if len(pattern) > MAX_PATTERN:
        raise Invalid(f"The naming pattern has {len(pattern)} characters; shorten it to {MAX_PATTERN}.")
    fields = FIELD.findall(pattern)
    for field in fields:
        if KNOWN_FIELD.fullmatch(field) is None:
            raise Invalid(
                f"The naming pattern has {{{field[:20]}}}; use {{name}}, {{position}}, {{position:03}} and {{batch}}."
            )
    if set("{}") & set(FIELD.sub("", pattern)):
        raise Invalid("The naming pattern has a brace without its partner; write fields as {name}.")
    if not any(field.startswith(("name", "position")) for field in fields):
        raise Invalid("The naming pattern gives every file the same name; put {name} or {position} into it.")
    return pattern


def _filled(pattern: str, item: ExportItem, batch_name: str) -> str:
    def value(field: re.Match[str]) -> str:
        name = field[1]
        if name == "name":
            return _without_extension(item.name)
        if name == "batch":
            return safe_text(batch_name, MAX_BATCH_NAME)
        return f"{item.position:0{name.partition(':')[2].lstrip('0') or 1}d}"

    return FIELD.sub(value, pattern)


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


def _untaken(wish: str, suffixes: Sequence[str], taken: set[str]) -> tuple[str, ...]:
    """The wished name with each suffix, and with the same number behind it where one of them is taken."""
    count = 1
    longest = max(len(suffix) for suffix in suffixes)
    while True:
        mark = f" ({count})" if count > 1 else ""
        stem = (safe_text(wish, MAX_NAME - len(mark) - longest - 1) or "video") + mark
        names = tuple(f"{stem}.{suffix}" for suffix in suffixes)
        if not any(sameness(name) in taken for name in names):
            return names
        count += 1
