"""Finds and ends processes that an earlier, killed stack of the same folder left behind.

Every process of a stack carries STACK_FOLDER and STACK_PROCESS in its environment, and its own children inherit them.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from stack.errors import StackError


def marks(folder: Path, process: str) -> dict[str, str]:
    """The environment variables by which a process is found again."""
    return {"STACK_FOLDER": str(folder), "STACK_PROCESS": process}


def descendants(pid: int) -> set[int]:
    """The ids of the children of a process, their children, and so on."""
    parents: dict[int, list[int]] = {}
    for child in _pids():
        try:
            # The second field may hold spaces and brackets; the parent's id is the second after its last bracket.
            parent = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(child)
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def find(folder: Path, process: str | None = None, *, data: Path | None = None) -> set[int]:
    """The ids of the processes of this stack folder, or of one of its processes.

    `data` is PostgreSQL's data folder: root in a container may not read the environment of another user's process,
    but everybody may read its command line.
    """
    wanted = marks(folder, process or "")
    if process is None:
        del wanted["STACK_PROCESS"]
    found = {pid for pid in _pids() if _is_marked(pid, wanted) or (data and serves(pid, data))}
    return found - {os.getpid()}


def end(folder: Path, process: str | None = None, *, data: Path | None = None, patience_s: float = 5.0) -> int:
    """End them: PostgreSQL's way first (SIGINT), SIGKILL after `patience_s`; says how many there were.

    Raises `StackError` if one stays.
    """
    first = find(folder, process, data=data)
    asked: set[int] = set()
    start = time.monotonic()
    while left := find(folder, process, data=data):
        late = time.monotonic() - start
        if late > patience_s + 10:
            raise StackError(f"Process {min(left)} of an earlier run does not end; end it with: kill -9 {min(left)}.")
        for pid in left if late > patience_s else left - asked:
            gentle = data is not None and serves(pid, data) and late <= patience_s
            _signal(pid, signal.SIGINT if gentle else signal.SIGKILL)
        asked |= left
        time.sleep(0.02)
    return len(first)


def serves(pid: int, data: Path) -> bool:
    """Whether a process is the PostgreSQL server of this data folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in command and b"-D" in command


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdecimal())


def _is_marked(pid: int, wanted: Mapping[str, str]) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return all(os.fsencode(f"{name}={value}") in environment for name, value in wanted.items())


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise StackError(f"Process {pid} of an earlier run belongs to another user; end it as that user.") from None
