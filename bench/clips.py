"""Clips for measurements: a moving, slightly noisy picture, and bursts of sound with pauses at known times."""

from __future__ import annotations

import subprocess
from pathlib import Path

TALKS_S, PAUSES_S = 3.8, 1.65
"""A burst of sound, and the silence after it."""


def ffmpeg(*arguments: object) -> None:
    """Run ffmpeg with the low priority that Dailies gives it as well, and fail loudly."""
    command = ["nice", "-n", "10", "ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def talk(to: Path, seconds: float, size: str = "1920x1080", *, picture: bool = True, noise: int = 6) -> Path:
    """Make a clip of 30 frames a second with a key frame every two seconds."""
    burst = f"lt(mod(t,{TALKS_S + PAUSES_S}),{TALKS_S})"
    # A few tones and some hiss, so that the encoder of the sound has as much to do as with speech.
    sound = (
        f"aevalsrc='{burst}*(0.15*sin(t*(900+400*sin(t*3)))+0.1*sin(t*2300)+0.05*(random(0)-0.5))':s=48000:d={seconds}"
    )
    inputs: list[object] = ["-f", "lavfi", "-i", sound]
    options: list[object] = ["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    if picture:
        inputs += ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=30:d={seconds},noise=alls={noise}:allf=t"]
        options += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "60", "-pix_fmt", "yuv420p"]
    ffmpeg(*inputs, *options, to)
    return to
