"""The processor's connections, handed to every handler."""

from __future__ import annotations

from msgspec import Struct

from services.processor.hardware import Hardware
from services.processor.presence import Presence
from services.processor.settings import ProcessorSettings
from services.processor.transcription.whisper import Whisper
from shared.bus import Bus
from shared.outbox import Outbox
from shared.scratch import Scratch
from shared.storage import ObjectStore
from shared.work import Work


class Processor(Struct, frozen=True, kw_only=True):
    """One worker process."""

    settings: ProcessorSettings
    worker: str
    """Its name for the scheduler, never used twice."""
    bus: Bus
    work: Work
    outbox: Outbox
    store: ObjectStore
    scratch: Scratch
    presence: Presence
    whisper: Whisper
    hardware: Hardware | None = None
    """The chip that encodes H.264, when one works here."""
