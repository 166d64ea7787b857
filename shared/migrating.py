"""Migrations: the statements of one, in the form that Piccolo runs."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table


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
