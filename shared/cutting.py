"""Cut lists as people see and change them: every cut with its reason, and what a person wants kept or cut instead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from shared.batches import SilenceMode
from shared.errors import Invalid
from shared.media import Span

PEAKS_PER_S = 50
"""Values of a stored waveform for each second."""
MOST_EDITS = 2_000
TOLERANCE_S = 0.5
"""So far beyond the end an edit may reach: players and probes do not agree on lengths to the frame."""


class Why(StrEnum):
    """Why a stretch is cut, or kept although it is quiet."""

    SILENCE = "silence"
    NOT_SPEECH = "not_speech"
    SPEECH = "speech"
    WORD = "word"
    BY_HAND = "by_hand"


class Action(StrEnum):
    """What a person wants of a stretch."""

    KEEP = "keep"
    CUT = "cut"


class CutEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of the source that a person wants kept or cut, whatever was found there."""

    start_s: Annotated[float, Meta(description="where it begins in the source, in seconds", ge=0)]
    end_s: Annotated[float, Meta(description="where it ends in the source, in seconds, after its beginning", gt=0)]
    action: Annotated[Action, Meta(description="keep or cut")]


class Stretch(Struct, frozen=True, kw_only=True):
    """A stretch of the source with the reason for what is done with it."""

    start_s: float
    end_s: float
    why: Why


class CutRecord(Struct, frozen=True, kw_only=True):
    """The cut list of an output as it is stored beside it, with all that people may ask about it."""

    source_duration_s: float
    keep: tuple[Span, ...]
    cuts: tuple[Stretch, ...] = ()
    """What is cut, in order: `silence` or `not_speech`, or `by_hand`."""
    automatic: tuple[Stretch, ...] = ()
    """What would be cut if nobody had edited anything."""
    protected: tuple[Stretch, ...] = ()
    """What is kept although it would have been cut: for `speech`, for a `word`, or `by_hand`."""
    edits: tuple[CutEdit, ...] = ()
    mode: SilenceMode | None = None
    """By what it was cut; null when silence was not removed."""
    threshold_db: float | None = None
    """The threshold that was used, also where it was found in the file itself."""
    peaks: bytes = b""
    """The waveform: the highest deflection of each fiftieth of a second, 255 being full scale. Empty when nobody listened."""


class VideoCuts(Struct, frozen=True, kw_only=True):
    """What was cut out of a finished video and why, in seconds of its source."""

    version: UUID
    """The run that made the output; edits name it, so that nobody undoes what somebody else has just done."""
    source_s: float
    output_s: float
    cuts: tuple[Stretch, ...]
    """What is cut, in order."""
    automatic: tuple[Stretch, ...]
    """What would be cut if nobody had edited anything."""
    protected: tuple[Stretch, ...]
    """What is kept although it would have been cut."""
    edits: tuple[CutEdit, ...]
    """What a person wanted kept or cut."""
    mode: SilenceMode | None
    """By what it was cut; null when silence was not removed."""
    threshold_db: float | None
    """The threshold that was used, also where it was found in the video itself."""
    peaks: tuple[int, ...]
    """The waveform: the highest deflection, up to 255, in each of equal parts of the source; empty when nobody listened."""


def merged(edits: Iterable[CutEdit], duration_s: float) -> tuple[CutEdit, ...]:
    """The same edits in order and without overlaps; where they contradict each other the later one counts.

    Raises `Invalid` when one does not lie within the video, when there are too many, or when they cut all of it.
    """
    given = tuple(edits)
    if len(given) > MOST_EDITS:
        raise Invalid(f"A video may have up to {MOST_EDITS:,} edits; these are {len(given):,}.")
    for edit in given:
        if not edit.start_s < edit.end_s <= duration_s + TOLERANCE_S:
            raise Invalid(
                f"An edit from {edit.start_s:.3f} to {edit.end_s:.3f} s is not possible: it has to end after its beginning "
                f"and within the {duration_s:.3f} s of the video."
            )
    points = sorted({min(at_s, duration_s) for edit in given for at_s in (edit.start_s, edit.end_s)})
    painted: list[Action | None] = [None] * len(points)
    for edit in given:
        start, end = (bisect_left(points, min(at_s, duration_s)) for at_s in (edit.start_s, edit.end_s))
        painted[start:end] = [edit.action] * (end - start)
    found: list[CutEdit] = []
    for place, action in enumerate(painted[:-1]):
        if action is None:
            continue
        start_s, end_s = points[place], points[place + 1]
        if found and found[-1].end_s == start_s and found[-1].action is action:
            start_s = found.pop().start_s
        found.append(CutEdit(start_s=start_s, end_s=end_s, action=action))
    if [(edit.start_s, edit.end_s, edit.action) for edit in found] == [(0.0, duration_s, Action.CUT)]:
        raise Invalid("Nothing of the video would be left; keep at least a part of it.")
    return tuple(found)
