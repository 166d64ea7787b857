"""No cut touches a word, in any room and by any setting; measured at full size by `make bench ONLY=cuts`."""

from __future__ import annotations

from pathlib import Path

from bench.talks import SCENES
from bench.topics.cuts import measured


async def test_no_word_is_clipped_and_more_silence_goes_than_silencedetect_could_take(media: Path) -> None:
    rows = await measured(media, [7], sentences=3)
    assert [(one.row, one.ours) for one in rows if one.row.startswith("words clipped") and one.ours] == []
    assert [one.row for one in rows if one.met is False] == []
    assert len([one for one in rows if one.row.startswith("silence removed in")]) == len(SCENES)
