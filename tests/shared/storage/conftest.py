"""The stores under test: every test of the contract runs on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.storage import LocalStore, ObjectStore, S3Store
from shared.storage.signing import parse_keys
from tests.shared.storage import s3_servers

KEYS = parse_keys(f"now:{'1a' * 32},before:{'2b' * 32}")


@pytest.fixture
def local_store(tmp_path: Path) -> LocalStore:
    """A store in an empty folder."""
    return LocalStore(tmp_path / "store", "http://127.0.0.1:1", KEYS)


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a SeaweedFS."""
    with s3_servers.seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as url:
        yield url


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of a Moto."""
    with s3_servers.moto() as url:
        yield url


@pytest.fixture(params=["local", "seaweedfs", "moto"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[ObjectStore]:
    """Each kind of store, empty."""
    if request.param == "local":
        yield request.getfixturevalue("local_store")
        return
    made = s3_servers.store_at(request.getfixturevalue(request.param))
    await s3_servers.empty(made)
    yield made
    await made.close()


@pytest.fixture(params=["seaweedfs", "moto"])
async def s3_store(request: pytest.FixtureRequest) -> AsyncIterator[S3Store]:
    """An empty store on each S3 server."""
    made = s3_servers.store_at(request.getfixturevalue(request.param))
    await s3_servers.empty(made)
    yield made
    await made.close()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for files on their way from and to the store."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder
