"""One child process: started, watched, restarted when it dies, stopped."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from stack import leftovers
from stack.errors import StackError
from stack.logs import LogFile

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
# A process that ran for this long before it died starts again as quickly as at the first time.
STEADY_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Spec:
    """How to run a process, how to see that it is ready, and how to stop it.

    `death_signal` is what the kernel sends it when the stack itself dies; `user` runs it as somebody else (root only).
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    stack: Path
    log: Path
    ready: Callable[[], bool]
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace_s: float = 15.0
    echo: Callable[[str, str], None] | None = None


@dataclass
class State:
    """What is known about a child right now. Times are seconds of the monotonic clock."""

    wanted: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    starts: int = 0
    last_exit: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Child:
    """A process of the stack, kept running from `start` to `stop`.

    `forks` is an executor with one long-lived thread: the kernel's parent-death signal follows the *thread* that
    started the process, so a passing thread must not do it. `say` hears what people should know.
    """

    def __init__(self, spec: Spec, *, forks: ThreadPoolExecutor, say: Callable[[str], None]) -> None:
        self.spec = spec
        self._forks = forks
        self._say = say
        self._state = State()
        self._log = LogFile(spec.log)
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The id of the running process, or nothing."""
        process = self._state.process
        return process.pid if process else None

    @property
    def restarts(self) -> int:
        """How often it was started again after it had died by itself."""
        return max(0, self._state.starts - 1)

    @property
    def wanted(self) -> bool:
        """Whether it should be running."""
        return self._state.wanted

    @property
    def age_s(self) -> float:
        """For how long the running process has been running."""
        return time.monotonic() - self._state.started_at if self._state.process else 0.0

    def start(self) -> None:
        """Start it and keep it running; nothing happens when it is already wanted."""
        if self._state.wanted:
            return
        self._join()
        if self._state.last_exit is not None:
            self.sweep()
        self._stopping.clear()
        self._state.starts = 0
        self._state.wanted = True
        try:
            self._launch()
        except BaseException:
            self._state.wanted = False
            raise
        self._keeper = threading.Thread(target=self._keep, name=f"keep-{self.spec.name}", daemon=True)
        self._keeper.start()

    def is_ready(self) -> bool:
        """Whether our own process lives and says that it is ready (an old one on the same port does not count)."""
        before = self.pid
        return before is not None and self.spec.ready() and self.pid == before

    def wait_ready(self, timeout_s: float) -> None:
        """Wait until it is ready. Raises `StackError` with its last words when it ends first or takes too long."""
        end = time.monotonic() + timeout_s
        starts = self._state.starts
        while not self.is_ready():
            # A start that follows a crash is given its time; one that crashes itself is reported at once.
            if (self.pid is None and self._stopping.is_set()) or self._state.starts > starts:
                raise StackError(self._last_words(f"{self.spec.name} ended ({self._how()}) before it was ready"))
            if time.monotonic() > end:
                raise StackError(self._last_words(f"{self.spec.name} was not ready after {timeout_s:.0f} s"))
            time.sleep(0.02)

    def stop(self, *, patience_s: float | None = None) -> None:
        """Ask it to end, wait for its grace time, then kill it and whatever it left behind."""
        self._want_no_more()
        self.send(self.spec.stop_signal)
        self._signal_tree(signal.SIGCONT)
        self._join(self.spec.grace_s if patience_s is None else patience_s)
        if patience_s is None and self.pid is not None:
            self._say(f"{self.spec.name} did not end within {self.spec.grace_s:g} s and is killed.")
        self.kill()
        self.sweep()

    def kill(self) -> None:
        """Kill it with SIGKILL, which it cannot notice; it stays down until `start`."""
        self._want_no_more()
        self.send(signal.SIGKILL)
        self._join()

    def freeze(self) -> None:
        """Stop it and all its children with SIGSTOP: it hangs, but its connections stay open."""
        if self.pid is None:
            raise StackError(f"{self.spec.name} is not running, so it cannot be frozen.")
        self._signal_tree(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._signal_tree(signal.SIGCONT)

    def close(self) -> None:
        """Close its log file; the child is of no use afterwards."""
        self._log.close()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it runs."""
        with self._state.lock:
            if self._state.process is not None:
                os.kill(self._state.process.pid, number)

    def sweep(self) -> int:
        """End what it started and left behind; says how many those were. Call it only when it is down."""
        return leftovers.end(self.spec.stack, self.spec.name, patience_s=0)

    def _signal_tree(self, number: signal.Signals) -> None:
        if (pid := self.pid) is None:
            return
        self.send(number)
        for child in leftovers.descendants(pid):
            with suppress(ProcessLookupError):
                os.kill(child, number)

    def _want_no_more(self) -> None:
        self._state.wanted = False
        self._stopping.set()

    def _join(self, timeout_s: float | None = None) -> None:
        if self._keeper is not None:
            self._keeper.join(timeout_s)

    def _launch(self) -> None:
        process = self._forks.submit(self._fork).result()
        with self._state.lock:
            self._state.process = process
        self._state.started_at = time.monotonic()
        self._state.starts += 1
        threading.Thread(target=self._pump, args=(process,), name=f"log-{self.spec.name}", daemon=True).start()

    def _fork(self) -> subprocess.Popen[bytes]:
        command = ["setpriv", "--pdeathsig", self.spec.death_signal.name.removeprefix("SIG")]
        if self.spec.user is not None:
            command += [f"--reuid={self.spec.user}", f"--regid={self.spec.user}", "--init-groups"]
        return subprocess.Popen(
            [*command, *self.spec.command],
            cwd=self.spec.folder,
            env={**self.spec.environment, **leftovers.marks(self.spec.stack, self.spec.name)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C in the terminal reaches the stack only, which then stops things in order.
            start_new_session=True,
        )

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        with cast("IO[bytes]", process.stdout) as lines:
            while line := lines.readline(64 * 1024):
                self._log.write(line)
                if self.spec.echo:
                    self.spec.echo(self.spec.name, line.decode(errors="replace").rstrip("\r\n"))

    def _keep(self) -> None:
        """Wait for the end of the process; start it again, later each time, for as long as it is wanted."""
        delay = FIRST_DELAY_S
        while (process := self._state.process) is not None:
            # Look without reaping, so that nobody can be signalled under this id before `process` is cleared.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            lasted = self.age_s
            with self._state.lock:
                self._state.process = None
                self._state.last_exit = process.wait()
            if lasted > STEADY_S:
                delay = FIRST_DELAY_S
            if not self._state.wanted:
                return
            self._say(f"{self.spec.name} ended ({self._how()}); it starts again in {delay:g} s.")
            if self._stopping.wait(delay):
                return
            delay = min(2 * delay, LONGEST_DELAY_S)
            self._launch_again()

    def _launch_again(self) -> None:
        while True:
            try:
                self.sweep()
                self._launch()
            except (StackError, OSError) as error:
                self._say(f"{self.spec.name} could not be started ({error}); next try in {LONGEST_DELAY_S:g} s.")
                if self._stopping.wait(LONGEST_DELAY_S):
                    return
                continue
            # Whoever stopped it while it was being started found no process to signal.
            if not self._state.wanted:
                self.send(signal.SIGKILL)
            return

    def _how(self) -> str:
        code = self._state.last_exit
        if code is None:
            return "not started"
        return f"exit status {code}" if code >= 0 else f"signal {-code}"

    def _last_words(self, what: str) -> str:
        words = "\n".join(f"  {line}" for line in self._log.tail(20))
        return f"{what}; its log is {self.spec.log}, and ends with:\n{words}"
