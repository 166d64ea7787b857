"""Video chips: chosen by what really works, and never the reason why a video fails. No test needs one."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.processor.cuts import from_frames, keep_everything
from services.processor.encoders import Engine, Picture, video_options
from services.processor.graphs import encoding
from services.processor.hardware import Hardware, candidates, found, trial
from services.processor.metrics import encodes
from services.processor.render import Render, render
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.ffmpeg import CHILD_LIMITS
from shared.probing import facts_of
from shared.processes import run
from tests.media import numbered, numbers_in, tone

NOWHERE = Path("/dev/dri/no-such-chip")
VAAPI, NVENC = Hardware(Engine.VAAPI, NOWHERE), Hardware(Engine.NVENC, NOWHERE)
FULL_HD = Picture(1920, 1080, 1920, 1080)
FRAMES = 300
X264 = ("-preset", "veryfast", "-bf", "3", "-sc_threshold", "0", "-b:a", "64k")


async def job_of(media: Path, to: Path, kept: list[tuple[int, int]] | None = None, **settings: object) -> Render:
    """A render of a numbered video of ten seconds."""
    clip = numbered(media / "for chips.mp4", frames=FRAMES, sound=tone(10.0), extra=X264)
    facts = await facts_of(clip)
    cut_list = from_frames(kept, facts.timeline_fps, FRAMES) if kept else keep_everything(facts)
    wanted = BatchSettings(export_format=OutputFormat(to.suffix[1:]), **settings)  # type: ignore[arg-type]
    return Render(source=clip, facts=facts, cut_list=cut_list, settings=wanted, to=to)


def made_by(engine: Engine, outcome: str) -> float:
    """How often that was counted."""
    return float(encodes.labels(engine.value, outcome)._value.get())


@pytest.mark.parametrize(
    ("wanted", "engines"), [("auto", ["nvenc", "vaapi"]), ("off", []), ("nvenc", ["nvenc"]), ("vaapi", ["vaapi"])]
)
def test_a_setting_allows_engines(wanted: str, engines: list[str]) -> None:
    assert [one.engine for one in candidates(wanted, NOWHERE)] == engines


@pytest.mark.parametrize("quality", [Quality.P720, Quality.P1080, Quality.UHD])
def test_a_chip_gets_the_same_quality_in_its_own_words(quality: Quality) -> None:
    software, nvenc, vaapi = (video_options(OutputFormat.MP4, quality, FULL_HD, 30.0, engine=one) for one in Engine)
    assert (nvenc["c:v"], vaapi["c:v"]) == ("h264_nvenc", "h264_vaapi")
    assert nvenc["g"] == vaapi["g"] == software["g"] and nvenc["maxrate"] == software["maxrate"]
    assert software["crf"] <= vaapi["qp"] <= nvenc["cq"] <= software["crf"] + 3
    assert nvenc["pix_fmt"] == "yuv420p" and "pix_fmt" not in vaapi, "its pictures are on the card already"
    webm = [video_options(OutputFormat.WEBM, quality, FULL_HD, 30.0, engine=one) for one in Engine]
    assert webm[0] == webm[1] == webm[2]


async def test_pictures_are_brought_to_the_chip_after_everything_else(media: Path, tmp_path: Path) -> None:
    job = await job_of(media, tmp_path / "out.mp4", [(0, 100), (150, 300)], export_quality=Quality.P720)
    arguments = encoding(job, tmp_path, None, 1, hardware=VAAPI)
    assert arguments[:4] == ["-init_hw_device", f"vaapi=chip:{NOWHERE}", "-filter_hw_device", "chip"]
    graph = (tmp_path / "graph.txt").read_text()
    assert graph.index("select=") < graph.index("scale=") < graph.index("format=nv12") < graph.index("hwupload")
    assert arguments[arguments.index("-c:v") + 1] == "h264_vaapi"
    arguments = encoding(job, tmp_path, None, 1, hardware=NVENC)
    assert arguments[arguments.index("-c:v") + 1] == "h264_nvenc"
    assert "hwupload" not in (tmp_path / "graph.txt").read_text()
    assert NVENC.limits(CHILD_LIMITS).memory_bytes is None, "CUDA does not start with a limit on addresses"


async def test_an_encoder_that_is_only_listed_is_not_used() -> None:
    listed = await run(["ffmpeg", "-v", "error", "-encoders"], deadline_s=10)
    assert b"h264_vaapi" in listed.output and "h264_vaapi" in trial(VAAPI)
    assert await found("vaapi", NOWHERE, CHILD_LIMITS) is None
    assert await found("off", NOWHERE, CHILD_LIMITS) is None
    automatic = await found("auto", NOWHERE, CHILD_LIMITS)
    assert automatic is None or automatic.engine is Engine.NVENC, "with NVENC there is a card here"


async def test_a_chip_that_fails_is_replaced_by_software_with_a_warning(media: Path, tmp_path: Path) -> None:
    job = await job_of(media, tmp_path / "out.mp4", [(0, 10), (20, 30), (100, 120)], resolution="160x90")
    before = made_by(Engine.VAAPI, "failed"), made_by(Engine.SOFTWARE, "made")
    told: list[float] = []
    checked = await render(job, deadline_s=60, hardware=VAAPI, on_progress=told.append)
    assert numbers_in(job.to) == [*range(10), *range(20, 30), *range(100, 120)]
    assert [warning for warning in checked.warnings if "encoded in software" in warning] == [checked.warnings[0]]
    assert told == sorted(told)
    assert (made_by(Engine.VAAPI, "failed"), made_by(Engine.SOFTWARE, "made")) == (before[0] + 1, before[1] + 1)
    assert list(tmp_path.iterdir()) == [job.to]


@pytest.mark.parametrize("name", ["out.webm", "smart.mp4"])
async def test_what_no_chip_may_make_is_not_even_tried(media: Path, tmp_path: Path, name: str) -> None:
    # The second is what was asked for already: but for what lies at the cut its packets are copied.
    job = await job_of(media, tmp_path / name, [(0, 100), (130, FRAMES)])
    before = made_by(Engine.VAAPI, "failed")
    checked = await render(job, deadline_s=60, hardware=VAAPI)
    assert (checked.warnings, made_by(Engine.VAAPI, "failed")) == ((), before)
    assert numbers_in(job.to) == [*range(100), *range(130, FRAMES)]
