"""A merged video has every picture of its parts, their sound in step to the end, and a chapter for each."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.exporter import sounding
from services.exporter.handlers import build_export
from services.exporter.parts import agree, common_frame, read_part
from services.exporter.service import Exporter
from shared.batches import ExportFormat
from shared.messages import ExportItem
from shared.storage import LocalStore
from tests import media as clips
from tests.claims_desk import ClaimsDesk
from tests.exporter.evidence import built, said
from tests.exporter.orders import order

CLICK_S = 0.4
IN_STEP_S = 0.040


def click(seconds: float) -> clips.Sound:
    """Silence with a click at a known time."""
    sound = clips.silence(seconds)
    sound[round(CLICK_S * clips.RATE) :][:480] = 0.8
    return sound


async def stored(store: LocalStore, clip: Path, position: int, name: str = "") -> ExportItem:
    copy = clip.with_name(f"{position}-{clip.name}")
    copy.write_bytes(clip.read_bytes())
    key = f"runs/{position}/1/output{clip.suffix}"
    kind = {".mp4": "video/mp4", ".webm": "video/webm"}[clip.suffix]
    return ExportItem(position=position, name=name or clip.name, stored=await store.put_file(key, copy, kind))


async def merged(at: Exporter, store: LocalStore, items: list[ExportItem], to: Path) -> dict[str, Any]:
    """Export, and tell what ffprobe says of the result."""
    await build_export(order(*items, export_format=ExportFormat.MERGED), at)
    done = await built(at)
    await store.fetch(done.deliverable.key, to / "whole")
    assert list(at.scratch.folder.iterdir()) == []
    return {**probed(to / "whole"), "said": done}


def probed(path: Path) -> dict[str, Any]:
    show = ["-show_streams", "-show_format", "-show_packets", "-show_chapters"]
    run = ["ffprobe", "-v", "error", *show, "-of", "json", str(path)]
    told: dict[str, Any] = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    return told


def packet_times(told: dict[str, Any], kind: str) -> list[float]:
    (stream,) = [stream["index"] for stream in told["streams"] if stream["codec_type"] == kind]
    return sorted(float(p["pts_time"]) for p in told["packets"] if p["stream_index"] == stream)


def codecs(told: dict[str, Any]) -> list[str]:
    return [stream["codec_name"] for stream in told["streams"] if stream["codec_type"] in ("video", "audio")]


def clicks_in(path: Path) -> list[float]:
    loud = np.flatnonzero(np.abs(clips.sound_of(path)) > 0.3) / clips.RATE
    return [float(b) for a, b in zip([-1.0, *loud], loud, strict=False) if b - a > 0.2]


async def test_equal_videos_are_joined_without_encoding(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, media: Path, tmp_path: Path
) -> None:
    frames = (60, 91, 47, 52, 63)
    items, lengths = [], []
    for number, count in enumerate(frames, 1):
        clip = clips.video(media / f"click-{count}.mp4", sound=click(count / 30), duration_s=count / 30)
        items.append(await stored(store, clip, number, f"Take {number}; a=b.mp4"))
        lengths.append(count / 30)
    told = await merged(exporter, store, items, tmp_path)
    assert told["said"].file_name == "Season 1.mp4"
    assert codecs(told) == ["h264", "aac"]
    starts = [sum(lengths[:n]) for n in range(len(lengths))]

    pictures = packet_times(told, "video")
    assert len(pictures) == sum(frames)
    assert np.allclose(pictures, np.arange(sum(frames)) / 30, atol=0.001)
    assert abs(float(told["format"]["duration"]) - sum(lengths)) < 1 / 30
    sound = packet_times(told, "audio")
    assert np.allclose(np.diff(sound), 1024 / clips.RATE, atol=0.001)
    heard = clicks_in(tmp_path / "whole")
    assert np.allclose(heard, [start + CLICK_S for start in starts], atol=IN_STEP_S / 2)

    chapters = [(float(c["start_time"]), c["tags"]["title"]) for c in told["chapters"]]
    assert np.allclose([start for start, _ in chapters], starts, atol=0.001)
    assert [title for _, title in chapters] == [f"Take {n}; a=b" for n in range(1, 6)]
    # The pictures are the very same: nothing was encoded.
    md5 = ["ffmpeg", "-v", "error", "-i", "file", "-map", "0:v", "-f", "framemd5", "-"]
    shown = [hashes_of(md5, media / f"click-{count}.mp4") for count in frames]
    assert hashes_of(md5, tmp_path / "whole") == [line for part in shown for line in part]


def hashes_of(command: list[str], path: Path) -> list[str]:
    run = [str(path) if word == "file" else word for word in command]
    lines = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.rsplit(",", 1)[1].strip() for line in lines if not line.startswith("#")]


async def test_a_mixed_set_is_brought_into_one_frame(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, media: Path, tmp_path: Path
) -> None:
    mixed = [
        clips.video(
            media / "wide-to-merge.mp4", sound=click(2.2), duration_s=2.2, size="320x180", fps="30", channels=2
        ),
        clips.video(media / "film.mp4", sound=click(1.5), duration_s=1.5, size="320x180", fps="24"),
        clips.video(media / "silent.mp4", duration_s=1.1, size="640x360", fps="30000/1001"),
        clips.rotated(media / "portrait.mp4", sound=click(1.3), duration_s=1.3, size="320x180", fps="30"),
        clips.video(media / "other.webm", sound=click(1.2), duration_s=1.2, size="160x120", fps="25"),
    ]
    told = await merged(exporter, store, [await stored(store, clip, n) for n, clip in enumerate(mixed, 1)], tmp_path)
    assert codecs(told) == ["h264", "aac"]
    (picture,) = [stream for stream in told["streams"] if stream["codec_type"] == "video"]
    assert (picture["width"], picture["height"], picture["r_frame_rate"]) == (320, 180, "30/1")
    pictures = packet_times(told, "video")
    assert np.allclose(np.diff(pictures), 1 / 30, atol=0.001)
    assert abs(float(told["format"]["duration"]) - 7.3) < len(mixed) / 30
    starts = [float(chapter["start_time"]) for chapter in told["chapters"]]
    assert np.allclose(starts, [0, 2.2, 3.7, 4.8, 6.1], atol=1 / 30 * len(mixed))
    heard = [start + CLICK_S for number, start in enumerate(starts) if number != 2]
    assert np.allclose(clicks_in(tmp_path / "whole"), heard, atol=IN_STEP_S)


async def test_webm_stays_webm(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, media: Path, tmp_path: Path
) -> None:
    clip = clips.video(media / "click.webm", sound=click(1.2), duration_s=1.2)
    told = await merged(exporter, store, [await stored(store, clip, n) for n in (1, 2, 3)], tmp_path)
    assert (told["said"].file_name, codecs(told)) == ("Season 1.webm", ["vp8", "opus"])
    assert np.diff(packet_times(told, "video")).max() < 1.5 / 30
    assert np.allclose(clicks_in(tmp_path / "whole"), [CLICK_S + 1.2 * n for n in range(3)], atol=IN_STEP_S)


async def test_videos_without_sound_give_a_video_without_sound(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, media: Path, tmp_path: Path
) -> None:
    clip = clips.video(media / "mute-to-merge.mp4", duration_s=1.0)
    told = await merged(exporter, store, [await stored(store, clip, n) for n in (1, 2)], tmp_path)
    assert codecs(told) == ["h264"]
    assert len(packet_times(told, "video")) == 60


async def test_an_equal_merge_is_made_once(
    exporter: Exporter, desk: ClaimsDesk, store: LocalStore, media: Path
) -> None:
    clip = clips.video(media / "mute-to-merge.mp4", duration_s=1.0)
    items = [await stored(store, clip, n) for n in (1, 2)]
    for _ in range(2):
        await build_export(order(*items, export_format=ExportFormat.MERGED), exporter)
    first, second = await said(exporter)
    assert first.deliverable == second.deliverable  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [2, 20])
async def test_sound_never_drifts_however_many_videos_there_are(media: Path, count: int) -> None:
    clip = clips.video(media / "click-47.mp4", sound=click(47 / 30), duration_s=47 / 30)
    parts = [await read_part(clip, "take", 60)] * count
    places = sounding.slots(parts)
    assert places is not None
    for place, start in zip(places[:-1], sounding.starts(parts), strict=False):
        # The frame in a part's first place only prepares its decoder, as long as the first part's does.
        assert abs(place * 1024 / clips.RATE - float(start)) <= 512 / clips.RATE + 1e-6


async def test_videos_agree_only_if_their_pictures_do(media: Path) -> None:
    kinds = [
        clips.video(media / "mute-to-merge.mp4", duration_s=1.0),
        clips.video(media / "film-mute.mp4", duration_s=1.0, fps="24"),
        clips.video(media / "small-mute.mp4", duration_s=1.0, size="160x90"),
    ]
    first, *others = [await read_part(clip, "take", 60) for clip in kinds]
    assert agree([first, first])
    assert not any(agree([first, other]) for other in others)
    frame = common_frame([first, *others])
    assert (frame.width, frame.height, frame.rate) == (320, 180, Fraction(30))
