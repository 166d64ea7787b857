"""Children are limited, timed, and never outlive whoever wanted them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.processes import Finished, Limits, OutOfTime, TooMuchOutput, run


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def until_dead(*pids: int) -> None:
    async with asyncio.timeout(5):
        while any(alive(pid) for pid in pids):
            await asyncio.sleep(0.005)


async def lines_in(path: Path, count: int) -> list[int]:
    """The process ids that a script wrote to a file, as soon as all are there."""
    async with asyncio.timeout(5):
        while not path.exists() or len(path.read_text().splitlines()) < count:
            await asyncio.sleep(0.005)
    return [int(line) for line in path.read_text().splitlines()]


async def test_a_child_gives_its_exit_code_its_output_and_the_end_of_its_complaints() -> None:
    done = await run(shell("echo out; seq 1 5000 >&2; exit 3"), deadline_s=10, errors_limit=20)
    assert (done.exit_code, done.output) == (3, b"out\n")
    assert done.errors.endswith("5000")
    assert len(done.errors) <= 20


async def test_a_child_that_passes_its_deadline_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(OutOfTime, match="longer than"):
        await run(["sleep", "60"], deadline_s=0.2)
    assert time.monotonic() - begun < 2


async def test_cancellation_ends_the_child_and_its_descendants(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    # The grandchild ignores every polite request, and holds the output open.
    script = f"trap '' TERM INT HUP; echo $$ >> {pids}; (trap '' TERM INT HUP; sleep 60 & echo $! >> {pids}; wait)"
    task = asyncio.create_task(run(shell(script), deadline_s=60))
    found = await lines_in(pids, 2)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_dead(*found)
    assert time.monotonic() - begun < 1


async def test_cancellation_at_any_moment_of_the_start_leaves_nothing(tmp_path: Path) -> None:
    mark = {"MARK": str(tmp_path)}
    for moment in range(20):
        begun = tmp_path / str(moment)
        script = f"(echo > {begun}; sleep 60) & wait"
        task = asyncio.create_task(run(shell(script), deadline_s=60, environment=mark))
        for _ in range(moment):
            await asyncio.sleep(0)
        patience = time.monotonic() + 0.2
        while not begun.exists() and time.monotonic() < patience:
            pass  # a child that is there already gets on, and this process does not hear of it
        task.cancel()
        async with asyncio.timeout(2):
            with pytest.raises(asyncio.CancelledError):
                await task
    assert not [path for path in Path("/proc").glob("[0-9]*/environ") if str(tmp_path).encode() in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


async def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio, sys; from shared.processes import run\n"
        f"asyncio.run(run(['sh', '-c', 'echo $$ > {pids}; exec sleep 60'], deadline_s=60))",
        cwd=Path(__file__).parents[2],
    )
    (child,) = await lines_in(pids, 1)
    assert alive(child)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await until_dead(child)


async def test_the_address_space_is_limited() -> None:
    hungry = [sys.executable, "-c", "bytearray(400_000_000)"]
    done = await run(hungry, deadline_s=20, limits=Limits(memory_bytes=200_000_000))
    assert done.exit_code != 0
    assert "MemoryError" in done.errors


async def test_the_size_of_files_is_limited(tmp_path: Path) -> None:
    target = tmp_path / "big"
    done = await run(
        ["dd", "if=/dev/zero", f"of={target}", "bs=4096", "count=100"],
        deadline_s=20,
        limits=Limits(file_size_bytes=40_960),
    )
    assert done.exit_code != 0
    assert target.stat().st_size == 40_960


async def test_processor_time_is_limited() -> None:
    done = await run(shell("while :; do :; done"), deadline_s=30, limits=Limits(cpu_seconds=1))
    assert done.exit_code in (-signal.SIGXCPU, -signal.SIGKILL)


async def test_a_child_runs_at_low_priority() -> None:
    done = await run(["nice"], deadline_s=10, limits=Limits(niceness=7))
    assert int(done.output) == os.nice(0) + 7


async def test_a_child_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILIES_SECRET", "hunter2")
    done = await run(["env"], deadline_s=10, environment={"HF_HOME": "/models"})
    assert b"hunter2" not in done.output
    assert b"HF_HOME=/models" in done.output


async def test_a_child_is_fed_and_read_without_holding_everything() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 1_000_000

    seen = 0

    def count(piece: bytes) -> None:
        nonlocal seen
        seen += len(piece)

    done = await run(["cat"], deadline_s=30, feed=pieces(), on_output=count)
    assert (done.exit_code, done.output, seen) == (0, b"", 40_000_000)


async def test_a_child_that_ends_before_it_has_read_all_does_not_hang_its_feeder() -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    done: Finished = await run(shell("exit 4"), deadline_s=10, feed=endless())
    assert done.exit_code == 4


async def test_what_goes_wrong_in_the_feeder_ends_the_child() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        await run(["cat"], deadline_s=10, feed=broken())


async def test_endless_output_is_refused() -> None:
    with pytest.raises(TooMuchOutput):
        await run(["yes"], deadline_s=10, output_limit=3_000_000)


async def test_a_missing_program_says_so() -> None:
    with pytest.raises(Unavailable, match="not installed"):
        await run(["no-such-program"], deadline_s=1)
