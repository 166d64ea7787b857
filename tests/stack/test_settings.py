"""Which settings a process gets, and what wins over what."""

from pathlib import Path

import pytest

from stack import settings
from stack.errors import StackError
from stack.local import LocalStack


def test_the_callers_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        '# passwords\nexport DAILIES_STORE="s3"\nDAILIES_LOG_LEVEL=debug\nDAILIES_EMPTY=\nOTHER=1\n'
    )
    chosen = settings.chosen(tmp_path, {"DAILIES_LOG_LEVEL": "error", "HOME": "/root"})
    assert chosen == {"DAILIES_STORE": "s3", "DAILIES_LOG_LEVEL": "error"}


def test_a_line_that_sets_nothing_is_refused_with_its_number() -> None:
    with pytest.raises(StackError, match=r"Line 2 of \.env is not NAME=value: nonsense"):
        settings.read("A=1\nnonsense\n")


def test_every_process_gets_its_own_login_scratch_folder_and_monitor(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAILIES_LOG_LEVEL", "from the caller of the tests")
    app, worker = stack.environment("gateway.app"), stack.environment("gateway.worker")
    other = stack.environment("scheduler.app")
    assert app["DAILIES_DATABASE_URL"] == worker["DAILIES_DATABASE_URL"] != other["DAILIES_DATABASE_URL"]
    assert app["DAILIES_DATABASE_URL"].startswith("postgresql://gateway:")
    assert app["DAILIES_MONITOR_PORT"] != worker["DAILIES_MONITOR_PORT"]
    assert Path(worker["DAILIES_SCRATCH_FOLDER"]).is_dir()
    assert app["DAILIES_PUBLIC_URL"] == f"http://127.0.0.1:{app['DAILIES_HTTP_PORT']}"
    assert other["DAILIES_STORE_URL"] == f"http://127.0.0.1:{stack.environment('uploader.app')['DAILIES_HTTP_PORT']}"
    assert "DAILIES_HTTP_PORT" not in other and "DAILIES_DEMO_ACCOUNT" not in other
    assert app["DAILIES_LOG_LEVEL"] == "info"
    assert other["DAILIES_RABBITMQ_URL"].endswith("/dailies")
