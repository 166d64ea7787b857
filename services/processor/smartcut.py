"""Smart cut: where the source is what was asked for, whole groups of pictures are copied, and only the cuts are encoded.

What is encoded gets parameter sets with a number of their own, so that both kinds stand in the header of the file, as the
standard wants it (ISO/IEC 14496-15, 5.2.4.1), and not among the pictures. The sound is cut and encoded as always. Whatever
is not understood, or does not pass the checks, is encoded whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from services.processor.annexb import NotUnderstood, ParameterSets, as_stream, ivf_frame, ivf_header, parameter_sets
from services.processor.checks import Checked, check_output
from services.processor.cuts import from_frames
from services.processor.encode import Means, encode, kept_sound
from services.processor.encoders import can_be_copied
from services.processor.graphs import Render, joining
from services.processor.groups import Part, encoded, groups, parts, pays, shown_frames
from services.processor.skipping import needed_input, needed_packets, packets_to_skip
from shared.ffmpeg import Probed, ProbedPacket, ffprobe, run_ffmpeg, source
from shared.logs import logger
from shared.media import MediaFacts

OWN_ID = 17
"""The number of the parameter sets of what is encoded."""
_MOST_FRAMES = 400_000
_PIECES_SHARE = 0.7
"""Of the time, spent on what is encoded; the rest on the sound."""
_AT_ONCE = 1000
_ALIKE = ("codec_name", "width", "height", "pix_fmt", "sample_aspect_ratio")
_ASKED = f"packet=pts_time,size,pos,flags:format=start_time:stream=index,profile,{','.join(_ALIKE)}"
_COMPLAINTS = ("error", "Invalid", "non-existing", "concealing", "missing picture")

log = logger(__name__)


class Cut(Struct, frozen=True, kw_only=True):
    """The packets of a source, and which of them are copied."""

    parts: list[Part]
    packets: list[ProbedPacket]
    shown: list[int]
    described: Probed


async def plan_smart_cut(job: Render, means: Means) -> Cut | None:
    """How to cut without encoding everything; None where that cannot be done, or is not worth it."""
    facts = job.facts
    simple = facts.video_codec == "h264" and facts.container in ("mp4", "mov") and can_be_copied(facts, job.settings)
    if not simple or facts.duration_s * facts.timeline_fps > _MOST_FRAMES:
        return None
    described, start_s = await _described(job.source, facts, means)
    shown = shown_frames(described.packets, facts.timeline_fps, start_s)
    if shown is None or described.streams[0].profile not in ("High", "Main"):
        return None
    plan = parts(job.frames, groups(described.packets, shown))
    return Cut(parts=plan, packets=described.packets, shown=shown, described=described) if pays(plan) else None


async def smart_cut(job: Render, cut: Cut, scratch: Path, means: Means) -> Checked | None:
    """Write the output and check it; None when it is not as exact as an encode would be, and has to be encoded."""
    try:
        video = scratch / "joined.ivf"
        ahead = await _write(job, cut, video, scratch, means)
        async with kept_sound(job, means) as sound:
            await run_ffmpeg(
                joining(job, scratch, video, ahead),
                doing="This video could not be put together",
                deadline_s=means.deadline_s,
                duration_s=job.cut_list.kept_s,
                on_progress=means.part(_PIECES_SHARE, 1.0).on_progress,
                feed=sound.feed,
                limits=means.limits,
            )
        video.unlink()
        promised = sound.ear.heard() if sound.ear else None
        checked = await check_output(job, promised, deadline_s=means.deadline_s, limits=means.limits)
        complaints = await _complaints(job, cut.parts, checked, means)
    except NotUnderstood:
        return None
    if checked.warnings or complaints:
        log.warning("a smart cut was given up", warnings=checked.warnings, complaints=complaints)
        return None
    return replace(checked, warnings=sound.doubts)


async def _described(path: Path, facts: MediaFacts, means: Means) -> tuple[Probed, float]:
    arguments = ("-select_streams", str(facts.video_stream), "-show_entries", _ASKED)
    probed = await ffprobe(path, *arguments, deadline_s=means.deadline_s, limits=means.limits)
    return probed, probed.format.start_time


async def _parameter_sets(path: Path, facts: MediaFacts, means: Means) -> ParameterSets:
    beginning = bytearray()
    options = {"c": "copy", "f": "h264", "frames:v": 1, "bsf:v": "h264_mp4toannexb"}
    await run_ffmpeg(
        source(path)[str(facts.video_stream)].output("pipe:1", **options).get_args(),
        doing="This video could not be read",
        deadline_s=means.deadline_s,
        on_output=beginning.extend,
        limits=means.limits,
    )
    return parameter_sets(bytes(beginning))


async def _encoded_parts(job: Render, cut: Cut, scratch: Path, means: Means) -> tuple[Path, list[ProbedPacket]]:
    """Encode what is not copied: one after the other in one file, each beginning anew, packets in the order of frames."""
    facts, frames, path = job.facts, encoded(cut.parts), scratch / "encoded.mp4"
    starts, at = [], 0
    for start, end in frames:
        starts.append(f"{float(max(0, at - 0.25) / facts.timeline_fps):.6f}")
        at += end - start
    cut_list = from_frames(frames, facts.timeline_fps, round(facts.duration_s * facts.timeline_fps))
    only = replace(job, cut_list=cut_list, facts=replace(facts, audio_codec=None, title="", chapters=()), to=path)
    # Without frames that are shown later than decoded, decoders need not change their ways in the middle.
    special = {"force_key_frames": ",".join(starts), "bf": 0, "x264-params": f"sps-id={OWN_ID}"}
    await encode(only, scratch, means.part(0.0, _PIECES_SHARE), special)
    described, _ = await _described(path, replace(facts, video_stream=0), means)
    theirs, ours = cut.described.streams[0], described.streams[0]
    if any(getattr(theirs, name) != getattr(ours, name) for name in _ALIKE):
        raise NotUnderstood
    if shown_frames(described.packets, facts.timeline_fps, 0.0) != list(range(at)):
        raise NotUnderstood
    return path, described.packets


class _Run(Struct, frozen=True):
    """Packets of one file that follow each other in the output, and the frames of the output that they show."""

    path: Path
    packets: Sequence[ProbedPacket]
    shown: Sequence[int]
    begins: frozenset[int]
    """Which of the packets decoding must be able to begin with."""
    known: ParameterSets


async def _runs(job: Render, cut: Cut, sets: ParameterSets, scratch: Path, means: Means) -> list[_Run]:
    """All packets of the output, in their order; what has to be encoded for it is."""
    path, packets, own = job.source, list[ProbedPacket](), ParameterSets((), ())
    if encoded(cut.parts):
        path, packets = await _encoded_parts(job, cut, scratch, means)
        own = await _parameter_sets(path, replace(job.facts, video_stream=0), means)
    runs, written, taken = [], 0, 0
    for part in cut.parts:
        count = part.end - part.start
        if part.copied:
            span = slice(part.first_packet, part.end_packet)
            keys = frozenset(place for place, packet in enumerate(cut.packets[span]) if "K" in packet.flags)
            shown = [written + frame - part.start for frame in cut.shown[span]]
            runs.append(_Run(job.source, cut.packets[span], shown, keys, sets))
        else:
            shown = list(range(written, written + count))
            runs.append(_Run(path, packets[taken : taken + count], shown, frozenset((0,)), own))
            taken += count
        written += count
    return runs


async def _write(job: Render, cut: Cut, to: Path, scratch: Path, means: Means) -> int:
    """Write all packets in their order; returns by how many frames decoding is ahead of showing."""
    sets = await _parameter_sets(job.source, job.facts, means)
    if OWN_ID in sets.ids:
        raise NotUnderstood
    runs = await _runs(job, cut, sets, scratch, means)
    fps, stream = job.facts.timeline_fps, cut.described.streams[0]
    before = b"".join(known.stream() for known in dict.fromkeys(run.known for run in runs))
    written = ahead = 0
    with to.open("wb") as file:
        total = sum(len(run.packets) for run in runs)
        file.write(ivf_header(stream.width, stream.height, (fps.numerator, fps.denominator), total))
        for run in runs:
            ahead = max(ahead, *(written + place - frame for place, frame in enumerate(run.shown)))
            written += len(run.packets)
            for at in range(0, len(run.packets), _AT_ONCE):
                await asyncio.to_thread(_move, run, slice(at, at + _AT_ONCE), file, before)
                before = b""
    return ahead


def _move(run: _Run, span: slice, file: BinaryIO, before: bytes) -> None:
    """Move some packets of a run; `before` comes before the first of them."""
    with run.path.open("rb") as read:
        for place in range(*span.indices(len(run.packets))):
            packet = run.packets[place]
            read.seek(packet.pos or 0)
            payload = as_stream(read.read(packet.size), run.known, begins=place in run.begins)
            file.write(ivf_frame(before + payload, run.shown[place]))
            before = b""


async def _complaints(job: Render, plan: Sequence[Part], checked: Checked, means: Means) -> str:
    """What a decoder says against the output where copied and encoded parts meet."""
    seams, at, total = [], 0, sum(part.end - part.start for part in plan)
    for part in plan[:-1]:
        at += part.end - part.start
        seams.append((max(0, at - 2), min(total, at + 2)))
    made = replace(job, source=job.to, facts=checked.facts, cut_list=from_frames(seams, job.facts.timeline_fps, total))
    skipped = await packets_to_skip(made.source, made.facts, made.frames, deadline_s=means.deadline_s)
    async with AsyncExitStack() as beside:
        video = source(made.source)["v"]
        packets = None
        if skipped:
            packets = await beside.enter_async_context(needed_packets(made.source, made.facts, skipped))
            video = needed_input(packets)["v"]
        done = await run_ffmpeg(
            video.output("-", f="null").get_args(),
            doing="The output could not be decoded",
            deadline_s=means.deadline_s,
            pass_fds=() if packets is None else (packets,),
            limits=means.limits,
        )
    return done.errors if any(sign in done.errors for sign in _COMPLAINTS) else ""
