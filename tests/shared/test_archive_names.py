"""Names in an archive are safe on every system, unique, and do not change when more videos come."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.archive_names import MAX_NAME, archive_names, check_pattern, download_name, extension, sameness
from shared.errors import Invalid
from shared.media import StoredObject
from shared.messages import ExportItem, ExportOptions, ExtraFile
from tests.exporter.orders import item

ORIGINAL = ExportOptions(original_names=True)


def names_of(items: list[ExportItem], batch_name: str, options: ExportOptions) -> tuple[str, ...]:
    return tuple(name for names in archive_names(items, batch_name, options) for name in names)


def original(name: str) -> str:
    return names_of([item(name)], "Batch", ORIGINAL)[0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (ExportOptions(), "007_Talk.mp4"),
        (ExportOptions(original_names=True), "Talk.mp4"),
        (ExportOptions(batch_prefix=True), "Season 1_007_Talk.mp4"),
        (ExportOptions(original_names=True, batch_prefix=True), "Season 1_Talk.mp4"),
    ],
)
def test_the_options_make_the_name(options: ExportOptions, expected: str) -> None:
    assert names_of([item("Talk.mov", 7)], "Season 1", options) == (expected,)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Episode 1.5", "Episode 1.5.mp4"),
        ("two.dots.MOV", "two.dots.mp4"),
        ("../../etc/passwd", "_.._etc_passwd.mp4"),
        ("C:\\videos\\a.mp4", "C__videos_a.mp4"),
        ('a<b>c:"d"|e?f*.mp4', "a_b_c__d__e_f_.mp4"),
        ("line\nbreak\0.mp4", "linebreak.mp4"),
        ("  . spaces . .mp4", "spaces.mp4"),
        ("", "video.mp4"),
        ("...", "video.mp4"),
        (".mp4", "video.mp4"),
        (".hidden.mp4", "hidden.mp4"),
        ("-rf.mp4", "_-rf.mp4"),
        ("con.mp4", "_con.mp4"),
        ("NUL", "_NUL.mp4"),
        ("com1.tape.mp4", "_com1.tape.mp4"),
        ("lpt² .mp4", "_lpt².mp4"),
        ("aux .b.mp4", "_aux .b.mp4"),
        ("console.mp4", "console.mp4"),
        ("Überraschung.mp4", "Überraschung.mp4"),
        ("e\u0301te\u0301.mp4", "été.mp4"),
        ("party 🎉 👩‍👩‍👧.mp4", "party 🎉 👩‍👩‍👧.mp4"),
        ("invoice\u202efdp.mp4", "invoicefdp.mp4"),
        ("no\u00a0break.mp4", "no break.mp4"),
    ],
)
def test_a_name_becomes_safe(given_name: str, expected: str) -> None:
    assert original(given_name) == expected


def test_a_long_name_is_cut_between_characters() -> None:
    name = original("🎉" * 300 + ".mp4")
    assert name == "🎉" * ((MAX_NAME - 4) // 4) + ".mp4"


def test_equal_names_are_told_apart_also_where_only_case_or_accents_differ_in_spelling() -> None:
    names = ["a.mp4", "A.mov", "a.mp4", "a (2).mp4", "é.mp4", "e\u0301.mp4"]
    items = [item(name, position) for position, name in enumerate(names, 1)]
    assert names_of(items, "b", ORIGINAL) == (
        "a.mp4",
        "A (2).mp4",
        "a (3).mp4",
        "a (2) (2).mp4",
        "é.mp4",
        "é (2).mp4",
    )


@pytest.mark.parametrize(
    ("key", "content_type", "name", "expected"),
    [
        ("runs/1/2/output.webm", "video/mp4", "talk.mp4", "webm"),
        ("sources/1/2/source", "video/x-msvideo", "talk.mp4", "avi"),
        ("sources/1/2/source", "application/octet-stream", "talk.MOV", "mov"),
        ("sources/1/2/source", "application/octet-stream", "talk.exe", "bin"),
        ("sources/1.2/2/source", "application/octet-stream", "talk", "bin"),
    ],
)
def test_the_extension_follows_what_is_stored(key: str, content_type: str, name: str, expected: str) -> None:
    assert extension(StoredObject(key=key, size_bytes=1, etag="", content_type=content_type), name) == expected


def test_the_download_is_named_after_the_batch() -> None:
    assert download_name("Season 1: the/start", "zip") == "Season 1_ the_start.zip"
    assert download_name("\u202e", "zip") == "videos.zip"


AWKWARD = st.one_of(
    st.text(max_size=30),
    st.text(alphabet=st.sampled_from("aA. /\\-_:é\u0301\u200d\u202e🎉\0con2()"), max_size=260),
    st.sampled_from(["CON", "nul.mp4", "a.mp4", "A", "a (2)", "ﬁ", "fi", "ß", "ss", "SS", "x" * 400, "\ud800"]),
)
ITEMS = st.lists(AWKWARD, max_size=12).map(lambda names: [item(name, n) for n, name in enumerate(names, 1)])
OPTIONS = st.builds(ExportOptions, original_names=st.booleans(), batch_prefix=st.booleans())


@given(ITEMS, AWKWARD, OPTIONS)
def test_names_are_always_safe_and_unique(items: list[ExportItem], batch_name: str, options: ExportOptions) -> None:
    names = names_of(items, batch_name, options)
    assert len({sameness(name) for name in names}) == len(items)
    for name in names:
        stem = name.removesuffix(".mp4")
        assert name != stem
        assert 0 < len(name.encode()) <= MAX_NAME
        assert name == PurePosixPath(name).name == PureWindowsPath(name).name
        assert not PureWindowsPath(name).is_reserved()
        assert not set(name) & set('<>:"/\\|?*')
        assert not any(unicodedata.category(c) in ("Cc", "Cs") or c == "\u202e" for c in name)
        assert stem.strip(" .") == stem
        assert not name.startswith("-")
        assert unicodedata.is_normalized("NFC", name)


@given(ITEMS, AWKWARD, OPTIONS, st.integers(0, 12))
def test_more_videos_change_no_earlier_name(
    items: list[ExportItem], batch_name: str, options: ExportOptions, count: int
) -> None:
    names = names_of(items, batch_name, options)
    assert names_of(items[:count], batch_name, options) == names[:count]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{name}", "Talk.mp4"),
        ("{position}. {name}", "7. Talk.mp4"),
        ("{position:03}-{name}", "007-Talk.mp4"),
        ("{position:5}", "00007.mp4"),
        ("{batch}/{name}", "Season 1_Talk.mp4"),
        ("{batch} {position:02}", "Season 1 07.mp4"),
        ("manifest{name}", "manifestTalk.mp4"),
    ],
)
def test_a_pattern_makes_the_name_alone(pattern: str, expected: str) -> None:
    options = ExportOptions(naming=pattern, batch_prefix=True, original_names=True)
    assert names_of([item("Talk.mov", 7)], "Season 1", options) == (expected,)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("{title}", "has {title}"),
        ("{name.__class__}", "has {name.__class__}"),
        ("{position:>9999999999}", "use {name}"),
        ("{position:03d}", "use {name}"),
        ("{name", "brace"),
        ("name}", "brace"),
        ("{{name}}", "brace"),
        ("{batch}", "the same name"),
        ("", "the same name"),
        ("{name}" * 20, "shorten"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, complaint: str) -> None:
    with pytest.raises(Invalid, match=re.escape(complaint)):
        check_pattern(pattern)


def test_files_of_one_name_are_numbered_together_with_what_lies_beside_them() -> None:
    subtitles = ExtraFile(suffix="srt", stored=StoredObject(key="runs/1/2/s.srt", size_bytes=1, etag=""))
    films = [replace(item("a.mp4", 1), extras=(subtitles,)), replace(item("a.mov", 2), extras=(subtitles,))]
    assert archive_names(films, "b", ORIGINAL) == (("a.mp4", "a.srt"), ("a (2).mp4", "a (2).srt"))


def test_no_file_takes_the_place_of_the_manifest() -> None:
    told = ExtraFile(suffix="json", stored=StoredObject(key="runs/1/2/s.json", size_bytes=1, etag=""))
    film = replace(item("manifest.mp4", 1), extras=(told,))
    assert archive_names([film], "b", ORIGINAL) == (("manifest (2).mp4", "manifest (2).json"),)
