"""`make demo`: the main job on sample videos, checked to the last frame."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from client import text
from client.errors import ClientError
from demo.journey import Checked, run
from demo.place import log_tail, place
from demo.samples import SampleError, make_all
from stack.errors import StackError

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "demo-output"


def main() -> int:
    """Run the demo; gives the exit status."""
    began = time.monotonic()
    console = Console(highlight=False)
    try:
        samples = make_all(ROOT / ".run" / "demo-samples", _say)
        with place(ROOT, _say) as installation:
            checked = asyncio.run(run(installation, samples, OUTPUT))
    except KeyboardInterrupt:
        print("The demo was interrupted.", file=sys.stderr)
        return 130
    except (ClientError, SampleError, StackError, ValueError) as error:
        _tell(f"The demo failed: {error}")
        return 1
    except BaseException:
        _tell("The demo failed in a way that is a fault of its own.")
        raise
    console.print(_table(checked))
    wrong = [f"{one.name} {problem}." for one in checked for problem in one.problems]
    for sentence in wrong:
        console.print(sentence, style="red", markup=False)
    if wrong:
        return 1
    print(f"All {len(checked)} outputs were checked; they are in {OUTPUT} ({time.monotonic() - began:.0f} s in all).")
    return 0


def _tell(failure: str) -> None:
    print("\n".join([failure, "", "The last lines of the logs in .run/logs:", *log_tail(ROOT)]), file=sys.stderr)


def _table(checked: Sequence[Checked]) -> Table:
    table = Table(title="Demo", box=None, header_style="bold", title_justify="left", pad_edge=False)
    for heading in ("Video", "Before", "After", "Saved", "Time taken", "Words right", "Highlights", "Checked"):
        table.add_column(heading, justify="left" if heading in ("Video", "Checked") else "right")
    for one in checked:
        table.add_row(
            one.name,
            text.duration(one.before_s),
            text.duration(one.after_s),
            f"{100 * (1 - one.after_s / one.before_s):.0f} %",
            text.duration(one.took_s),
            f"{100 * (1 - one.wrong_words):.0f} %",
            str(one.highlights),
            "[red]wrong[/]" if one.problems else "[green]well[/]",
        )
    return table


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
