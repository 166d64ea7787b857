"""Voice: where somebody speaks, however quietly, so that no cut touches a word.

Uses the Silero model that comes with faster-whisper, by itself: the package around it takes a second to import and
wants all of the sound in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.processor.listening import SAMPLE_RATE
from shared.errors import Unavailable
from shared.media import Span

STEP = 512
"""Samples behind each probability."""
_CONTEXT = 64
_BLOCK = STEP * 500
"""A quarter of a minute: what is heard at once, and what a cancellation waits for: some hundredths of a second."""
BEGINS = 0.5
"""The probability at which speech begins; it goes on until it falls below `ENDS`."""
ENDS = 0.2

USUAL = 0.1
"""The loudness (root mean square, of full scale) of the louder moments of speech as people usually record it."""
STILL = 0.004
MOST_GAIN = 30.0
NEAR_STEPS = 16
"""Half a second."""

Probabilities = NDArray[np.float32]


async def find_speech(samples: Path, *, block: int = _BLOCK) -> list[Span]:
    """Where there is speech in the sound that `decode_sound` wrote. Cancellation is heard within a second.

    Raises `Unavailable` when the model is not installed.
    """
    session, state, blocks = _session(), _State(), _blocks(samples, block)
    found = [np.empty(0, np.float32)]
    heard = await asyncio.to_thread(next, blocks, None)
    while heard is not None:
        # The next block is read and amplified while the model listens to this one.
        probabilities, heard = await asyncio.gather(
            asyncio.to_thread(_listen, session, heard, state), asyncio.to_thread(next, blocks, None)
        )
        found.append(probabilities)
    return speech_spans(np.concatenate(found))


def speech_spans(probabilities: Probabilities) -> list[Span]:
    """Where the probability rises above `BEGINS`, extended both ways for as long as it stays above `ENDS`."""
    likely = np.concatenate(([False], probabilities > ENDS, [False]))
    edges = np.flatnonzero(likely[1:] != likely[:-1]).reshape(-1, 2)
    step_s = STEP / SAMPLE_RATE
    return [
        Span(start * step_s, end * step_s) for start, end in edges.tolist() if probabilities[start:end].max() > BEGINS
    ]


class _State:
    """What the model remembers from one block to the next."""

    def __init__(self) -> None:
        self.h: NDArray[np.float32] = np.zeros((1, 1, 128), np.float32)
        self.c: NDArray[np.float32] = np.zeros((1, 1, 128), np.float32)
        self.context: NDArray[np.float32] = np.zeros(_CONTEXT, np.float32)


def _listen(session: Any, block: NDArray[np.float32], state: _State) -> Probabilities:
    """The probability of speech in each step of a block; each is heard with the end of the one before it."""
    steps = block.reshape(-1, STEP)
    before = np.vstack((state.context, steps[:-1, -_CONTEXT:]))
    output, state.h, state.c = session.run(None, {"input": np.hstack((before, steps)), "h": state.h, "c": state.c})
    state.context = steps[-1, -_CONTEXT:]
    return np.asarray(output, np.float32).reshape(-1)


def _blocks(samples: Path, size: int) -> Iterator[NDArray[np.float32]]:
    with samples.open("rb") as file:
        while data := file.read(_BLOCK * 2):
            heard = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / 32768
            amplified = _amplified(np.pad(heard, (0, -len(heard) % STEP)))
            yield from (amplified[start : start + size] for start in range(0, len(amplified), size))


def _amplified(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is quiet in a block made as loud as speech usually is: the model misses most of what is said 30 dB below that.

    The gain follows the loudest moment within `NEAR_STEPS`, and lifts the stillness of the block to `STILL` at most.
    """
    steps = block.reshape(-1, STEP)
    power = np.einsum("ij,ij->i", steps, steps) / STEP
    near = np.pad(power, NEAR_STEPS, "edge")
    loudest = np.sqrt(np.lib.stride_tricks.sliding_window_view(near, 2 * NEAR_STEPS + 1).max(axis=1))
    most = np.clip(STILL / max(float(np.percentile(power, 10)) ** 0.5, 1e-6), 1.0, MOST_GAIN)
    gain = np.clip(USUAL / np.maximum(loudest, 1e-6), 1.0, most).astype(np.float32)
    if gain.max() == 1:
        return block
    # It never jumps: from the middle between two steps to the next it is a straight line.
    edges = np.concatenate((gain[:1], (gain[1:] + gain[:-1]) / 2, gain[-1:]))
    return (steps * np.linspace(edges[:-1], edges[1:], STEP, endpoint=False, axis=1, dtype=np.float32)).ravel()


@cache
def _session() -> Any:
    package = find_spec("faster_whisper")
    folders = (package.submodule_search_locations if package else None) or ()
    models = sorted(model for folder in folders for model in Path(folder, "assets").glob("silero_vad*.onnx"))
    if not models:
        raise Unavailable("Voice cannot be found here, because faster-whisper is not installed; install it.")
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    # Measured: with memory kept between blocks, and those small, it takes half as long.
    options.enable_cpu_mem_arena = True
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(models[-1]), providers=["CPUExecutionProvider"], sess_options=options)
