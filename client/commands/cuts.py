"""The command about what was cut out of a video: `cuts`."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from client import text
from client.errors import ClientError, ExitStatus, UsageError
from client.finding import find_batch
from client.session import BatchArgument, Call, JsonOption, run
from shared.cutting import Action, CutEdit, Stretch, VideoCuts

SPAN = re.compile(r"(?P<start>\d+(\.\d+)?)-(?P<end>\d+(\.\d+)?)")


def cuts(
    context: typer.Context,
    batch: BatchArgument,
    position: Annotated[int, typer.Argument(metavar="VIDEO", min=1, help="The video's place in the batch.")] = 1,
    cut: Annotated[
        list[str] | None, typer.Option(help="Cut these seconds of the original, such as 12.5-14; repeat it for more.")
    ] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Keep these seconds, such as 30-31.5.")] = None,
    automatic: Annotated[bool, typer.Option("--automatic", help="Forget all earlier edits.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what was cut out of a finished video and why, or have it rendered again with other cuts."""

    async def work(call: Call) -> None:
        wanted = [*_edits(keep, Action.KEEP, "--keep"), *_edits(cut, Action.CUT, "--cut")]
        batch_id = await find_batch(call.api, batch)
        videos = (await call.api.batch(batch_id)).videos
        video = next((one for one in videos if one.position == position), None)
        if video is None:
            sentence = f"This batch has no video {position}; it has {len(videos)}."
            raise ClientError(sentence, code="not_found", status=ExitStatus.NOT_FOUND)
        found = await call.api.cuts(batch_id, video.video_id)
        if not wanted and not automatic:
            call.terminal.document(found)
            call.terminal.show(_shown(video.name, found))
            return
        edits = [*(() if automatic else found.edits), *wanted]
        call.terminal.document(await call.api.edit_cuts(batch_id, video.video_id, found.version, edits))
        call.terminal.say(f"{text.shown(video.name)} is rendered again; its earlier result stays until then.")

    run(context, work, as_json=as_json)


def _edits(spans: list[str] | None, action: Action, option: str) -> list[CutEdit]:
    found = []
    for span in spans or ():
        match = SPAN.fullmatch(span)
        if match is None or float(match["start"]) >= float(match["end"]):
            raise UsageError(
                f"{option} {span} is no stretch; give its beginning and its end in seconds, such as 12.5-14."
            )
        found.append(CutEdit(start_s=float(match["start"]), end_s=float(match["end"]), action=action))
    return found


def _shown(name: str, found: VideoCuts) -> RenderableType:
    head = Text.assemble((text.shown(name), "bold"))
    sums = f"{text.duration(found.source_s)} became {text.duration(found.output_s)}"
    if found.threshold_db is not None:
        sums += f"; what is quieter than {found.threshold_db:g} dB counts as silence"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("From", "To", "Seconds", "", "Why"):
        table.add_column(heading, justify="right" if heading in ("From", "To", "Seconds") else "left")
    told = [(one, "cut") for one in found.cuts] + [(one, "kept") for one in found.protected]
    for one, done in sorted(told, key=lambda pair: pair[0].start_s):
        table.add_row(f"{one.start_s:.2f}", f"{one.end_s:.2f}", f"{_length(one):.2f}", done, one.why.replace("_", " "))
    return Group(head, Text(sums), table)


def _length(one: Stretch) -> float:
    return one.end_s - one.start_s
