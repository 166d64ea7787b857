"""New passwords: by the old one, and by a link in a letter that a real SMTP server takes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.gateway.handlers import MOST_LETTERS, send_password_reset
from services.gateway.new_password import ASKS_FROM_ADDRESS, CHANGES_OF_ACCOUNT
from services.gateway.worker import HANDLERS
from shared.messages import SendPasswordReset
from stack.local import LocalStack
from tests.gateway.conftest import PASSWORD, House, Start
from tests.gateway.post import PostOffice, part, post_office

OTHER = "rather a sentence than a word"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as open_office:
        yield open_office


@pytest.fixture
async def house(start: Start, office: PostOffice) -> House:
    """A gateway that sends mail, and works off its messages."""
    house = await start(smtp_url=office.url)
    house.at.work.start(HANDLERS, house.at, slots={"gateway": 1})
    return house


async def signs_in(house: House, email: str, password: str) -> bool:
    answer = await house.client().post("/api/session", json={"email": email, "password": password})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


async def asked(house: House, email: str) -> httpx.Response:
    return await house.client().post("/api/password-resets", json={"email": email})


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(house: House) -> None:
    ada = await house.person()
    here, elsewhere = await house.browser(ada), await house.browser(ada)
    wrong = await here.put("/api/me/password", json={"old_password": "guess guess", "new_password": OTHER})
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "The old password is wrong.")
    assert (await elsewhere.get("/api/me")).status_code == 200
    short = await here.put("/api/me/password", json={"old_password": PASSWORD, "new_password": "short"})
    assert short.status_code == 422
    done = await here.put("/api/me/password", json={"old_password": PASSWORD, "new_password": OTHER})
    assert done.status_code == 204
    assert (await here.get("/api/me")).status_code == 200
    assert (await elsewhere.get("/api/me")).status_code == 401
    assert await signs_in(house, ada.email, OTHER) and not await signs_in(house, ada.email, PASSWORD)


async def test_the_old_password_cannot_be_guessed_by_a_session_that_was_stolen(house: House) -> None:
    browser = await house.browser(await house.person())
    statuses = [
        (await browser.put("/api/me/password", json={"old_password": "guess", "new_password": OTHER})).status_code
        for _ in range(CHANGES_OF_ACCOUNT + 1)
    ]
    assert statuses == [403] * CHANGES_OF_ACCOUNT + [429]


async def test_a_forgotten_password_is_set_by_a_link_that_works_once(
    house: House, office: PostOffice, migrated: LocalStack
) -> None:
    ada = await house.person()
    browser = await house.browser(ada)
    assert (await asked(house, ada.email.upper())).status_code == 204
    letter = await office.letter()
    assert letter["To"] == ada.email
    links = [re.search(r"http\S+/reset-password#([\w-]+)", part(letter, kind)) for kind in ("plain", "html")]
    token = links[0][1] if links[0] else ""
    assert links[1] and links[1][1] == token
    assert token not in migrated.sql("select * from gateway.password_resets")
    body = {"token": token, "new_password": OTHER}
    short = await house.client().post("/api/password-resets/use", json={**body, "new_password": "short"})
    assert short.status_code == 422
    assert (await house.client().post("/api/password-resets/use", json=body)).status_code == 204
    assert await signs_in(house, ada.email, OTHER) and not await signs_in(house, ada.email, PASSWORD)
    assert (await browser.get("/api/me")).status_code == 401
    again = await house.client().post("/api/password-resets/use", json=body)
    assert (again.status_code, again.json()["code"]) == (422, "invalid")


async def test_using_a_link_or_changing_the_password_ends_every_link(
    house: House, office: PostOffice, migrated: LocalStack
) -> None:
    ada = await house.person()
    for number in range(2):
        await asked(house, ada.email)
        await office.letter(number)
    tokens = [str(part(letter, "plain")).partition("#")[2].split()[0] for letter in office.letters]
    use = "/api/password-resets/use"
    assert (await house.client().post(use, json={"token": tokens[0], "new_password": OTHER})).status_code == 204
    assert (await house.client().post(use, json={"token": tokens[1], "new_password": OTHER})).status_code == 422
    await asked(house, ada.email)
    await office.letter(2)
    browser = house.client(headers={"Origin": house.url})
    await browser.post("/api/session", json={"email": ada.email, "password": OTHER})
    await browser.put("/api/me/password", json={"old_password": OTHER, "new_password": PASSWORD})
    assert migrated.sql("select count(*) from gateway.password_resets").strip() == "0"


async def test_a_link_expires(house: House, office: PostOffice, migrated: LocalStack) -> None:
    ada = await house.person()
    await asked(house, ada.email)
    token = part(await office.letter(), "plain").partition("#")[2].split()[0]
    migrated.sql("update gateway.password_resets set expires_at = now()")
    answer = await house.client().post("/api/password-resets/use", json={"token": token, "new_password": OTHER})
    assert answer.status_code == 422
    assert await signs_in(house, ada.email, PASSWORD)


async def test_nobody_learns_who_has_an_account(house: House, office: PostOffice) -> None:
    ada = await house.person()
    unknown, known = await asked(house, "nobody@example.com"), await asked(house, ada.email)
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content) == (204, b"")
    unlike = {"x-request-id", "date"}
    assert [h for h in unknown.headers.items() if h[0] not in unlike] == [
        h for h in known.headers.items() if h[0] not in unlike
    ]
    await office.letter()
    assert [letter["To"] for letter in office.letters] == [ada.email]


async def test_a_stranger_can_neither_fill_a_mailbox_nor_ask_without_end(house: House, office: PostOffice) -> None:
    ada = await house.person()
    command = SendPasswordReset(email=ada.email, asked_at=datetime.now(UTC))
    for _ in range(MOST_LETTERS + 1):
        await send_password_reset(command, house.at)
    assert len(office.letters) == MOST_LETTERS
    statuses = [(await asked(house, f"{n}@example.com")).status_code for n in range(ASKS_FROM_ADDRESS + 1)]
    assert statuses == [204] * ASKS_FROM_ADDRESS + [429]


async def test_a_mail_server_that_says_later_is_asked_again_and_nobody_waits_for_old_links(
    house: House, office: PostOffice
) -> None:
    ada = await house.person()
    office.answers = ["451 later", "451 later"]
    await asked(house, ada.email)
    await office.letter()
    long_ago = SendPasswordReset(email=ada.email, asked_at=datetime.now(UTC) - timedelta(hours=2))
    await send_password_reset(long_ago, house.at)
    office.answers = ["554 never"]
    await send_password_reset(SendPasswordReset(email=ada.email, asked_at=datetime.now(UTC)), house.at)
    assert len(office.letters) == 1


async def test_without_a_mail_server_it_says_whom_to_ask(start: Start) -> None:
    answer = await asked(await start(), "ada@example.com")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
