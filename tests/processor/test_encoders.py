"""What a quality and a size mean for pictures of all shapes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.processor.encoders import can_be_copied, picture_of, sound_format
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import MediaFacts

FULL_HD = MediaFacts(
    container="mp4",
    duration_s=10,
    width=1920,
    height=1080,
    frame_rate="30/1",
    timeline_rate="30/1",
    video_codec="h264",
    pixel_format="yuv420p",
    audio_codec="aac",
    audio_channels=2,
    sample_rate=48000,
    bit_rate=5_000_000,
)


@pytest.mark.parametrize(
    ("source", "quality", "resolution", "upscale", "picture", "frame"),
    [
        ((1920, 1080), "720p", None, False, (1280, 720), None),
        ((1920, 1080), "1080p", None, False, (1920, 1080), None),
        ((1920, 1080), "4K", None, False, (1920, 1080), None),
        ((1920, 1080), "4K", None, True, (3840, 2160), None),
        ((1920, 1080), "source", None, True, (1920, 1080), None),
        ((1080, 1920), "720p", None, False, (720, 1280), None),
        ((640, 480), "720p", None, True, (960, 720), None),
        ((321, 181), "1080p", None, False, (320, 180), None),
        ((2560, 1080), "720p", None, False, (1706, 720), None),
        ((1920, 1080), "1080p", "1280x720", False, (1280, 720), None),
        ((1440, 1080), "1080p", "1280x720", False, (960, 720), (1280, 720)),
        ((1080, 1920), "1080p", "1280x720", False, (720, 1280), None),
        ((640, 480), "1080p", "1280x720", False, (640, 480), (854, 480)),
        ((640, 480), "1080p", "1280x720", True, (960, 720), (1280, 720)),
        ((3840, 2160), "720p", "1920x1080", False, (1280, 720), None),
    ],
)
def test_the_picture_keeps_its_shape_and_stays_within_the_quality(
    source: tuple[int, int],
    quality: str,
    resolution: str | None,
    upscale: bool,
    picture: tuple[int, int],
    frame: tuple[int, int] | None,
) -> None:
    facts = replace(FULL_HD, width=source[0], height=source[1])
    settings = BatchSettings(export_quality=Quality(quality), resolution=resolution, upscale=upscale)
    made = picture_of(facts, settings)
    assert (made.width, made.height) == picture
    assert (made.frame_width, made.frame_height) == (frame or picture)


def test_sound_is_at_most_stereo_and_of_a_usual_rate() -> None:
    assert sound_format(replace(FULL_HD, audio_channels=6, sample_rate=96000), OutputFormat.MP4) == (48000, 2)
    assert sound_format(replace(FULL_HD, audio_channels=1, sample_rate=44100), OutputFormat.MOV) == (44100, 1)
    assert sound_format(replace(FULL_HD, sample_rate=44100), OutputFormat.WEBM) == (48000, 2)


@pytest.mark.parametrize(
    ("changes", "settings", "copied"),
    [
        ({}, {}, True),
        ({}, {"export_format": OutputFormat.MOV}, True),
        ({}, {"export_format": OutputFormat.WEBM}, False),
        ({}, {"export_quality": Quality.P720}, False),
        ({"rotation": 90}, {}, False),
        ({"bit_rate": 40_000_000}, {}, False),
        ({"pixel_format": "yuv422p10le"}, {}, False),
        ({"audio_codec": "mp3"}, {}, False),
        ({"audio_codec": None}, {}, True),
        ({"variable_frame_rate": True}, {}, False),
        ({"video_codec": "vp9", "audio_codec": "opus"}, {"export_format": OutputFormat.WEBM}, True),
    ],
)
def test_only_what_is_as_it_was_asked_for_is_copied(
    changes: dict[str, object], settings: dict[str, object], copied: bool
) -> None:
    assert can_be_copied(replace(FULL_HD, **changes), BatchSettings(**settings)) is copied  # type: ignore[arg-type]
