from __future__ import annotations

import gzip
from pathlib import Path

from tests.gateway.conftest import Start


async def test_the_page_is_served_packed_to_browsers_that_can_unpack_it(start: Start, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>the page</p>")
    script = tmp_path / "assets" / "app-1a2b.js"
    script.write_text("let a = 1")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    client = (await start(frontend_folder=tmp_path)).client()
    packed = await client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "br;q=0.9, gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.text == "let a = 1"
    assert "javascript" in packed.headers["content-type"] and packed.headers["vary"] == "Accept-Encoding"
    plain = await client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == "let a = 1"


async def test_a_part_of_an_older_page_is_missing_and_not_the_page(start: Start, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>the page</p>")
    answer = await (await start(frontend_folder=tmp_path)).client().get("/assets/app-old.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_browsers_may_reach_this_origin_and_the_store_and_no_other(start: Start) -> None:
    house = await start(store_url="https://store.example.com:9000/bucket")
    policy = (await house.client().get("/")).headers["content-security-policy"]
    rules = {rule.split(" ")[0]: rule.split(" ")[1:] for rule in policy.split("; ")}
    store = "https://store.example.com:9000"
    assert rules["script-src"] == ["'self'"] and rules["default-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'", store]
    assert set(rules["media-src"]) == {"'self'", "blob:", store}
    assert set(rules["img-src"]) == {"'self'", "data:", "blob:", store}
