"""Passwords and keys of a stack: made once, kept in one private file."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from stack.errors import StackError


@dataclass(frozen=True)
class Logins:
    """What the stack's servers and services prove themselves with."""

    stack_id: str
    postgres_password: str
    database_passwords: dict[str, str]
    rabbitmq_password: str
    nats_password: str
    s3_secret_key: str
    signing_keys: str
    encryption_keys: str
    demo_account: str


def load(path: Path, *, services: tuple[str, ...]) -> Logins:
    """Read the logins, making those that are missing; the file is readable by its owner only (mode 600).

    Raises `StackError` when the file is there but damaged: making new ones would lock the data away.
    """
    try:
        stored = json.loads(path.read_text()) if path.exists() else {}
    except ValueError:
        stored = None
    if not isinstance(stored, dict):
        raise StackError(f"{path} is damaged: restore it, or remove {path.parent} to start with empty data.")
    known = {field.name for field in fields(Logins)}
    made = asdict(_new(services))
    databases = {**made["database_passwords"], **stored.get("database_passwords", {})}
    values = {**made, **{key: value for key, value in stored.items() if key in known}, "database_passwords": databases}
    if values != stored:
        _write(path, values)
    return Logins(**values)


def _new(services: tuple[str, ...]) -> Logins:
    return Logins(
        stack_id=secrets.token_hex(8),
        postgres_password=secrets.token_urlsafe(24),
        database_passwords={service: secrets.token_urlsafe(24) for service in services},
        rabbitmq_password=secrets.token_urlsafe(24),
        nats_password=secrets.token_urlsafe(24),
        s3_secret_key=secrets.token_urlsafe(24),
        signing_keys=f"{secrets.token_hex(4)}:{secrets.token_hex(32)}",
        encryption_keys=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        demo_account=f"demo@dailies.example:{secrets.token_urlsafe(12)}",
    )


def _write(path: Path, values: dict[str, object]) -> None:
    """Replace the file as a whole, so that a kill in between leaves the old one."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
