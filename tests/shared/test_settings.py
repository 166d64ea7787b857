"""Settings come from the environment or the process does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from services.scheduler.settings import SchedulerSettings
from shared.batches import Tier
from shared.settings import SettingsError, StoreSettings, load

CONNECTIONS = {
    "DAILIES_DATABASE_URL": "postgresql://x",
    "DAILIES_RABBITMQ_URL": "amqp://x",
    "DAILIES_NATS_URL": "nats://x",
}


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(SchedulerSettings, {"DAILIES_NATS_URL": "nats://x", "DAILIES_LEASE_S": "soon"})
    text = str(caught.value)
    assert "DAILIES_DATABASE_URL is not set" in text
    assert "DAILIES_RABBITMQ_URL is not set" in text
    assert "DAILIES_LEASE_S" in text


def test_values_get_their_types() -> None:
    settings = load(SchedulerSettings, {**CONNECTIONS, "DAILIES_LEASE_S": "2.5", "DAILIES_HANDLER_SLOTS": "7"})
    assert (settings.lease_s, settings.handler_slots) == (2.5, 7)
    assert load(StoreSettings, {**CONNECTIONS, "DAILIES_STORE_FOLDER": "/srv/store"}).store_folder == Path("/srv/store")


def test_the_table_of_tiers_can_be_replaced() -> None:
    limits = (
        '{"videos_per_batch":7,"concurrency":2,"weight":1,"default_priority":5,'
        '"batches_per_hour":1,"open_batches":1,"minutes_per_month":1}'
    )
    environment = {**CONNECTIONS, "DAILIES_TIERS": f'{{"free":{limits},"creator":{limits},"pro":{limits}}}'}
    assert load(SchedulerSettings, environment).tiers[Tier.FREE].videos_per_batch == 7


def test_an_empty_variable_counts_as_not_set() -> None:
    class One(Struct, frozen=True):
        size: int = 3

    assert load(One, {"DAILIES_SIZE": " "}).size == 3
