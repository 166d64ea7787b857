"""No source file is longer than a person reads in one go."""

import subprocess
from pathlib import Path

LIMIT = 300
# The stories about one module may be longer than the module.
TEST_LIMIT = 400
SUFFIXES = (".py", ".ts", ".tsx")
# Path in the repository -> why it may be longer.
LONGER: dict[str, str] = {
    "frontend/src/api/schema.d.ts": "generated from the description of the API",
    "shared/messages.py": "the catalogue of all messages is read in one place",
}


def problems(root: Path) -> list[str]:
    """The tracked source files that are too long, and exceptions that are no longer needed."""
    lengths = {name: len((root / name).read_bytes().splitlines()) for name in _tracked(root)}
    found = [
        f"{name} has {lines} lines; split it, or give a reason in checks/length.py (limit {_limit(name)})"
        for name, lines in lengths.items()
        if lines > _limit(name) and name not in LONGER
    ]
    found += [f"{name} needs no exception in checks/length.py" for name in LONGER if lengths.get(name, 0) <= LIMIT]
    return found


def _limit(name: str) -> int:
    return TEST_LIMIT if name.startswith("tests/") or ".test." in name else LIMIT


def _tracked(root: Path) -> list[str]:
    asked = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name.endswith(SUFFIXES) and (root / name).is_file()]
