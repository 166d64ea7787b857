"""What a running stack tells other shells, in `.run/status.json`, and how `ps` shows it."""

import json
import os
import time
from pathlib import Path

from stack.local import LocalStack

COLUMNS = ("PROCESS", "PID", "STATE", "RESTARTS", "UP", "MEMORY", "PORT")


def publish(stack: LocalStack, path: Path) -> None:
    """Write down which processes there are; the file changes as a whole, and only when something changed."""
    rows = [
        {
            "name": name,
            "pid": child.pid,
            "wanted": child.wanted,
            "restarts": child.restarts,
            "port": stack.shown_port(name),
        }
        for name, child in ((name, stack.child(name)) for name in stack.names)
    ]
    text = json.dumps(rows, indent=2)
    if not path.exists() or path.read_text() != text:
        new = path.with_name(path.name + ".new")
        new.write_text(text)
        new.replace(path)


def table(path: Path) -> str:
    """The processes as a table for people, with memory and age as they are now."""
    try:
        rows = json.loads(path.read_text())
    except FileNotFoundError:
        return "Dailies is starting."
    lines = [COLUMNS]
    for row in rows:
        pid = row["pid"]
        memory, age_s = _memory_mb(pid), _age_s(pid)
        lines.append(
            (
                row["name"],
                str(pid or "-"),
                _state(pid, wanted=row["wanted"]),
                str(row["restarts"]),
                "-" if age_s is None else _duration(age_s),
                "-" if memory is None else f"{memory:.0f} MB",
                str(row["port"] or "-"),
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _state(pid: int | None, *, wanted: bool) -> str:
    if pid is None:
        return "waiting" if wanted else "stopped"
    letter = _stat(pid)[0] if _stat(pid) else ""
    return {"": "ended", "T": "frozen", "Z": "ended"}.get(letter, "running")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name; the first is the state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _memory_mb(pid: int | None) -> float | None:
    fields = _stat(pid) if pid else []
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if fields else None


def _age_s(pid: int | None) -> float | None:
    fields = _stat(pid) if pid else []
    if not fields:
        return None
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))


def _duration(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
