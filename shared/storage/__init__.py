"""Where the bytes are: one interface, `ObjectStore`, and the stores that offer it."""

from __future__ import annotations

from urllib.parse import urlsplit

from shared.errors import Invalid
from shared.settings import SettingsError, StoreSettings
from shared.storage.local import LocalStore
from shared.storage.objects import BadPiece, ObjectStore, Piece, StoredRange
from shared.storage.s3 import S3Store
from shared.storage.s3.connection import Connection, Place
from shared.storage.s3.signature import Credentials
from shared.storage.signing import parse_keys

__all__ = [
    "BadPiece",
    "LocalStore",
    "ObjectStore",
    "Piece",
    "S3Store",
    "StoredRange",
    "open_store",
    "public_origin",
]


def open_store(settings: StoreSettings) -> ObjectStore:
    """The store that the settings name. Raises `SettingsError` when they do not fit."""
    match settings.store:
        case "local":
            return _local(settings)
        case "s3":
            return _s3(settings)
    raise SettingsError(f"DAILIES_STORE is {settings.store!r}; it is 'local' or 's3'.")


def public_origin(settings: StoreSettings) -> str:
    """Scheme and host at which browsers reach the store."""
    if settings.store == "s3":
        return _place(settings, settings.s3_public_endpoint).base
    parts = urlsplit(settings.store_url)
    return f"{parts.scheme}://{parts.netloc}"


def _local(settings: StoreSettings) -> LocalStore:
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


def _s3(settings: StoreSettings) -> S3Store:
    missing = [
        name
        for name, value in (
            ("DAILIES_S3_ACCESS_KEY", settings.s3_access_key),
            ("DAILIES_S3_SECRET_KEY", settings.s3_secret_key),
            ("DAILIES_S3_BUCKET", settings.s3_bucket),
        )
        if not value
    ]
    if missing:
        raise SettingsError(f"DAILIES_STORE is 's3', and that needs {' and '.join(missing)} too.")
    kept = {
        "x-amz-server-side-encryption": settings.s3_encryption,
        "x-amz-server-side-encryption-aws-kms-key-id": settings.s3_kms_key,
        "x-amz-storage-class": settings.s3_storage_class,
    }
    connection = Connection(
        _place(settings, settings.s3_endpoint),
        _place(settings, settings.s3_public_endpoint),
        Credentials(settings.s3_access_key, settings.s3_secret_key, settings.s3_region, settings.s3_session_token),
    )
    return S3Store(
        connection,
        kept={name: value for name, value in kept.items() if value},
        max_object_bytes=settings.store_max_object_bytes,
    )


def _place(settings: StoreSettings, endpoint: str) -> Place:
    endpoint = endpoint or settings.s3_endpoint or f"https://s3.{settings.s3_region}.amazonaws.com"
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
        raise SettingsError(f"{endpoint!r} is no address of an S3 service; write it like https://s3.example.org.")
    return Place(endpoint=endpoint.rstrip("/"), bucket=settings.s3_bucket, path_style=settings.s3_path_style)
