"""An archive is planned whole from its command."""

from __future__ import annotations

from uuid import UUID

import pytest
from msgspec.structs import replace

from services.exporter.archive import plan
from shared.errors import PermanentFailure
from shared.messages import BuildExport, ExportOptions
from tests.exporter.orders import item, order

BASE = order(item("a.mp4", 1, crc32=1), item("b.mp4", 2, crc32=2), export_id=UUID(int=5))


def test_videos_come_in_the_order_of_their_positions() -> None:
    planned = plan(replace(BASE, items=tuple(reversed(BASE.items))))
    assert [placed.entry.name for placed in planned.layout.files] == ["001_a.mp4", "002_b.mp4"]
    assert [item.position for item in planned.items] == [1, 2]


def test_the_size_is_known_beforehand() -> None:
    layout = plan(BASE).layout
    assert layout.size_bytes == sum(len(placed.header) + 10 for placed in layout.files) + len(layout.directory)


def test_nothing_to_pack_is_a_permanent_failure() -> None:
    with pytest.raises(PermanentFailure, match="no finished video"):
        plan(order())


@pytest.mark.parametrize(
    "same",
    [
        replace(BASE, export_id=UUID(int=6)),
        replace(BASE, attempt=2),
        replace(BASE, batch_name="Renamed"),
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
        replace(BASE, items=BASE.items[:1]),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 2, crc32=3))),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 2, crc32=2, size_bytes=11))),
        replace(BASE, items=(BASE.items[0], item("c.mp4", 2, crc32=2))),
        replace(BASE, items=(BASE.items[0], item("b.mp4", 3, crc32=2))),
    ],
)
def test_other_content_has_another_key(other: BuildExport) -> None:
    assert plan(other).content_key != plan(BASE).content_key
