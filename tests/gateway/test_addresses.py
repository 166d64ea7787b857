from __future__ import annotations

from typing import Any

import pytest
from litestar.connection import ASGIConnection

from services.gateway.addresses import address_of


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix-socket", "unix-socket"),
    ],
)
def test_a_home_network_counts_as_one(host: str, counted: str) -> None:
    scope: Any = {"type": "http", "client": (host, 1)}
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    assert address_of(connection) == counted
