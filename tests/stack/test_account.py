from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from stack import account
from stack.errors import StackError


def test_the_command_gets_the_settings_of_the_process_that_runs(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "60"], env={"DAILIES_PUBLIC_URL": "http://127.0.0.1:8400/?a=b"})
    try:
        rows = [{"name": "uploader.app", "pid": None}, {"name": "gateway.app", "pid": process.pid}]
        (tmp_path / "status.json").write_text(json.dumps(rows))
        found = account.environment_of("gateway.app", tmp_path)
    finally:
        process.kill()
        process.wait()
    assert found == {"DAILIES_PUBLIC_URL": "http://127.0.0.1:8400/?a=b"}


@pytest.mark.parametrize("rows", [None, [], [{"name": "gateway.app", "pid": None}]])
def test_without_a_gateway_that_runs_it_says_how_to_start_one(rows: object, tmp_path: Path) -> None:
    if rows is not None:
        (tmp_path / "status.json").write_text(json.dumps(rows))
    with pytest.raises(StackError, match="make up"):
        account.environment_of("gateway.app", tmp_path)
