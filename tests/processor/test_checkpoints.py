"""Names of checkpoints: the same exactly when the result is the same."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.processor.checkpoints import inputs, listening_key, relevant
from shared.batches import BatchSettings, OutputFormat, Sensitivity
from shared.media import MediaFacts, StoredObject
from shared.messages import ProcessVideo

VIDEO = ProcessVideo(
    user_id=UUID(int=1),
    batch_id=UUID(int=2),
    batch_video_id=UUID(int=3),
    video_id=UUID(int=4),
    attempt=1,
    name="one.mp4",
    source=StoredObject(key="sources/u/v/source", size_bytes=10, etag="a", crc32=1),
    facts=MediaFacts(container="mp4", duration_s=1, width=2, height=2, video_codec="h264"),
    settings=BatchSettings(remove_silence=True),
)


@pytest.mark.parametrize(
    "changed",
    [
        BatchSettings(remove_silence=True, silence_threshold=-30),
        BatchSettings(remove_silence=True, export_format=OutputFormat.WEBM),
        BatchSettings(),
    ],
)
def test_a_changed_setting_renders_again_without_listening_again(changed: BatchSettings) -> None:
    again = replace(VIDEO, settings=changed)
    assert inputs(again) != inputs(VIDEO)
    assert listening_key(again) == listening_key(VIDEO)


@pytest.mark.parametrize(
    "source",
    [
        replace(VIDEO.source, etag="b"),
        replace(VIDEO.source, crc32=2),
        replace(VIDEO.source, key="sources/other/v/source"),
    ],
)
def test_another_source_shares_nothing(source: StoredObject) -> None:
    other = replace(VIDEO, source=source)
    assert inputs(other) != inputs(VIDEO)
    assert listening_key(other) != listening_key(VIDEO)


def test_attempts_and_names_change_nothing() -> None:
    again = replace(VIDEO, attempt=7, name="two.mp4", batch_id=uuid4())
    assert (inputs(again), listening_key(again)) == (inputs(VIDEO), listening_key(VIDEO))


@pytest.mark.parametrize(
    "settings",
    [
        BatchSettings(silence_threshold=-20, min_silence_s=2, margin_before_s=1, margin_after_s=1),
        BatchSettings(language="de", model="tiny", vocabulary=("Dailies",)),
        BatchSettings(highlight_sensitivity=Sensitivity.MAX, keywords=("goal",)),
    ],
)
def test_settings_of_what_is_switched_off_change_nothing(settings: BatchSettings) -> None:
    assert relevant(settings) == BatchSettings()
