"""Where a request comes from: as it is counted, and as it is shown."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar.connection import ASGIConnection
from msgspec import Struct

HOME_BITS = 64
"""A connection with IPv6 has a whole network of this length for itself."""
MOST_OF_AGENT = 300


class Whence(Struct, frozen=True, kw_only=True):
    """Where a request comes from, for people."""

    address: str
    user_agent: str


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address that allowances are counted for: of IPv6 the network, so that nobody gets more by taking another address."""
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, HOME_BITS), strict=False))


def whence(connection: ASGIConnection[Any, Any, Any, Any]) -> Whence:
    """Where a request comes from, for people."""
    host = connection.client.host if connection.client else ""
    agent = "".join(letter for letter in connection.headers.get("user-agent", "") if letter.isprintable())
    return Whence(address=host[:100], user_agent=agent[:MOST_OF_AGENT])
