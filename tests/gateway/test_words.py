"""Transcripts and highlights over HTTP, as they lie beside the outputs in the store."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.gateway.word_examples import HIGHLIGHT, VIDEO_TRANSCRIPT
from shared.batches import Sensitivity
from shared.media import StoredObject
from shared.transcripts import Highlights
from shared.views import ProcessingResult
from stack.local import LocalStack
from tests.gateway.conftest import House, Person


async def completed(house: House, person: Person, servers: LocalStack, files: dict[str, object]) -> tuple[str, str]:
    """A batch with one video that has these files beside its output; its id and the video's."""
    body = {"name": "Season 3", "files": [{"name": "one.mp4", "size": 10, "type": "video/mp4"}]}
    made = (await person.client.post("/api/batch-jobs", json=body)).json()
    batch, video = made["batch_job_id"], made["videos"][0]
    prefix = f"runs/{video['id']}/{uuid4()}/"
    stored: list[StoredObject] = [
        await house.at.store.put_bytes(prefix + name, msgspec.json.encode(content), "application/json")
        for name, content in files.items()
    ]
    result = ProcessingResult(source_s=10.0, output_s=8.0, files=tuple(stored))
    servers.sql(
        f"update scheduler.batch_videos set processing_result = '{msgspec.json.encode(result).decode()}'::jsonb "
        f"where id = '{UUID(video['id'])}'"
    )
    return batch, video["video_id"]


def highlights(*scores: float) -> Highlights:
    found = tuple(msgspec.structs.replace(HIGHLIGHT, score=score, start_s=float(at)) for at, score in enumerate(scores))
    return Highlights(sensitivity=Sensitivity.HIGH, highlights=found)


async def test_a_transcript_comes_with_urls_of_the_same_as_files(house: House, migrated: LocalStack) -> None:
    person = await house.person()
    transcript: Any = msgspec.json.decode(msgspec.json.encode(VIDEO_TRANSCRIPT["transcript"]))
    files = {"transcript.json": transcript, "transcript.srt": "1", "highlights.json": highlights(1.0)}
    batch, video = await completed(house, person, migrated, files)
    answer = (await person.client.get(f"/api/batch-jobs/{batch}/videos/{video}/transcript")).json()
    assert answer["transcript"] == transcript
    assert set(answer["downloads"]) == {"json", "srt"}
    downloaded = await house.client().get(answer["downloads"]["srt"])
    assert downloaded.status_code == 200 and 'filename="one.srt"' in downloaded.headers["Content-Disposition"]


async def test_highlights_of_a_batch_are_ranked_over_all_its_videos(house: House, migrated: LocalStack) -> None:
    person = await house.person()
    batch, video = await completed(house, person, migrated, {"highlights.json": highlights(0.7, 2.5, 1.2)})
    one = (await person.client.get(f"/api/batch-jobs/{batch}/videos/{video}/highlights")).json()
    assert [each["score"] for each in one["highlights"]] == [0.7, 2.5, 1.2]
    best = (await person.client.get(f"/api/batch-jobs/{batch}/highlights", params={"limit": 2})).json()
    assert [(each["rank"], each["highlight"]["score"]) for each in best["highlights"]] == [(1, 2.5), (2, 1.2)]
    assert best["total"] == 3
    assert {each["video_name"] for each in best["highlights"]} == {"one.mp4"}


@pytest.mark.parametrize("what", ["transcript", "highlights"])
async def test_what_was_not_asked_for_is_not_found_with_what_to_do(
    house: House, migrated: LocalStack, what: str
) -> None:
    person = await house.person()
    batch, video = await completed(house, person, migrated, {})
    answer = await person.client.get(f"/api/batch-jobs/{batch}/videos/{video}/{what}")
    assert answer.status_code == 404 and "switch them on" in answer.json()["detail"]
    assert (await person.client.get(f"/api/batch-jobs/{batch}/highlights")).json() == {"highlights": [], "total": 0}
    other = await person.client.get(f"/api/batch-jobs/{batch}/videos/{uuid4()}/{what}")
    assert other.status_code == 404


async def test_nobody_reads_what_is_said_in_the_videos_of_others(house: House, migrated: LocalStack) -> None:
    batch, video = await completed(house, await house.person(), migrated, {"highlights.json": highlights(1.0)})
    stranger = await house.person()
    for path in (f"videos/{video}/transcript", f"videos/{video}/highlights", "highlights"):
        assert (await stranger.client.get(f"/api/batch-jobs/{batch}/{path}")).status_code == 404
