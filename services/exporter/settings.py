"""Settings of the exporter."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.settings import StoreSettings


class ExporterSettings(StoreSettings, frozen=True, kw_only=True):
    """What an exporter needs to know."""

    export_slots: Annotated[int, Meta(ge=1, le=64)] = 2
    """Exports that one exporter builds at the same time; each of them keeps one disk busy, or one network."""
    deliverable_hours: Annotated[float, Meta(gt=0)] = 24.0
    """Hours for which a finished export stays after it was last asked for."""
    builder_patience_s: Annotated[float, Meta(gt=0)] = 30.0
    """Seconds without a sign of life after which an unfinished deliverable is built by somebody else who wants it."""
    deliverable_sweep_s: Annotated[float, Meta(gt=0)] = 300.0
    """Seconds between looks for expired deliverables and left-over files."""
