"""Settings of the processor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from shared.batches import MODEL_NAME
from shared.settings import StoreSettings


class ProcessorSettings(StoreSettings, frozen=True, kw_only=True):
    """What a processor needs to know."""

    processor_slots: Annotated[int, Meta(ge=1, le=64)] = 1
    """Videos that one processor works on at the same time; more processes serve better than more slots."""
    scratch_folder: Path = Path(".run/scratch")
    """Folder for files in work; fast, and with room for the source and the output of every slot."""
    ffmpeg_threads: Annotated[int, Meta(ge=0, le=256)] = 0
    """Threads of one ffmpeg; 0 divides the processors of the machine among the slots."""
    ffmpeg_memory_mb: Annotated[int, Meta(ge=256)] = 6144
    """Address space that one ffmpeg may take; it counts what is reserved, so it lies well above what is used."""
    hardware_encoding: Literal["auto", "off", "nvenc", "vaapi"] = "auto"
    """Video chip that encodes H.264: `auto` takes one that a trial at the start shows to work, `off` always software."""
    hardware_device: Path = Path("/dev/dri/renderD128")
    """Render node of the chip that VAAPI uses."""
    largest_output_mb: Annotated[int, Meta(ge=1)] = 40_000
    """Size at which the output of a video is given up."""
    shortest_deadline_s: Annotated[float, Meta(gt=0)] = 1800.0
    """Time that even the shortest video may take."""
    deadline_factor: Annotated[float, Meta(gt=0)] = 20.0
    """Time that a video may take, in multiples of its duration; the longer of the two counts."""
    whisper_model: Annotated[str, Meta(pattern=MODEL_NAME)] = "small"
    """Speech model for batches that name none: a folder in the folder of models, or one of Whisper's sizes."""
    whisper_folder: Path = Path(".run/models")
    """Folder of speech models: what `make model` fetches, and own ones, a folder each."""
    whisper_hub: bool = True
    """Whether a speech model that is not in the folder is fetched from the Hugging Face hub."""
    whisper_required: bool = True
    """Whether a video fails when its speech model is nowhere to be had; with false it goes on without a transcript."""
    whisper_device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where speech models run: int8 on `cpu`, float16 on `cuda`; `auto` takes a GPU when there is one."""
    whisper_batch: Annotated[int, Meta(ge=1, le=64)] = 8
    """Windows of 30 seconds that a speech model hears at once; progress is told after each batch."""
    heartbeat_s: Annotated[float, Meta(gt=0)] = 2.0
    """How often a processor says that it lives."""
    checkpoint_days: Annotated[float, Meta(ge=0)] = 7.0
    """Days without use after which the checkpoint of a stage is removed."""
    housekeeping_s: Annotated[float, Meta(gt=0)] = 60.0
    """How often left-overs are looked for."""
    orphan_grace_s: Annotated[float, Meta(gt=0)] = 3600.0
    """For how long objects of a run that nobody knows, or nobody heard of, are left alone."""

    @property
    def threads(self) -> int:
        """Threads of one ffmpeg, never 0."""
        return self.ffmpeg_threads or max(1, len(os.sched_getaffinity(0)) // self.processor_slots)

    def deadline_s(self, media_s: float) -> float:
        """Time that the work on so many seconds of media may take."""
        return max(self.shortest_deadline_s, self.deadline_factor * media_s)
