"""What people are told when a batch ends, by the whole system: in the notification centre, by email, and by a webhook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from tests import media as clips
from tests.gateway.post import part
from tests.journeys.conftest import Outside
from tests.journeys.test_main_job import wait

pytestmark = pytest.mark.journey


def test_the_end_of_a_batch_is_told_by_a_notice_a_letter_and_a_webhook_that_failed_twice(
    dailies: Callable[..., Any], api: httpx.Client, outside: Outside, media: Path
) -> None:
    assert api.patch("/api/me/notifications", json={"email_from_videos": 1}).is_success
    wanted = {"url": outside.receiver.url, "events": ["batch.completed"]}
    hook = api.post("/api/webhooks", json=wanted).json()
    outside.receiver.answers[:] = [web.Response(status=500), web.Response(status=500)]
    outside.post.answers[:] = ["451 busy"]
    talk, _ = clips.talk(media / "Episode one.mp4")
    batch = dailies("submit", talk, "--name", "Told of", "--remove-silence")["id"]
    try:
        wait(lambda: len(outside.receiver.requests) == 3 and len(outside.post.letters) == 1, 90)
    finally:
        api.delete(f"/api/webhooks/{hook['id']}")
        api.patch("/api/me/notifications", json={"email_from_videos": 5})
    report = api.get(f"/api/batch-jobs/{batch}/report").json()

    notice = api.get("/api/notices").json()["notices"][0]
    assert (notice["title"], notice["link"]) == ("Told of is finished", f"/batches/{batch}/report")
    headers, body = outside.receiver.requests[2]
    told = Webhook(hook["secret"]).verify(body, headers)
    assert (told["type"], told["data"]["saved_s"]) == ("batch.completed", report["saved_s"])
    letter = outside.post.letters[0]
    assert letter["Subject"].startswith("Told of is finished") and letter["List-Unsubscribe"]
    for kind in ("plain", "html"):
        assert notice["text"] in part(letter, kind) and f"/batches/{batch}/report" in part(letter, kind)
