"""How things are written for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from client import text
from client.progress import overall_percentage
from client.tables import ago
from shared.batches import BatchStatus, VideoStatus
from tests.client.views import NOW, details, video


def test_names_cannot_steer_the_terminal() -> None:
    assert text.shown("a\x1b[2J\r\nb.mp4") == "a\ufffd[2J\ufffd\ufffdb.mp4"
    assert text.shown("Füße 🎬.mp4") == "Füße 🎬.mp4"


@pytest.mark.parametrize(
    ("count", "said"), [(None, "-"), (999, "999 B"), (1_500, "1.5 KB"), (2_147_483_648, "2.15 GB")]
)
def test_sizes(count: int | None, said: str) -> None:
    assert text.size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "-"), (3.44, "3.4 s"), (59.6, "59.6 s"), (123, "2:03"), (3723.4, "1:02:03")]
)
def test_durations(seconds: float | None, said: str) -> None:
    assert text.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (90000, "1 day ago")]
)
def test_times_ago(seconds: float, said: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == said


def test_a_batch_is_as_far_as_its_videos_together() -> None:
    half = details(
        BatchStatus.PROCESSING,
        video(1, status=VideoStatus.FAILED),
        video(2, status=VideoStatus.PROCESSING, progress_percentage=50),
        video(3, status=VideoStatus.UPLOADING, progress_percentage=90),
        video(4),
    )
    assert overall_percentage(half) == 37.5
