from __future__ import annotations

import uuid

import msgspec

from shared.batches import Tier
from shared.media import MediaFacts, StoredObject
from stack.local import LocalStack
from tests.gateway.conftest import House

FILES = [{"name": "one.mp4", "size": 2_000}, {"name": "two.mov", "size": 3_000}]


async def test_the_library_tells_in_which_batches_a_video_is(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    made = (await ada.client.post("/api/batch-jobs", json={"name": "Talks", "files": FILES})).json()
    page = (await ada.client.get("/api/videos?sort=name")).json()
    assert [video["name"] for video in page["videos"]] == ["one.mp4", "two.mov"]
    batch = {"batch_job_id": made["batch_job_id"], "batch_name": "Talks", "batch_status": "pending"}
    for video in page["videos"]:
        assert video["batches"] == [{"video_id": video["id"], **batch}]
    one = (await ada.client.get(f"/api/videos/{page['videos'][0]['id']}")).json()
    assert one["batches"][0]["batch_name"] == "Talks" and one["source_url"] is None
    assert (await eve.client.get("/api/videos")).json() == {"videos": [], "total": 0}


async def test_videos_can_be_asked_for_by_their_ids(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    await ada.client.post("/api/batch-jobs", json={"name": "Talks", "files": FILES})
    first = (await ada.client.get("/api/videos?sort=name")).json()["videos"][0]["id"]
    found = (await ada.client.get(f"/api/videos?ids={first}&ids={uuid.uuid4()}")).json()
    assert [video["id"] for video in found["videos"]] == [first]
    assert (await eve.client.get(f"/api/videos?ids={first}")).json()["videos"] == []
    assert (await ada.client.get("/api/videos?ids=nonsense")).status_code == 422


async def test_a_video_is_removed_by_its_owner_once_no_unfinished_batch_needs_it(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    made = (await ada.client.post("/api/batch-jobs", json={"name": "Talks", "files": FILES})).json()
    address = f"/api/videos/{made['uploads'][0]['video_id']}"
    assert (await eve.client.delete(address)).status_code == 404
    refused = await ada.client.delete(address)
    assert (refused.status_code, "Talks" in refused.json()["detail"]) == (409, True)
    await ada.client.post(f"/api/batch-jobs/{made['batch_job_id']}/cancel")
    assert (await ada.client.delete(address)).status_code == 204


async def test_a_batch_may_be_made_to_start_by_itself(house: House) -> None:
    ada = await house.person()
    body = {"name": "Talks", "files": FILES, "start_when_uploaded": True}
    made = (await ada.client.post("/api/batch-jobs", json=body)).json()
    assert made["batch_job"]["start_when_uploaded"] is True
    assert (made["total_size_bytes"], made["estimated_duration_seconds"]) == (5_000, 0.0)
    largest = (await ada.client.get("/api/videos?sort=-size")).json()["videos"]
    assert [video["name"] for video in largest] == ["two.mov", "one.mp4"]


async def test_without_exports_the_list_of_all_is_empty(house: House) -> None:
    ada = await house.person()
    assert (await ada.client.get("/api/exports")).json() == {"exports": []}


async def test_a_copy_for_browsers_is_asked_for_by_the_owner_of_a_video_that_is_there(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    made = (await ada.client.post("/api/batch-jobs", json={"name": "Talks", "files": FILES})).json()
    address = f"/api/videos/{made['uploads'][0]['video_id']}"
    assert (await eve.client.post(f"{address}/proxy")).status_code == 404
    refused = await ada.client.post(f"{address}/proxy")
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "'one.mp4' can be played once it was uploaded and checked.",
    )
    video = (await ada.client.get(address)).json()
    assert (video["playable"], video["proxy"]) == (None, None)


async def test_a_batch_is_made_of_videos_of_the_library_alone_or_with_files(house: House, migrated: LocalStack) -> None:
    ada, eve = await house.person(), await house.person(Tier.FREE)
    made = (await ada.client.post("/api/batch-jobs", json={"name": "Talks", "files": FILES})).json()
    first, second = (one["video_id"] for one in made["uploads"])
    body = {"name": "Again", "library_ids": [second, second]}
    refused = await ada.client.post("/api/batch-jobs", json=body)
    assert (refused.status_code, "not uploaded and inspected" in refused.json()["detail"]) == (409, True)
    source = StoredObject(key=f"sources/{ada.user_id}/{second}/source", size_bytes=3_000, etag="etag")
    facts = MediaFacts(container="mov", duration_s=60, width=640, height=360, video_codec="h264")
    migrated.sql(
        "update uploader.videos set status = 'ready', uploaded_at = now(), "
        f"facts = '{msgspec.json.encode(facts).decode()}', source = '{msgspec.json.encode(source).decode()}' "
        f"where id = '{second}'"
    )
    assert (await eve.client.post("/api/batch-jobs", json=body)).status_code == 404
    alone = (await ada.client.post("/api/batch-jobs", json=body)).json()
    assert [one["video_id"] for one in alone["videos"]] == [second] and alone["uploads"] == []
    started = await ada.client.post(f"/api/batch-jobs/{alone['batch_job_id']}/start")
    assert started.status_code in (200, 202), started.text
    both = (await ada.client.post("/api/batch-jobs", json={**body, "files": FILES[:1]})).json()
    assert [one["name"] for one in both["videos"]] == ["one.mp4", "two.mov"] and len(both["uploads"]) == 1
    waiting = await ada.client.post("/api/batch-jobs", json={**body, "start_when_uploaded": True})
    assert waiting.status_code == 422 and "start the batch" in waiting.json()["detail"]
    many = await eve.client.post(
        "/api/batch-jobs", json={"name": "Many", "files": FILES, "library_ids": [first, second]}
    )
    assert many.status_code == 403 and "allows 3" in many.json()["detail"]
