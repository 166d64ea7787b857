"""Migrations, which run before a service starts: the statements of one in the form that Piccolo runs, and all of them.

Apart from `shared.database`, because Piccolo's commands take longer to import than a service needs for all the rest of it.
"""

from __future__ import annotations

import importlib
import os
import sys
import types

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.conf.apps import AppRegistry
from piccolo.table import Table

from shared.database import engine_for


class _Raw(Table):
    """Carries the statements."""


def migration(app: str, identifier: str, description: str, *statements: str) -> MigrationManager:
    """Run `statements` in their order, within the transaction that Piccolo opens.

    `app` is the service, `identifier` the `ID` of the migration's module. Each text holds one statement, or several that
    end in a semicolon at the end of a line.
    """
    manager = MigrationManager(migration_id=identifier, app_name=app, description=description)

    async def run() -> None:
        for text in statements:
            for statement in text.split(";\n"):
                if statement.strip():
                    # Piccolo reads braces as places for values.
                    await _Raw.raw(statement.replace("{", "{{").replace("}", "}}"))

    manager.add_raw(run)
    return manager


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
