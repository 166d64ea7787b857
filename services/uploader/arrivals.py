"""Bytes of uploads as they arrive: who may send them, and how far they are."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from services.uploader.tables import OpenUpload, Upload, Video
from shared.bus import Bus
from shared.messages import UploadProgressed, VideoUploading
from shared.outbox import Outbox
from shared.storage import ObjectStore

EVERY_S = 0.25
"""How often at most the progress of one video is told; each telling replaces the one before."""
