"""Speech with known words and times, of the words that the tiny model knows."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec import Struct

from services.processor.listening import decode_sound
from services.processor.voice import find_speech
from shared.media import MediaFacts, Span
from shared.probing import facts_of
from tests import media as clips

SENTENCES = (
    "Hello, and welcome to the daily show.",
    "Today we talk about editing, sound and silence.",
    "What is the best answer?",
    "Now save the project and play it back.",
)


class Talk(Struct, frozen=True, kw_only=True):
    """A video in which `SENTENCES` are spoken with pauses of 1.5 s."""

    path: Path
    facts: MediaFacts
    samples: Path
    spans: list[tuple[float, float]]
    """When each sentence is heard."""
    speech: list[Span]
    """When the voice model hears something."""


@pytest.fixture(scope="session")
def talk(media: Path) -> Talk:
    """Four sentences, decoded."""
    return asyncio.run(_talk(media))


async def _talk(media: Path) -> Talk:
    sound, spans = clips.with_pauses([clips.speech(one, media, words_per_minute=150) for one in SENTENCES], 1.5)
    path, samples = clips.video(media / "said.mp4", sound=sound), media / "said.samples"
    facts = await facts_of(path)
    await decode_sound(path, facts, samples, deadline_s=60)
    return Talk(path=path, facts=facts, samples=samples, spans=spans, speech=await find_speech(samples))
