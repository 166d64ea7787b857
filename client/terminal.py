"""Where a command writes: results to stdout, everything on the way to stderr, and for scripts JSON and nothing else."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.console import Console, RenderableType
from rich.text import Text

from client.errors import ClientError, Refused
from client.text import shown

WIDE = 200
"""Columns of a table that goes into a file or a pipe."""


class Terminal:
    """The two ends of a command's output.

    With `as_json` stdout gets one JSON document (or one event a line), and stderr nothing but an error.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
        self.notes = Console(stderr=True, highlight=False)

    @property
    def bars(self) -> bool:
        """Whether somebody is there to see something move."""
        return self.notes.is_terminal and not self.as_json

    def say(self, sentence: str | Text) -> None:
        """Tell a person what happens."""
        if not self.as_json:
            self.notes.print(Text(_lines(sentence)) if isinstance(sentence, str) else sentence, soft_wrap=True)

    def show(self, *results: RenderableType) -> None:
        """Write a result for people."""
        if not self.as_json:
            for result in results:
                if isinstance(result, str):
                    self.out.print(Text(result), soft_wrap=True)
                else:
                    self.out.print(result)

    def document(self, value: Any) -> None:
        """Write the result for scripts."""
        if self.as_json:
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
            sys.stdout.flush()

    def event(self, value: Any) -> None:
        """Write one of many results for scripts, on a line of its own."""
        if self.as_json:
            sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
            sys.stdout.flush()

    def error(self, error: ClientError) -> None:
        """Say why a command ends."""
        self.notes.print(Text(_lines(str(error)), style="red"), soft_wrap=True)
        if self.as_json:
            told: dict[str, Any] = {"code": error.code, "detail": str(error)}
            if isinstance(error, Refused):
                told["errors"] = error.problem.errors
            self.event({"error": told})


def _lines(sentences: str) -> str:
    return "\n".join(shown(line) for line in sentences.split("\n"))
