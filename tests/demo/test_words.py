"""The demo's checks of transcripts and highlights find what is wrong with them."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from demo.words import beside, word_errors, written

SPOKEN = "Hello you. Good night."
FILES = {
    "001_one.srt": "1\n00:00:00,500 --> 00:00:01,500\nhello you.\n\n2\n00:00:02,000 --> 00:00:03,000\ngood night.\n",
    "001_one.vtt": "WEBVTT\n\n00:00.500 --> 00:01.500\nhello you.\n\n00:02.000 --> 00:03.000\ngood night.\n",
    "001_one.txt": "hello you.\ngood night.\n",
    "001_one.json": json.dumps({"text": "hello you. good night."}),
    "001_one.highlights.json": json.dumps({"highlights": [{"start_s": 2.0, "end_s": 3.0, "reasons": [{}]}]}),
}


def checked(**changed: str) -> list[str]:
    """What is found when some of the files are different."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, changed.get(name.split(".", 1)[1].replace(".", "_"), content))
    with zipfile.ZipFile(packed) as archive:
        return written(archive, "001_one.mp4", SPOKEN, 4.0).problems


def test_good_files_have_no_problems() -> None:
    assert beside("001_one.mp4") == list(FILES)
    assert checked() == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"txt": "bad morning.\n"}, "100 % of the words are wrong"),
        ({"srt": FILES["001_one.srt"].replace("good ", "")}, "other words in its srt"),
        ({"vtt": FILES["001_one.vtt"].replace("good ", "")}, "other words in its vtt"),
        ({"json": '{"text": ""}'}, "other words in its json"),
        ({"srt": FILES["001_one.srt"].replace("00:00:03", "00:00:09")}, "subtitles that lie outside"),
        ({"highlights_json": '{"highlights": [{"start_s": 2, "end_s": 3, "reasons": []}]}'}, "have no reason"),
    ],
)
def test_what_is_wrong_is_found(changed: dict[str, str], problem: str) -> None:
    assert any(problem in found for found in checked(**changed))


def test_words_are_counted_as_left_out_put_in_or_mistaken() -> None:
    assert word_errors(["a", "b", "d", "e"], ["a", "b", "c"]) == pytest.approx(2 / 3)
    assert word_errors([], ["a"]) == 1.0
