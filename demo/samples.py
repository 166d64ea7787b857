"""Sample videos: a synthetic voice that speaks short sentences with pauses, over a moving test picture."""

from __future__ import annotations

import hashlib
import json
import subprocess
import wave
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RATE = 22_050
"""Samples per second of espeak-ng's voices."""
LEAD_S = 0.8


@dataclass(frozen=True)
class Script:
    """What is said and shown in one sample. Each sentence is followed by its pause, in seconds."""

    name: str
    title: str
    voice: str
    picture: str
    """A source of ffmpeg at a small size, and what moves it."""
    size: str
    rate: str
    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Sample:
    """A sample video that is there, the silence that was put before, between and after its sentences, and what they say."""

    path: Path
    duration_s: float
    pauses_s: float
    pause_count: int
    spoken: str


SCRIPTS = (
    Script(
        name="episode-1.mp4",
        title="Episode one",
        voice="en-us",
        picture="testsrc2=size=640x360",
        size="1280:720",
        rate="25",
        lines=(
            ("Hello, and welcome to the daily show.", 2.2),
            ("This is episode one.", 1.6),
            ("Today we talk about editing, sound and silence.", 2.8),
            ("The silence in this video is not important, please cut it now.", 2.0),
            ("Here is the highlight of the day.", 1.2),
            ("Thank you for listening.", 1.8),
        ),
    ),
    Script(
        name="episode-2.mp4",
        title="Episode two",
        voice="en-gb",
        picture="gradients=size=320x180:speed=0.02:seed=7",
        size="1920:1080",
        rate="30000/1001",
        lines=(
            ("Welcome back to the studio.", 1.4),
            ("This week we have a great guest.", 2.4),
            ("The first question is about microphones and cameras.", 3.0),
            ("What is the best answer? You will find it in this episode.", 1.7),
            ("Use two microphones, and make the lights big.", 2.1),
            ("Now save the project and play it back.", 1.3),
            ("It was a long day, and we want to talk more about it tomorrow morning.", 2.0),
        ),
    ),
    Script(
        name="episode-3.mp4",
        title="Episode three",
        voice="en-us+f3",
        picture="smptehdbars=size=480x270,hue=H=2*PI*t/9",
        size="960:540",
        rate="30",
        lines=(
            ("This is the last episode of the week.", 2.6),
            ("A short story about music and the night.", 1.5),
            ("It was incredible, and the guest was amazing.", 2.9),
            ("See you next time.", 1.5),
        ),
    ),
)


class SampleError(Exception):
    """A sample could not be made; the message says which program failed, and how."""


def make_all(folder: Path, say: Callable[[str], None]) -> list[Sample]:
    """The samples, made now or in an earlier run. Raises `SampleError`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_made_before(script, folder) or _make(script, folder, say) for script in SCRIPTS]


def _made_before(script: Script, folder: Path) -> Sample | None:
    try:
        card = json.loads(_card(script, folder).read_text())
        path = folder / script.name
        if card["script"] == _digest(script) and path.stat().st_size == card["size_bytes"]:
            return _sample(script, path, card["duration_s"])
    except (OSError, ValueError, KeyError):
        pass
    return None


def _make(script: Script, folder: Path, say: Callable[[str], None]) -> Sample:
    say(f"Making {script.name} ...")
    path, sound = folder / script.name, folder / f"{script.name}.wav"
    duration_s = _speak(script, sound)
    unfinished = folder / f"unfinished-{script.name}"
    _run(*_video_command(script, sound, duration_s, unfinished))
    sound.unlink()
    unfinished.replace(path)
    card = {"script": _digest(script), "size_bytes": path.stat().st_size, "duration_s": duration_s}
    # Last: a sample without its card is made again.
    _card(script, folder).write_text(json.dumps(card))
    return _sample(script, path, duration_s)


def _sample(script: Script, path: Path, duration_s: float) -> Sample:
    pauses = [LEAD_S, *(pause for _, pause in script.lines)]
    return Sample(path, duration_s, sum(pauses), len(pauses), " ".join(sentence for sentence, _ in script.lines))


def _speak(script: Script, to: Path) -> float:
    """Speak the sentences with their pauses into one file; returns its seconds."""
    spoken = [b"\0\0" * int(LEAD_S * RATE)]
    for sentence, pause in script.lines:
        _run("espeak-ng", "-v", script.voice, "-s", "150", "-w", str(to), sentence)
        with wave.open(str(to)) as sound:
            spoken.append(sound.readframes(sound.getnframes()))
        spoken.append(b"\0\0" * int(pause * RATE))
    with wave.open(str(to), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(b"".join(spoken))
    return sum(map(len, spoken)) / 2 / RATE


def _video_command(script: Script, sound: Path, duration_s: float, to: Path) -> tuple[str, ...]:
    # Drawn small and enlarged: the demo is not the place to wait for pictures.
    picture = (
        f"{script.picture},fps={script.rate},scale={script.size}:flags=bilinear,drawtext=text='{script.title}':fontsize=h/9"
        ":fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=20:x=(w-text_w)/2:y=h*0.72+h/20*sin(2*PI*t/5),format=yuv420p"
    )
    # A little noise under the voice: silence in the world is never digital.
    mix = (
        f"anoisesrc=color=brown:amplitude=0.004:sample_rate=48000:seed=7:duration={duration_s:.3f}[noise];"
        "[1:a]aresample=48000[voice];[voice][noise]amix=inputs=2:duration=first:normalize=0[sound]"
    )
    return (
        "ffmpeg", "-nostdin", "-v", "error", "-y",
        "-f", "lavfi", "-i", picture, "-i", str(sound),
        "-filter_complex", mix, "-map", "0:v", "-map", "[sound]",
        "-t", f"{duration_s:.3f}",
        "-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-g", "60",
        "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-f", "mp4", str(to),
    )  # fmt: skip


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise SampleError(f"{command[0]} is not installed; run: make setup") from None
    if done.returncode != 0:
        raise SampleError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def _digest(script: Script) -> str:
    """Changes whenever the sample would be made differently."""
    made = json.dumps([asdict(script), _video_command(script, Path("sound"), 1.0, Path("to")), LEAD_S])
    return hashlib.sha256(made.encode()).hexdigest()


def _card(script: Script, folder: Path) -> Path:
    return folder / f"{script.name}.json"
