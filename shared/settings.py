"""Settings: one frozen struct per service, read once from the environment at start-up.

A field `store_url` is the variable `DAILIES_STORE_URL`. Whatever is missing or malformed is reported by the variable's name,
all of it at once, and the process does not start.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct

PREFIX = "DAILIES_"

S = TypeVar("S", bound=Struct)


class SettingsError(SystemExit):
    """The environment lacks something; the message names each variable and what is wrong with it."""


class DatabaseSettings(Struct, frozen=True, kw_only=True):
    """What a migration needs."""

    database_url: str
    """PostgreSQL, as the service's own role: `postgresql://role:password@host:port/dailies`."""


class Common(DatabaseSettings, frozen=True, kw_only=True):
    """What every process needs."""

    rabbitmq_url: str
    """RabbitMQ with its vhost: `amqp://user:password@host:port/dailies`."""
    nats_url: str
    """NATS with JetStream: `nats://user:password@host:port`."""
    monitor_host: str = "127.0.0.1"
    """Where /health/live, /health/ready and /metrics are served."""
    monitor_port: int = 0
    """Port of the health and metrics endpoint; 0 switches it off."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""
    log_format: str = "text"
    """`text` for people, `json` for machines."""
    otlp_url: str = ""
    """Where traces go by OTLP over HTTP, such as `http://collector:4318`; none are made when empty."""
    process_name: str = ""
    """Name of this process in logs and as a worker; made from the host and the process id when empty."""


class StoreSettings(Common, frozen=True, kw_only=True):
    """What a process that reaches the store needs besides."""

    store: str = "local"
    """`local` for a folder, `s3` for any S3-compatible store."""
    store_folder: Path = Path(".run/store")
    """The folder of the local store; services on one host share it."""
    store_url: str = "http://127.0.0.1:8401"
    """Public address of the local store's endpoint, as browsers reach it."""
    signing_keys: str = ""
    """Keys for signed URLs, `<id>:<64 hex digits>`, separated by commas; the first signs, all of them verify."""
    store_reserve_bytes: int = 512 * 1024 * 1024
    """Bytes that the local store leaves free on its disk, for the others that live there; it refuses to write beyond."""
    store_max_object_bytes: int = 2 * 1024**3
    """The largest object that a signed upload URL admits, in bytes."""
    s3_endpoint: str = ""
    """Address of the S3 service as Dailies reaches it; AWS's of the region when empty."""
    s3_public_endpoint: str = ""
    """Address of the S3 service as browsers reach it, for signed URLs; the same as Dailies' own when empty."""
    s3_bucket: str = "dailies"
    """The bucket; it is made, with access for browsers, if it is not there and the login may do that."""
    s3_region: str = "us-east-1"
    """Region of the bucket, as requests are signed for."""
    s3_access_key: str = ""
    """Access key of the login to S3."""
    s3_secret_key: str = ""
    """Secret key of the login to S3."""
    s3_session_token: str = ""
    """Session token, for temporary credentials only."""
    s3_path_style: bool = True
    """Whether the bucket stands in the path (`host/bucket/key`); with false, in the host's name (`bucket.host/key`)."""
    s3_encryption: str = ""
    """Encryption at rest by the service: `AES256` or `aws:kms`; the bucket's own default when empty."""
    s3_kms_key: str = ""
    """Id of the key for `aws:kms`; the account's default when empty."""
    s3_storage_class: str = ""
    """Storage class of what is written, such as `STANDARD_IA`; the service's default when empty."""


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def load(kind: type[S], environ: Mapping[str, str]) -> S:
    """Read a settings struct from the environment. Raises `SettingsError` naming everything that is wrong."""
    hints = get_type_hints(kind, include_extras=True)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in msgspec.structs.fields(kind):
        name = variable(field.name)
        text = environ.get(name, "").strip()
        if text:
            try:
                values[field.name] = _value(text, hints[field.name])
            except (msgspec.ValidationError, msgspec.DecodeError) as problem:
                problems.append(f"{name}: {problem}")
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            problems.append(f"{name} is not set")
    if problems:
        raise SettingsError("Cannot start, because of these settings:\n  " + "\n  ".join(problems))
    return kind(**values)


def _value(text: str, hint: Any) -> Any:
    """A setting's text as its type: structs and mappings are given as JSON, paths and numbers as they are."""
    if hint is Path:
        return Path(text)
    if text.startswith(("{", "[")):
        return msgspec.json.decode(text, type=hint)
    return msgspec.convert(text, hint, strict=False)
