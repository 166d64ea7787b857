"""A finished video is rendered again through the public API, on the whole system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from stack.local import LocalStack
from tests import media as clips
from tests.journeys.test_main_job import files_in, wait

pytestmark = pytest.mark.journey


def test_a_video_rendered_again_gives_a_new_result_a_new_export_and_an_honest_report(
    dailies: Callable[..., Any], api: httpx.Client, media: Path, tmp_path: Path, system: LocalStack
) -> None:
    talk, _ = clips.talk(media / "Episode one.mp4")
    start = api.get("/api/usage").json()["minutes_used"]
    batch_id = dailies("submit", talk, "--name", "Again", "--remove-silence", "--quality", "720p")["id"]
    address = f"/api/batch-jobs/{batch_id}"
    wait(lambda: api.get(address).json()["batch_job"]["status"] == "completed", 120)
    (before,) = api.get(address).json()["videos"]
    assert before["status"] == "completed" and before["processing_result"]["silence_removed_s"] > 1
    used = api.get("/api/usage").json()["minutes_used"] - start

    whole = {"settings": {"remove_silence": False, "export_quality": "720p", "export_format": "mov"}}
    asked = api.post(f"{address}/videos/{before['video_id']}/render", json=whole)
    assert (asked.status_code, asked.json()["status"]) == (202, "processing"), asked.text
    (meanwhile,) = api.get(address).json()["videos"]
    if meanwhile["status"] != "completed":
        assert meanwhile["output_video_url"] is not None, "the earlier result stays"
    wait(lambda: api.get(address).json()["batch_job"]["status"] == "completed", 120)

    (after,) = api.get(address).json()["videos"]
    assert after["processing_result"]["silence_removed_s"] == 0 and after["error_message"] is None
    assert after["output"]["key"].endswith(".mov") and after["settings"]["export_format"] == "mov"
    objects = Path(system.environment("uploader.app")["DAILIES_STORE_FOLDER"])
    wait(lambda: not any(before["output"]["key"] in str(path) for path in files_in(objects)))
    assert any(after["output"]["key"] in str(path) for path in files_in(objects))
    assert api.get("/api/usage").json()["minutes_used"] == pytest.approx(start + 2 * used, abs=0.05)

    # A second of it is cut by hand, and everything that is made of it follows.
    dailies("cuts", batch_id, "--cut", "1-2")
    wait(lambda: api.get(address).json()["batch_job"]["status"] == "completed", 120)
    (cut,) = api.get(address).json()["videos"]
    whole_s = after["processing_result"]["output_s"]
    assert cut["processing_result"]["output_s"] == pytest.approx(whole_s - 1, abs=0.1)
    assert [one["why"] for one in dailies("cuts", batch_id)["cuts"]] == ["by_hand"]

    report = dailies("report", batch_id)
    (told,) = report["videos"]
    assert (report["completed_videos"], told["attempts"]) == (1, 3) and told["processing_s"] > 0
    assert told["output_s"] == cut["processing_result"]["output_s"]
    assert report["saved_s"] == pytest.approx(told["source_s"] - told["output_s"], abs=0.01)
    dailies("export", batch_id, "-o", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").stat().st_size > cut["output"]["size_bytes"]
