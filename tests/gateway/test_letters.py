"""Letters about batches: who gets one, what is in it, that it comes once, and how to have no more of them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from services.gateway import examples, report_letter
from services.gateway.notice_handlers import batch_ended
from services.gateway.unsubscribing import LetterKind, read_token, token_of
from services.gateway.worker import HANDLERS
from shared.batches import BatchStatus, VideoStatus
from shared.errors import Invalid
from shared.messages import BatchEnded, NoticeRaised
from shared.notices import NoticeKind
from shared.reports import BatchReport, VideoReport
from stack.local import LocalStack
from tests.gateway.conftest import House, Start, eventually
from tests.gateway.post import PostOffice, part, post_office
from tests.gateway.test_notices import ended

MARKUP = "<img src=x onerror=alert(1)> & 'co'"
VOID = {"br", "meta", "img"}


def season(videos: int = 6) -> BatchReport:
    """A report with all there is to say."""
    one: VideoReport = examples.REPORT.videos[0]
    listed = [replace(one, position=number, name=f"episode-{number}.mp4") for number in range(1, videos + 1)]
    listed[1] = replace(listed[1], warnings=("Speech was recognised with little confidence.",), highlights=3)
    listed[-1] = replace(
        listed[-1],
        name=MARKUP,
        status=VideoStatus.FAILED,
        output_s=None,
        error_code="failed_permanently",
        error_message="The file ends in the middle.",
        what_to_do="Export it anew.",
    )
    return replace(
        examples.REPORT,
        name="Harbour talks",
        completed_videos=videos - 1,
        failed_videos=1,
        warnings=1,
        highlights=3,
        videos=tuple(listed),
    )


class Balanced(HTMLParser):
    """Notes the elements, and fails when one is not closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") or name in ("src", "class") for name, _ in attrs), attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_letter_says_all_of_it_in_both_parts_and_its_markup_is_sound() -> None:
    report = season()
    event = BatchEnded(
        event_id=uuid.uuid4(), user_id=uuid.uuid4(), batch_id=report.batch_job_id, at=datetime.now(UTC), report=report
    )
    links = ("https://d.example.com/batches/1/report", "https://d.example.com/unsubscribe?token=a&b")
    plain, html = report_letter.text(event, *links), report_letter.html(event, *links)
    assert report_letter.subject(report) == "Harbour talks is finished: 7 min 12 s saved"
    for told in (
        "5 videos done, 1 failed. 7 min 12 s saved, 3 highlights found, 1 warning to look at.",
        "The file ends in the middle. Export it anew.",
        "Speech was recognised with little confidence.",
        "30:34",
        "23:23",
        "episode-2.mp4",
        links[0],
    ):
        assert told in plain and told in html, told
    assert MARKUP in plain and MARKUP not in html and "&lt;img src=x onerror=alert(1)&gt;" in html
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert parser.open == [] and not parser.seen & {"script", "style", "link", "img", "form"}


def test_a_token_ends_letters_of_one_kind_of_one_person_and_cannot_be_made_up() -> None:
    user_id, key = uuid.uuid4(), b"k" * 48
    token = token_of(user_id, LetterKind.NOTICES, key)
    assert read_token(token, key) == (user_id, LetterKind.NOTICES)
    other = token_of(uuid.uuid4(), LetterKind.NOTICES, key)
    for wrong in ("", "a", "ä", token[:-2], "A" * len(token), token[:32] + other[32:], token[:-4] + "AAAA"):
        with pytest.raises(Invalid):
            read_token(wrong, key)
    with pytest.raises(Invalid):
        read_token(token, b"o" * 48)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as open_office:
        yield open_office


@pytest.fixture
async def house(start: Start, office: PostOffice) -> House:
    """A gateway whose worker works."""
    house = await start(smtp_url=office.url)
    house.at.work.start(HANDLERS, house.at, slots={"gateway": 1, "gateway.mail": 1})
    return house


async def test_a_letter_arrives_once_with_both_parts_though_the_mail_server_was_busy(
    house: House, office: PostOffice, migrated: LocalStack
) -> None:
    ada = await house.person()
    report = season()
    event = replace(ended(ada.user_id), report=report)
    office.answers = ["451 busy", "421 still busy"]
    for _ in range(2):
        await house.at.work.send(event)
    letter = await office.letter()
    assert (letter["To"], letter["Subject"]) == (ada.email, report_letter.subject(report))
    assert letter.get_content_type() == "multipart/alternative"
    assert "5 videos done, 1 failed" in part(letter, "plain") and "5 videos done, 1 failed" in part(letter, "html")
    assert f"/batches/{event.batch_id}/report" in part(letter, "plain")
    # The same batch ends again, and then another one, after which nothing is left in the queue.
    await house.at.work.send(replace(event, event_id=uuid.uuid4()))
    await house.at.work.send(ended(ada.user_id, name="Field notes", videos=season().videos))
    assert "Field notes" in (await office.letter(1))["Subject"]
    assert len(office.letters) == 2
    await eventually(lambda: migrated.sql("select count(*) from gateway.letters").strip() == "2")
    assert all(sample("dailies_gateway_letters_total", outcome) >= 2 for outcome in ("sent", "later"))


def sample(name: str, outcome: str) -> float:
    """A count as monitoring reads it."""
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0.0


async def test_only_large_batches_are_mailed_unless_somebody_chose_otherwise(
    house: House, office: PostOffice, migrated: LocalStack
) -> None:
    ada, eve = await house.person(), await house.person()
    unwanted = await eve.client.patch("/api/me/notifications", json={"email_reports": False})
    assert unwanted.json()["email_reports"] is False
    for event in (
        ended(ada.user_id),
        ended(ada.user_id, status=BatchStatus.CANCELLED, videos=season().videos),
        ended(eve.user_id, videos=season().videos),
    ):
        await batch_ended(event, house.at)
    assert (await ada.client.patch("/api/me/notifications", json={"email_from_videos": 0})).status_code == 422
    chosen = (await ada.client.patch("/api/me/notifications", json={"email_from_videos": 1})).json()
    assert (chosen["email_from_videos"], chosen["email_reports"], chosen["email_available"]) == (1, True, True)
    await batch_ended(ended(ada.user_id, name="Small one"), house.at)
    assert "Small one" in (await office.letter())["Subject"]
    assert len(office.letters) == 1


async def test_a_letter_is_ended_by_one_click_without_signing_in(house: House, office: PostOffice) -> None:
    ada = await house.person()
    notice = NoticeRaised(
        event_id=uuid.uuid4(),
        user_id=ada.user_id,
        kind=NoticeKind.DELETION_ANNOUNCED,
        title="Season 3 will be deleted",
        text="On 24 December, 30 days after it ended.",
        link=f"/batches/{examples.BATCH}",
        at=datetime.now(UTC),
        email=True,
    )
    await house.at.work.send(notice)
    letter = await office.letter()
    assert letter["Subject"] == notice.title and notice.text in part(letter, "html")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = "".join(letter["List-Unsubscribe"].split()).strip("<>")
    path = url.removeprefix(house.at.settings.origin)
    stranger = house.client()
    answer = await stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.json()) == (200, {"letters": "notices"})
    assert (await stranger.post("/api/unsubscribe", params={"token": "made-up"})).status_code == 422
    chosen = (await ada.client.get("/api/me/notifications")).json()
    assert (chosen["email_notices"], chosen["email_reports"], chosen["email"]) == (False, True, ada.email)
