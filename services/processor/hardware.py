"""Encoders in hardware: what it takes to use one, and which works on this machine, found out by encoding with it.

That ffmpeg lists an encoder says that it was compiled in; not that there is a card, a driver, and permission to use them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg
from msgspec import Struct
from msgspec.structs import replace

from services.processor.encoders import Engine, Picture, video_options
from shared.batches import OutputFormat, Quality
from shared.errors import DailiesError
from shared.ffmpeg import run_ffmpeg
from shared.logs import logger
from shared.processes import Limits

log = logger(__name__)

AUTO = "auto"
_ALLOWED = {
    AUTO: (Engine.NVENC, Engine.VAAPI),
    "off": (),
    "nvenc": (Engine.NVENC,),
    "vaapi": (Engine.VAAPI,),
}
TRIAL = Picture(640, 360, 640, 360)
_TRIAL_S = 0.4
_TRIAL_DEADLINE_S = 30.0


class Hardware(Struct, frozen=True):
    """A chip that encodes H.264."""

    engine: Engine
    device: Path
    """The render node; only VAAPI asks for one."""

    def opening(self) -> list[str]:
        """Arguments of ffmpeg in front of all others."""
        if self.engine is Engine.VAAPI:
            return ["-init_hw_device", f"vaapi=chip:{self.device}", "-filter_hw_device", "chip"]
        return []

    def uploaded(self, video: Any) -> Any:
        """Pictures of an ffmpeg-python graph, where the encoder takes them from."""
        if self.engine is Engine.VAAPI:
            return video.filter("format", "nv12").filter("hwupload")
        return video

    def limits(self, limits: Limits) -> Limits:
        """What its ffmpeg may take: CUDA reserves more addresses than any limit on them can allow."""
        return replace(limits, memory_bytes=None) if self.engine is Engine.NVENC else limits


def candidates(wanted: str, device: Path) -> tuple[Hardware, ...]:
    """What a setting allows, the best first."""
    return tuple(Hardware(engine, device) for engine in _ALLOWED[wanted])


def trial(hardware: Hardware) -> list[str]:
    """Arguments of ffmpeg that encode ten frames as a render would."""
    frames = ffmpeg.input(f"testsrc2=s={TRIAL.width}x{TRIAL.height}:r=25:d={_TRIAL_S}", f="lavfi")
    options = video_options(OutputFormat.MP4, Quality.P720, TRIAL, 25.0, engine=hardware.engine)
    made: list[str] = hardware.uploaded(frames).output("-", f="null", **options).get_args()
    return [*hardware.opening(), *made]


async def found(wanted: str, device: Path, limits: Limits) -> Hardware | None:
    """The first of those allowed that really encodes; None means software."""
    for hardware in candidates(wanted, device):
        try:
            await run_ffmpeg(
                trial(hardware),
                doing=f"{hardware.engine.value} is not used",
                deadline_s=_TRIAL_DEADLINE_S,
                limits=hardware.limits(limits),
            )
        except DailiesError:
            tell = log.info if wanted == AUTO else log.warning
            tell("this hardware encoder does not work here; ffmpeg has just said why", engine=hardware.engine.value)
        else:
            return hardware
    return None
