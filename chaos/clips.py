"""The smallest videos worth processing: a few seconds of a small picture, with sound that comes and goes."""

from __future__ import annotations

import subprocess
from pathlib import Path

SECONDS = (2.0, 2.6, 3.2)
LIAR = "notes.mp4"


def make(folder: Path) -> list[Path]:
    """Videos of several lengths, and last of all a text that calls itself a video."""
    made = []
    for number, seconds in enumerate(SECONDS, 1):
        path = folder / f"clip {number}.mp4"
        sound = f"aevalsrc='0.4*sin(2*PI*330*t)*lt(mod(t,1.6),0.8)':s=48000:d={seconds}"
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=s=320x180:r=25:d={seconds}",
        ]
        command += ["-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac"]
        subprocess.run([*command, "-pix_fmt", "yuv420p", str(path)], check=True)
        made.append(path)
    liar = folder / LIAR
    liar.write_text("This is not a video.\n" * 40)
    return [*made, liar]
