"""What somebody uses, from the User-Agent: good enough for a person to recognise their own browser."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("dailies-client", "dailies command"),
    ("curl/", "curl"),
    ("python", "a Python program"),
)
"""What is in the text, and what it is called; the first that is there counts, because browsers name others besides themselves."""

SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """`Firefox on Linux`; as much of it as can be told, and nothing of the text itself."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "")
    system = next((name for part, name in SYSTEMS if part in user_agent), "")
    return " on ".join(filter(None, (browser, system))) or "Unknown"
