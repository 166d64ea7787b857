"""Secrets in the database are of no use without the key, and keys can be changed."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from services.gateway import signing
from services.gateway.housekeeping import sweep
from services.gateway.sealing import TOKEN, Seal
from services.gateway.tables import Webhooks
from services.gateway.webhooks import HOOK
from shared.errors import Invalid, Unavailable
from tests.gateway.conftest import Start

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = signing.new_secret()


def test_what_is_sealed_is_opened_by_any_of_the_keys() -> None:
    kept = Seal(OLD).closed(SECRET)
    assert kept.startswith(TOKEN) and SECRET not in kept
    assert Seal(f"{NEW},{OLD}").opened(kept) == SECRET
    for strange in (Seal(NEW), Seal("")):
        with pytest.raises(Unavailable, match="new one"):
            strange.opened(kept)
    altered = kept[:-9] + (b"A" if kept[-9:-8] != b"A" else b"B") + kept[-8:]
    with pytest.raises(Unavailable):
        Seal(OLD).opened(altered)


def test_what_was_kept_in_clear_or_by_an_older_key_is_renewed() -> None:
    seal = Seal(f"{NEW}, {OLD}")
    for kept in (SECRET, Seal(OLD).closed(SECRET)):
        renewed = seal.renewed(kept)
        assert renewed is not None and Seal(NEW).opened(renewed) == SECRET
        assert seal.renewed(renewed) is None
    assert Seal(NEW).renewed(Seal(OLD).closed(SECRET)) is None
    assert Seal("").closed(SECRET) == SECRET and Seal("").renewed(SECRET) is None


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="DAILIES_ENCRYPTION_KEYS"):
        Seal("secret")


async def test_secrets_from_before_are_encrypted_by_the_sweep(start: Start) -> None:
    house = await start(encryption_keys=f"{NEW},{OLD}")
    ada = await house.person()
    await Webhooks.make(ada.user_id, HOOK, SECRET)
    await Webhooks.new_secret(HOOK.id, Seal(OLD).closed(SECRET), 24)
    for _ in range(2):
        await sweep(house.at)
        (row,) = await Webhooks.raw("select secret, old_secret from webhooks")
        assert [Seal(NEW).opened(bytes(kept)) for kept in row.values()] == [SECRET, SECRET]
