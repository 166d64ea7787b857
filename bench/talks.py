"""Talks of which it is known to the sample when each word is said: what cuts are measured on.

Words are spoken one by one by a machine and put together with gaps, so that nothing has to be guessed. Endings fade, some
words end in a plosive after a gap, people breathe between sentences, and beneath it all there is noise, hum or music.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from shared.media import Span

RATE = 16_000
HEARD = 0.003
"""A word begins and ends where its sound, peaking at one, is louder than that: 50 dB below."""
VOICES = ("en-us", "en-gb+f3")
SENTENCES = (
    "please put the kit back on top of the desk",
    "she said it was quite a shock",
    "half of the staff left with a laugh",
    "this is the last sheep of the flock",
    "we think both of them breathe through the cloth",
    "stop and look at the map",
    "nobody knew how far the moon was",
    "fish and chips for six",
)
"""Beginnings and endings that are hard to hear: plosives, f, s, sh, th, and nasals that fade."""

Sound = NDArray[np.float32]


class Scene(Struct, frozen=True, kw_only=True):
    """How a talk sounds. Levels are in dB of full scale: the peak of the voice, and the mean of what lies beneath it."""

    name: str
    voice_db: float = -6.0
    guest_db: float | None = None
    """The peak of whoever says every second sentence, where that is somebody else."""
    noise_db: float | None = None
    hum_db: float | None = None
    music_db: float | None = None
    breath_db: float | None = None


SCENES = (
    Scene(name="a silent room", noise_db=-80),
    Scene(name="a quiet room", noise_db=-60, breath_db=-50),
    Scene(name="an office", noise_db=-50, breath_db=-48),
    Scene(name="a street", noise_db=-43),
    Scene(name="a fan, louder than the threshold", noise_db=-36),
    Scene(name="mains hum", noise_db=-65, hum_db=-46),
    Scene(name="music beneath", noise_db=-70, music_db=-45),
    Scene(name="music, louder than the threshold", noise_db=-70, music_db=-34),
    Scene(name="a guest far from the microphone", guest_db=-30, noise_db=-66, breath_db=-58),
    Scene(name="somebody quiet", voice_db=-24, noise_db=-62, breath_db=-56),
    Scene(name="somebody very quiet", voice_db=-32, noise_db=-66),
)


class Talk(Struct, frozen=True, kw_only=True):
    """A talk: its sound, mono at `RATE`, and when each word is heard."""

    scene: Scene
    sound: Sound
    words: tuple[Span, ...]

    @property
    def duration_s(self) -> float:
        """Seconds of it."""
        return len(self.sound) / RATE


def talk(scene: Scene, folder: Path, *, seed: int, sentences: int = 8) -> Talk:
    """A talk in a scene; the same for the same seed. Spoken words are kept in `folder` for the next one."""
    chance = np.random.default_rng(seed)
    parts: list[Sound] = []
    words: list[Span] = []
    breaths: list[tuple[int, Sound]] = []
    at = 0

    def add(sound: Sound) -> None:
        nonlocal at
        parts.append(sound)
        at += len(sound)

    add(_nothing(chance.uniform(0.8, 2.0)))
    voice = VOICES[seed % len(VOICES)]
    for number in range(sentences):
        said = SENTENCES[(number + seed) % len(SENTENCES)].split()
        peak_db = scene.guest_db if scene.guest_db is not None and number % 2 else scene.voice_db
        for place, word in enumerate(said):
            sound = _spoken(word, voice, folder)
            # A voice sinks towards the end of a sentence, and its last word fades away.
            sound = sound * np.float32(10 ** ((peak_db - 8 * place / len(said)) / 20))
            if place == len(said) - 1:
                fading = min(len(sound), round(chance.uniform(0.1, 0.25) * RATE))
                sound[-fading:] *= np.geomspace(1, 10 ** (-chance.uniform(6, 16) / 20), fading, dtype=np.float32)
            words.append(Span(at / RATE, (at + len(sound)) / RATE))
            add(sound)
            add(_nothing(chance.uniform(0.02, 0.12) if chance.random() < 0.85 else chance.uniform(0.15, 0.45)))
        pause_s = chance.uniform(0.7, 3.0)
        if scene.breath_db is not None:
            breaths.append((at + round((pause_s - 0.45) * RATE), _breath(chance, scene.breath_db)))
        add(_nothing(pause_s))
    sound = np.concatenate(parts)
    for start, breath in breaths:
        sound[start : start + len(breath)] += breath
    sound += _beneath(scene, len(sound), chance)
    return Talk(scene=scene, sound=sound, words=tuple(words))


def store(sound: Sound, to: Path) -> Path:
    """Write sound as listening leaves it."""
    to.write_bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return to


def clipped(words: Sequence[Span], cuts: Sequence[Span], *, tolerance_s: float = 0.01) -> list[Span]:
    """The words that a cut takes more than `tolerance_s` of."""
    return [
        word
        for word in words
        if any(min(word.end_s, cut.end_s) - max(word.start_s, cut.start_s) > tolerance_s for cut in cuts)
    ]


def silence_removed(words: Sequence[Span], cuts: Sequence[Span]) -> float:
    """Seconds that are cut where nobody speaks."""
    lost = sum(max(0.0, min(word.end_s, cut.end_s) - max(word.start_s, cut.start_s)) for word in words for cut in cuts)
    return sum(cut.length_s for cut in cuts) - lost


def _spoken(word: str, voice: str, folder: Path) -> Sound:
    """A word without silence around it, peaking at one."""
    kept = folder / f"{hashlib.sha256(f'{voice} {word}'.encode()).hexdigest()[:16]}.npy"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as room:
            wav = Path(room, "word.wav")
            subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(wav), word], check=True)
            with wave.open(str(wav)) as file:
                raw, rate = np.frombuffer(file.readframes(file.getnframes()), np.int16), file.getframerate()
        length = len(raw) * RATE // rate
        sound = np.fft.irfft(np.fft.rfft(raw)[: length // 2 + 1], length).astype(np.float32)
        sound /= np.abs(sound).max()
        heard = np.flatnonzero(np.abs(sound) > HEARD)
        np.save(kept, sound[heard[0] : heard[-1] + 1])
    return np.asarray(np.load(kept), np.float32)


def _nothing(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def _breath(chance: np.random.Generator, level_db: float) -> Sound:
    """A third of a second of air."""
    noise = chance.normal(0, 1, round(0.35 * RATE)) * np.hanning(round(0.35 * RATE))
    return _at_level(np.asarray(noise, np.float32), level_db)


def _beneath(scene: Scene, length: int, chance: np.random.Generator) -> Sound:
    sound = np.zeros(length, np.float32)
    seconds = np.arange(length) / RATE
    if scene.noise_db is not None:
        # More of it is low than high, as in rooms.
        spectrum = np.fft.rfft(chance.normal(0, 1, length))
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)) * RATE / length, 50))
        sound += _at_level(np.fft.irfft(spectrum, length).astype(np.float32), scene.noise_db)
    if scene.hum_db is not None:
        hum = sum(np.sin(2 * np.pi * 50 * part * seconds + part) / part for part in (1, 2, 3, 5))
        sound += _at_level(np.asarray(hum, np.float32), scene.hum_db)
    if scene.music_db is not None:
        beat = (seconds / 0.4).astype(int)
        tones = 220 * 2 ** (np.array([0, 4, 7, 12, 9, 5])[beat % 6] / 12)
        phase = np.cumsum(2 * np.pi * tones / RATE)
        music = (np.sin(phase) + 0.4 * np.sin(2 * phase)) * np.exp(-2 * (seconds % 0.4))
        music += 0.6 * np.sin(2 * np.pi * 110 * seconds)
        sound += _at_level(music.astype(np.float32), scene.music_db)
    return sound


def _at_level(sound: Sound, level_db: float) -> Sound:
    return np.asarray(sound * (10 ** (level_db / 20) / np.sqrt(np.square(sound).mean())), np.float32)
