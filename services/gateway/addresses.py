"""Where a request comes from, as far as that can be counted."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar.connection import ASGIConnection

HOME_BITS = 64
"""A connection with IPv6 has a whole network of this length for itself."""


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
