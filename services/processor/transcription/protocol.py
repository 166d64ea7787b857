"""What a processor and its whisper child say to each other: frames of msgpack, each after its length in four bytes."""

from __future__ import annotations

import msgspec
from msgspec import Struct

LENGTH_BYTES = 4
LONGEST_FRAME = 256 * 1024 * 1024


class Hear(Struct, frozen=True, kw_only=True):
    """Write down what is said in these windows of sound."""

    model: str
    """Its name: a folder in `models`, or one of the hub's."""
    models: str
    """Folder in which models lie, and into which they are fetched."""
    hub: bool
    """Whether a model may be fetched."""
    device: str
    """`cpu`, `cuda` or `auto`."""
    threads: int
    language: str | None
    """None to find out from the first window."""
    hotwords: str
    windows: tuple[bytes, ...]
    """16-bit samples, 16,000 a second, at most 30 seconds each."""


class HeardWord(Struct, frozen=True, array_like=True):
    """A word with the space before it, its times in the window in seconds, and how sure the model is of it, 0 to 1."""

    text: str
    start_s: float
    end_s: float
    sure: float


class HeardPassage(Struct, frozen=True, array_like=True):
    """What the model made of a window or a part of it, and what tells whether to believe it."""

    words: tuple[HeardWord, ...]
    no_speech: float
    """How likely there is no speech at all, 0 to 1."""
    sure: float
    """Average logarithm of the probability of its tokens."""
    repetitive: float
    """How much its text can be compressed: above 2.4 it says the same again and again."""


class Heard(Struct, frozen=True, kw_only=True, tag=True):
    """The answer: passages for each window."""

    language: str
    language_sure: float
    windows: tuple[tuple[HeardPassage, ...], ...]


class Trouble(Struct, frozen=True, kw_only=True, tag=True):
    """The answer when there is none: `missing` or `broken` (the model), `language` (not in the model), or `failed`."""

    kind: str
    reason: str


Answer = Heard | Trouble


def frame(message: Hear | Answer) -> bytes:
    """A message as it goes over the pipe."""
    packed = msgspec.msgpack.encode(message)
    return len(packed).to_bytes(LENGTH_BYTES, "big") + packed
