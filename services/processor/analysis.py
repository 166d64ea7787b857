"""Analysis: what is heard and seen in a video, and what follows from it: its transcript, cut list and highlights."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.processor import checkpoints
from services.processor.cuts import edited, keep_everything
from services.processor.decisions import Decision, decide, recorded, too_noisy
from services.processor.highlights.finding import Material, find_highlights
from services.processor.highlights.scenes import scene_changes
from services.processor.limits import limits_of, net_s
from services.processor.listening import Levels, decode_sound, loudness, pack_levels, peaks, unpack_levels
from services.processor.reporting import Reporter, Tell
from services.processor.service import Processor
from services.processor.stages import Step
from services.processor.transcription.transcript import Spoken, transcript
from services.processor.transcription.troubles import ModelMissing
from services.processor.transcription.whisper import Wanted
from services.processor.voice import find_speech
from shared.batches import SilenceMode
from shared.cutting import CutRecord
from shared.errors import PermanentFailure
from shared.media import CutList, Span
from shared.messages import ProcessVideo
from shared.transcripts import Highlights, Transcript


class Sound(Struct, frozen=True, kw_only=True):
    """What a checkpoint keeps of the sound of a source."""

    packed_levels: bytes
    speech: tuple[Span, ...]
    peaks: bytes

    @property
    def levels(self) -> Levels:
        """Loudness of each window of `WINDOW_S`."""
        return unpack_levels(self.packed_levels)


class Analysis(Struct, frozen=True, kw_only=True):
    """What is known of a video before it is rendered."""

    cut_list: CutList
    record: CutRecord
    """The cut list with its reasons, as it is stored."""
    transcript: Transcript | None = None
    highlights: Highlights | None = None
    doubts: tuple[str, ...] = ()
    """What people should know about it, in sentences."""


class _Analyst:
    """The analysis of one video: its steps one after the other, and what they found so far."""

    def __init__(self, video: ProcessVideo, at: Processor, reporter: Reporter, source: Path) -> None:
        self.video, self.at, self.reporter, self.source = video, at, reporter, source
        self.samples = source.with_name("samples")
        self.doubts: list[str] = []

    async def decode(self, tell: Tell | None) -> None:
        """Have the sound in scratch."""
        await decode_sound(
            self.source,
            self.video.facts,
            self.samples,
            deadline_s=net_s(self.video, self.at),
            on_progress=tell,
            limits=limits_of(self.at.settings),
        )

    async def listen(self) -> Sound:
        """Loudness and voices, measured now or in an earlier run."""
        kept = self.source.with_name("sound")

        async def measure() -> None:
            await self.decode(lambda share: tell(share / 2))
            levels = await asyncio.to_thread(loudness, self.samples)
            tell(0.5)
            speech = await find_speech(self.samples)
            waveform = await asyncio.to_thread(peaks, self.samples)
            heard = Sound(packed_levels=pack_levels(levels), speech=tuple(speech), peaks=waveform)
            kept.write_bytes(msgspec.msgpack.encode(heard))

        async with self.reporter.step(Step.LISTENING) as tell:
            key = checkpoints.listening_key(self.video)
            await checkpoints.remembered(self.at, self.video, Step.LISTENING, key, kept, measure)
            return msgspec.msgpack.decode(kept.read_bytes(), type=Sound)

    async def transcribe(self, sound: Sound) -> Spoken | None:
        """What is said, written down now or in an earlier run; None when it cannot be and need not be."""
        settings, at, kept = self.video.settings, self.at, self.source.with_name("spoken")
        model = settings.model or at.settings.whisper_model

        async def write_down() -> None:
            if sound.speech and not self.samples.exists():
                await self.decode(None)
            wanted = Wanted(model=model, language=settings.language, vocabulary=settings.vocabulary)
            spoken = await at.whisper.transcribe(self.samples, sound.speech, wanted, on_progress=tell)
            kept.write_bytes(msgspec.msgpack.encode(spoken))

        async with self.reporter.step(Step.TRANSCRIBING) as tell:
            key = checkpoints.transcription_key(self.video, model)
            try:
                await checkpoints.remembered(at, self.video, Step.TRANSCRIBING, key, kept, write_down)
            except ModelMissing as missing:
                if at.settings.whisper_required:
                    raise
                self.doubts.append(f"This video has no transcript. {missing}")
                return None
            spoken = msgspec.msgpack.decode(kept.read_bytes(), type=Spoken)
        if not spoken.words:
            self.doubts.append("Nobody was heard speaking in this video, so its transcript is empty.")
        return spoken

    async def cut(self, sound: Sound, spoken: Spoken | None) -> Decision:
        """What to keep: all that is loud, and all that is said, however quietly; or, by speech, only what is said."""
        settings, facts = self.video.settings, self.video.facts
        async with self.reporter.step(Step.CUTTING):
            decision = decide(sound.levels, sound.speech, spoken.spans if spoken else (), facts, settings)
            noisy = too_noisy(decision, sound.levels, sound.speech, facts, settings)
        self.doubts += [noisy] if noisy else []
        if decision.cut_list.keep:
            return decision
        self.doubts.append(
            "Nobody was heard speaking in this video, so nothing was cut; cut it by loudness."
            if settings.silence_mode is SilenceMode.SPEECH
            else f"Nothing in this video is louder than {decision.threshold_db:g} dB, so nothing was cut; "
            "lower the threshold."
        )
        return replace(decision, cut_list=keep_everything(facts), unprotected=None)

    async def highlights(self, sound: Sound | None, spoken: Spoken | None, cut_list: CutList) -> Highlights:
        """The passages worth showing first."""
        facts, settings = self.video.facts, self.video.settings
        async with self.reporter.step(Step.FINDING) as tell:
            scenes = await scene_changes(
                self.source,
                facts,
                deadline_s=net_s(self.video, self.at),
                on_progress=tell,
                limits=limits_of(self.at.settings),
            )
            material = Material(
                duration_s=facts.duration_s,
                levels=sound.levels if sound else None,
                speech=sound.speech if sound else (),
                spoken=spoken,
                scenes=tuple(scenes),
                keywords=settings.keywords,
            )
            return await asyncio.to_thread(find_highlights, material, settings.highlight_sensitivity, cut_list)


async def analyse(video: ProcessVideo, at: Processor, reporter: Reporter, source: Path) -> Analysis:
    """Do what the settings ask for before there is anything to render."""
    settings, analyst = video.settings, _Analyst(video, at, reporter, source)
    sound = spoken = highlights = None
    lacking = {
        "no silence was removed": settings.remove_silence,
        "it has no transcript": settings.transcribe,
        "no highlights could be found in it": settings.detect_highlights,
    }
    asked = [what for what, wanted in lacking.items() if wanted]
    if asked and video.facts.has_audio:
        sound = await analyst.listen()
    analyst.doubts += [] if sound else [f"This video has no sound, so {what}." for what in asked]
    if sound and settings.transcribe:
        spoken = await analyst.transcribe(sound)
    decision = Decision(cut_list=keep_everything(video.facts))
    if sound and settings.remove_silence:
        decision = await analyst.cut(sound, spoken)
    cut_list = edited(decision.cut_list, video.facts, video.edits) if video.edits else decision.cut_list
    if not cut_list.keep:
        raise PermanentFailure("Nothing of the video would be left after these cuts; keep at least a part of it.")
    if settings.detect_highlights:
        highlights = await analyst.highlights(sound, spoken, cut_list)
    analyst.samples.unlink(missing_ok=True)
    return Analysis(
        cut_list=cut_list,
        record=recorded(decision, cut_list, video.edits, sound.peaks if sound else b""),
        transcript=transcript(spoken, cut_list) if spoken else None,
        highlights=highlights,
        doubts=tuple(analyst.doubts),
    )
