"""The main job through the public API: upload, process, watch, export, download; and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from shared.probing import facts_of
from stack.local import LocalStack
from tests import media as clips

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def episodes(media: Path) -> list[Path]:
    """Two short talks of different lengths, and a text that calls itself a video."""
    one, _ = clips.talk(media / "Episode one.mp4")
    two, _ = clips.talk(media / "épisode 2.mov", pause_s=0.9)
    liar = media / "notes.mp4"
    liar.write_text("This is not a video.\n" * 40)
    return [one, two, liar]


def test_a_batch_goes_from_files_to_one_zip(
    dailies: Callable[..., Any], episodes: list[Path], tmp_path: Path, api: httpx.Client
) -> None:
    packed = tmp_path / "season.zip"
    options = ("--name", "Season one", "--remove-silence", "--quality", "720p", "--export", "zip", "-o", packed)
    # One file is no video, and the client says so by its exit status; the others are not harmed.
    dailies("submit", *episodes, *options, status=1)
    batch = api.get("/api/batch-jobs", params={"limit": 1}).json()["batch_jobs"][0]
    assert (batch["status"], batch["completed_videos"], batch["failed_videos"]) == ("completed", 2, 1)
    videos = api.get(f"/api/batch-jobs/{batch['id']}").json()["videos"]
    assert "not a video" in videos[2]["error_message"]

    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["001_Episode one.mp4", "002_épisode 2.mp4", "manifest.json"]
        archive.extractall(tmp_path)
    for video, name in zip(videos[:2], archive.namelist()[:2], strict=True):
        facts = asyncio.run(facts_of(tmp_path / name))
        result = video["processing_result"]
        assert facts.has_audio and facts.duration_s == pytest.approx(result["output_s"], abs=0.05)
        assert result["output_s"] == pytest.approx(result["source_s"] - result["silence_removed_s"], abs=0.1)
        assert result["silence_removed_s"] > 1 and result["warnings"] == []
    for video in videos[:2]:
        with httpx.stream("GET", video["output_video_url"]) as answer:
            assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_live_events_tell_every_stage_with_growing_progress(
    dailies: Callable[..., Any], episodes: list[Path], api: httpx.Client
) -> None:
    batch = dailies("submit", episodes[0], "--name", "Watched", "--remove-silence", "--no-start")["id"]
    with httpx.stream(
        "GET", f"{str(api.base_url).rstrip('/')}/api/batch-jobs/{batch}/progress", headers=api.headers
    ) as stream:
        lines = events_in(stream)
        assert next(lines)["type"] == "snapshot"
        assert api.post(f"/api/batch-jobs/{batch}/start").status_code == 202
        seen = []
        for event in lines:
            seen.append(event)
            if event["type"] == "batch" and event["status"] == "completed":
                break
    progress = [event for event in seen if event["type"] == "progress"]
    assert [event["progress"] for event in progress] == sorted(event["progress"] for event in progress)
    assert {event["current_stage"] for event in progress} == {"removing_silence", "exporting"}
    statuses = [event["status"] for event in seen if event["type"] == "video"]
    assert statuses[-1] == "completed" and "processing" in statuses


def test_a_batch_that_is_cancelled_leaves_nothing_in_the_store(
    dailies: Callable[..., Any], media: Path, api: httpx.Client, system: LocalStack
) -> None:
    long, _ = clips.talk(media / "long talk.mp4", pause_s=4.0)
    batch = dailies("submit", long, "--name", "Wrong files", "--remove-silence", "--quality", "4K")["id"]
    (video,) = api.get(f"/api/batch-jobs/{batch}").json()["videos"]
    wait(lambda: api.get(f"/api/batch-jobs/{batch}").json()["batch_job"]["running_videos"] == 1)
    assert api.post(f"/api/batch-jobs/{batch}/cancel").json()["status"] == "cancelled"
    objects = Path(system.environment("uploader.app")["DAILIES_STORE_FOLDER"])
    wait(lambda: not any(video["video_id"] in str(path) or video["id"] in str(path) for path in files_in(objects)))
    assert api.get(f"/api/videos/{video['video_id']}").status_code == 404


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"files": []}, 422, "invalid", "at least one video"),
    ({"video_count": 0}, 422, "invalid", "at least one video"),
    ({"video_count": 51}, 403, "quota", "50"),
    ({"files": [{"name": "a.mp4", "size": 0}]}, 422, "invalid", "size"),
    ({"files": [{"name": "a.exe", "size": 10}]}, 422, "invalid", "mp4"),
    ({"files": [{"name": "a.mp4", "size": 3 * 1024**3}]}, 413, "too_large", "2"),
    ({"files": [{"name": "a.mp4", "size": 5}], "settings": {"sparkle": True}}, 422, "invalid", "sparkle"),
    ({"files": [{"name": "a.mp4", "size": 5}], "settings": {"silence_threshold": -10}}, 422, "invalid", "-60 and -20"),
    ({"files": [{"name": "a.mp4", "size": 5}], "name": "\u202e\u0000"}, 422, "invalid", "1 to 100 characters"),
]


@pytest.mark.parametrize(("body", "status", "code", "words"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_a_bad_batch_is_refused_with_a_code_and_a_sentence_and_leaves_nothing(
    api: httpx.Client, body: dict[str, Any], status: int, code: str, words: str
) -> None:
    before = api.get("/api/batch-jobs").json()["total"], api.get("/api/videos").json()["total"]
    answer = api.post("/api/batch-jobs", json={"name": "Bad", **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert words in answer.text
    assert (api.get("/api/batch-jobs").json()["total"], api.get("/api/videos").json()["total"]) == before


def test_a_start_before_the_uploads_are_complete_says_what_is_missing(api: httpx.Client) -> None:
    made = api.post("/api/batch-jobs", json={"name": "Early", "files": [{"name": "late.mp4", "size": 10}]}).json()
    answer = api.post(f"/api/batch-jobs/{made['batch_job_id']}/start")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "late.mp4" in answer.json()["detail"]


def test_an_altered_or_expired_url_and_a_wrong_size_are_refused(api: httpx.Client) -> None:
    made = api.post("/api/batch-jobs", json={"name": "URL", "files": [{"name": "a.mp4", "size": 10}]}).json()
    plan = made["uploads"][0]
    url, headers = plan["url"], plan["headers"]
    altered = httpx.put(url.replace("sources/", "sources/x"), content=b"0123456789", headers=headers)
    assert (altered.status_code, altered.json()["code"]) == (403, "link_altered")
    for content in (b"", b"01234", b"0123456789012"):
        wrong = httpx.put(url, content=content, headers=headers)
        assert wrong.is_client_error and wrong.json()["code"], wrong.text
    unfinished = api.post(f"/api/videos/{plan['video_id']}/complete")
    assert unfinished.is_client_error and "late" not in unfinished.text
    assert httpx.put(url, content=b"0123456789", headers=headers).is_success


def test_the_console_shows_queues_by_name_and_messages_a_person_can_read(system: LocalStack, api: httpx.Client) -> None:
    rabbit = httpx.URL(system.environment("scheduler")["DAILIES_RABBITMQ_URL"].replace("amqp", "http"))
    console = f"http://127.0.0.1:{system.port('rabbitmq.console')}/api"
    login = (rabbit.username, rabbit.password)
    queues = {queue["name"] for queue in httpx.get(f"{console}/queues/dailies", auth=login).json()}
    assert {"uploader", "processor", "exporter", "scheduler", "processor.housekeeping"} <= queues
    made = api.post("/api/batch-jobs", json={"name": "Readable", "files": [{"name": "a.mp4", "size": 10}]}).json()
    plan = made["uploads"][0]
    assert httpx.put(plan["url"], content=b"0123456789", headers=plan["headers"]).is_success
    system.stop("uploader.worker")
    try:
        assert api.post(f"/api/videos/{plan['video_id']}/complete").is_success
        look = {"count": 5, "ackmode": "ack_requeue_true", "encoding": "auto"}
        queue = f"{console}/queues/dailies/uploader/get"
        wait(lambda: plan["video_id"] in httpx.post(queue, auth=login, json=look).text)
        payloads = [
            msgspec.json.decode(message["payload"]) for message in httpx.post(queue, auth=login, json=look).json()
        ]
    finally:
        system.start("uploader.worker")
    assert {"ProbeVideo"} == {payload["actor_name"] for payload in payloads}
    assert {"video_id": plan["video_id"]} in [payload["kwargs"] for payload in payloads]


def test_another_users_things_do_not_exist(system: LocalStack, api: httpx.Client) -> None:
    mine = api.get("/api/batch-jobs").json()["batch_jobs"][0]["id"]
    with httpx.Client(base_url=api.base_url, headers={"Origin": str(api.base_url).rstrip("/")}) as stranger:
        account = {"email": f"{uuid4()}@example.com", "password": "correct horse battery"}
        assert stranger.post("/api/accounts", json=account).is_success
        stranger.post("/api/session", json=account)
        for path in ("", "/progress", "/exports", f"/export/{uuid4()}"):
            assert stranger.get(f"/api/batch-jobs/{mine}{path}").status_code == 404
        for verb in ("start", "pause", "resume", "cancel", "retry-failed"):
            assert stranger.post(f"/api/batch-jobs/{mine}/{verb}").status_code == 404
        assert stranger.get("/api/batch-jobs").json()["total"] == 0


def events_in(stream: httpx.Response) -> Iterator[dict[str, Any]]:
    """The events of an SSE stream."""
    for line in stream.iter_lines():
        if line.startswith("data:"):
            yield msgspec.json.decode(line.removeprefix("data:").strip())


def wait(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Look again and again until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder, some of which may vanish while we look."""
    return [path for path in folder.rglob("*") if path.is_file()]
