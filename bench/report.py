"""Rows as a table for people and as a file for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.table import Table
from rich.text import Text

from bench.rows import Row


def write(topic: str, rows: Sequence[Row], folder: Path) -> Path:
    """Write `<topic>.json` in place of an earlier one."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{topic}.json"
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    new.replace(path)
    return path


def table(topic: str, rows: Sequence[Row]) -> Table:
    """The rows of a topic."""
    shown = Table(title=topic, box=None, header_style="bold", title_justify="left", pad_edge=False)
    for heading, justify in (
        ("Row", "left"), ("Ours", "right"), ("Reference", "right"), ("Ratio", "right"), ("Unit", "left"),
        ("n", "right"), ("Goal", "left"), ("Met", "left"), ("Reference is", "left"),
    ):  # fmt: skip
        shown.add_column(heading, justify="right" if justify == "right" else "left")
    for row in rows:
        met = {True: Text("yes", "green"), False: Text("no", "red"), None: Text("")}[row.met]
        numbers = ("" if value is None else f"{value:g}" for value in (row.ours, row.reference, row.ratio))
        shown.add_row(row.row, *numbers, row.unit, str(row.n), row.goal or "", met, row.reference_is or "")
    return shown
