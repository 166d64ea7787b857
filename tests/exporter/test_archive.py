"""An archive is planned whole from its command."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from services.exporter.archive import Plan
from services.exporter.archive import plan as plan_of
from shared.batches import BatchSettings
from shared.media import StoredObject
from shared.messages import BuildExport, ExportOptions, ExtraFile
from shared.views import LeftOut
from tests.exporter.orders import item, order

BASE = order(item("a.mp4", 1, crc32=1), item("b.mp4", 2, crc32=2), export_id=UUID(int=5))


def plan(command: BuildExport, *left_out: LeftOut) -> Plan:
    return plan_of(command, sorted(command.items, key=lambda item: item.position), left_out)


def test_the_manifest_comes_after_the_videos() -> None:
    assert [placed.entry.name for placed in plan(BASE).layout.files] == ["001_a.mp4", "002_b.mp4", "manifest.json"]


def test_the_size_is_known_beforehand() -> None:
    planned = plan(BASE)
    assert planned.layout.size_bytes == sum(
        len(piece) if isinstance(piece, bytes) else piece.size_bytes for piece in planned.pieces
    )


def test_a_video_brings_its_extra_files_along_under_its_name() -> None:
    subtitles = StoredObject(key="runs/1/2/subtitles.srt", size_bytes=7, etag="s", crc32=9)
    with_extras = replace(BASE.items[0], extras=(ExtraFile(suffix="srt", stored=subtitles),))
    planned = plan(replace(BASE, items=(with_extras, BASE.items[1])))
    assert [placed.entry.name for placed in planned.layout.files] == [
        "001_a.mp4",
        "001_a.srt",
        "002_b.mp4",
        "manifest.json",
    ]
    assert planned.layout.files[1].entry.crc32 == 9
    (video, _) = msgspec.json.decode(manifest_of(planned))["videos"]
    assert video["extras"] == [{"file": "001_a.srt", "size_bytes": 7, "crc32": "00000009"}]


def manifest_of(planned: Plan) -> bytes:
    told = planned.sources[-1]
    assert isinstance(told, bytes)
    return told


def test_the_manifest_says_what_is_there_and_what_is_not_and_why() -> None:
    made = datetime(2026, 11, 22, 20, 5, 30, tzinfo=UTC)
    items = (replace(BASE.items[0], made_at=made, duration_s=12.5), BASE.items[1])
    failed = LeftOut(position=4, name="d.mov", reason="This is no video.")
    gone = LeftOut(position=3, name="c.mov", reason="Its stored file is missing.")
    told = msgspec.json.decode(manifest_of(plan(replace(BASE, items=items, left_out=(failed,)), gone)))
    assert (told["batch"], told["settings"]["export_quality"]) == ("Season 1", "1080p")
    assert told["videos"][0] == {
        "file": "001_a.mp4",
        "size_bytes": 10,
        "crc32": "00000001",
        "position": 1,
        "name": "a.mp4",
        "duration_s": 12.5,
        "finished_at": "2026-11-22T20:05:30Z",
        "extras": [],
    }
    assert [(video["position"], video["reason"]) for video in told["left_out"]] == [
        (3, "Its stored file is missing."),
        (4, "This is no video."),
    ]


def test_files_have_the_time_at_which_they_were_finished() -> None:
    early, late = datetime(2026, 11, 22, 1, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=UTC)
    items = (replace(BASE.items[0], made_at=late), replace(BASE.items[1], made_at=early))
    assert [placed.entry.modified for placed in plan(replace(BASE, items=items)).layout.files] == [late, early, late]


@pytest.mark.parametrize(
    "same",
    [
        replace(BASE, export_id=UUID(int=6)),
        replace(BASE, attempt=2),
        replace(BASE, items=tuple(reversed(BASE.items))),
    ],
)
def test_the_same_content_has_the_same_key(same: BuildExport) -> None:
    assert plan(same).content_key == plan(BASE).content_key


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, user_id=UUID(int=9)),
        replace(BASE, options=ExportOptions(original_names=True)),
        replace(BASE, options=ExportOptions(batch_prefix=True)),
        replace(BASE, batch_name="Renamed"),
        replace(BASE, settings=BatchSettings(remove_silence=True)),
        replace(BASE, left_out=(LeftOut(position=3, name="c", reason="It failed."),)),
        replace(BASE, items=BASE.items[:1]),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 2, crc32=3))),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 2, crc32=2, size_bytes=11))),
        replace(BASE, items=(BASE.items[0], item("c.mp4", 2, crc32=2))),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 3, crc32=2))),
    ],
)
def test_other_content_has_another_key(other: BuildExport) -> None:
    assert plan(other).content_key != plan(BASE).content_key
