"""The stores under test: every test of the contract runs on each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.storage import LocalStore, ObjectStore
from shared.storage.signing import parse_keys

KEYS = parse_keys(f"now:{'1a' * 32},before:{'2b' * 32}")


@pytest.fixture
def local_store(tmp_path: Path) -> LocalStore:
    """A store in an empty folder."""
    return LocalStore(tmp_path / "store", "http://127.0.0.1:1", KEYS)


@pytest.fixture(params=["local"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """Each kind of store, empty."""
    made: ObjectStore = request.getfixturevalue(f"{request.param}_store")
    return made


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for files on their way from and to the store."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
