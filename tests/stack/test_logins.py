"""Passwords and keys: made once, private, and completed when a newer version needs more."""

import json
import re
from pathlib import Path

from stack import logins
from stack.processes import SERVICES


def test_they_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = logins.load(path, services=SERVICES)
    assert logins.load(path, services=SERVICES) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(set(made.database_passwords.values())) == len(SERVICES)
    assert re.fullmatch(r"[0-9a-f]{8}:[0-9a-f]{64}", made.signing_keys)


def test_what_a_newer_version_needs_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = logins.load(path, services=("gateway",))
    stored = json.loads(path.read_text())
    del stored["signing_keys"]
    path.write_text(json.dumps(stored))
    more = logins.load(path, services=SERVICES)
    assert more.nats_password == made.nats_password
    assert more.database_passwords["gateway"] == made.database_passwords["gateway"]
    assert set(more.database_passwords) == set(SERVICES)
    assert logins.load(path, services=SERVICES) == more
