"""Small videos made for the occasion: speech with known words and pauses, moving pictures, and files that lie.

Each is made once per folder and then copied by nobody: treat what you get as read-only.
"""

from __future__ import annotations

import hashlib
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
RATE = 48_000
MODELS, MODEL = Path(__file__).parent / "data", "dailies-tiny.en"
"""A tiny speech model, which knows the words of its own README only."""
SENTENCES = ("the quick brown fox jumps", "over the lazy dog", "pack my box with five dozen jugs")
CODECS = {
    "mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "mov": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "avi": ("-c:v", "mpeg4", "-q:v", "4", "-c:a", "pcm_s16le"),
    "mkv": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
}


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg and fail loudly."""
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def speech(text: str, folder: Path, *, words_per_minute: int = 170) -> Sound:
    """A sentence spoken by a machine, mono at `RATE`, without silence around it, peaking at half of full scale."""
    name = hashlib.sha256(f"{words_per_minute} {text}".encode()).hexdigest()[:16]
    raw, spoken = folder / f"{name}-raw.wav", folder / f"{name}.wav"
    if not spoken.exists():
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", str(words_per_minute), "-w", str(raw), text], check=True)
        ffmpeg("-i", str(raw), "-ar", str(RATE), "-ac", "1", str(spoken))
    with wave.open(str(spoken)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    heard = np.flatnonzero(np.abs(sound) > 0.003)
    sound = sound[heard[0] : heard[-1] + 1]
    return np.asarray(sound / np.abs(sound).max() * 0.5, np.float32)


def silence(seconds: float) -> Sound:
    """Nothing, for so long."""
    return np.zeros(round(seconds * RATE), np.float32)


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3) -> Sound:
    """A sine that begins and ends at once."""
    return np.asarray(level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), np.float32)


def with_pauses(pieces: Sequence[Sound], pause_s: float) -> tuple[Sound, list[tuple[float, float]]]:
    """The pieces with a pause before, between and after them, and from when to when each is heard, in seconds."""
    parts, spans, at = [silence(pause_s)], [], pause_s
    for piece in pieces:
        parts += [piece, silence(pause_s)]
        spans.append((at, at + len(piece) / RATE))
        at += len(piece) / RATE + pause_s
    return np.concatenate(parts), spans


def write_wav(sound: Sound, to: Path, *, channels: int = 1) -> Path:
    """Store sound as 16-bit PCM, the same on every channel."""
    samples = np.repeat((np.clip(sound, -1, 1) * 32767).astype("<i2")[:, None], channels, axis=1)
    with wave.open(str(to), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return to


def video(
    to: Path,
    *,
    sound: Sound | None = None,
    duration_s: float | None = None,
    size: str = "320x180",
    fps: str = "30",
    channels: int = 1,
    picture: str = "testsrc2",
    extra: Sequence[str] = (),
    before_inputs: Sequence[str] = (),
) -> Path:
    """Make a video of moving pictures; its kind follows from the suffix, its length from the sound or `duration_s`."""
    if to.exists():
        return to
    length_s = duration_s if duration_s is not None else len(sound) / RATE if sound is not None else 2.0
    inputs = [
        *before_inputs,
        "-f",
        "lavfi",
        "-i",
        f"{picture}{':' if '=' in picture else '='}s={size}:r={fps}:d={length_s}",
    ]
    if sound is not None:
        inputs += ["-i", str(write_wav(sound, to.with_suffix(".sound.wav"), channels=channels))]
    ffmpeg(*inputs, *CODECS[to.suffix[1:]], "-pix_fmt", "yuv420p", "-g", "30", *extra, str(to))
    return to


def talk(to: Path, *, pause_s: float = 1.2, **options: object) -> tuple[Path, list[tuple[float, float]]]:
    """A video in which three sentences are spoken, and from when to when each is heard."""
    sound, spans = with_pauses([speech(sentence, to.parent) for sentence in SENTENCES], pause_s)
    return video(to, sound=sound, **options), spans  # type: ignore[arg-type]


def variable_rate(to: Path, *, sound: Sound | None = None, duration_s: float = 4.0) -> Path:
    """A video of 30 frames a second that drops to 10 in its second half."""
    early = "lt(t,2)+not(mod(n,3))"
    return video(to, sound=sound, duration_s=duration_s, extra=("-vf", f"select='{early}'", "-fps_mode", "vfr"))


def rotated(to: Path, degrees: int = 90, *, of: Path | None = None, **options: object) -> Path:
    """A video that players turn by so many degrees clockwise, as phones record it."""
    if to.exists():
        return to
    upright = of or video(to.with_suffix(f".upright{to.suffix}"), **options)  # type: ignore[arg-type]
    ffmpeg("-i", str(upright), "-c", "copy", "-metadata:s:v", f"rotate={360 - degrees}", str(to))
    return to


def numbered(
    to: Path, *, frames: int = 120, fps: str = "30", sound: Sound | None = None, extra: Sequence[str] = ()
) -> Path:
    """A video whose frames bear their number, as sixteen bars, white for 1, the highest bit first."""
    if to.exists():
        return to
    bits = np.arange(frames)[:, None] >> np.arange(15, -1, -1) & 1
    rows = np.repeat(bits.astype(np.uint8) * 255, 20, axis=1)
    raw = to.with_suffix(".raw")
    raw.write_bytes(np.repeat(rows[:, None, :], 180, axis=1).tobytes())
    inputs = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180", "-r", fps, "-i", str(raw)]
    if sound is not None:
        inputs += ["-i", str(write_wav(sound, to.with_suffix(".sound.wav")))]
    ffmpeg(*inputs, *CODECS[to.suffix[1:]], "-pix_fmt", "yuv420p", "-g", "30", *extra, str(to))
    return to


def numbers_in(path: Path) -> list[int]:
    """The numbers of the frames of a video made from a `numbered` one, whatever its size now."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-vf", "scale=16:1:flags=area"]
    command += ["-f", "rawvideo", "-pix_fmt", "gray", "-"]
    grey = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.uint8).reshape(-1, 16)
    return [int(number) for number in (grey > 127) @ (1 << np.arange(15, -1, -1))]


def sound_of(path: Path) -> Sound:
    """The sound of a file as it is played, mono at `RATE`."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", str(RATE)]
    command += ["-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def truncated(whole: Path, to: Path, share: float = 0.6) -> Path:
    """The first part of a file, as a broken copy leaves it."""
    data = whole.read_bytes()
    to.write_bytes(data[: int(len(data) * share)])
    return to


def playlist_as_video(to: Path, target: Path) -> Path:
    """A playlist under the name of a film: whoever follows it opens `target`."""
    to.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\nfile:{target}\n#EXT-X-ENDLIST\n")
    return to


def script_as_video(to: Path, target: Path) -> Path:
    """A concat script under the name of a film: whoever follows it opens `target`."""
    to.write_text(f"ffconcat version 1.0\nfile '{target}'\n")
    return to
