"""Requests to addresses that users chose: only to the public internet, to the address that was checked, and within bounds.

A name is resolved here and the connection is made to one of the addresses that were looked at, so that a second answer of the
name server cannot lead elsewhere (DNS rebinding). Nothing is followed and no proxy of the environment is asked.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import certifi
import httpx
from msgspec import Struct

from shared.errors import Invalid, Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

EXCERPT_BYTES = 1024
MOST_URL = 2000
EMBEDDING: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
"""Networks whose addresses stand for an IPv4 address (RFC 6052, 8215, 4291, 3056), and how far from the right that begins."""
NEVER: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in ("192.88.99.0/24", "192.0.0.0/24", "2001::/23", "64:ff9b:1::/48", "fec0::/10", "5f00::/16")
)
"""Special networks of which Python calls some addresses global: relays, translation on site, and what is deprecated."""


class Reply(Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    excerpt: str
    """How the body began."""


def networks_of(text: str) -> tuple[Network, ...]:
    """Networks as written in the settings, separated by commas. Raises `Invalid`."""
    try:
        return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())
    except ValueError as error:
        raise Invalid(
            f"DAILIES_WEBHOOK_NETWORKS must be networks such as 10.0.0.0/8, separated by commas: {error}."
        ) from None


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, whatever form it takes."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        embedded = [address.ipv4_mapped] if address.ipv4_mapped else []
        embedded += [
            IPv4Address((int(address) >> shift) & 0xFFFFFFFF) for network, shift in EMBEDDING if address in network
        ]
        if embedded:
            return all(is_public(inner) for inner in embedded) and not any(address in one for one in NEVER)
    return address.is_global and not address.is_multicast and not any(address in network for network in NEVER)


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Refuse what cannot be a webhook whatever its name resolves to. Raises `Invalid` with what to do."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid("This is no address; it looks like https://example.com/hooks/dailies.") from None
    if len(url) > MOST_URL or not url.isascii() or any(sign.isspace() or sign < " " for sign in url):
        raise Invalid(f"The address may have {MOST_URL} letters, digits and signs of ASCII, and no spaces.")
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise Invalid("This is no address; it looks like https://example.com/hooks/dailies.")
    if parts.scheme == "http" and not allowed:
        raise Invalid("The address must begin with https://, so that nobody reads along.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("Leave user, password and what follows a # out of the address; requests are signed instead.")


async def resolve(url: str, allowed: Sequence[Network]) -> list[Address]:
    """The addresses of a URL's host. Raises `Invalid` when one of them is internal, `Unavailable` when there are none."""
    check_url(url, allowed)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable(f"The name {parts.hostname} cannot be resolved; check the address.") from None
    addresses = list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
    for address in addresses:
        inside = any(address in network for network in allowed)
        if not inside and not is_public(address):
            raise Invalid(f"{parts.hostname} is an internal address; requests are sent to the public internet only.")
        if not inside and parts.scheme == "http":
            raise Invalid("The address must begin with https://, so that nobody reads along.")
    return addresses


async def send(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[Network], patience_s: float
) -> Reply:
    """POST a body. Raises `Invalid` when the address is refused, `Unavailable` when nothing answers in time."""
    try:
        async with asyncio.timeout(patience_s):
            return await _send(url, body, headers, await resolve(url, allowed))
    except TimeoutError:
        raise Unavailable(f"No answer came within {patience_s:g} seconds.") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unavailable(f"No answer came: {_reason(error)}.") from None


async def _send(url: str, body: bytes, headers: Mapping[str, str], addresses: Sequence[Address]) -> Reply:
    parsed = httpx.URL(url)
    # The certificate is checked against the name, though the connection is made to the address.
    extensions = {"sni_hostname": parsed.host} if parsed.scheme == "https" else {}
    request_headers = {**headers, "Host": parsed.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    failure: httpx.ConnectError | None = None
    async with httpx.AsyncClient(verify=trusted(), follow_redirects=False, trust_env=False, timeout=None) as client:  # noqa: S113 - `send` limits it
        for address in addresses:
            target = parsed.copy_with(host=str(address))
            try:
                async with client.stream(
                    "POST", target, content=body, headers=request_headers, extensions=extensions
                ) as answer:
                    return Reply(status=answer.status_code, excerpt=await _excerpt(answer))
            except httpx.ConnectError as error:
                failure = error
    raise failure or httpx.ConnectError("the name has no address")


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: what everybody believes, and what this machine does besides. Made once, for it is slow."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


async def _excerpt(answer: httpx.Response) -> str:
    """How the body begins. No more is read, and nothing is unpacked: the connection is closed instead."""
    begun = b""
    async for piece in answer.aiter_raw():
        begun += piece
        if len(begun) >= EXCERPT_BYTES:
            break
    text = begun[:EXCERPT_BYTES].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectError():
            return "the connection failed"
        case httpx.RemoteProtocolError():
            return "what answered does not speak HTTP"
        case _:
            return type(error).__name__
