"""A store is opened from settings, or the process does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.settings import SettingsError, StoreSettings
from shared.storage import LocalStore, open_store

KEY = f"now:{'1a' * 32}"


def settings(folder: Path, **wanted: object) -> StoreSettings:
    """Settings with nothing but a store in them."""
    values = {"store_folder": folder, "signing_keys": KEY, **wanted}
    return StoreSettings(database_url="", rabbitmq_url="", nats_url="", **values)  # type: ignore[arg-type]


async def test_a_local_store_is_made_with_its_folder(tmp_path: Path) -> None:
    store = open_store(settings(tmp_path / "not" / "there", store_url="http://films.example/", store_reserve_bytes=0))
    assert isinstance(store, LocalStore)
    await store.put_bytes("a", b"film")
    assert (tmp_path / "not/there/objects/a").read_bytes() == b"film"
    assert store.url == "http://films.example"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [({"store": "tape"}, "DAILIES_STORE is 'tape'"), ({"signing_keys": ""}, "DAILIES_SIGNING_KEYS is empty")],
)
def test_settings_that_do_not_fit_are_named(tmp_path: Path, wanted: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        open_store(settings(tmp_path, **wanted))
