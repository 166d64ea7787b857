from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.bodies import NewBatch
from services.gateway.validation import problems_in
from shared.batches import BatchSettings


def wrong(body: Any) -> dict[str, str]:
    return {problem.field: problem.detail for problem in problems_in(body, NewBatch)}


def test_all_that_is_wrong_is_named_at_once() -> None:
    body = {
        "settings": {"silence_threshold": -5, "language": "English", "vocabulary": ["ok", ""], "sharpen": True},
        "files": [{"name": "a.mp4", "size": 0}, {"size": 3}],
        "colour": "red",
    }
    assert wrong(body) == {
        "colour": "colour is unknown; leave it out.",
        "name": "name is missing.",
        "settings.sharpen": "settings.sharpen is unknown; leave it out.",
        "settings.silence_threshold": (
            "settings.silence_threshold must be a loudness between -60 and -20 dB; what is quieter counts as silence."
        ),
        "settings.language": "settings.language must be a language code such as 'en', or null to detect it.",
        "settings.vocabulary[1]": (
            "settings.vocabulary must be up to 100 names and terms to listen for, each up to 60 characters."
        ),
        "files[0].size": "files[0].size must be the file's size in bytes, at least 1, or null.",
        "files[1].name": "files[1].name is missing.",
    }


@pytest.mark.parametrize("body", [[], "text", None, 7])
def test_a_body_that_is_no_object_is_told_so(body: Any) -> None:
    assert wrong(body) == {"body": "The body must be an object."}


def test_the_name_of_an_unknown_field_is_not_repeated_at_length() -> None:
    (field,) = wrong({"name": "x", "y" * 5000: 1})
    assert len(field) < 70


VALUES = st.none() | st.booleans() | st.integers(-100, 100) | st.floats(allow_nan=False) | st.text(max_size=5)
SETTINGS = st.dictionaries(st.sampled_from(BatchSettings.__struct_fields__), VALUES | st.lists(VALUES, max_size=3))


@given(SETTINGS)
def test_nothing_is_wrong_with_a_body_exactly_when_it_can_be_decoded(settings: dict[str, Any]) -> None:
    body = msgspec.json.decode(msgspec.json.encode({"name": "x", "settings": settings}))
    try:
        msgspec.convert(body, NewBatch)
        decoded = True
    except msgspec.ValidationError:
        decoded = False
    assert (not wrong(body)) is decoded
