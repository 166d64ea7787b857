"""Child processes: the one module that starts them, with limits, a deadline, and nothing left behind.

A child is launched through `setpriv` (it dies with the thread that started it), a line of `sh` (limits; and it refuses
to start when its parent is gone already, which the parent-death signal alone would miss) and `nice`, by plain exec.
Measured from a process of 800 MB: 5 ms this way, 36 ms with Python code between fork and exec, which is unsafe beside
threads as well.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from msgspec import Struct

from shared import metrics, tracing
from shared.errors import PermanentFailure, TransientFailure, Unavailable

_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
_CHUNK = 256 * 1024
_GONE = 125
_GUARD = f'[ "$PPID" = "$0" ] || exit {_GONE}\nulimit -c 0\n'


class Limits(Struct, frozen=True, kw_only=True):
    """What a child may take. None means no limit."""

    memory_bytes: int | None = None
    """Address space; it counts what is reserved, stacks of threads included, so it lies well above what is used."""
    file_size_bytes: int | None = None
    cpu_seconds: int | None = None
    niceness: int = 10
    """0 is the priority of the caller, 19 the lowest."""


_NO_LIMITS = Limits()


class Finished(Struct, frozen=True, kw_only=True):
    """A child that has ended by itself."""

    exit_code: int
    """Negative: the number of the signal that ended it."""
    output: bytes
    errors: str
    """The last few thousand characters that it wrote to standard error."""
    elapsed_s: float


class OutOfTime(TransientFailure):
    """A child was ended because its deadline passed."""


class TooMuchOutput(PermanentFailure):
    """A child wrote more to its standard output than there is room for."""


def launch(argv: Sequence[str], limits: Limits) -> list[str]:
    """The command line that runs `argv` with limits, low priority and a parent-death signal."""
    program = shutil.which(argv[0])
    if program is None:
        raise Unavailable(f"The program {argv[0]} is not installed here; install it and try again.")
    script = _GUARD
    if limits.memory_bytes is not None:
        script += f"ulimit -v {limits.memory_bytes // 1024}\n"
    if limits.file_size_bytes is not None:
        script += f"ulimit -f {max(1, limits.file_size_bytes // 512)}\n"  # dash counts in blocks of 512 bytes
    if limits.cpu_seconds is not None:
        script += f"ulimit -t {limits.cpu_seconds}\n"
    script += f'exec nice -n {limits.niceness} "$@"'
    return ["setpriv", "--pdeathsig", "KILL", "sh", "-c", script, str(os.getpid()), program, *argv[1:]]


def kill_group(process: Process) -> None:
    """End a child started here and all its descendants at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@asynccontextmanager
async def started(
    argv: Sequence[str],
    *,
    limits: Limits = _NO_LIMITS,
    stdin: int = DEVNULL,
    stdout: int = DEVNULL,
    stderr: int = DEVNULL,
    pass_fds: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Process]:
    """Hold a child in a session of its own; whatever ends the block, cancellation too, ends and reaps the whole group.

    The child sees only a fixed, small environment (no secrets) and what `environment` adds.
    """
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *launch(argv, limits),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=pass_fds,
            env=_ENVIRONMENT | dict(environment or {}),
            limit=4 * _CHUNK,
            start_new_session=True,
        )
    )
    try:
        # The child may be at work before asyncio has it in hand; cancelled then, asyncio would spare its descendants.
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise
    begun, program = time.monotonic(), Path(argv[0]).name
    with tracing.span(f"run {program}", current=False):
        try:
            yield process
        finally:
            outcome = {None: "stopped", 0: "ok"}.get(process.returncode, "failed")
            await _end(process)
            metrics.children.labels(program, outcome).inc()
            metrics.child_seconds.labels(program).observe(time.monotonic() - begun)


async def _end(process: Process) -> None:
    """Kill the group and wait until it is gone."""
    kill_group(process)
    # asyncio calls a process ended only when its pipes are: what nobody read must be read first.
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(_CHUNK):
            pass
    await process.wait()


async def run(
    argv: Sequence[str],
    *,
    deadline_s: float,
    limits: Limits = _NO_LIMITS,
    feed: AsyncIterable[bytes] | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    on_output: Callable[[bytes], None] | None = None,
    output_limit: int = 16 * 1024 * 1024,
    errors_limit: int = 8 * 1024,
    pass_fds: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a child to its end, whatever its exit code, and return what it wrote.

    Its input is `feed`, or the file descriptor `stdin`, or nothing. Its output goes to the descriptor `stdout`, to
    `on_output` piece by piece, or into the result. Raises `OutOfTime` after `deadline_s` seconds, `TooMuchOutput` when
    the result would exceed `output_limit` bytes. When the caller is cancelled, the child and its descendants are dead
    before it goes on.
    """
    begun = time.monotonic()
    source = PIPE if feed is not None else DEVNULL if stdin is None else stdin
    sink = PIPE if stdout is None else stdout
    try:
        async with (
            asyncio.timeout(deadline_s),
            started(
                argv,
                limits=limits,
                stdin=source,
                stdout=sink,
                stderr=PIPE,
                pass_fds=pass_fds,
                environment=environment,
            ) as process,
            asyncio.TaskGroup() as group,
        ):
            output = group.create_task(_read_output(process.stdout, on_output, output_limit, argv[0]))
            errors = group.create_task(read_tail(process.stderr, errors_limit))
            feeding = None if feed is None else group.create_task(_feed(process, feed))
            exit_code = await process.wait()
            if feeding is not None:
                feeding.cancel()  # it may be waiting for a piece that nobody wants any more
    except TimeoutError:
        raise OutOfTime(f"{argv[0]} was stopped because it took longer than {deadline_s:.0f} seconds.") from None
    except ExceptionGroup as failures:
        raise _first(failures) from None
    return Finished(
        exit_code=exit_code, output=output.result(), errors=errors.result(), elapsed_s=time.monotonic() - begun
    )


def _first(failures: ExceptionGroup) -> Exception:
    failure = failures.exceptions[0]
    return _first(failure) if isinstance(failure, ExceptionGroup) else failure


async def _feed(process: Process, pieces: AsyncIterable[bytes]) -> None:
    """Write the pieces to the child. A child that ends before it has read all says why by its exit code."""
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        async for piece in pieces:
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def _read_output(
    stream: asyncio.StreamReader | None, on_output: Callable[[bytes], None] | None, limit: int, name: str
) -> bytes:
    kept = bytearray()
    while stream is not None and (piece := await stream.read(_CHUNK)):
        if on_output is not None:
            on_output(piece)
        else:
            kept += piece
        if len(kept) > limit:
            raise TooMuchOutput(f"{name} wrote more than {limit} bytes.")
    return bytes(kept)


async def read_tail(stream: asyncio.StreamReader | None, limit: int = 8 * 1024) -> str:
    """Read a stream to its end and keep the last `limit` bytes."""
    tail = bytearray()
    while stream is not None and (piece := await stream.read(_CHUNK)):
        tail += piece
        del tail[:-limit]
    return tail.decode("utf-8", "replace").strip()
