"""The stack as people use it: up, down, ps, logs, and what happens when it is killed."""

import os
import signal
import socket
import subprocess

from stack import postgres
from tests.stack.clone import Clone, eventually, is_locked, pid_of


def test_it_starts_restarts_survives_a_kill_and_ends_from_another_shell(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (clone.root / ".env").write_text(f"DAILIES_HTTP_PORT={port}\nDAILIES_MONITOR_PORT=1\n")
        running = clone.up("--processors", "2")
    assert f"Port {port} is taken, so gateway.app uses {port + 100}." in running.output
    assert f"Web page and API   http://127.0.0.1:{port + 100}" in running.output
    assert "DAILIES_MONITOR_PORT is ignored here" in running.output
    assert "demo@dailies.example" in running.output

    table = clone.call("ps").stdout
    names = {line.split()[0] for line in table.splitlines()[1:]}
    assert {"postgres", "rabbitmq", "nats", "scheduler.app", "processor.worker.1", "processor.worker.2"} <= names

    second = clone.call("up")
    assert second.returncode == 1
    assert f"already running from {clone.run_folder} (process {running.process.pid})" in second.stderr

    victim = pid_of("scheduler.app", table)
    os.kill(victim, signal.SIGKILL)
    running.read_until("scheduler.app ended (signal 9); it starts again in 0.5 s.")
    eventually(lambda: running_pid(clone, "scheduler.app") not in (victim, None))
    assert follows(clone, "scheduler") == ["hello from", "hello from"]

    # A frozen server cannot act on its death signal: it is what a crash of the stack can leave behind.
    database = pid_of("postgres", table)
    os.kill(database, signal.SIGSTOP)
    secrets = (clone.run_folder / "secrets.json").read_text()
    running.process.kill()
    eventually(lambda: clone.processes() == {database})
    assert not is_locked(clone)
    assert "start it with: make up" in clone.call("ps").stderr

    again = clone.up()
    assert "Ended 1 processes that an earlier run had left behind." in again.output
    assert database not in clone.processes()
    assert (clone.run_folder / "secrets.json").read_text() == secrets

    down = clone.call("down")
    assert (down.returncode, down.stdout.splitlines()[-1]) == (0, "Everything has ended.")
    assert again.wait() == 0
    assert clone.processes() == set()
    assert "good bye" in (clone.run_folder / "logs" / "exporter.worker.log").read_text()
    assert clone.call("down").stdout == "Dailies is not running.\n"


def test_ctrl_c_while_it_starts_leaves_nothing(clone: Clone) -> None:
    starting = subprocess.Popen(clone.command("up"), cwd=clone.root, stdout=subprocess.PIPE, text=True)
    clone.started.append(starting)
    eventually(lambda: (clone.run_folder / "logs" / "rabbitmq.log").exists())
    starting.send_signal(signal.SIGINT)
    output, _ = starting.communicate(timeout=60)
    assert starting.returncode == 130
    assert output.endswith("Stopped while starting.\n")
    assert clone.processes() == set()
    assert not (postgres.data_folder(clone.run_folder) / "postmaster.pid").exists()


def running_pid(clone: Clone, name: str) -> int | None:
    """The id of a process that `ps` shows as running."""
    table = clone.call("ps").stdout
    line = next((line for line in table.splitlines() if line.startswith(name)), "")
    return pid_of(name, table) if " running " in line else None


def follows(clone: Clone, service: str) -> list[str]:
    """The first words of what `logs` shows of the app of a service before it waits for more."""
    following = subprocess.Popen(clone.command("logs", service), cwd=clone.root, stdout=subprocess.PIPE, text=True)
    clone.started.append(following)
    assert following.stdout is not None
    lines = [following.stdout.readline() for _ in range(3)]
    following.send_signal(signal.SIGINT)
    return [" ".join(line.split()[1:3]) for line in lines if line.startswith(f"{service}.app ")]
