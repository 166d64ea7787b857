"""What operators do to accounts: over the API and on the machine, always written down."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.gateway.accounts import set_role
from services.gateway.tables import AuditEntry
from services.scheduler import worker as scheduler_worker
from services.scheduler.service import Scheduler
from shared.batches import Tier
from stack.local import LocalStack
from tests.gateway.conftest import PASSWORD, House, Person, eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def operator(house: House) -> Person:
    """Somebody who runs the installation."""
    person = await house.person()
    await set_role(person.email, "operator")
    return person


async def log_of(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.client.get("/api/audit-log")).json()["entries"]
    return found


async def test_operators_find_accounts(house: House, operator: Person) -> None:
    people = [await house.person(Tier.FREE) for _ in range(3)]
    browser = await house.browser(people[0])
    page = (await operator.client.get("/api/admin/users", params={"tier": "free", "limit": 2})).json()
    assert (page["total"], len(page["users"])) == (3, 2)
    rest = (await operator.client.get("/api/admin/users", params={"tier": "free", "offset": 2})).json()
    assert {user["id"] for user in page["users"] + rest["users"]} == {str(person.user_id) for person in people}
    (found,) = (await operator.client.get("/api/admin/users", params={"search": people[0].email[:8].upper()})).json()[
        "users"
    ]
    assert (found["email"], found["tier"], found["role"]) == (people[0].email, "free", "user")
    assert (found["sessions"], found["api_keys"]) == (1, 1) and found["last_seen_at"] >= found["created_at"]
    two = [str(person.user_id) for person in people[:2]]
    chosen = (await operator.client.get("/api/admin/users", params={"ids": [*two, str(uuid.uuid4())]})).json()
    assert (chosen["total"], {user["id"] for user in chosen["users"]}) == (2, set(two))
    for wildcard in ("%", "_", "\\"):
        assert (await operator.client.get("/api/admin/users", params={"search": wildcard})).json()["total"] == 0
    (self,) = (await operator.client.get("/api/admin/users", params={"role": "operator"})).json()["users"]
    assert self["id"] == str(operator.user_id)
    assert "password" not in str(page)
    await browser.delete("/api/session")


async def test_tier_and_role_hold_at_once_and_are_written_down(
    house: House, operator: Person, scheduler: Scheduler, migrated: LocalStack
) -> None:
    scheduler.work.start(scheduler_worker.HANDLERS, scheduler, slots={"scheduler": 1})
    ada = await house.person(Tier.FREE)
    address = f"/api/admin/users/{ada.user_id}"
    changed = await operator.client.patch(address, json={"tier": "creator", "role": "operator"})
    assert (changed.status_code, changed.json()["tier"], changed.json()["role"]) == (200, "creator", "operator")
    assert (await ada.client.get("/api/me")).json()["tier"] == "creator"
    assert (await ada.client.get("/api/admin/users")).status_code == 200
    tier = f"select tier from scheduler.queue_users where user_id = '{ada.user_id}'"
    await eventually(lambda: migrated.sql(tier).strip() == "creator")
    await operator.client.patch(address, json={"tier": "creator"})
    for person in (ada, operator):
        seen = [(entry["action"], entry["by"], entry["detail"]) for entry in await log_of(person)]
        assert seen == [
            ("role_set", operator.email, {"before": "user", "after": "operator"}),
            ("tier_set", operator.email, {"before": "free", "after": "creator"}),
        ]
    itself = await operator.client.patch(f"/api/admin/users/{operator.user_id}", json={"role": "user"})
    assert (itself.status_code, itself.json()["code"]) == (409, "conflict")
    assert (await operator.client.patch(address, json={"tier": "golden"})).status_code == 422
    assert (await operator.client.patch(f"/api/admin/users/{uuid.uuid4()}", json={})).status_code == 404


async def test_operators_sign_somebody_out(house: House, operator: Person) -> None:
    ada = await house.person()
    browser = await house.browser(ada)
    assert (await operator.client.post(f"/api/admin/users/{ada.user_id}/sign-out")).status_code == 204
    assert (await browser.get("/api/me")).status_code == 401
    assert (await ada.client.get("/api/me")).status_code == 200
    entry = (await log_of(ada))[0]
    assert (entry["action"], entry["by"]) == ("signed_out_everywhere", operator.email)


async def test_whose_batches_were_looked_at_learns_by_whom(house: House, operator: Person) -> None:
    ada = await house.person()
    made = await ada.client.post("/api/batch-jobs", json={"name": "Hers", "files": [{"name": "a.mp4"}]})
    address = f"/api/admin/users/{ada.user_id}/batch-jobs"
    page = (await operator.client.get(address)).json()
    assert [job["id"] for job in page["batch_jobs"]] == [made.json()["batch_job_id"]]
    assert (await operator.client.get(address, params={"status": "failed"})).json()["total"] == 0
    log = await log_of(ada)
    assert [(entry["action"], entry["by"]) for entry in log] == [("batches_seen", operator.email)] * 2
    whole = (await operator.client.get("/api/admin/audit-log", params={"user_id": str(ada.user_id)})).json()
    assert whole["entries"] == log
    everybody = (await operator.client.get("/api/admin/audit-log")).json()["entries"]
    assert [entry["id"] for entry in log] == [entry["id"] for entry in everybody[:2]]


async def test_who_runs_the_machine_does_the_same_by_commands(
    house: House, migrated: LocalStack, settings_of: Callable[..., object]
) -> None:
    ada = await house.person(Tier.FREE)
    browser = await house.browser(ada)

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.gateway.admin", *arguments],
            check=False,
            cwd=ROOT,
            env=migrated.environment("gateway.app"),
            capture_output=True,
            text=True,
        )

    assert command("set-role", ada.email, "operator").stdout == f"{ada.email} now has the role operator.\n"
    assert (await ada.client.get("/api/admin/users")).status_code == 200
    assert "in 1 browsers" in command("sign-out", ada.email).stdout
    assert (await browser.get("/api/me")).status_code == 401
    token = command("reset-link", ada.email).stdout.rpartition("#")[2].strip()
    used = await house.client().post("/api/password-resets/use", json={"token": token, "new_password": PASSWORD[::-1]})
    assert used.status_code == 204
    entries = await AuditEntry.page(ada.user_id, None, 10)
    assert [(entry["action"], entry["way"]) for entry in entries] == [
        ("password_reset", "none"),
        ("reset_link_made", "command"),
        ("signed_out_everywhere", "command"),
        ("role_set", "command"),
        ("signed_in", "none"),
    ]
    unknown = command("sign-out", "nobody@example.com")
    assert unknown.returncode == 1 and "no account with the email" in unknown.stderr
