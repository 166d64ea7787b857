"""What is cut by itself, by loudness or by speech, and the reasons that are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from services.processor.cuts import common, edited, keep_everything, removed
from services.processor.decisions import Decision, decide, recorded, too_noisy
from services.processor.listening import WINDOW_S, Levels
from shared.batches import BatchSettings, SilenceMode
from shared.cutting import Action, CutEdit, Stretch, Why
from shared.media import Span
from tests.processor.test_cuts import BARE, TEN_SECONDS, edges

SPEECH = replace(BARE, silence_mode=SilenceMode.SPEECH)


def levels(*loud: tuple[float, float], floor_db: float = -70, loud_db: float = -25) -> Levels:
    """Ten seconds that are loud in some places."""
    found = np.full(round(10 / WINDOW_S), floor_db, np.float32)
    for start_s, end_s in loud:
        found[round(start_s / WINDOW_S) : round(end_s / WINDOW_S)] = loud_db
    return found


def shown(stretches: tuple[Stretch, ...]) -> list[tuple[float, float, Why]]:
    return [(one.start_s, one.end_s, one.why) for one in stretches]


def test_by_speech_whatever_is_not_speech_goes_however_loud() -> None:
    loud = levels((0, 10))
    speech = [Span(1, 3), Span(6, 8)]
    assert decide(loud, speech, (), TEN_SECONDS, BARE).cut_list.cuts_nothing
    decision = decide(loud, speech, [Span(4.5, 4.8)], TEN_SECONDS, SPEECH)
    assert edges(decision.cut_list) == [(1, 3), (4.4, 4.9), (6, 8)]
    record = recorded(decision, decision.cut_list, (), b"")
    assert {cut.why for cut in record.cuts} == {Why.NOT_SPEECH} and record.threshold_db is None
    assert shown(record.protected) == [(4.4, 4.9, Why.WORD)]


def test_nobody_speaking_and_nothing_loud_leave_an_empty_list() -> None:
    assert decide(levels((0, 10)), (), (), TEN_SECONDS, SPEECH).cut_list.keep == ()
    assert decide(levels(), (), (), TEN_SECONDS, BARE).cut_list.keep == ()


@pytest.mark.parametrize("floor_db", [-58, -45, -34])
def test_a_threshold_of_its_own_finds_the_silence_over_any_noise(floor_db: float) -> None:
    noisy = levels((2, 3), (5, 8), floor_db=floor_db, loud_db=-18)
    decision = decide(noisy, (), (), TEN_SECONDS, replace(BARE, auto_threshold=True))
    assert edges(decision.cut_list) == [(2, 3), (5, 8)]
    assert decision.threshold_db is not None and floor_db < decision.threshold_db < -18
    assert recorded(decision, decision.cut_list, (), b"").threshold_db == decision.threshold_db


def test_noise_above_the_threshold_is_told_with_what_to_do() -> None:
    noisy = levels((2, 3), (5, 8), floor_db=-36, loud_db=-15)
    decision = decide(noisy, (), (), TEN_SECONDS, BARE)
    assert decision.cut_list.cuts_nothing
    told = too_noisy(decision, noisy, (), TEN_SECONDS, BARE)
    assert told is not None and "louder than -40 dB" in told and "would remove 6 s" in told
    fitting = replace(BARE, auto_threshold=True)
    assert too_noisy(decide(noisy, (), (), TEN_SECONDS, fitting), noisy, (), TEN_SECONDS, fitting) is None
    loud = levels((0, 10))
    assert too_noisy(decide(loud, (), (), TEN_SECONDS, BARE), loud, (), TEN_SECONDS, BARE) is None


def test_each_cut_and_each_protected_stretch_has_its_reason() -> None:
    decision = decide(levels((0, 2), (8, 10)), [Span(4, 4.5)], [Span(6, 6.5)], TEN_SECONDS, BARE)
    edits = (
        CutEdit(start_s=2.5, end_s=3, action=Action.KEEP),
        CutEdit(start_s=7, end_s=9, action=Action.CUT),
    )
    cut_list = edited(decision.cut_list, TEN_SECONDS, edits)
    record = recorded(decision, cut_list, edits, b"\x01")
    assert shown(record.automatic) == [(2, 3.9, Why.SILENCE), (4.6, 5.9, Why.SILENCE), (6.6, 8, Why.SILENCE)]
    assert shown(record.cuts) == [
        (2, 2.5, Why.SILENCE),
        (3, 3.9, Why.SILENCE),
        (4.6, 5.9, Why.SILENCE),
        (6.6, 8, Why.SILENCE),
        (8, 9, Why.BY_HAND),
    ]
    assert shown(record.protected) == [(2.5, 3, Why.BY_HAND), (3.9, 4.6, Why.SPEECH), (5.9, 6.6, Why.WORD)]
    assert (record.keep, record.edits, record.peaks, record.mode) == (cut_list.keep, edits, b"\x01", "loudness")
    cut = sum(one.end_s - one.start_s for one in record.cuts)
    assert cut == pytest.approx(sum(span.length_s for span in removed(cut_list)))


def test_a_video_whose_silence_stays_can_be_cut_by_hand() -> None:
    decision = Decision(cut_list=keep_everything(TEN_SECONDS))
    edits = (CutEdit(start_s=0, end_s=3, action=Action.CUT),)
    record = recorded(decision, edited(decision.cut_list, TEN_SECONDS, edits), edits, b"")
    assert (shown(record.cuts), record.automatic, record.mode) == ([(0, 3, Why.BY_HAND)], (), None)


def test_what_spans_have_in_common() -> None:
    some: list[Any] = [Span(0, 2), Span(3, 6), Span(8, 9)]
    assert common(some, [Span(1, 4), Span(5, 8.5)]) == [Span(1, 2), Span(3, 4), Span(5, 6), Span(8, 8.5)]
    assert common(some, []) == common([], some) == common([Span(0, 1)], [Span(1, 2)]) == []


def test_default_settings_cut_by_loudness_with_the_threshold_given() -> None:
    decision = decide(levels((2, 3)), (), (), TEN_SECONDS, BatchSettings(remove_silence=True))
    assert (decision.mode, decision.threshold_db) == (SilenceMode.LOUDNESS, -40)
