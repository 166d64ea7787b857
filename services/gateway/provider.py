"""The OpenID Connect provider of the settings: what it publishes (Discovery 1.0), where people are sent, and codes for identities."""

from __future__ import annotations

import time
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from services.gateway.identities import Asked, Identity, NotLetIn, Reason, UnknownKey, checked, identity_of
from services.gateway.outside import trusted
from services.gateway.settings import GatewaySettings
from shared.errors import Invalid, Unavailable
from shared.logs import logger

T = TypeVar("T")

log = logger(__name__)

CALLBACK = "/api/oidc/callback"
SCOPES = ("openid", "email")
PATIENCE_S = 10.0
KEPT_S = 3600.0
"""For how long what the provider publishes is believed without asking again."""
NEW_KEYS_S = 30.0
"""At most this often keys are fetched again because a token names one that is not known."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Published(Struct, frozen=True, kw_only=True):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(Struct, frozen=True, kw_only=True):
    """What a code is exchanged for."""

    id_token: str
    access_token: str


class Provider:
    """The provider. Only its issuer is in the settings; everything else it says itself, at an address below the issuer."""

    def __init__(self, settings: GatewaySettings) -> None:
        if settings.oidc_issuer and not (is_safe(settings.oidc_issuer) and settings.oidc_client_id):
            raise Invalid("DAILIES_OIDC_ISSUER must be an address with https, and needs DAILIES_OIDC_CLIENT_ID.")
        self.issuer = settings.oidc_issuer
        self._client_id, self._secret = settings.oidc_client_id, settings.oidc_client_secret
        self._redirect_uri = settings.origin + CALLBACK
        self._published: tuple[float, Published] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._renewed_at = float("-inf")

    async def page_for(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent (RFC 6749, with PKCE, RFC 7636). Raises `Unavailable`."""
        at = await self._discovered()
        url: str = prepare_grant_uri(
            at.authorization_endpoint,
            self._client_id,
            "code",
            redirect_uri=self._redirect_uri,
            scope=" ".join(SCOPES),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    async def identity(self, code: str, *, nonce: str, verifier: str) -> Identity:
        """Who came back with a code. Raises `NotLetIn` when the provider's answer does not hold, `Unavailable` without one."""
        at = await self._discovered()
        tokens = await self._exchanged(at, code, verifier)
        asked = Asked(issuer=self.issuer, client_id=self._client_id, nonce=nonce, access_token=tokens.access_token)
        claims = await self._claims(at, tokens, asked)
        if "email" not in claims and at.userinfo_endpoint:
            header = {"Authorization": f"Bearer {tokens.access_token}"}
            more = await self._fetched(at.userinfo_endpoint, dict[str, Any], headers=header)
            # Whatever it says of somebody else is not believed (section 5.3.2).
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        return identity_of(claims)

    async def _claims(self, at: Published, tokens: Tokens, asked: Asked) -> dict[str, Any]:
        now = int(time.time())
        try:
            return checked(tokens.id_token, await self._keys_of(at), asked, now)
        except UnknownKey as error:
            if time.monotonic() - self._renewed_at < NEW_KEYS_S:
                raise NotLetIn(Reason.INVALID) from error
        log.info("the provider signs with a key that is not known yet")
        self._keys, self._renewed_at = None, time.monotonic()
        try:
            return checked(tokens.id_token, await self._keys_of(at), asked, now)
        except UnknownKey as error:
            raise NotLetIn(Reason.INVALID) from error

    async def _exchanged(self, at: Published, code: str, verifier: str) -> Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        auth: httpx.BasicAuth | None = None
        if self._secret and "client_secret_basic" in at.token_endpoint_auth_methods_supported:
            # Both parts are encoded as in a form first (RFC 6749, section 2.3.1).
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))
        else:
            form |= {"client_id": self._client_id, **({"client_secret": self._secret} if self._secret else {})}
        return await self._fetched(at.token_endpoint, Tokens, data=form, auth=auth)

    async def _discovered(self) -> Published:
        if self._published is None or time.monotonic() - self._published[0] > KEPT_S:
            found = await self._fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", Published)
            addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
            if found.issuer != self.issuer or not all(is_safe(url) for url in addresses if url):
                log.error("the provider is not what the settings say", issuer=found.issuer, expected=self.issuer)
                raise Unavailable("What the provider says of itself does not fit DAILIES_OIDC_ISSUER.")
            self._published = (time.monotonic(), found)
        return self._published[1]

    async def _keys_of(self, at: Published) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys[0] > KEPT_S:
            found = await self._fetched(at.jwks_uri, dict[str, Any])
            try:
                self._keys = (time.monotonic(), KeySet.import_key_set(found))  # type: ignore[arg-type]
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise Unavailable("The provider's keys cannot be read.") from error
        return self._keys[1]

    async def _fetched(self, url: str, kind: type[T], **request: Any) -> T:
        """Ask the provider: a form is posted, anything else fetched."""
        method = "POST" if "data" in request else "GET"
        try:
            async with httpx.AsyncClient(verify=trusted(), timeout=PATIENCE_S, follow_redirects=False) as client:
                answer = await client.request(method, url, **request)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("the provider does not answer", url=url, error=str(error) or type(error).__name__)
            raise Unavailable("The provider does not answer just now; try again in a moment.") from error
        if answer.status_code == httpx.codes.OK:
            try:
                return msgspec.json.decode(answer.content, type=kind)
            except msgspec.DecodeError as error:
                log.warning("the provider's answer cannot be read", url=url, error=str(error))
                raise Unavailable("The provider's answer cannot be read.") from error
        log.warning("the provider refuses", url=url, status=answer.status_code, answer=answer.text[:500])
        if answer.is_client_error and method == "POST":
            raise NotLetIn(Reason.INVALID)
        raise Unavailable("The provider does not answer just now; try again in a moment.")


def is_safe(url: str) -> bool:
    """Whether nobody can read along on the way: https, or this very machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
