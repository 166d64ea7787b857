"""What the sample videos say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from demo import samples
from demo.samples import SCRIPTS, Script, make_all
from demo.verify import probe

# The words that the small speech model of the demo knows.
VOCABULARY = """
    a about all amazing and answer are audio back bad batch best big but cameras can clip cut daily day editing eight
    eighteen eleven episode export fast fifteen file find first five for four fourteen good great guest have hello here
    highlight how i important in incredible is it keyword last lights listening long make microphones more morning music
    my need new next night nine nineteen no not now of on one open or play please podcast project question record save
    scene see seven seventeen short show silence six sixteen slow small sound start stop story studio subtitle subtitles
    talk ten thank the thirteen this three time timeline to today tomorrow twelve twenty two upload use very video voice
    want was we week welcome what will with word yes you your
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_word_is_one_that_the_model_knows(script: Script) -> None:
    words = re.findall(r"[a-z']+", " ".join(sentence for sentence, _ in script.lines).lower())
    assert set(words) <= set(VOCABULARY.split())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_sentence_begins_with_a_capital_and_is_followed_by_a_pause(script: Script) -> None:
    for sentence, pause in script.lines:
        assert all(part[0].isupper() for part in re.split(r"(?<=[.?]) ", sentence))
        assert 1 <= pause <= 3


def test_a_sample_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(SCRIPTS[2], lines=(("Hello.", 1.0),), size="160:90")
    monkeypatch.setattr(samples, "SCRIPTS", (short,))
    said: list[str] = []
    (made,) = make_all(tmp_path, said.append)
    (again,) = make_all(tmp_path, said.append)
    assert made == again
    assert said == ["Making episode-3.mp4 ..."]
    assert made.pauses_s == 1.8
    streams, duration_s = probe(made.path)
    assert sorted(stream.kind for stream in streams) == ["audio", "video"]
    assert abs(duration_s - made.duration_s) < 0.05


def test_a_sample_that_is_not_whole_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(SCRIPTS[2], lines=(("Hello.", 1.0),), size="160:90")
    monkeypatch.setattr(samples, "SCRIPTS", (short,))
    (made,) = make_all(tmp_path, lambda _: None)
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[:1000])
    make_all(tmp_path, lambda _: None)
    assert len(made.path.read_bytes()) == len(whole)
