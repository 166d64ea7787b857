"""What a process of the gateway is connected to."""

from __future__ import annotations

from msgspec import Struct
from piccolo.engine.postgres import PostgresEngine

from services.gateway.feed import Feed
from services.gateway.settings import GatewaySettings
from shared.bus import Bus
from shared.outbox import Outbox
from shared.storage import ObjectStore


class Gateway(Struct, frozen=True, kw_only=True):
    """The connections of one gateway process, handed to every route."""

    settings: GatewaySettings
    engine: PostgresEngine
    outbox: Outbox
    bus: Bus
    store: ObjectStore
    feed: Feed
