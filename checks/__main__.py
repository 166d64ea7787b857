"""`make check`: runs every check, shows what each found, and fails when one did."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from checks import architecture, length

ROOT = Path(__file__).resolve().parent.parent


def _tool(*arguments: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        done = subprocess.run([sys.executable, "-m", *arguments], check=False, cwd=ROOT, capture_output=True, text=True)
        return [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()

    return run


CHECKS: tuple[tuple[str, Callable[[], list[str]]], ...] = (
    ("format (ruff)", _tool("ruff", "format", "--check", "--quiet", "--diff", ".")),
    ("lint (ruff)", _tool("ruff", "check", "--quiet", "--output-format=concise", ".")),
    ("types (mypy)", _tool("mypy", ".")),
    ("architecture (import-linter)", lambda: architecture.problems(ROOT)),
    ("length of files", lambda: length.problems(ROOT)),
)


def main() -> int:
    """Run all checks; gives the exit status."""
    failed = 0
    for title, check in CHECKS:
        start = time.monotonic()
        found = check()
        failed += bool(found)
        result = "FAILED" if found else "ok"
        sys.stdout.write(f"{title:<30} {result:<7} {time.monotonic() - start:5.1f} s\n")
        sys.stdout.writelines(f"    {line}\n" for line in found)
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
