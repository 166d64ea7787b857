from __future__ import annotations

import uuid

import pytest

from services.gateway.housekeeping import sweep
from services.gateway.tables import Allowance, Creation
from stack.local import LocalStack
from tests.gateway.conftest import House, Start


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


async def test_a_sweep_removes_what_has_expired_and_nothing_else(house: House, migrated: LocalStack) -> None:
    ada, bob = await house.person(), await house.person()
    old, new = await house.browser(ada), await house.browser(bob)
    migrated.sql(f"update gateway.sessions set expires_at = now() - interval '1 s' where user_id = '{ada.user_id}'")
    await Allowance.take("old", 5, 0.0, "")
    await Allowance.take("new", 5, 60.0, "")
    for key in ("old", "new"):
        await Creation.begin(ada.user_id, key, b"x", {})
    migrated.sql("update gateway.creations set created_at = now() - interval '2 days' where key = 'old'")
    stale, fresh = uuid.uuid4(), uuid.uuid4()
    migrated.sql(
        "insert into gateway.answered (request_id, answer, answered_at) values"
        f" ('{stale}', '', now() - interval '3 days'), ('{fresh}', '', now())"
    )
    await sweep(house.at)
    assert (await old.get("/api/me")).status_code == 401
    assert (await new.get("/api/me")).status_code == 200
    kept = migrated.sql(
        "select count(*) from gateway.sessions; select subject from gateway.allowances where subject in ('old', 'new');"
        " select key from gateway.creations; select request_id from gateway.answered"
    )
    assert kept.split() == ["1", "new", "new", str(fresh)]
