"""Analytics, usage and the ledger as the API tells them: of one's own work, and for operators of everybody's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from services.gateway.accounts import set_role
from services.scheduler.service import Scheduler
from services.scheduler.tables import UsageLedger
from tests.gateway.conftest import House
from tests.gateway.test_oversight import batch_of


async def test_analytics_tell_of_ones_own_work_and_operators_of_everybodys(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    await ada.client.post(f"/api/batch-jobs/{await batch_of(ada)}/cancel")
    await ada.client.post(f"/api/batch-jobs/{await batch_of(ada, 1)}/cancel")
    hers = (await ada.client.get("/api/analytics")).json()
    assert (hers["totals"]["batches_cancelled"], hers["totals"]["videos_cancelled"]) == (2, 3)
    assert (hers["success_rate"], hers["speed"], len(hers["steps"])) == (None, None, 1)
    assert hers["settings"][0]["count"] == 2
    assert (await eve.client.get("/api/analytics")).json()["steps"] == []
    refused = await eve.client.get("/api/admin/analytics")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    await set_role(eve.email, "operator")
    assert (await eve.client.get("/api/admin/analytics")).json()["totals"] == hers["totals"]


async def test_a_period_is_chosen_by_its_days(house: House) -> None:
    ada = await house.person()
    await ada.client.post(f"/api/batch-jobs/{await batch_of(ada)}/cancel")
    today = datetime.now(UTC).date()
    long_ago = {"since": str(today - timedelta(days=60)), "until": str(today - timedelta(days=30))}
    told = (await ada.client.get("/api/analytics", params=long_ago)).json()
    assert (told["since"], told["until"], told["steps"]) == (long_ago["since"], long_ago["until"], [])
    for wrong in ({"since": "yesterday"}, {"since": "2026-02-01", "until": "2026-01-01"}, {"since": "1999-01-01"}):
        answer = await ada.client.get("/api/analytics", params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong


async def test_the_ledger_is_told_page_by_page_and_as_a_file_and_refunds_are_in_it_once(
    house: House, scheduler: Scheduler
) -> None:
    ada, eve = await house.person(), await house.person()
    batch_id = await batch_of(ada, 3)
    await ada.client.patch(f"/api/batch-jobs/{batch_id}", json={"name": "=1+1"})
    await UsageLedger.raw(
        "insert into usage_ledger (batch_video_id, generation, kind, user_id, batch_job_id, seconds, month, booked_at)"
        " select v.id, n, kind, v.user_id, batch_job_id, 60, date_trunc('month', now())::date, now() + n * interval '1 s'"
        " from batch_videos v, generate_series(1, 250) n, unnest(array['hold', 'settle']) kind"
    )
    seen: list[str] = []
    after: str | None = None
    while True:
        params = {"limit": "400", **({"after": after} if after else {})}
        page = (await ada.client.get("/api/usage/ledger", params=params)).json()
        seen += [line["id"] for line in page["lines"]]
        if (after := page["next_after"]) is None:
            break
    assert len(seen) == len(set(seen)) == 1500
    november = await ada.client.get("/api/usage/ledger.csv", params={"since": "2026-11-09", "until": "2026-11-09"})
    assert 'filename="dailies-ledger-2026-11.csv"' in november.headers["content-disposition"]
    file = await ada.client.get("/api/usage/ledger.csv")
    assert file.headers["content-type"].startswith("text/csv") and "attachment" in file.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["id"] for row in rows] == seen and rows[0]["batch_name"] == "'=1+1", "no formula for a spreadsheet"
    assert sum(float(row["balance_minutes"]) for row in rows) == 750
    assert len((await eve.client.get("/api/usage/ledger.csv")).text.splitlines()) == 1
    refund = {"batch_job_id": batch_id}
    assert (await ada.client.post("/api/admin/refunds", json=refund)).status_code == 403
    await set_role(eve.email, "operator")
    refunded = await eve.client.post("/api/admin/refunds", json=refund)
    assert refunded.status_code == 201 and len(refunded.json()["lines"]) == 750
    assert (await eve.client.post("/api/admin/refunds", json=refund)).status_code == 404, "only once"
    (entry,) = [
        entry
        for entry in (await ada.client.get("/api/audit-log")).json()["entries"]
        if entry["action"] == "minutes_refunded"
    ]
    assert (entry["by"], entry["detail"]) == (eve.email, {"minutes": "750", "batch": "=1+1"})
    usage = (await ada.client.get("/api/usage")).json()
    assert (usage["minutes_used"], usage["minutes_held"], usage["minutes_left"]) == (0, 0, usage["minutes_limit"])
    (month,) = (await ada.client.get("/api/usage/months")).json()["months"]
    assert (month["minutes_used"], month["minutes_refunded"], month["videos"], month["batches"]) == (0, 750, 750, 1)


async def test_storage_is_counted_and_only_operators_see_what_of_others_will_be_deleted(house: House) -> None:
    ada, eve = await house.person(), await house.person()
    assert (await ada.client.get("/api/usage/storage")).json() == {
        "videos": 0,
        "videos_bytes": 0,
        "results_bytes": 0,
        "exports_bytes": 0,
    }
    batch_id = await batch_of(ada)
    await ada.client.post(f"/api/batch-jobs/{batch_id}/cancel")
    soon = {"days": 31}
    hers = (await ada.client.get("/api/usage/deletions", params=soon)).json()
    assert [one["batch_job_id"] for one in hers["deletions"]] == [batch_id]
    assert (await ada.client.get("/api/usage/deletions")).json()["batches"] == 0, "not within a week"
    assert (await eve.client.get("/api/usage/deletions", params=soon)).json()["batches"] == 0
    assert (await ada.client.get("/api/admin/retention")).status_code == 403
    await set_role(ada.email, "operator")
    assert (await ada.client.get("/api/admin/retention")).json()["batches"] == 0
    (deletion,) = (await ada.client.get("/api/admin/retention", params=soon)).json()["deletions"]
    assert (deletion["batch_job_id"], deletion["announced"]) == (batch_id, False)
    assert (await ada.client.get("/api/admin/retention", params={"days": -1})).status_code == 422
