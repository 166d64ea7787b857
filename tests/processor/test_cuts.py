"""Cuts take long silences, leave margins, and never touch what is loud or protected."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.processor.cuts import (
    MIN_CLIP_S,
    MIN_CUT_S,
    PROTECTION_PAD_S,
    edited,
    frame_count,
    from_frames,
    keep_everything,
    loud_spans,
    on_output,
    plan_cuts,
    removed,
    to_frames,
)
from shared.batches import BatchSettings
from shared.cutting import Action, CutEdit
from shared.media import CutList, MediaFacts, Span

TEN_SECONDS = MediaFacts(
    container="mp4", duration_s=10, width=320, height=180, frame_rate="20/1", timeline_rate="20/1", video_codec="h264"
)
BARE = BatchSettings(remove_silence=True, margin_before_s=0, margin_after_s=0)
Edges = list[tuple[float, float]]


def spans(edges: Edges) -> list[Span]:
    return [Span(start, end) for start, end in edges]


def edges(cut_list: CutList) -> Edges:
    return [(round(span.start_s, 6), round(span.end_s, 6)) for span in cut_list.keep]


@pytest.mark.parametrize(
    ("why", "sound", "changes", "kept"),
    [
        ("no sound at all", [], {}, []),
        ("sound throughout", [(0, 10)], {}, [(0, 10)]),
        ("a long silence goes", [(0, 4), (6, 10)], {}, [(0, 4), (6, 10)]),
        ("a silence of just the minimum goes", [(0, 4), (4.5, 10)], {}, [(0, 4), (4.5, 10)]),
        ("a shorter one stays", [(0, 4), (4.45, 10)], {}, [(0, 10)]),
        ("silence at both ends goes", [(2, 3)], {}, [(2, 3)]),
        ("short silence at both ends stays", [(0.4, 9.6)], {}, [(0, 10)]),
        ("margins stay", [(2, 3)], {"margin_before_s": 0.5, "margin_after_s": 1}, [(1.5, 4)]),
        ("margins end with the video", [(0.6, 9)], {"margin_before_s": 1, "margin_after_s": 2}, [(0, 10)]),
        (
            "margins that meet leave no cut",
            [(0, 4), (5, 10)],
            {"margin_before_s": 0.5, "margin_after_s": 0.5},
            [(0, 10)],
        ),
        ("nor a cut too short to be worth it", [(0, 4), (5, 10)], {"margin_before_s": 0.93}, [(0, 10)]),
        ("a click in a silence goes with it", [(0, 2), (5, 5.03), (8, 10)], {}, [(0, 2), (8, 10)]),
        ("a click beside sound stays", [(0, 2), (2.3, 2.33), (8, 10)], {}, [(0, 2.35), (8, 10)]),
        ("edges go outwards to whole frames", [(2.01, 3.01)], {}, [(2, 3.05)]),
    ],
)
def test_silence_is_cut_by_the_rules(why: str, sound: Edges, changes: dict[str, Any], kept: Edges) -> None:
    assert edges(plan_cuts(spans(sound), TEN_SECONDS, replace(BARE, **changes))) == kept, why


def test_what_is_protected_stays_with_a_pad_around_it() -> None:
    kept = plan_cuts(spans([(0, 2)]), TEN_SECONDS, BARE, protected=spans([(5, 5.02)]))
    assert edges(kept) == [(0, 2), (4.9, 5.1)]


def test_a_protected_click_stays() -> None:
    assert edges(plan_cuts(spans([(5, 5.02)]), TEN_SECONDS, BARE, protected=spans([(4.5, 5.5)]))) == [(4.4, 5.6)]


def test_loud_windows_become_spans() -> None:
    levels = np.array([-30, -50, -50, -39, -39.9, -40, -20], np.float32)
    assert loud_spans(levels, 0.5, -40) == spans([(0, 0.5), (1.5, 2.5), (3, 3.5)])


def test_everything_kept_cuts_nothing() -> None:
    for rate in ("20/1", "30000/1001"):
        facts = replace(TEN_SECONDS, duration_s=10.007, timeline_rate=rate)
        assert keep_everything(facts).cuts_nothing
        assert plan_cuts([Span(0, 10.007)], facts, BARE).cuts_nothing


def test_moments_are_found_on_the_output() -> None:
    cut_list = plan_cuts(spans([(1, 2), (5, 7)]), TEN_SECONDS, BARE)
    places = {0.0: 0.0, 1.5: 0.5, 3: 1.0, 5: 1.0, 6: 2.0, 9: 3.0}
    assert {at_s: on_output(cut_list, at_s) for at_s in places} == pytest.approx(places)
    assert removed(cut_list) == spans([(0, 1), (2, 5), (7, 10)])


def test_a_person_keeps_and_cuts_spans() -> None:
    cut_list = plan_cuts(spans([(1, 2), (5, 7)]), TEN_SECONDS, BARE)

    def changed(*edits: tuple[Action, float, float]) -> Edges:
        wanted = [CutEdit(start_s=start, end_s=end, action=action) for action, start, end in edits]
        return edges(edited(cut_list, TEN_SECONDS, wanted))

    assert changed((Action.KEEP, 3, 4)) == [(1, 2), (3, 4), (5, 7)]
    assert changed((Action.CUT, 5.5, 6)) == [(1, 2), (5, 5.5), (6, 7)]
    assert changed((Action.CUT, 0, 1.5), (Action.KEEP, 2, 5)) == [(1.5, 7)]
    assert changed((Action.CUT, 0, 10)) == []


def test_noise_that_reaches_the_threshold_for_a_moment_is_no_sound() -> None:
    noisy = np.full(50, -43, np.float32)
    noisy[[3, 10, 11, 20]] = -39
    noisy[30:34] = -39
    noisy[40] = -30
    found = [(round(span.start_s, 6), round(span.end_s, 6)) for span in loud_spans(noisy, 0.01, -40)]
    assert found == [(0.3, 0.34), (0.4, 0.41)]


moments = st.floats(0, 120, allow_nan=False)
some_spans = st.lists(st.tuples(moments, st.floats(0.001, 20)), max_size=30).map(
    lambda pairs: [Span(start, start + length) for start, length in pairs]
)
rates = st.sampled_from(["24000/1001", "25/1", "30000/1001", "30/1", "60000/1001"])
some_settings = st.builds(
    BatchSettings,
    min_silence_s=st.floats(0.5, 5),
    margin_before_s=st.floats(0, 2),
    margin_after_s=st.floats(0, 2),
)


def video_of(rate: str, duration_s: float) -> MediaFacts:
    return replace(TEN_SECONDS, timeline_rate=rate, duration_s=duration_s)


@given(some_spans, some_spans, rates, st.floats(0.1, 120), some_settings)
def test_a_cut_list_is_always_sound(
    sound: list[Span], protected: list[Span], rate: str, duration_s: float, settings: BatchSettings
) -> None:
    facts = video_of(rate, duration_s)
    cut_list = plan_cuts(sound, facts, settings, protected=protected)
    frames = to_frames(cut_list, facts.timeline_fps)

    assert from_frames(frames, facts.timeline_fps, frame_count(facts)) == cut_list
    assert all(0 <= start < end <= frame_count(facts) for start, end in frames)
    shortest_cut = int(MIN_CUT_S * float(facts.timeline_fps)) - 1
    assert all(after[0] - before[1] >= max(1, shortest_cut) for before, after in pairwise(frames))

    for start_s, end_s in ((cut.start_s + 1e-6, cut.end_s - 1e-6) for cut in removed(cut_list)):
        clashes = [span for span in sound if span.start_s < end_s and start_s < span.end_s]
        assert all(span.length_s < MIN_CLIP_S for span in clashes)
        pad = PROTECTION_PAD_S
        assert not any(span.start_s - pad < end_s and start_s < span.end_s + pad for span in protected)


@given(some_spans, some_spans, rates, some_settings)
def test_more_sound_never_keeps_less(sound: list[Span], more: list[Span], rate: str, settings: BatchSettings) -> None:
    facts = video_of(rate, 60)
    less_kept, more_kept = (plan_cuts(heard, facts, settings) for heard in (sound, sound + more))
    frames = [set(), set()]  # type: list[set[int]]
    for kept, cut_list in zip(frames, (less_kept, more_kept), strict=True):
        for start, end in to_frames(cut_list, facts.timeline_fps):
            kept.update(range(start, end))
    assert frames[0] <= frames[1]


@given(some_spans, rates)
def test_cutting_what_was_cut_changes_nothing(sound: list[Span], rate: str) -> None:
    facts = video_of(rate, 60)
    once = plan_cuts(sound, facts, BARE)
    assert plan_cuts(once.keep, facts, replace(BARE, min_silence_s=0.5)) == plan_cuts(
        plan_cuts(once.keep, facts, BARE).keep, facts, BARE
    )


@given(st.integers(0, 10**6), rates)
def test_frames_survive_the_way_through_seconds(frame: int, rate: str) -> None:
    cut_list = from_frames([(frame, frame + 1)], Fraction(rate), frame + 1)
    assert to_frames(cut_list, Fraction(rate)) == [(frame, frame + 1)]
