"""What a provider says of somebody: its tokens checked (OpenID Connect Core 1.0, section 3.1.3.7), and who may come in. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from shared.errors import Forbidden

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""All need a key that the provider alone has: neither `none` nor a secret that both know is believed."""
LEEWAY_S = 60
"""By how much the clocks of provider and gateway may differ."""
MOST_SUBJECT = 255
PAGE = re.compile(r"/(?![/\\])[!-~]*")


class Reason(StrEnum):
    """Why somebody who comes from the provider is not let in; the page has a sentence for each."""

    DECLINED = "declined"
    """The provider says that they, or it, did not want to."""
    EXPIRED = "expired"
    """This browser has not begun it, or too long ago."""
    INVALID = "invalid"
    """What the provider sent does not hold."""
    UNVERIFIED = "unverified"
    """The provider does not vouch for an email address."""
    DOMAIN = "domain"
    """The email address is of a domain that is not let in."""
    UNKNOWN = "unknown"
    """There is no account, and none is made."""
    UNAVAILABLE = "unavailable"
    """The provider says that it is."""
    TAKEN = "taken"
    """There is an account with this email address that was not connected yet."""


class NotLetIn(Forbidden):
    """Somebody comes from the provider and is not let in. `page` is where they wanted to go."""

    def __init__(self, reason: Reason, page: str = "/") -> None:
        super().__init__(f"The sign-in did not succeed: {reason}.")
        self.reason = reason
        self.page = page


class UnknownKey(Exception):
    """A token is signed with a key that was not there when the keys were fetched."""


class Asked(Struct, frozen=True, kw_only=True):
    """What a token must be about."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


class Identity(Struct, frozen=True, kw_only=True):
    """Somebody, as the provider knows them: by the subject, which never changes; an email address may."""

    subject: str
    email: str | None
    verified: bool
    """Whether the provider has made sure that the address is theirs."""


def checked(id_token: str, keys: KeySet, asked: Asked, now: int) -> dict[str, Any]:
    """The claims of an ID token. Raises `UnknownKey`, or `NotLetIn` when anything is not as it has to be."""
    try:
        token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        options = {
            "iss": {"essential": True, "value": asked.issuer},
            "aud": {"essential": True, "value": asked.client_id},
            "sub": {"essential": True},
        }
        known = {"nonce": asked.nonce, "client_id": asked.client_id, "access_token": asked.access_token}
        claims = CodeIDToken(token.claims, token.header, options, known)
        claims.validate(now=now, leeway=LEEWAY_S)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError) as error:
        raise NotLetIn(Reason.INVALID) from error
    return dict(claims)


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """Who it is. Raises `NotLetIn` when the claims do not say so."""
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT:
        raise NotLetIn(Reason.INVALID)
    # Some providers write the truth value as a text.
    verified = claims.get("email_verified") in (True, "true")
    return Identity(subject=subject, email=email if isinstance(email, str) and email else None, verified=verified)


def objection(identity: Identity, domains: frozenset[str], *, known: bool) -> Reason | None:
    """Why somebody is not let in, if so. `known` is whether the subject has an account; `domains` are all when empty.

    An email address counts only when the provider has verified it: whoever merely writes down somebody else's is nobody.
    """
    if known and not domains:
        return None
    if identity.email is None or not identity.verified:
        return Reason.UNVERIFIED
    domain = identity.email.rpartition("@")[2].lower()
    return Reason.DOMAIN if domains and domain not in domains else None


def own_page(path: str) -> str:
    """A path of our own, or the front page: nobody is led elsewhere after signing in.

    Browsers take a backslash for a slash, and skip tabs.
    """
    return path if PAGE.fullmatch(path) and "\\" not in path else "/"
