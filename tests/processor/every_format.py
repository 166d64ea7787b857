"""Every combination of format, quality, shape, frame rate and kind of sound: `make matrix`. Too much for each `make test`."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from tests.processor.test_formats import CHOICES, Case, check


@pytest.mark.parametrize("case", product(*CHOICES), ids="-".join)
async def test_an_output_is_what_was_asked_for(media: Path, tmp_path: Path, case: Case) -> None:
    await check(media, tmp_path, case)
