"""The pages that follow from the code are what the code says now."""

from __future__ import annotations

import inspect

import msgspec
import pytest

from shared import messages
from shared.settings import load
from stack.settings import PER_PROCESS, read
from tools import env_example, message_docs
from tools.described import field_docs, first_sentence


def test_the_page_of_messages_is_fresh() -> None:
    assert message_docs.PAGE.read_text() == message_docs.page(), "run: make docs"


def test_the_example_of_settings_is_fresh() -> None:
    assert env_example.FILE.read_text() == env_example.text(), "run: make docs"


def test_every_message_is_on_the_page() -> None:
    page = message_docs.page()
    for name, kind in inspect.getmembers(messages, inspect.isclass):
        if issubclass(kind, msgspec.Struct) and kind.__module__ == messages.__name__ and kind not in message_docs.BASES:
            assert f"### {name}\n" in page


def test_every_setting_says_what_it_is_for() -> None:
    unsaid = [
        (one.service, one.name) for readings in env_example.known().values() for one in readings if not one.purpose
    ]
    assert unsaid == []


def test_a_setting_means_the_same_to_every_service() -> None:
    readings = {name: found for name, found in env_example.known().items() if name not in PER_PROCESS}
    assert {name: found for name, found in readings.items() if len({one.default for one in found}) > 1} == {}


@pytest.mark.parametrize("service", env_example.services())
def test_the_written_defaults_are_those_of_the_code(service: str) -> None:
    needed = {name: "x" for name, (one, *_) in env_example.known().items() if one.default is None}
    lines = [line.removeprefix("#") for line in env_example.text().splitlines() if line.startswith("#DAILIES_")]
    written = {name: value for name, value in read("\n".join(lines)).items() if name not in PER_PROCESS}
    for kind in env_example.structs(service):
        assert load(kind, {**needed, **written}) == load(kind, needed)


def test_copying_the_example_changes_nothing() -> None:
    assert read(env_example.text()) == {}


def test_the_first_sentence_ends_at_its_period() -> None:
    assert first_sentence("One. Two.") == "One."
    assert first_sentence("A file of 1.5 MB\n    and more.") == "A file of 1.5 MB and more."
    assert first_sentence(None) == ""


def test_fields_are_described_by_the_text_below_them() -> None:
    docs = field_docs(messages.VideoProgressed)
    assert docs["revision"].startswith("Grows with every update")
    assert "attempt" not in docs
