"""How names, sizes, times and statuses are written for people."""

from __future__ import annotations

from rich.text import Text

STYLES = {
    "pending": "dim",
    "uploading": "blue",
    "processing": "yellow",
    "paused": "magenta",
    "completed": "green",
    "failed": "red",
    "cancelled": "dim",
    "expired": "dim",
}


def shown(name: str) -> str:
    """A name without the characters that could steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def status(name: str) -> Text:
    """A status in its colour."""
    return Text(name, style=STYLES.get(name, ""))


def size(count: float | None) -> str:
    """Bytes, in the unit that fits."""
    if count is None:
        return "-"
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.2f} GB"


def duration(seconds: float | None) -> str:
    """Seconds as `1:02:03`, `2:03` or, below a minute, `3.4 s`."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def stage(name: str | None) -> str:
    """`removing_silence` as `removing silence`."""
    return (name or "").replace("_", " ")
