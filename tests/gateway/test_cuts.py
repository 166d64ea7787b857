"""Cut lists over HTTP: read and edited by their owner, on the waveform, and never over somebody else's edits."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.gateway.cuts import told_in
from shared.batches import SilenceMode
from shared.cutting import Action, CutEdit, CutRecord, Stretch, Why
from shared.media import MediaFacts, Span, StoredObject
from stack.local import LocalStack
from tests.gateway.conftest import House, Person

RECORD = CutRecord(
    source_duration_s=10.0,
    keep=(Span(0, 4), Span(6, 8)),
    cuts=(Stretch(start_s=4, end_s=6, why=Why.SILENCE), Stretch(start_s=8, end_s=10, why=Why.BY_HAND)),
    automatic=(Stretch(start_s=4, end_s=6, why=Why.SILENCE),),
    protected=(Stretch(start_s=2, end_s=3, why=Why.SPEECH),),
    edits=(CutEdit(start_s=8, end_s=10, action=Action.CUT),),
    mode=SilenceMode.LOUDNESS,
    threshold_db=-40.0,
    peaks=bytes([1, 9, 2, 200, 3, 4]),
)
FACTS = MediaFacts(container="mp4", duration_s=10.0, width=2, height=2, video_codec="h264", audio_codec="aac")


async def completed(house: House, person: Person, servers: LocalStack, record: object = RECORD) -> tuple[str, UUID]:
    """A batch with one completed video that has this cut list; the address of its cuts and their version."""
    body = {"name": "Season 3", "files": [{"name": "one.mp4", "size": 10, "type": "video/mp4"}]}
    made = (await person.client.post("/api/batch-jobs", json=body)).json()
    batch, video, token = made["batch_job_id"], made["videos"][0], uuid4()
    prefix = f"runs/{video['id']}/{token}/"
    await house.at.store.put_bytes(f"{prefix}cuts.json", msgspec.json.encode(record), "application/json")
    output = StoredObject(key=f"{prefix}output.mp4", size_bytes=10, etag="e", crc32=1)
    columns: dict[str, object] = {"output": output, "source": output, "facts": FACTS}
    changes = ", ".join(f"{name} = '{msgspec.json.encode(one).decode()}'::jsonb" for name, one in columns.items())
    servers.sql(
        f"update scheduler.batch_videos set {changes}, status = 'completed', run_token = '{token}', attempt = 1, "
        f"uploaded_at = now(), duration_seconds = 10 where id = '{UUID(video['id'])}'"
    )
    servers.sql(f"update scheduler.batch_jobs set status = 'completed', started_at = now() where id = '{UUID(batch)}'")
    return f"/api/batch-jobs/{batch}/videos/{video['video_id']}/cuts", token


async def test_a_cut_list_comes_with_reasons_and_a_waveform(house: House, migrated: LocalStack) -> None:
    person = await house.person()
    address, version = await completed(house, person, migrated)
    cuts = (await person.client.get(address, params={"peaks": 3})).json()
    assert (cuts["version"], cuts["source_s"], cuts["output_s"], cuts["peaks"]) == (str(version), 10, 6, [9, 200, 4])
    assert cuts["cuts"][1] == {"start_s": 8, "end_s": 10, "why": "by_hand"}
    assert cuts["protected"] == [{"start_s": 2, "end_s": 3, "why": "speech"}]
    assert (len(cuts["automatic"]), cuts["mode"], cuts["threshold_db"]) == (1, "loudness", -40)
    assert (await person.client.get(address, params={"peaks": 50_001})).status_code == 422


async def test_a_cut_list_of_before_there_were_reasons_is_shown_too(house: House, migrated: LocalStack) -> None:
    person = await house.person()
    record = {"source_duration_s": 10.0, "keep": [{"start_s": 2.0, "end_s": 10.0}]}
    address, _ = await completed(house, person, migrated, record)
    cuts = (await person.client.get(address)).json()
    assert cuts["cuts"] == cuts["automatic"] == [{"start_s": 0, "end_s": 2, "why": "silence"}]
    assert (cuts["peaks"], cuts["edits"]) == ([], [])


async def test_edits_have_the_video_rendered_again_and_a_second_hand_is_told(
    house: House, migrated: LocalStack
) -> None:
    person = await house.person()
    address, version = await completed(house, person, migrated)
    edits = [{"start_s": 1, "end_s": 2, "action": "cut"}, {"start_s": 4.5, "end_s": 5.5, "action": "keep"}]
    old = await person.client.put(address, json={"version": str(uuid4()), "edits": edits})
    assert (old.status_code, old.json()["code"]) == (409, "conflict") and "load its cuts anew" in old.json()["detail"]
    asked = await person.client.put(address, json={"version": str(version), "edits": edits})
    assert (asked.status_code, asked.json()["status"]) == (202, "processing"), asked.text
    kept = migrated.sql(f"select edits from scheduler.batch_videos where kept ->> 'run_token' = '{version}'")
    assert [edit["action"] for edit in msgspec.json.decode(kept)] == ["cut", "keep"]
    second = await person.client.put(address, json={"version": str(version), "edits": []})
    assert second.status_code == 409 and "pending" in second.json()["detail"]
    assert (await person.client.get(address)).json()["version"] == str(version), "the earlier one is there meanwhile"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"start_s": -1, "end_s": 2, "action": "cut"}, "edits[0].start_s"),
        ({"start_s": 1, "end_s": 2, "action": "blur"}, "edits[0].action"),
        ({"start_s": 1, "end_s": 200, "action": "cut"}, None),
    ],
)
async def test_wrong_edits_are_refused_with_a_sentence(
    house: House, migrated: LocalStack, edit: dict[str, Any], field: str | None
) -> None:
    person = await house.person()
    address, version = await completed(house, person, migrated)
    answer = await person.client.put(address, json={"version": str(version), "edits": [edit]})
    assert answer.status_code == 422, answer.text
    assert field is None or [error["field"] for error in answer.json()["errors"]] == [field]


async def test_nobody_reads_or_edits_the_cuts_of_others(house: House, migrated: LocalStack) -> None:
    address, version = await completed(house, await house.person(), migrated)
    stranger = await house.person()
    assert (await stranger.client.get(address)).status_code == 404
    wanted = {"version": str(version), "edits": [{"start_s": 1, "end_s": 2, "action": "cut"}]}
    assert (await stranger.client.put(address, json=wanted)).status_code == 404


def test_a_waveform_is_told_in_as_many_parts_as_wanted() -> None:
    assert told_in(bytes([1, 5, 2, 2, 7]), 2) == (5, 7)
    assert told_in(bytes([1, 5]), 10) == (1, 5)
    assert told_in(b"", 10) == told_in(b"\x01", 0) == ()
