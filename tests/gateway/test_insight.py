"""Analytics as the API tells them: of one's own work, and for operators of everybody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.gateway.accounts import set_role
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
