"""An upload survives its client, its server and its line; the large campaign is `make chaos-upload`."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.uploads import Plan, campaign

MIB = 1024 * 1024


@pytest.mark.journey
def test_an_upload_that_is_interrupted_again_and_again_completes_and_sends_little_twice(tmp_path: Path) -> None:
    plan = Plan(size_mb=30, part_bytes=MIB, client_kills=2, server_kills=1, cuts=1, mb_per_s=6, seed=4)
    tmp_path.chmod(0o755)
    told: list[str] = []
    outcome = campaign(tmp_path, plan, told.append)
    assert outcome.right
    assert outcome.size_bytes <= outcome.sent_bytes <= outcome.allowed_bytes, told
