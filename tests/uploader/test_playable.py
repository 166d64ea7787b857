"""What browsers play as it is."""

from __future__ import annotations

import pytest

from services.uploader.playable import playable
from shared.media import MediaFacts


@pytest.mark.parametrize(
    ("container", "video", "pixels", "audio", "plays"),
    [
        ("mp4", "h264", "yuv420p", "aac", True),
        ("mp4", "h264", "yuvj420p", "mp3", True),
        ("mp4", "h264", "yuv420p", None, True),
        ("mp4", "av1", "yuv420p10le", "opus", True),
        ("mp4", "vp9", "yuv420p", "flac", True),
        ("mp4", "h264", "yuv420p10le", "aac", False),
        ("mp4", "h264", "yuv444p", "aac", False),
        ("mp4", "hevc", "yuv420p", "aac", False),
        ("mp4", "mpeg4", "yuv420p", "aac", False),
        ("mp4", "h264", "yuv420p", "ac3", False),
        ("mov", "h264", "yuv420p", "aac", True),
        ("mov", "h264", "yuv420p", "pcm_s16le", False),
        ("mov", "prores", "yuv422p10le", "pcm_s24le", False),
        ("mov", "hevc", "yuv420p10le", "aac", False),
        ("mov", "mjpeg", "yuvj420p", "aac", False),
        ("avi", "mpeg4", "yuv420p", "mp3", False),
        ("avi", "h264", "yuv420p", "aac", False),
        ("matroska", "h264", "yuv420p", "aac", False),
        ("webm", "vp8", "yuv420p", "vorbis", True),
        ("webm", "vp9", "yuv420p", "opus", True),
        ("webm", "av1", "yuv420p", None, True),
        ("webm", "vp9", "yuv420p10le", "opus", False),
        ("webm", "h264", "yuv420p", "opus", False),
        ("mp4", "mpeg2video", "yuv420p", "mp2", False),
        ("mp4", "h264", "", "aac", False),
    ],
)
def test_what_no_browser_plays_needs_a_copy(
    container: str, video: str, pixels: str, audio: str | None, plays: bool
) -> None:
    facts = MediaFacts(
        container=container,
        duration_s=10,
        width=1920,
        height=1080,
        video_codec=video,
        pixel_format=pixels,
        audio_codec=audio,
    )
    assert playable(facts) is plays
