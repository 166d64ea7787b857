"""Tells Piccolo where the processor's migrations are."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="processor",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[],
)
