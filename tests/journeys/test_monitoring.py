"""What can be seen of the whole system from outside: metrics, readiness, one batch's story in the logs, and nothing secret there."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from stack import story
from stack.local import LocalStack
from tests import media as clips
from tests.journeys.collector import Collector, Span
from tests.journeys.conftest import ROOT
from tests.test_monitoring import named

pytestmark = pytest.mark.journey
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def batch(dailies: Callable[..., Any], media: Path, api: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A batch of two videos that went all the way, to its ZIP."""
    one, _ = clips.talk(media / "Story one.mp4")
    two, _ = clips.talk(media / "Story two.mp4", pause_s=0.7)
    packed = tmp_path_factory.mktemp("story") / "story.zip"
    options = ("--name", "A story", "--remove-silence", "--quality", "720p", "--export", "zip", "-o", packed)
    dailies("submit", one, two, *options)
    newest: str = api.get("/api/batch-jobs", params={"limit": 1}).json()["batch_jobs"][0]["id"]
    return newest


def monitored(system: LocalStack, path: str) -> dict[str, httpx.Response]:
    """The answers of all processes on their monitor ports."""
    names = [name for name in system.names if "." in name]
    urls = [f"http://127.0.0.1:{system.environment(name)['DAILIES_MONITOR_PORT']}{path}" for name in names]
    with ThreadPoolExecutor(len(urls)) as together:
        return dict(zip(names, together.map(lambda url: httpx.get(url, timeout=10), urls), strict=True))


def test_the_metrics_of_every_process_are_in_order_and_have_all_that_rules_and_dashboards_name(
    system: LocalStack, batch: str
) -> None:
    there = {"up"}
    texts = {name: answer.text for name, answer in monitored(system, "/metrics").items()}
    detailed = f"http://127.0.0.1:{system.port('rabbitmq.metrics')}/metrics/detailed?family=queue_coarse_metrics"
    for text in [*texts.values(), httpx.get(detailed).text]:
        for name, kind in re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE):
            there |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}
    assert named() - there == set()
    for name, text in texts.items():
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, ""), name
        # Prometheus adds these labels itself, and would call ours by another name.
        assert not re.search(r"^dailies_.*[{,](?:service|process|job|instance)=", text, re.MULTILINE), name
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-", text), f"an id is a label of {name}"
    counted = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for text in texts.values()
        for line in text.splitlines()
        if not line.startswith("#")
    }
    assert counted['dailies_gateway_requests_total{method="POST",route="/api/batch-jobs",status="201"}'] >= 1
    for name in (
        'dailies_uploader_inspections_total{code="",outcome="accepted"}',
        'dailies_scheduler_videos_ended_total{code="",status="completed"}',
        "dailies_scheduler_wait_seconds_count",
        'dailies_processor_step_seconds_count{step="rendering"}',
        'dailies_exporter_exports_total{code="",format="zip",outcome="built"}',
        'dailies_store_bytes_total{direction="in"}',
        'dailies_claims_total{verdict="granted"}',
        'dailies_messages_handled_total{message="ProcessVideo",outcome="done"}',
        'dailies_children_total{outcome="ok",program="ffmpeg"}',
    ):
        assert any(known == name and value > 0 for known, value in counted.items()), name


def test_the_story_of_a_batch_can_be_read_in_the_logs_of_all_services(system: LocalStack, batch: str) -> None:
    told = story.story(story.of_files(system.folder / "logs"), batch)
    assert {line.process.partition(".")[0] for line in told} == {
        "gateway",
        "uploader",
        "scheduler",
        "processor",
        "exporter",
    }
    chapters = [
        "a batch is created",
        "an upload is opened",
        "an upload is complete",
        "an upload is inspected",
        "a video is uploaded and inspected",
        "a batch is started",
        "dispatched",
        "a run is claimed",
        "a stage is reached",
        "a step is done",
        "a video was processed",
        "a video is completed",
        "a batch is completed",
        "an export is asked for",
        "an export is claimed",
        "an export is stored",
        "an export has ended",
    ]
    first = {line.event: number for number, line in reversed(list(enumerate(told)))}
    assert [chapter for chapter in chapters if chapter not in first] == []
    # A step may be done before its stage is written down, and a batch may be started before all of it has arrived.
    in_order = [first[chapter] for chapter in chapters if chapter not in ("a batch is started", "a step is done")]
    assert in_order == sorted(in_order), "\n".join(f"{line.time} {line.event}" for line in told)
    videos = {line.said["video_id"] for line in told if line.event == "dispatched"}
    assert len(videos) == 2
    # A message has the same id where it is sent and where it is handled, and the request that it follows from.
    sent = next(line for line in told if line.event == "sent" and line.said["message"] == "BuildExport")
    assert any(
        line.said.get("message_id") == sent.said["message_id"] for line in told if line.process.startswith("exporter")
    )
    assert any(line.event == "answered" and line.said["request_id"] == sent.said["request_id"] for line in told)


def test_the_command_tells_the_story_also_from_the_logs_of_containers(system: LocalStack, batch: str) -> None:
    lines = [
        line for path in (system.folder / "logs").glob("scheduler.*.log") for line in path.read_text().splitlines()
    ]
    containers = "".join(f"scheduler-app-1  | {line}\n" for line in lines)
    command = [sys.executable, "-m", "stack", "story", batch, "--stdin"]
    done = subprocess.run(command, cwd=ROOT, input=containers, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "a batch is completed" in done.stdout, done.stderr
    unknown = [*command[:-2], batch.replace(batch[:8], "00000000"), "--stdin"]
    failed = subprocess.run(unknown, cwd=ROOT, input=containers, capture_output=True, text=True, check=False)
    assert failed.returncode == 1 and "No log mentions the batch" in failed.stderr


def test_no_log_has_a_password_a_signed_address_a_key_or_an_email(
    system: LocalStack, batch: str, api: httpx.Client
) -> None:
    environment = system.environment("gateway.app")
    video = api.get(f"/api/batch-jobs/{batch}").json()["videos"][0]
    signature = httpx.URL(video["output_video_url"]).params["signature"]
    assert httpx.get(video["output_video_url"]).is_success
    stranger = "somebody.else@example.org"
    api.post("/api/session", json={"email": stranger, "password": "wrong horse battery"})
    api.post("/api/password-resets", json={"email": stranger})
    email, _, password = environment["DAILIES_DEMO_ACCOUNT"].partition(":")
    secrets = {
        "password": password,
        "email": email,
        "a stranger's email": stranger,
        "a stranger's password": "wrong horse battery",
        "signature": signature,
        "key": api.headers["Authorization"].removeprefix("Bearer "),
        "login": httpx.URL(environment["DAILIES_RABBITMQ_URL"].replace("amqp", "http")).password,
        "signing key": environment["DAILIES_SIGNING_KEYS"].partition(":")[2],
    }
    logs = {path.name: path.read_text(errors="replace") for path in (system.folder / "logs").glob("*.*.log")}
    assert any("a sign-in failed" in text for text in logs.values())
    found = [(log, what) for log, text in logs.items() for what, secret in secrets.items() if secret in text]
    assert found == []


def test_a_trace_goes_through_the_services_down_to_the_programs(collector: Collector, batch: str) -> None:
    def of(name: str) -> list[Span]:
        return [span for span in collector.spans if span.name == name]

    wanted = {
        "POST /api/batch-jobs": [],
        "answer CreateBatch": ["ask CreateBatch", "POST /api/batch-jobs"],
        "handle ProbeVideo": ["answer CompleteUpload", "ask CompleteUpload", "POST /api/videos/{video_id}/complete"],
        "rendering": ["handle ProcessVideo"],
        "run ffmpeg": ["rendering", "handle ProcessVideo"],
        "build export": ["handle BuildExport", "answer RequestExport"],
    }
    end = time.monotonic() + PATIENCE_S

    def complete() -> list[str]:
        return [
            name
            for name, above in wanted.items()
            if not any(set(above) <= {span.name for span in collector.above(span)} for span in of(name))
        ]

    while missing := complete():
        assert time.monotonic() < end, (missing, sorted({span.name for span in collector.spans}))
        time.sleep(0.1)
    assert {span.service for span in collector.spans} >= {
        f"dailies.{service}" for service in ("gateway", "uploader", "scheduler", "processor", "exporter")
    }
    assert batch in {span.about.get("dailies.batch_id") for span in of("handle ProcessVideo")}
    assert not any(batch in span.name for span in collector.spans)


def wait_until(system: LocalStack, path: str, well: Callable[[httpx.Response], bool]) -> None:
    """Ask all processes until each answer is as it should be."""
    end = time.monotonic() + PATIENCE_S
    while True:
        asked = monitored(system, path)
        if all(map(well, asked.values())):
            return
        assert all(answer.elapsed.total_seconds() < 5 for answer in asked.values()), "an answer takes a second or two"
        assert time.monotonic() < end, {process: answer.text for process, answer in asked.items()}


def test_a_process_is_not_ready_without_what_it_needs_and_is_again_when_it_comes_back(system: LocalStack) -> None:
    wait_until(system, "/health/ready", lambda answer: answer.status_code == 200)
    servers = {"nats": "nats", "rabbitmq": "rabbitmq", "postgres": "database"}
    gone: set[str] = set()
    try:
        for server, name in servers.items():
            system.kill(server)
            gone.add(name)
            wait_until(
                system,
                "/health/ready",
                lambda answer: answer.status_code == 503 and set(answer.json()["missing"]) == gone,
            )
        # Alive they are all the same: to restart them would help nobody.
        assert all(answer.status_code == 200 for answer in monitored(system, "/health/live").values())
        for answer in monitored(system, "/metrics").values():
            assert all(f'dailies_dependency_up{{dependency="{name}"}} 0.0' in answer.text for name in gone)
    finally:
        for server in servers:
            system.start(server)
    wait_until(system, "/health/ready", lambda answer: answer.status_code == 200)


def test_a_process_is_not_ready_without_its_store(system: LocalStack) -> None:
    objects = Path(system.environment("uploader.app")["DAILIES_STORE_FOLDER"])
    away = objects.rename(objects.with_name("unplugged"))
    try:
        asked = monitored(system, "/health/ready")
        missing = {process for process, answer in asked.items() if answer.json()["missing"] == ["store"]}
        assert missing == {name for name in asked if name.startswith(("uploader", "processor", "exporter"))}
    finally:
        away.rename(objects)
    wait_until(system, "/health/ready", lambda answer: answer.status_code == 200)
