"""The stored login."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import uuid4

import pytest

from client.credentials import Login, key_for, load, save
from client.errors import UsageError

LOGIN = Login(url="http://127.0.0.1:8400", email="ada@example.com", key_id=uuid4(), api_key="dly_secret")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "dailies" / "login.json"
    save(path, LOGIN)
    assert load(path) == LOGIN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_login_replaces_the_old_one_and_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "login.json"
    path.write_text("{}")
    path.chmod(0o644)
    save(path, LOGIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["login.json"]


def test_the_key_is_only_for_the_installation_that_gave_it() -> None:
    assert key_for(LOGIN, "http://127.0.0.1:8400") == "dly_secret"
    assert key_for(LOGIN, "http://elsewhere.example") is None
    assert key_for(None, "http://127.0.0.1:8400") is None


def test_without_a_login_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "login.json") is None


def test_a_damaged_login_is_told(tmp_path: Path) -> None:
    (tmp_path / "login.json").write_text("{")
    with pytest.raises(UsageError, match="sign in again"):
        load(tmp_path / "login.json")
