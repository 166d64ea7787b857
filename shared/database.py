"""PostgreSQL: one schema and one role per service, tables by Piccolo, migrations run before the service starts."""

from __future__ import annotations

import importlib
import os
import sys
import types
from collections.abc import Iterable

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

from shared.errors import Unavailable


def engine_for(url: str) -> PostgresEngine:
    """An engine for the service whose role is in the URL; all clocks in it run in UTC."""
    return PostgresEngine(config={"dsn": url, "server_settings": {"timezone": "UTC"}}, extensions=())


async def open_database(url: str, tables: Iterable[type[Table]], *, connections: int = 10) -> PostgresEngine:
    """Open a pool and bind the service's tables to it. Raises `Unavailable` when PostgreSQL is not there."""
    engine = engine_for(url)
    try:
        await engine.start_connection_pool(min_size=1, max_size=connections)
    except (TimeoutError, OSError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"PostgreSQL does not answer ({error}); check DAILIES_DATABASE_URL and that the server runs."
        ) from error
    for table in tables:
        table._meta._db = engine
    return engine


async def migrate(service: str, url: str) -> None:
    """Bring the schema of a service up to date. Raises `SystemExit` when a migration fails."""
    # Piccolo finds its engine and apps in a module that the environment names; ours is made on the spot, from the settings.
    configuration = types.ModuleType(f"dailies_{service}_piccolo_conf")
    configuration.DB = engine_for(url)  # type: ignore[attr-defined]
    configuration.APP_REGISTRY = AppRegistry(apps=[f"services.{service}.piccolo_app"])  # type: ignore[attr-defined]
    sys.modules[configuration.__name__] = configuration
    os.environ["PICCOLO_CONF"] = configuration.__name__
    importlib.import_module(f"services.{service}.piccolo_app")
    result = await run_forwards(app_name=service, migration_id="all")
    if not result.success:
        raise SystemExit(f"The {service}'s schema could not be brought up to date: {result.message}")
