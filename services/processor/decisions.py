"""Decisions: what of a video is cut by itself, and the record that tells people why. Pure functions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.processor.cuts import MIN_CUT_S, PROTECTION_PAD_S, common, loud_spans, plan_cuts, removed
from services.processor.listening import WINDOW_S, Levels
from services.processor.thresholds import fitting_threshold, trimmed, with_beginnings_and_ends
from shared.batches import BatchSettings, SilenceMode
from shared.cutting import CutEdit, CutRecord, Stretch, Why
from shared.media import CutList, MediaFacts, Span

WORTH_TELLING_S = 2.0
"""So much silence that is not cut is worth a sentence."""


class Decision(Struct, frozen=True, kw_only=True):
    """What is cut before anybody has edited anything, and by what."""

    cut_list: CutList
    unprotected: CutList | None = None
    """What would be kept if nothing were protected; None when nothing is cut."""
    words: tuple[Span, ...] = ()
    mode: SilenceMode | None = None
    threshold_db: float | None = None


def decide(
    levels: Levels, speech: Sequence[Span], words: Sequence[Span], facts: MediaFacts, settings: BatchSettings
) -> Decision:
    """Cut what is quiet and where nobody speaks or, by speech, wherever nobody speaks. Words are never cut.

    The cut list is empty when nothing is loud and nobody speaks.
    """
    threshold_db = None
    speech = trimmed(speech, levels)
    if settings.silence_mode is SilenceMode.LOUDNESS:
        threshold_db = fitting_threshold(levels, speech) if settings.auto_threshold else settings.silence_threshold
        sound, protected = loud_spans(levels, WINDOW_S, threshold_db), [*speech, *words]
    else:
        sound, protected = with_beginnings_and_ends(speech, levels), list(words)
    return Decision(
        cut_list=plan_cuts(sound, facts, settings, protected=protected),
        unprotected=plan_cuts(sound, facts, settings),
        words=tuple(words),
        mode=settings.silence_mode,
        threshold_db=None if threshold_db is None else round(threshold_db, 1),
    )


def too_noisy(
    decision: Decision, levels: Levels, speech: Sequence[Span], facts: MediaFacts, settings: BatchSettings
) -> str | None:
    """What to tell people when nothing was cut because even its silence is louder than the threshold; None otherwise."""
    if decision.mode is not SilenceMode.LOUDNESS or settings.auto_threshold or not decision.cut_list.cuts_nothing:
        return None
    other = decide(levels, speech, decision.words, facts, replace(settings, auto_threshold=True))
    saved_s = other.cut_list.source_duration_s - other.cut_list.kept_s
    if not other.cut_list.keep or saved_s < WORTH_TELLING_S:
        return None
    return (
        f"No silence was found, because what lies beneath the voices is louder than {settings.silence_threshold:g} dB. "
        f"A threshold of its own, here {other.threshold_db:g} dB, would remove {saved_s:.0f} s."
    )


def recorded(decision: Decision, cut_list: CutList, edits: Sequence[CutEdit], peaks: bytes) -> CutRecord:
    """The cut list of an output with a reason for each cut, and for what is kept although it would have been cut."""
    why = Why.NOT_SPEECH if decision.mode is SilenceMode.SPEECH else Why.SILENCE
    automatic, final = removed(decision.cut_list), removed(cut_list)
    cuts = [(span, why) for span in common(final, automatic)]
    cuts += [(span, Why.BY_HAND) for span in common(final, decision.cut_list.keep)]
    kept = [(span, Why.BY_HAND) for span in common(cut_list.keep, automatic)]
    if decision.unprotected is not None:
        spared = common(common(removed(decision.unprotected), decision.cut_list.keep), cut_list.keep)
        # What is shorter is no more than the pad beside a cut.
        spared = [span for span in spared if span.length_s >= MIN_CUT_S]
        kept += [(span, Why.WORD if _said(span, decision.words) else Why.SPEECH) for span in spared]
    return CutRecord(
        source_duration_s=cut_list.source_duration_s,
        keep=cut_list.keep,
        cuts=_stretches(cuts),
        automatic=_stretches((span, why) for span in automatic),
        protected=_stretches(kept),
        edits=tuple(edits),
        mode=decision.mode,
        threshold_db=decision.threshold_db,
        peaks=peaks,
    )


def _said(span: Span, words: Sequence[Span]) -> bool:
    """Whether a word, with its pad, touches a span."""
    before = bisect_left(words, span.end_s + PROTECTION_PAD_S, key=lambda word: word.start_s)
    return before > 0 and words[before - 1].end_s + PROTECTION_PAD_S > span.start_s


def _stretches(found: Iterable[tuple[Span, Why]]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(start_s=round(span.start_s, 6), end_s=round(span.end_s, 6), why=why)
        for span, why in sorted(found, key=lambda one: one[0].start_s)
    )
