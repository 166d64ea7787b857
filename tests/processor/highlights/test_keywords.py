"""Keywords are found in all their inflections, and in nothing else."""

from __future__ import annotations

import pytest

from services.processor.highlights.keywords import plain, same_word, spoken_keywords


@pytest.mark.parametrize(
    ("keyword", "word"),
    [
        ("cut", "cuts"),
        ("cut", "cutting"),
        ("edit", "editing"),
        ("editing", "edited"),
        ("story", "stories"),
        ("stories", "story"),
        ("make", "making"),
        ("answer", "answered"),
        ("class", "classes"),
        ("café", "CAFÉS"),
        ("Haus", "Hauses"),
        ("Katze", "Katzen"),
        ("reply", "replied"),
    ],
)
def test_an_inflection_is_the_keyword(keyword: str, word: str) -> None:
    assert same_word(plain(keyword), plain(word))


@pytest.mark.parametrize(
    ("keyword", "word"),
    [("cat", "catalogue"), ("star", "start"), ("us", "use"), ("this", "thing"), ("clip", "clipboard"), ("in", "ing")],
)
def test_another_word_is_not(keyword: str, word: str) -> None:
    assert not same_word(plain(keyword), plain(word))


def test_keywords_are_told_as_they_were_said_each_once() -> None:
    words = ["Now", "the", "Subtitles,", "and", "subtitle", "files:", "play", "them", "back!"]
    assert spoken_keywords(["subtitle", "play them", "nothing", "..."], words) == ["Subtitles", "play them"]
