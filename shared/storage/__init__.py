"""Where the bytes are: one interface, `ObjectStore`, and the stores that offer it."""

from __future__ import annotations

from shared.errors import Invalid
from shared.settings import SettingsError, StoreSettings
from shared.storage.local import LocalStore
from shared.storage.objects import BadPiece, ObjectStore, Piece, StoredRange
from shared.storage.signing import parse_keys

__all__ = ["BadPiece", "LocalStore", "ObjectStore", "Piece", "StoredRange", "open_store"]


def open_store(settings: StoreSettings) -> ObjectStore:
    """The store that the settings name. Raises `SettingsError` when they do not fit."""
    if settings.store != "local":
        raise SettingsError(f"DAILIES_STORE is {settings.store!r}; only 'local' is known.")
    try:
        keys = parse_keys(settings.signing_keys)
    except Invalid as error:
        raise SettingsError(str(error)) from error
    return LocalStore(
        settings.store_folder,
        settings.store_url,
        keys,
        reserve_bytes=settings.store_reserve_bytes,
        max_object_bytes=settings.store_max_object_bytes,
    )
