"""Options of the command line as settings of a batch."""

from __future__ import annotations

import msgspec
import pytest

from client.batch_settings import OPTIONS, settings_from
from client.errors import UsageError
from shared.batches import BatchSettings, OutputFormat, Quality


def test_every_setting_has_an_option() -> None:
    assert set(OPTIONS) == {field.name for field in msgspec.structs.fields(BatchSettings)}


def test_what_is_not_given_keeps_its_default() -> None:
    settings = settings_from({"remove_silence": True, "silence_threshold": -35.0, "keywords": None})
    assert settings == BatchSettings(remove_silence=True, silence_threshold=-35.0)


def test_choices_and_lists_arrive() -> None:
    settings = settings_from(
        {"export_format": OutputFormat.WEBM, "export_quality": Quality.UHD, "keywords": ["one", "two"]}
    )
    assert (settings.export_format, settings.export_quality, settings.keywords) == ("webm", "4K", ("one", "two"))


def test_all_that_is_out_of_range_is_told_by_option() -> None:
    with pytest.raises(UsageError) as raised:
        settings_from({"silence_threshold": -10.0, "min_silence_s": 9.0, "language": "English", "margin_after_s": 1.0})
    lines = str(raised.value).split("\n")
    assert lines[0].startswith("--threshold must be a loudness between -60 and -20 dB")
    assert lines[1].startswith("--min-silence must be between 0.5 and 5 seconds")
    assert lines[2].startswith("--language must be a language code such as 'en'")
    assert len(lines) == 3
