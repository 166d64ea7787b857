"""Traces cost nothing where nobody collects them, and logs keep secrets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared import tracing
from shared.redacting import redacted

NOTHING = """
import sys
import services.scheduler.app
from shared import tracing
tracing.configure("", "x")
with tracing.span("nothing") as span:
    assert span is None and tracing.carried() == {}
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""


def test_nothing_is_loaded_without_a_collector() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", NOTHING], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_spans_are_none_here() -> None:
    with tracing.span("nothing", about={"batch_id": "1"}) as span:
        assert span is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cannot reach amqp://dailies:s3cr:et@rabbit:5672/x", "cannot reach amqp://…@rabbit:5672/x"),
        ("550 <ada@example.com> unknown", "550 <…> unknown"),
        ("GET /objects/a?expires=1&key_id=k1&signature=ab12cd", "GET /objects/a?expires=1&key_id=k1&signature=…"),
        ("?X-Amz-Credential=AK%2F1&X-Amz-Signature=ffee HTTP", "?X-Amz-Credential=…&X-Amz-Signature=… HTTP"),
        ("Authorization: Bearer dly_3fKq9Zx1u0cV5n2rYtW8", "Authorization: Bearer …"),
        ("the key dly_3fKq9Zx1u0cV5n2rYtW8 was used", "the key … was used"),
        ('{"access_token": "ey.J0", "run_token": "0b5c"}', '{"access_token": "…", "run_token": "0b5c"}'),
        ("process=processor@host.example.4711 worker=processor@host.local.12.ab", None),
        ("run_token=0b5c batch_id=4f6c path=/api/me key=sources/a/b", None),
    ],
)
def test_what_no_log_may_have_is_taken_out(text: str, left: str | None) -> None:
    assert redacted(text) == (text if left is None else left)
