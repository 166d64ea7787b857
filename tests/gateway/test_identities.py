"""What a provider may say, and what nobody believes."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.gateway.identities import (
    ALGORITHMS,
    Asked,
    Identity,
    NotLetIn,
    Reason,
    UnknownKey,
    checked,
    identity_of,
    objection,
    own_page,
)

NOW = 1_800_000_000
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
KEYS = KeySet([KEY])
ASKED = Asked(issuer="https://id.example", client_id="dailies", nonce="n-1", access_token="secret")
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example",
    "sub": "4711",
    "aud": "dailies",
    "nonce": "n-1",
    "iat": NOW - 5,
    "exp": NOW + 300,
    "email": "ada@example.com",
    "email_verified": True,
}


def signed(claims: dict[str, Any], key: Any = KEY, alg: str = "ES256", kid: str = "one") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


def test_a_token_as_it_has_to_be_is_believed() -> None:
    for audience in ("dailies", ["dailies"]):
        claims = checked(signed({**CLAIMS, "aud": audience}), KEYS, ASKED, NOW)
        assert identity_of(claims) == Identity(subject="4711", email="ada@example.com", verified=True)
    both = {**CLAIMS, "aud": ["dailies", "other"], "azp": "dailies"}
    assert checked(signed(both), KEYS, ASKED, NOW)["sub"] == "4711"
    assert "none" not in ALGORITHMS
    assert not any(name.startswith("HS") for name in ALGORITHMS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "n-2"},
        {"nonce": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["dailies", "other"], "azp": "other"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": "never"},
        {"iat": NOW + 3600},
        {"nbf": NOW + 3600},
        {"at_hash": "of-another-access-token"},
    ],
)
def test_a_token_with_anything_wrong_in_it_is_not_believed(wrong: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**CLAIMS, **wrong}.items() if value is not None}
    with pytest.raises(NotLetIn) as refused:
        checked(signed(claims), KEYS, ASKED, NOW)
    assert refused.value.reason is Reason.INVALID


def plain(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned() -> str:
    return ".".join(plain(json.dumps(part).encode()) for part in ({"alg": "none", "kid": "one"}, CLAIMS)) + "."


def by_the_public_key() -> str:
    """Signed with what everybody can read, as if that were a shared secret."""
    text = ".".join(plain(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, CLAIMS))
    return f"{text}.{plain(hmac.digest(KEY.as_pem(private=False), text.encode(), 'sha256'))}"


def by_somebody_else() -> str:
    return signed(CLAIMS, ECKey.generate_key("P-256"))


def altered() -> str:
    head, _, mac = signed(CLAIMS).split(".")
    return f"{head}.{plain(json.dumps({**CLAIMS, 'sub': '1'}).encode())}.{mac}"


@pytest.mark.parametrize(
    "forged", [unsigned, by_the_public_key, by_somebody_else, altered, lambda: "x.y.z", lambda: ""]
)
def test_a_token_that_the_provider_did_not_sign_is_not_believed(forged: Any) -> None:
    with pytest.raises(NotLetIn):
        checked(forged(), KEYS, ASKED, NOW)


def test_a_key_that_is_not_known_is_a_reason_to_fetch_the_keys_again() -> None:
    with pytest.raises(UnknownKey):
        checked(signed(CLAIMS, ECKey.generate_key("P-256"), kid="two"), KEYS, ASKED, NOW)


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}])
def test_whoever_has_no_subject_is_nobody(claims: dict[str, Any]) -> None:
    with pytest.raises(NotLetIn):
        identity_of(claims)


@pytest.mark.parametrize(
    ("claims", "domains", "known", "reason"),
    [
        ({}, set(), False, Reason.UNVERIFIED),
        ({"email": "ada@example.com"}, set(), False, Reason.UNVERIFIED),
        ({"email": "ada@example.com", "email_verified": False}, set(), False, Reason.UNVERIFIED),
        ({"email": "ada@example.com", "email_verified": "false"}, set(), False, Reason.UNVERIFIED),
        ({"email": "ada@example.com", "email_verified": 1.5}, set(), False, Reason.UNVERIFIED),
        ({"email": "ada@example.com", "email_verified": True}, set(), False, None),
        ({"email": "ada@example.com", "email_verified": "true"}, set(), False, None),
        ({"email": "ada@Example.com", "email_verified": True}, {"example.com"}, False, None),
        ({"email": "ada@example.com.evil.example", "email_verified": True}, {"example.com"}, False, Reason.DOMAIN),
        ({"email": "ada@sub.example.com", "email_verified": True}, {"example.com"}, False, Reason.DOMAIN),
        # Whoever has come before is known by the subject; a domain that is let in no more keeps them out all the same.
        ({}, set(), True, None),
        ({"email": "ada@example.com", "email_verified": True}, {"other.example"}, True, Reason.DOMAIN),
        ({"email": "ada@example.com"}, {"example.com"}, True, Reason.UNVERIFIED),
    ],
)
def test_an_email_address_counts_only_when_it_is_verified(
    claims: dict[str, Any], domains: set[str], known: bool, reason: Reason | None
) -> None:
    assert objection(identity_of({"sub": "4711", **claims}), frozenset(domains), known=known) is reason


@pytest.mark.parametrize("path", ["/", "/batches/1?x=1&y=%2F#cuts", "/a//b"])
def test_a_page_of_ours_is_where_one_arrives(path: str) -> None:
    assert own_page(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "batches",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "/a\r\nX: y",
        "/a\\b",
    ],
)
def test_a_page_of_others_is_not(path: str) -> None:
    assert own_page(path) == "/"
