"""How a download is announced to browsers."""

from __future__ import annotations

from urllib.parse import quote


def disposition(name: str | None) -> str:
    """The Content-Disposition of a download: an ASCII name for old programs, and the real one (RFC 6266, RFC 5987)."""
    if name is None:
        return "attachment"
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
