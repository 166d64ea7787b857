"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for clips, kept for the whole run, so that each clip is made once. What is in it is read-only."""
    return tmp_path_factory.mktemp("media")
