"""Tells the story of a batch: what all processes wrote about it into their logs, in the order in which it happened."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from stack.errors import StackError
from stack.logs import older

ABOUT = ("batch_id", "batch_video_id", "video_id", "export_id")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TEXT = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z) \[(?P<level>\w+) *\] (?P<event>.*?)(?= +\w+=|$)(?P<rest>.*)")
PAIR = re.compile(r"""(\w+)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)""")
HIDDEN = {"process", "level", "timestamp", "event"}


@dataclass(frozen=True)
class Line:
    """A line of a log: when, which process, what, and all that is said of it."""

    time: str
    process: str
    event: str
    said: dict[str, str] = field(default_factory=dict)


def read(text: str, process: str = "") -> Line | None:
    """A line as Dailies writes it, as text or as JSON, with or without what `docker compose logs` puts before it."""
    if (begin := text.find('{"')) >= 0 and (json_line := _json(text[begin:])):
        said = {name: str(value) for name, value in json_line.items()}
        return Line(said.get("timestamp", ""), process or said.get("process", ""), said.get("event", ""), said)
    if (found := TEXT.search(text)) is None:
        return None
    said = {name: value.strip("'\"") for name, value in PAIR.findall(found["rest"])}
    return Line(found["time"], process or said.get("process", ""), found["event"].strip(), said)


def _json(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "event" in found else {}


def story(lines: Iterable[Line], batch_id: str) -> list[Line]:
    """The lines about a batch, about its videos and exports, and of the requests that changed it."""
    everything = list(lines)
    ids, requests = {batch_id}, set()
    for line in everything:
        if line.said.get("batch_id") == batch_id:
            ids |= {line.said[name] for name in ABOUT if name in line.said}
            requests.add(line.said.get("request_id", ""))
    requests.discard("")
    found = [line for line in everything if _belongs(line, batch_id, ids, requests)]
    return sorted(found, key=lambda line: line.time)


def _belongs(line: Line, batch_id: str, ids: set[str], requests: set[str]) -> bool:
    if line.said.get("batch_id", batch_id) != batch_id:
        return False  # a video of the library may be in other batches too
    return (
        line.said.get("request_id") in requests
        or any(line.said.get(name) in ids for name in ABOUT)
        or batch_id in line.said.get("path", "")
    )


def of_files(folder: Path) -> Iterator[Line]:
    """All lines of all logs in a folder. Raises `StackError` when there is none."""
    paths = sorted(folder.glob("*.*.log")) + sorted(folder.glob("*.*.*.log"))
    if not paths:
        raise StackError(f"There are no logs in {folder}.")
    for path in dict.fromkeys(paths):
        for part in (older(path), path):
            if part.exists():
                with part.open(errors="replace") as file:
                    yield from of_text(file, path.stem)


def of_text(file: TextIO, process: str = "") -> Iterator[Line]:
    """All lines of a text, such as that of `docker compose logs --no-color`."""
    for text in file:
        if (line := read(text, process)) is not None:
            yield line


def tell(lines: list[Line], batch_id: str) -> Iterator[str]:
    """The story for people. Raises `StackError` when there is none."""
    if not UUID.fullmatch(batch_id):
        raise StackError(f"{batch_id} is no id of a batch; it stands in the address of its page, and in: dailies list")
    found = story(lines, batch_id)
    if not found:
        raise StackError(f"No log mentions the batch {batch_id}; logs are kept for a while only.")
    width = max(len(line.process) for line in found)
    for line in found:
        said = " ".join(
            f"{name}={value}" for name, value in line.said.items() if name not in HIDDEN and value not in ("", batch_id)
        )
        yield f"{line.time}  {line.process:<{width}}  {line.event}  {said}".rstrip()
