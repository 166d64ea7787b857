"""The stack as tests use it: servers and processes that are stopped, killed, frozen and scaled one by one."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from stack import health, rabbitmq
from stack.errors import StackError
from stack.local import LocalStack
from tests.stack.clone import eventually
from tests.stack.conftest import TABLE


def query(environment: Mapping[str, str], statement: str) -> subprocess.CompletedProcess[str]:
    """Run SQL as a service."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", environment["DAILIES_DATABASE_URL"]]
    return subprocess.run([*command, "-c", statement], check=False, capture_output=True, text=True)


def test_a_service_owns_its_schema_and_cannot_see_another(stack: LocalStack) -> None:
    scheduler, uploader = stack.environment("scheduler"), stack.environment("uploader")
    made = query(scheduler, "CREATE TABLE batch_jobs (id int); INSERT INTO batch_jobs VALUES (7); TABLE batch_jobs")
    assert made.stdout.strip() == "7", made.stderr
    assert stack.sql("SELECT schemaname FROM pg_tables WHERE tablename = 'batch_jobs'") == "scheduler"
    assert "permission denied for schema scheduler" in query(uploader, "TABLE scheduler.batch_jobs").stderr
    assert "permission denied" in query(uploader, "CREATE TABLE public.mine (id int)").stderr
    elsewhere = {"DAILIES_DATABASE_URL": uploader["DAILIES_DATABASE_URL"].replace("/dailies", "/postgres")}
    assert "permission denied for database" in query(elsewhere, "SELECT 1").stderr


def test_what_is_killed_stays_down_until_it_is_started(stack: LocalStack) -> None:
    first = stack.pid("gateway.app")
    stack.kill("gateway.app")
    assert not Path(f"/proc/{first}").exists()
    with pytest.raises(StackError, match=r"gateway\.app is not running"):
        stack.pid("gateway.app")
    stack.start("gateway.app")
    assert stack.pid("gateway.app") != first


def test_what_dies_by_itself_is_started_again_without_its_orphans(stack: LocalStack) -> None:
    first = stack.pid("gateway.app")
    port = stack.environment("gateway.app")["DAILIES_MONITOR_PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/spawn") as answer:
        orphan = int(answer.read())
    os.kill(first, signal.SIGKILL)
    eventually(lambda: stack.child("gateway.app").pid not in (first, None))
    stack.wait_ready("gateway.app")
    eventually(lambda: not is_alive(orphan))


def is_alive(pid: int) -> bool:
    """Whether the process runs (a dead one may wait for its parent)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_frozen_process_hangs_and_goes_on(stack: LocalStack) -> None:
    port = int(stack.environment("gateway.app")["DAILIES_MONITOR_PORT"])
    stack.freeze("gateway.app")
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection:
        connection.sendall(b"GET /health/ready HTTP/1.0\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
    stack.thaw("gateway.app")
    assert health.answers(port, "/health/ready")


def test_a_frozen_process_can_be_stopped(stack: LocalStack) -> None:
    stack.freeze("gateway.app")
    stack.stop("gateway.app")
    assert (stack.folder / "logs" / "gateway.app.log").read_text().endswith("good bye\n")
    stack.start("gateway.app")


def test_copies_are_added_and_taken_away(stack: LocalStack) -> None:
    stack.scale("processor.worker", 3)
    pids = {stack.pid(f"processor.worker.{number}") for number in (1, 2, 3)}
    assert len(pids) == 3
    folders = {stack.environment(f"processor.worker.{number}")["DAILIES_SCRATCH_FOLDER"] for number in (1, 2, 3)}
    assert len(folders) == 3
    stack.scale("processor.worker", 1)
    assert [name for name in stack.names if name.startswith("processor")] == ["processor.worker.1"]
    assert stack.pid("processor.worker") in pids


def test_a_killed_server_comes_back_with_its_data(stack: LocalStack) -> None:
    stack.sql("CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)")
    for name in ("postgres", "nats", "rabbitmq"):
        stack.kill(name)
        assert not stack.child(name).is_ready()
        stack.start(name)
    assert stack.sql("SELECT count(*) FROM kept") == "1"
    assert rabbitmq.is_ready(stack.servers.broker)


def test_names_that_do_not_exist_are_refused_with_those_that_do(stack: LocalStack, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"no process named mailer; there are gateway\.app, processor\.worker, "):
        stack.start("mailer")
    with pytest.raises(StackError, match="no service or process named mailer"):
        LocalStack(tmp_path, services=["mailer"], table=TABLE)
    with pytest.raises(StackError, match="runs once"):
        stack.scale("gateway.app", 2)


def test_a_second_stack_in_the_same_folder_is_refused(stack: LocalStack) -> None:
    with pytest.raises(StackError, match=f"already running from .*process {os.getpid()}"):
        LocalStack(stack.folder).open()
    assert stack.child("postgres").is_ready()


def test_a_statement_that_fails_says_why(stack: LocalStack) -> None:
    with pytest.raises(StackError, match="syntax error"):
        stack.sql("SELEKT 1")


def test_consumers_may_hold_a_message_for_longer_than_a_day(stack: LocalStack) -> None:
    assert rabbitmq.CONSUMER_TIMEOUT_MS > 24 * 3600 * 1000
    text = (stack.folder / "rabbitmq" / "rabbitmq.conf").read_text()
    assert f"consumer_timeout = {rabbitmq.CONSUMER_TIMEOUT_MS}\n" in text


def test_what_cannot_start_is_reported_with_its_last_words(stack: LocalStack) -> None:
    with pytest.raises(StackError, match=r"exporter\.worker ended \(exit status 1\) before it was ready") as caught:
        stack.start("exporter.worker")
    assert str(caught.value).endswith("  there is no paper")
    stack.stop("exporter.worker")


def test_a_start_that_fails_leaves_the_folder_free(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{ half a fi")
    for _ in range(2):
        with pytest.raises(StackError, match=r"secrets\.json is damaged: restore it, or remove"):
            LocalStack(tmp_path).open()
