"""Signed URLs: good for exactly what was signed, until they expire."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, LinkAltered, LinkExpired
from shared.storage.signing import Grant, Keys, granted, parse_keys, signed_path

NOW = 1_800_000_000.0
KEYS = parse_keys(f"now:{'1a' * 32}, before:{'2b' * 32}")
FULL = Grant(
    method="PUT",
    key="sources/a/b/source",
    expires=int(NOW) + 900,
    length=5,
    most=7,
    part=3,
    upload="0f" * 16,
    type="video/mp4",
    name="Zoë & the “film” ü.mp4",
)


def opened(path: str, method: str = "PUT", keys: Keys = KEYS, now: float = NOW) -> Grant:
    """The grant in a path with a query, as the endpoint reads it."""
    parts = urlsplit(path)
    return granted(method, unquote(parts.path).removeprefix("/objects/"), parts.query, keys, now)


def fields(path: str) -> dict[str, str]:
    """The query of a path."""
    return dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))


def test_a_signed_url_says_what_was_signed() -> None:
    assert opened(signed_path(FULL, KEYS)) == FULL


def test_a_url_for_get_is_good_for_head_but_not_for_put() -> None:
    path = signed_path(Grant(method="GET", key="a", expires=int(NOW) + 1), KEYS)
    assert opened(path, "GET") == opened(path, "HEAD")
    with pytest.raises(LinkAltered):
        opened(path, "PUT")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "put", ""])
def test_a_url_for_put_is_good_for_nothing_else(method: str) -> None:
    with pytest.raises(LinkAltered):
        opened(signed_path(FULL, KEYS), method)


ALTERED = {
    "expires": "1800000901",
    "length": "6",
    "most": "8",
    "part": "4",
    "upload": "1f" * 16,
    "type": "text/html",
    "name": "film.html",
    "key_id": "before",
    "signature": "0" * 64,
}


@pytest.mark.parametrize("field", ALTERED)
def test_a_field_that_was_altered_is_noticed(field: str) -> None:
    path = signed_path(FULL, KEYS)
    query = fields(path)
    assert set(query) == set(ALTERED), "every field of a full URL is tried"
    with pytest.raises(LinkAltered):
        opened(f"/objects/{FULL.key}?{urlencode({**query, field: ALTERED[field]})}")


@pytest.mark.parametrize("field", ALTERED)
def test_a_field_that_was_taken_away_is_noticed(field: str) -> None:
    query = fields(signed_path(FULL, KEYS))
    del query[field]
    with pytest.raises(LinkAltered):
        opened(f"/objects/{FULL.key}?{urlencode(query)}")


@pytest.mark.parametrize("field", sorted(set(ALTERED) - {"key_id", "signature", "expires"}))
@pytest.mark.parametrize("value", ["", "1", "null"])
def test_a_field_that_was_added_is_noticed(field: str, value: str) -> None:
    query = fields(signed_path(Grant(method="PUT", key="a", expires=int(NOW) + 1), KEYS))
    with pytest.raises(LinkAltered):
        opened(f"/objects/a?{urlencode({**query, field: value})}")


@pytest.mark.parametrize("other", ["05", "+5", " 5", "5.0", "5_0", "٥"])
def test_a_number_written_in_another_way_is_refused(other: str) -> None:
    query = fields(signed_path(FULL, KEYS))
    with pytest.raises(LinkAltered):
        opened(f"/objects/{FULL.key}?{urlencode({**query, 'length': other})}")


@pytest.mark.parametrize("field", ALTERED)
def test_a_field_that_is_there_twice_is_refused(field: str) -> None:
    path = signed_path(FULL, KEYS)
    for twice in (f"{path}&{field}={ALTERED[field]}", f"{path}&{urlencode({field: fields(path)[field]})}"):
        with pytest.raises(LinkAltered):
            opened(twice)


@pytest.mark.parametrize("extra", ["&method=GET", "&key=b", "&unknown=1", "&", "&x", "#x=%00", "&%ff=1"])
def test_anything_else_in_the_query_is_refused(extra: str) -> None:
    parts = urlsplit(signed_path(FULL, KEYS))
    with pytest.raises(LinkAltered):
        granted("PUT", FULL.key, parts.query + extra, KEYS, NOW)


def test_another_key_is_noticed() -> None:
    parts = urlsplit(signed_path(FULL, KEYS))
    for key in ("sources/a/b/source2", "sources/a/c/source", "sources/a/b", ""):
        with pytest.raises(LinkAltered):
            granted("PUT", key, parts.query, KEYS, NOW)


def test_fields_cannot_flow_into_each_other() -> None:
    one = Grant(method="GET", key="a", expires=int(NOW) + 1, type="text/plain", name="x\nkey_id 3 now")
    other = Grant(method="GET", key="a", expires=int(NOW) + 1, type="text/plain\nname 1 x", name=None)
    assert fields(signed_path(one, KEYS))["signature"] != fields(signed_path(other, KEYS))["signature"]


@pytest.mark.parametrize(("now", "good"), [(NOW, True), (NOW + 899.9, True), (NOW + 900, False), (NOW + 1e6, False)])
def test_a_url_ends_when_it_says(now: float, good: bool) -> None:
    path = signed_path(FULL, KEYS)
    if good:
        assert opened(path, now=now) == FULL
    else:
        with pytest.raises(LinkExpired):
            opened(path, now=now)


def test_an_altered_url_is_called_altered_even_when_it_has_expired() -> None:
    query = {**fields(signed_path(FULL, KEYS)), "length": "6"}
    with pytest.raises(LinkAltered):
        opened(f"/objects/{FULL.key}?{urlencode(query)}", now=NOW + 1e6)


def test_a_key_can_be_changed_without_breaking_urls() -> None:
    before = parse_keys(f"before:{'2b' * 32}")
    old = signed_path(FULL, before)
    assert opened(old) == FULL
    assert fields(signed_path(FULL, KEYS))["key_id"] == "now"
    with pytest.raises(LinkAltered):
        opened(signed_path(FULL, KEYS), keys=before)


def test_the_same_id_with_another_secret_does_not_verify() -> None:
    with pytest.raises(LinkAltered):
        opened(signed_path(FULL, parse_keys(f"now:{'3c' * 32}")))


@pytest.mark.parametrize(
    "text",
    ["", ",", "now", "now:", "now:abc", f"now:{'1a' * 31}", f":{'1a' * 32}", f"a b:{'1a' * 32}", f"a:{'zz' * 32}"],
)
def test_malformed_keys_are_refused_without_saying_them(text: str) -> None:
    with pytest.raises(Invalid, match="64 hex digits") as refused:
        parse_keys(text)
    assert "1a1a" not in str(refused.value)


def test_two_keys_of_one_id_are_refused() -> None:
    with pytest.raises(Invalid):
        parse_keys(f"a:{'1a' * 32},a:{'2b' * 32}")


texts = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
numbers = st.none() | st.integers(0, 2**60)


@given(
    st.builds(
        Grant,
        method=st.sampled_from(["GET", "PUT"]),
        key=st.from_regex(r"[a-z0-9]{1,9}(/[a-z0-9][a-z0-9._-]{0,9}){0,3}", fullmatch=True),
        expires=st.integers(int(NOW) + 1, int(NOW) + 10**6),
        length=numbers,
        most=numbers,
        part=numbers,
        upload=texts,
        type=texts,
        name=texts,
    )
)
def test_whatever_is_signed_comes_back(grant: Grant) -> None:
    assert opened(signed_path(grant, KEYS), grant.method) == grant


@given(st.text(max_size=80))
def test_nonsense_is_refused_and_nothing_else_happens(query: str) -> None:
    with pytest.raises(LinkAltered):
        granted("GET", "a", query, KEYS, NOW)


def test_every_field_of_a_grant_is_in_the_tests() -> None:
    assert {field.name for field in msgspec.structs.fields(Grant)} == (set(ALTERED) - {"key_id", "signature"}) | {
        "method",
        "key",
    }
