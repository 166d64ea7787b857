"""Exports: what people ask for, and what they are told."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.gateway.bodies import MOST_NAMED
from shared.batches import ExportFormat
from shared.views import BatchExport


class NewExport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the videos of a batch are to be handed over."""

    format: Annotated[ExportFormat, Meta(description="one of zip, merged and playlist")] = ExportFormat.ZIP
    include_failed: Annotated[bool, Meta(description="true to put the originals of failed videos in as well")] = False
    original_names: Annotated[bool, Meta(description="true for 'name.mp4' instead of '001_name.mp4'")] = False
    batch_prefix: Annotated[bool, Meta(description="true for the batch's name in front of every file's name")] = False
    transcripts: Annotated[bool, Meta(description="true to put transcripts and subtitles into a ZIP")] = True
    highlights: Annotated[bool, Meta(description="true to put highlights into a ZIP")] = True
    naming: Annotated[
        Annotated[str, Meta(min_length=1, max_length=1000)] | None,
        Meta(description="a pattern such as '{position:03}_{name}', with {name}, {position} and {batch}, or null"),
    ] = None
    video_ids: Annotated[
        Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=MOST_NAMED)] | None,
        Meta(description="a list of 1 to 500 ids of videos of the batch, or null for all"),
    ] = None
    skip_damaged: Annotated[
        bool, Meta(description="true to leave out videos whose files are missing or damaged, instead of failing")
    ] = False


class ExportRequested(Struct, frozen=True, kw_only=True):
    """An export that is being made, or one that was there already."""

    export_job_id: UUID
    export: BatchExport
