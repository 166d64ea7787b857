"""Which addresses may be asked: no form of an internal one."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.gateway import outside
from shared.errors import Invalid, Unavailable
from tests.gateway.receivers import receiving

HERE = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.170",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_internal_address_is_none_of_the_public_internet(address: str) -> None:
    assert not outside.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_address_of_the_public_internet_is_one(address: str) -> None:
    assert outside.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://[::1/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: other",
        "https://bücher.example/",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_what_can_be_no_webhook_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(Invalid):
        outside.check_url(url, ())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
async def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((Invalid, Unavailable), match=r"internal address|cannot be resolved"):
        await outside.resolve(f"https://{host}/", ())


async def test_a_network_of_the_settings_may_be_asked_also_by_http() -> None:
    assert await outside.resolve("http://127.0.0.1:9/", HERE) == [ip_address("127.0.0.1")]
    with pytest.raises(Invalid):
        await outside.resolve("http://10.0.0.1/", HERE)
    assert outside.networks_of(" 10.0.0.0/8, fd00::/8,") == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    with pytest.raises(Invalid, match="DAILIES_WEBHOOK_NETWORKS"):
        outside.networks_of("ten")


async def test_a_name_with_one_internal_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(Invalid, match="internal"):
        await outside.resolve("https://both.example.com/", ())


async def test_the_connection_is_made_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time leads nowhere else: it is not asked again."""
    asked = named(monkeypatch, ["127.0.0.1"])
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "rebinding.example.com")
        reply = await outside.send(url, b"{}", {}, allowed=HERE, patience_s=5)
        assert reply.status == 204 and asked == ["rebinding.example.com"]
        headers, _ = await receiver.request()
        assert headers["Host"] == url.removeprefix("http://").partition("/")[0]


async def test_of_a_long_answer_only_the_beginning_is_read_and_a_slow_one_is_not_waited_for() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        try:
            if b"slow" not in line:
                writer.write(b"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
                while True:
                    writer.write(b"\x00 endless " * 100)
                    await writer.drain()
            await asyncio.sleep(30)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    reply = await outside.send(f"{url}/long", b"", {}, allowed=HERE, patience_s=10)
    assert reply.status == 500 and len(reply.excerpt) <= outside.EXCERPT_BYTES and "\x00" not in reply.excerpt
    with pytest.raises(Unavailable, match="within"):
        await outside.send(f"{url}/slow", b"", {}, allowed=HERE, patience_s=0.3)
    server.close()
    with pytest.raises(Unavailable, match="connection failed"):
        await outside.send(f"{url}/gone", b"", {}, allowed=HERE, patience_s=5)


async def test_a_certificate_has_to_be_for_the_name_though_the_connection_is_made_to_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named(monkeypatch, ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, "hooks.example.com"))
    seen: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: seen.append(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Unavailable):
        await outside.send(f"https://hooks.example.com:{port}/", b"", {}, allowed=HERE, patience_s=5)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    outside.trusted.cache_clear()
    reply = await outside.send(f"https://hooks.example.com:{port}/", b"", {}, allowed=HERE, patience_s=5)
    assert (reply.status, reply.excerpt) == (200, "ok") and seen[-1] == "hooks.example.com"
    with pytest.raises(Unavailable):
        await outside.send(f"https://other.example.com:{port}/", b"", {}, allowed=HERE, patience_s=5)
    outside.trusted.cache_clear()
    server.close()


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name that nobody vouches for, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


def named(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> list[str]:
    """Have the name server tell these addresses of every name; gives what it is asked."""
    asked: list[str] = []

    async def answer(self: object, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    original = asyncio.BaseEventLoop.getaddrinfo

    async def chosen(self: Any, host: Any, port: Any, **options: Any) -> Any:
        if str(host).endswith("example.com"):
            return await answer(self, host, port)
        return await original(self, host, port, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", chosen)
    return asked
