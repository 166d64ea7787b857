"""Tells Piccolo where the uploader's migrations are."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="uploader",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[],
)
