"""`make chaos`: a campaign of faults, and what became of it; the exit status tells whether all is well."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from chaos.campaign import Plan, Report, campaign
from stack.errors import StackError


def told(report: Report) -> str:
    """The report, for people."""
    verdict = report.verdict
    amounts = (f"{report.batches} batches", f"{verdict.completed} videos completed", f"{report.exports} exports")
    standstill = f"longest standstill {report.longest_s:.1f} s of at most {report.limit_s:.0f} s: {report.longest_what}"
    lines = [
        f"{len(report.struck)} faults in {report.took_s / 60:.1f} min, seed {report.plan.seed}",
        f"{', '.join(amounts)}; {verdict.taken_over} videos were taken over from a run that was fenced off",
        standstill,
        f"longest absence of a server {report.outage_s:.1f} s",
        *(f"  longest of any {kind}: {seconds:.1f} s" for kind, seconds in sorted(report.by_kind.items())),
        *(f"WRONG: {what}" for what in report.wrong),
        "Something is wrong." if report.wrong else "Every video ended once and as it should; nothing is left over.",
    ]
    return "\n".join(lines)


def main() -> int:
    """Run a campaign as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None, help="repeats the same faults and the same users")
    parser.add_argument("--keep", type=Path, default=None, help="an empty folder that is kept, logs and all")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**6)
    plan = Plan(seed=seed, faults=arguments.faults)
    began = time.monotonic()

    def say(sentence: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {sentence}", flush=True)

    say(f"Seed {seed}; the same faults again: make chaos FAULTS={plan.faults} SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        try:
            report = campaign(folder, plan, say)
        except StackError as error:
            print(error, file=sys.stderr)
            return 1
    print(told(report))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
