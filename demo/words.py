"""Checks of what was written down: that transcripts say what was spoken, and that highlights lie in their videos."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

MOST_WRONG = 0.25
"""Words in a hundred that the small model may get wrong: it is for demonstrations."""
BESIDE = ("srt", "vtt", "txt", "json", "highlights.json")
"""What lies beside each video in the ZIP."""
_CUE = re.compile(r"(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})")


@dataclass(frozen=True)
class Written:
    """What was found beside one video."""

    wrong: float
    """The word error rate, 0 to 1."""
    highlights: int
    problems: list[str]


def beside(name: str) -> list[str]:
    """The names of the files that belong to a video of this name."""
    stem = PurePosixPath(name).stem
    return [f"{stem}.{kind}" for kind in BESIDE]


def written(opened: zipfile.ZipFile, name: str, spoken: str, output_s: float) -> Written:
    """Check the files beside a video in the ZIP against what was spoken in it."""
    texts = {kind: opened.read(f"{PurePosixPath(name).stem}.{kind}").decode() for kind in BESIDE}
    problems = []
    wrong = word_errors(plain(texts["txt"]), plain(spoken))
    if wrong > MOST_WRONG:
        problems.append(f"has a transcript of which {100 * wrong:.0f} % of the words are wrong")
    others = {
        "srt": _spoken_in(texts["srt"]),
        "vtt": _spoken_in(texts["vtt"]),
        "json": json.loads(texts["json"])["text"],
    }
    problems += [
        f"has other words in its {kind} than in its txt"
        for kind, other in others.items()
        if plain(other) != plain(texts["txt"])
    ]
    times = [_seconds(match.groups()) for match in _CUE.finditer(texts["srt"])]
    if any(not 0 <= start < end <= output_s + 0.1 for start, end in times) or not times:
        problems.append("has subtitles that lie outside of it")
    highlights = json.loads(texts["highlights.json"])["highlights"]
    if any(not (0 <= one["start_s"] < one["end_s"] <= output_s + 0.1 and one["reasons"]) for one in highlights):
        problems.append("has highlights that lie outside of it, or have no reason")
    return Written(wrong, len(highlights), problems)


def plain(text: str) -> list[str]:
    """The words of a text in lower case, without marks."""
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def word_errors(heard: Sequence[str], spoken: Sequence[str]) -> float:
    """The word error rate: words left out, put in or mistaken (Levenshtein), as a share of those spoken."""
    row = list(range(len(spoken) + 1))
    for at, word in enumerate(heard, 1):
        before, row[0] = row[0], at
        for place, said in enumerate(spoken, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != said))
    return row[-1] / max(1, len(spoken))


def _spoken_in(subtitles: str) -> str:
    """The text of srt or vtt without numbers, times and the heading."""
    lines = subtitles.removeprefix("WEBVTT").splitlines()
    return " ".join(line for line in lines if "-->" not in line and not line.strip().isdecimal())


def _seconds(parts: Sequence[str]) -> tuple[float, float]:
    numbers = [int(part) for part in parts]
    start, end = (h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (numbers[:4], numbers[4:]))
    return start, end
