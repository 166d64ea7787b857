"""The stored login: which installation, and an API key for it, in a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from client.errors import UsageError


class Login(Struct, frozen=True, kw_only=True):
    """What `dailies login` keeps."""

    url: str
    email: str
    key_id: UUID
    api_key: str


def load(path: Path) -> Login | None:
    """The stored login, if there is one. Raises `UsageError` when the file is not one of ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Login)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{path} cannot be read ({error}); remove it and sign in again with: dailies login") from error


def save(path: Path, login: Login) -> None:
    """Store a login in place of an earlier one; nobody else can read the file at any moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(login), indent=2) + b"\n")
    new.replace(path)


def key_for(login: Login | None, url: str) -> str | None:
    """The stored key, but only for the installation that gave it: another one must not get to see it."""
    return login.api_key if login is not None and login.url == url else None
