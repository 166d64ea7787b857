"""Tells Piccolo where the exporter's migrations are."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="exporter",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[],
)
