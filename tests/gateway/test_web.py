"""What every answer has in common, and the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from litestar.testing import RequestFactory

from services.gateway.problems import answer_problem
from shared.errors import OutOfSpace, RateLimited, TooLarge
from tests.gateway.conftest import House, Start


@pytest.fixture
async def house(start: Start) -> House:
    """A gateway alone."""
    return await start()


@pytest.mark.parametrize("path", ["/", "/schema", "/schema/openapi.json", "/api/me", "/nothing", "/api/nothing"])
async def test_every_answer_has_the_headers_that_protect_browsers(house: House, path: str) -> None:
    answer = await house.client().get(path)
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "object-src 'none'"} <= set(policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "server" not in answer.headers
    assert len(answer.headers["x-request-id"]) >= 8


async def test_answers_of_the_api_are_not_kept_by_caches(house: House) -> None:
    ada = await house.person()
    assert (await ada.client.get("/api/me")).headers["cache-control"] == "no-store"


async def test_a_request_id_is_taken_over_when_it_is_one(house: House) -> None:
    client = house.client()
    taken = await client.get("/", headers={"X-Request-Id": "trace-0123456789"})
    assert taken.headers["x-request-id"] == "trace-0123456789"
    for strange in ("short", "x" * 65, "two words here", "semi;colon-12345"):
        assert (await client.get("/", headers={"X-Request-Id": strange})).headers["x-request-id"] != strange


async def test_the_reference_works_without_the_internet(house: House) -> None:
    client = house.client()
    page = await client.get("/schema")
    assert page.status_code == 200 and "text/html" in page.headers["content-type"]
    assert "create_batch_job" in page.text and "<script" not in page.text
    assert not re.search(r"(src|href|action)=[\"']?\w*:?//|@import|url\(", page.text)
    style = await client.get("/schema/reference.css")
    assert style.status_code == 200 and style.headers["content-type"].startswith("text/css")
    assert (await client.get("/schema/openapi.json")).json()["openapi"].startswith("3.1")
    assert (await client.get("/schema/openapi.yaml")).text.startswith("components:")


async def test_without_a_built_page_a_plain_one_leads_to_the_reference(start: Start, tmp_path: Path) -> None:
    client = (await start(frontend_folder=tmp_path / "nothing")).client()
    answer = await client.get("/")
    assert answer.status_code == 200 and 'href="/schema"' in answer.text
    missing = await client.get("/batches/5")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_the_built_page_is_served_and_nothing_beside_it(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>the page</p>")
    (folder / "assets" / "app-1a2b.js").write_text("let a = 1")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    client = (await start(frontend_folder=folder)).client()
    script = await client.get("/assets/app-1a2b.js")
    assert script.text == "let a = 1" and "javascript" in script.headers["content-type"]
    assert "immutable" in script.headers["cache-control"]
    for path in ("/", "/index.html", "/batches/5", "/link.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets"):
        answer = await client.get(path)
        assert answer.text == "<p>the page</p>", path
        assert answer.headers["cache-control"] == "no-cache"
    assert (await client.get("/api/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("PUT", "/api/me", None, 405, "method_not_allowed"),
        ("POST", "/api/api-keys", b"{", 422, "invalid"),
        ("POST", "/api/api-keys", b"", 422, "invalid"),
        ("POST", "/api/api-keys", b"null", 422, "invalid"),
        ("POST", "/api/api-keys", b'{"name": "\xff"}', 422, "invalid"),
        ("POST", "/api/api-keys", b"[" * 100_000, 422, "invalid"),
        ("POST", "/api/api-keys", b'{"name": "' + b"x" * 600_000 + b'"}', 413, "too_large"),
        ("GET", "/api/batch-jobs?limit=0", None, 422, "invalid"),
        ("GET", "/api/batch-jobs?sort=password", None, 422, "invalid"),
        ("GET", "/api/batch-jobs?offset=-1", None, 422, "invalid"),
    ],
)
async def test_bad_input_gets_a_problem_body(
    house: House, method: str, path: str, content: bytes | None, status: int, code: str
) -> None:
    ada = await house.person()
    answer = await ada.client.request(method, path, content=content)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:dailies:problem:{code}" and problem["title"] and problem["detail"]


def told(error: Exception) -> tuple[int, dict[str, object], dict[str, str]]:
    answer = answer_problem(RequestFactory().get("/"), error)
    return answer.status_code or 0, json.loads(answer.content), dict(answer.headers)


def test_an_unexpected_error_is_told_by_a_number_that_the_log_has_too(capsys: pytest.CaptureFixture[str]) -> None:
    status, problem, _ = told(RuntimeError("password=hunter2"))
    assert (status, problem["code"]) == (500, "internal")
    number = str(problem["detail"]).rstrip(".").rpartition(" ")[2]
    assert "hunter2" not in json.dumps(problem)
    logged = capsys.readouterr().out
    assert number in logged and "hunter2" in logged


def test_each_code_has_its_status() -> None:
    assert told(OutOfSpace("Full."))[0] == 507
    assert told(TooLarge("Large."))[0] == 413
    status, _, headers = told(RateLimited("Slowly.", 17))
    assert (status, headers["Retry-After"]) == (429, "17")
