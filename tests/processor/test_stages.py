"""Stages: what is asked for, and how far along it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.processor.stages import Planned, Step, plan, progress
from shared.batches import BatchSettings, OutputFormat, Quality
from shared.media import MediaFacts, Stage

FACTS = MediaFacts(
    container="mp4",
    duration_s=60.0,
    width=1920,
    height=1080,
    frame_rate="30/1",
    video_codec="h264",
    audio_codec="aac",
)
SIZE = 50_000_000

settings = st.builds(
    BatchSettings,
    transcribe=st.booleans(),
    remove_silence=st.booleans(),
    detect_highlights=st.booleans(),
    export_format=st.sampled_from(OutputFormat),
    export_quality=st.sampled_from(Quality),
    resolution=st.sampled_from([None, "640x360", "1280x720"]),
    upscale=st.booleans(),
)
facts = st.builds(
    lambda duration_s, width, height, rate, audio: replace(
        FACTS, duration_s=duration_s, width=width, height=height, frame_rate=rate, audio_codec=audio
    ),
    st.floats(0, 40_000),
    st.integers(2, 4096),
    st.integers(2, 4096),
    st.sampled_from(["0/1", "25/1", "30000/1001", "60/1"]),
    st.sampled_from([None, "aac"]),
)


def steps_of(planned: tuple[Planned, ...]) -> list[Step]:
    return [one.step for one in planned]


def test_a_video_is_listened_to_only_when_there_is_a_reason() -> None:
    assert Step.LISTENING in steps_of(plan(BatchSettings(remove_silence=True), FACTS, SIZE))
    assert Step.LISTENING not in steps_of(plan(BatchSettings(), FACTS, SIZE))


def test_a_video_without_sound_is_not_listened_to() -> None:
    planned = plan(BatchSettings(remove_silence=True), replace(FACTS, audio_codec=None), SIZE)
    assert Step.LISTENING not in steps_of(planned)
    assert {one.stage for one in planned} == {Stage.EXPORTING}


def test_the_stages_come_in_the_order_in_which_people_see_them() -> None:
    everything = BatchSettings(transcribe=True, remove_silence=True, detect_highlights=True)
    stages = list(dict.fromkeys(one.stage for one in plan(everything, FACTS, SIZE)))
    assert stages == [Stage.TRANSCRIBING, Stage.REMOVING_SILENCE, Stage.DETECTING_HIGHLIGHTS, Stage.EXPORTING]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (BatchSettings(transcribe=True), Stage.TRANSCRIBING),
        (BatchSettings(detect_highlights=True), Stage.DETECTING_HIGHLIGHTS),
    ],
)
def test_listening_belongs_to_the_first_stage_that_needs_it(asked: BatchSettings, first: Stage) -> None:
    listening = next(one for one in plan(asked, FACTS, SIZE) if one.step is Step.LISTENING)
    assert listening.stage is first


def test_rendering_more_pixels_weighs_more() -> None:
    def rendering(quality: Quality) -> float:
        planned = plan(BatchSettings(export_quality=quality), replace(FACTS, width=3840, height=2160), SIZE)
        return next(one.weight_s for one in planned if one.step is Step.RENDERING)

    assert rendering(Quality.P720) < rendering(Quality.P1080) < rendering(Quality.UHD) == rendering(Quality.SOURCE)


@given(settings, facts, st.integers(0, 2 * 1024**3), st.lists(st.floats(-1, 2), min_size=1, max_size=5))
def test_progress_never_goes_back_and_never_says_it_is_done(
    asked: BatchSettings, video: MediaFacts, size: int, shares: list[float]
) -> None:
    planned = plan(asked, video, size)
    told = [progress(planned, one.step, share) for one in planned for share in sorted(shares)]
    for before, after in pairwise(told):
        assert before.progress_percentage <= after.progress_percentage
        assert before.stage is not after.stage or before.stage_percentage <= after.stage_percentage
    assert all(0 <= one.progress_percentage <= 99 and 0 <= one.stage_percentage <= 100 for one in told)


def test_a_stage_ends_at_a_hundred_of_its_own() -> None:
    planned = plan(BatchSettings(remove_silence=True), FACTS, SIZE)
    assert progress(planned, Step.CUTTING, 1.0).stage_percentage == 100
    assert progress(planned, Step.RENDERING, 0.0).stage_percentage == 0
    assert progress(planned, Step.STORING, 1.0).stage_percentage == 100
