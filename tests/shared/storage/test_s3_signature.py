"""Signatures are those of the examples in AWS's own documentation."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from shared.storage.s3.signature import Credentials, Request, authorized, presigned

EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
WHEN = datetime(2013, 5, 24, tzinfo=UTC)
NOTHING = hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("request_", "payload", "signature"),
    [
        (
            Request(method="GET", host=HOST, path="/test.txt", headers={"Range": "bytes=0-9"}),
            NOTHING,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            Request(
                method="PUT",
                host=HOST,
                path="/test%24file.text",
                headers={"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            ),
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            Request(method="GET", host=HOST, path="/", query={"lifecycle": ""}),
            NOTHING,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            Request(method="GET", host=HOST, path="/", query={"max-keys": "2", "prefix": "J"}),
            NOTHING,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
    ids=["get", "put", "subresource", "list"],
)
def test_headers_are_signed_as_in_the_examples(request_: Request, payload: str, signature: str) -> None:
    assert authorized(request_, EXAMPLE, WHEN, payload)["Authorization"].endswith(f"Signature={signature}")


def test_a_url_is_signed_as_in_the_example() -> None:
    url = presigned(Request(method="GET", host=HOST, path="/test.txt"), EXAMPLE, WHEN, 86400)
    assert url.endswith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    assert "X-Amz-Expires=86400" in url


def test_temporary_credentials_send_their_token() -> None:
    temporary = Credentials("key", "secret", "eu-central-1", "a+token/=")
    request = Request(method="GET", host=HOST, path="/a")
    headers = authorized(request, temporary, WHEN)
    assert headers["x-amz-security-token"] == "a+token/="
    assert "x-amz-security-token" in headers["Authorization"]
    assert "X-Amz-Security-Token=a%2Btoken%2F%3D" in presigned(request, temporary, WHEN, 60)
