"""A real OpenID Connect provider on a free port, as a child process, and a browser's way through it."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from msgspec import Struct

from stack import page
from stack.ports import Ports

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("provider.mjs")
SECRET = "between us: 100% + a / b"


class Provider(Struct, kw_only=True):
    """Where it is, and the gateway that it sends people back to."""

    port: int
    gateway_port: int

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the gateway is told, as variables."""
        return {f"DAILIES_{name.upper()}": value for name, value in self.settings().items()}

    def settings(self) -> dict[str, str]:
        """What the gateway is told."""
        return {
            "http_port": str(self.gateway_port),
            "public_url": f"http://127.0.0.1:{self.gateway_port}",
            "oidc_issuer": self.issuer,
            "oidc_client_id": "dailies",
            "oidc_client_secret": SECRET,
            "oidc_name": "Example Inc.",
        }

    @asynccontextmanager
    async def running(self, seed: str = "first") -> AsyncIterator[None]:
        """While it runs; it has another signing key for each seed, and forgets everything in between."""
        options = {
            "port": self.port,
            "modules": str(ROOT / "frontend"),
            "redirectUri": f"http://127.0.0.1:{self.gateway_port}/api/oidc/callback",
            "secret": SECRET,
            "seed": seed,
        }
        node = str(page.find(ROOT, print).node)
        child = await asyncio.create_subprocess_exec(
            node, str(SCRIPT), json.dumps(options), stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        try:
            async with asyncio.timeout(30):
                while (line := await child.stdout.readline()) != b"ready\n":
                    assert line, "the provider ended before it was ready"
            yield
        finally:
            child.kill()
            await child.wait()


def free_provider() -> Provider:
    """A provider that does not run yet."""
    ports = Ports(preferred=False, say=print)
    return Provider(port=ports.of("provider"), gateway_port=ports.of("gateway"))


async def walk(browser: httpx.AsyncClient, name: str, start: str = "/api/oidc/start") -> httpx.Response:
    """Sign in at the provider by a name, as far as the gateway's last word, which is not followed."""
    answer = await browser.get(start)
    while answer.is_redirect and not last_word(answer):
        answer = await browser.send(answer.next_request)  # type: ignore[arg-type]
        if answer.status_code == 200:
            form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            assert form is not None, answer.text
            entered = {"prompt": "login", "login": name, "password": "whatever"}
            answer = await browser.post(answer.url.join(html.unescape(form[1])), data=entered)
    return answer


def last_word(answer: httpx.Response) -> bool:
    """Whether the gateway has said where the browser arrives."""
    return not answer.headers["location"].startswith("http") and "/api/oidc/" in str(answer.url)
