"""Embedding: subtitles go into the output as a track that viewers switch on."""

from __future__ import annotations

from typing import Any

import ffmpeg

from services.processor.encoders import container_options
from services.processor.graphs import Render
from services.processor.transcription.subtitles import written
from shared.batches import OutputFormat
from shared.ffmpeg import CHILD_LIMITS, run_ffmpeg, source
from shared.processes import Limits
from shared.transcripts import Transcript

_CODECS = {OutputFormat.MP4: "mov_text", OutputFormat.MOV: "mov_text", OutputFormat.WEBM: "webvtt"}


async def embed_subtitles(
    job: Render, transcript: Transcript, *, deadline_s: float, limits: Limits = CHILD_LIMITS
) -> None:
    """Put the subtitles into a rendered file, whose other streams stay as they are."""
    kind = job.settings.export_format
    lines, joined = job.to.with_name("subtitles.srt"), job.to.with_name(f"joined{job.to.suffix}")
    lines.write_bytes(written(transcript, "srt"))
    texts = ffmpeg.input(f"file:{lines}", f="srt", protocol_whitelist="file", format_whitelist="srt")
    options: dict[str, Any] = {"c": "copy", "c:s": _CODECS[kind], "map_metadata": 0, "map_chapters": 0}
    if transcript.language:
        options["metadata:s:s:0"] = f"language={transcript.language}"
    arguments = ffmpeg.output(source(job.to), texts, f"file:{joined}", **container_options(kind) | options).get_args()
    await run_ffmpeg(
        arguments, doing="The subtitles could not be put into this video", deadline_s=deadline_s, limits=limits
    )
    joined.replace(job.to)
