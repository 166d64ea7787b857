"""Settings of the exporter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from shared.settings import StoreSettings


class ExporterSettings(StoreSettings, frozen=True, kw_only=True):
    """What an exporter needs to know."""

    export_slots: Annotated[int, Meta(ge=1, le=64)] = 2
    """Exports that one exporter builds at the same time; each of them keeps one disk busy, or one network."""
    scratch_folder: Path = Path(".run/scratch")
    """Where videos are put together; it may need as much room as a merged video has, twice."""
    merge_hours: Annotated[float, Meta(gt=0)] = 12.0
    """Hours after which one step of merging videos is given up."""
    deliverable_hours: Annotated[float, Meta(gt=0)] = 24.0
    """Hours for which a finished export stays after it was last asked for."""
    builder_patience_s: Annotated[float, Meta(gt=0)] = 30.0
    """Seconds without a sign of life after which an unfinished deliverable is built by somebody else who wants it."""
    deliverable_sweep_s: Annotated[float, Meta(gt=0)] = 300.0
    """Seconds between looks for expired deliverables and left-over files."""
