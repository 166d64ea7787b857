"""Edits of cut lists, however they come, become a list in order; the later one counts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cutting import MOST_EDITS, Action, CutEdit, merged
from shared.errors import Invalid

KEEP, CUT = Action.KEEP, Action.CUT


def edit(action: Action, start_s: float, end_s: float) -> CutEdit:
    return CutEdit(start_s=start_s, end_s=end_s, action=action)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], []),
        ([edit(CUT, 5, 6), edit(KEEP, 1, 2)], [edit(KEEP, 1, 2), edit(CUT, 5, 6)]),
        ([edit(CUT, 1, 3), edit(CUT, 2, 5), edit(CUT, 5, 6)], [edit(CUT, 1, 6)]),
        ([edit(CUT, 1, 5), edit(KEEP, 2, 3)], [edit(CUT, 1, 2), edit(KEEP, 2, 3), edit(CUT, 3, 5)]),
        ([edit(KEEP, 2, 3), edit(CUT, 1, 5)], [edit(CUT, 1, 5)]),
        ([edit(CUT, 9, 10.3)], [edit(CUT, 9, 10)]),
    ],
)
def test_edits_are_put_in_order(given: list[CutEdit], wanted: list[CutEdit]) -> None:
    assert merged(given, 10) == tuple(wanted)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([edit(CUT, 2, 2)], "end after its beginning"),
        ([edit(KEEP, 3, 2)], "end after its beginning"),
        ([edit(CUT, 9, 11)], "within the 10.000 s"),
        ([edit(CUT, 0, 5), edit(CUT, 5, 10)], "keep at least a part"),
        ([edit(KEEP, 1, 2)] * (MOST_EDITS + 1), "up to 2,000 edits"),
    ],
)
def test_impossible_edits_are_refused(given: list[CutEdit], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        merged(given, 10)


moments = st.integers(0, 40).map(lambda at: at / 4)
edits = st.lists(
    st.builds(
        lambda action, a, b: edit(action, min(a, b), max(a, b)), st.sampled_from(Action), moments, moments
    ).filter(lambda one: one.start_s < one.end_s),
    max_size=12,
)


@given(edits)
def test_every_moment_has_what_was_wanted_of_it_last(given: list[CutEdit]) -> None:
    found = merged([*given, edit(KEEP, 0, 0.25)], 10)
    assert all(before.end_s <= after.start_s for before, after in pairwise(found))
    assert merged(found, 10) == found
    for moment in (quarter / 4 + 0.1 for quarter in range(1, 40)):
        last = [one.action for one in given if one.start_s <= moment < one.end_s][-1:]
        assert [one.action for one in found if one.start_s <= moment < one.end_s] == last
