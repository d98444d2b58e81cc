"""A therapist proves by mail that a request is theirs and answers a status; reviewers see the proof and the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cli.app import App
from cli.doctor import examine
from notices.mailing import SmtpMailer, send_waiting
from records import mail, requests, reviews, users
from records.reviews import CaseState
from records.users import Role
from tests.mail_server import MailServer, run_mail_server
from tests.test_web_admin import PASSWORD, find_field, sign_in
from tests.web_world import World, make_documents, make_world

WORDS = "The board closed the matter in March <b>2026</b>."


@dataclass(frozen=True)
class Practice:
    """The site as a therapist and as a reviewer see it, and the server that takes its letters."""

    world: World
    visitor: TestClient
    reviewer: TestClient
    server: MailServer

    def request(self, kind: str, *, about: str = "wa-fern", message: str = WORDS, lang: str = "en") -> str:
        """Fill in the form; returns the page that answers."""
        page = self.visitor.get(f"/corrections?about={about}&lang={lang}").text
        self.world.clock.at += timedelta(seconds=20)
        data = {"token": find_field(page, "token"), "about": about, "kind": kind, "message": message, "lang": lang}
        return self.visitor.post(f"/corrections?lang={lang}", data=data).text

    def choose(self, page: str, number: int = 0) -> int:
        """Have the link sent to one of the addresses that the page offers."""
        self.world.clock.at += timedelta(hours=1)
        return self.visitor.post(find_send_path(page), data={"address": str(number)}).status_code

    def receive(self) -> list[EmailMessage]:
        before = len(self.server.taken)
        send_waiting(self.world.database, SmtpMailer(self.server.url), sender="palpate@example.org")
        return self.server.taken[before:]

    def prove(self, page: str) -> None:
        """Go the whole way of the proof."""
        assert self.choose(page) == 200
        (letter,) = self.receive()
        assert "Thank you" in self.visitor.post(find_link(letter)).text

    def find_case(self) -> str:
        with self.world.database.read() as session:
            (case,) = reviews.load_queue(session).cases
        return case.id

    def decide(self, case_id: str, choice: str) -> None:
        page = self.reviewer.get(f"/admin/cases/{case_id}").text
        data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version"), "choice": choice}
        answer = self.reviewer.post(f"/admin/cases/{case_id}/decide", data=data, follow_redirects=False)
        assert answer.status_code == 303


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    documents = [
        replace(item, emails=("desk@example.org", "fern.board@example.com", "no address"))
        if item.id == "wa-fern"
        else item
        for item in make_documents()
    ]
    world = make_world(tmp_path, documents, base_url="https://palpate.example.org")
    with world.database.begin() as session:
        users.create_user(session, name="ada", password=PASSWORD, role=Role.REVIEWER)
    with run_mail_server() as server, TestClient(world.app) as visitor, TestClient(world.app) as reviewer:
        assert sign_in(reviewer, "ada") == 303
        yield Practice(world, visitor, reviewer, server)


def find_send_path(page: str) -> str:
    found = re.search(r'action="(/corrections/proof\?[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def find_link(letter: EmailMessage) -> str:
    found = re.search(r"https://palpate\.example\.org(/corrections/prove\?\S+)", letter.get_content())
    assert found
    return found[1]


def test_the_link_goes_to_the_practice_s_own_address_and_works_once(practice: Practice) -> None:
    page = practice.request("answer")
    assert "d…@example.org" in page
    assert "f…@example.com" in page
    assert "fern.board@" not in page
    assert practice.choose(page, 1) == 200
    (letter,) = practice.receive()
    assert letter["To"] == "fern.board@example.com"
    assert "Fern Board" in letter.get_content()
    link = find_link(letter)
    case = practice.reviewer.get(f"/admin/cases/{practice.find_case()}").text
    assert "nobody has used it" in case
    assert "Did you ask for this?" in practice.visitor.get(link).text
    assert "nobody has used it" in practice.reviewer.get(f"/admin/cases/{practice.find_case()}").text, (
        "GET proves nothing"
    )
    assert practice.visitor.post(link).status_code == 200
    case = practice.reviewer.get(f"/admin/cases/{practice.find_case()}").text
    assert "<b>Proved by mail</b> to fern.board@example.com" in case
    for answer in (practice.visitor.post(link), practice.visitor.get(link)):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text


def test_no_letter_goes_anywhere_else_and_few_to_one_practice(practice: Practice) -> None:
    page = practice.request("remove")
    assert practice.choose(page, 2) == 422
    assert practice.choose(page, -1) == 422
    assert [practice.choose(page) for _ in range(4)] == [200, 200, 200, 429]
    assert practice.visitor.post("/corrections/proof?key=made-up", data={"address": "0"}).status_code == 410
    assert [letter["To"] for letter in practice.receive()] == ["desk@example.org"] * 3


def test_a_settled_request_takes_no_proof(practice: Practice) -> None:
    page = practice.request("answer")
    practice.choose(page)
    (letter,) = practice.receive()
    practice.decide(practice.find_case(), "reject")
    assert practice.visitor.post(find_link(letter)).status_code == 410
    assert practice.choose(page) == 410


def test_who_only_reports_a_mistake_is_asked_for_no_proof(practice: Practice) -> None:
    page = practice.request("wrong")
    assert "Thank you" in page
    assert "/corrections/proof" not in page
    case = practice.reviewer.get(f"/admin/cases/{practice.find_case()}").text
    assert "Is it the therapist who asks?" not in case


def test_where_no_address_is_published_the_page_says_so(practice: Practice) -> None:
    assert "No e-mail address is published for Carla Dupont" in practice.request("mine", about="wa-carla")


def test_an_answer_stands_beside_the_status_once_accepted_until_that_is_undone(practice: Practice) -> None:
    practice.prove(practice.request("answer"))
    assert "The board closed" not in practice.visitor.get("/therapists/wa-fern").text
    case_id = practice.find_case()
    case = practice.reviewer.get(f"/admin/cases/{case_id}").text
    assert "Accepted, this is shown beside their status" in case
    practice.decide(case_id, "accept")
    page = practice.visitor.get("/therapists/wa-fern").text
    standing = page[page.index('id="standing"') : page.index('id="treats"')]
    assert "The therapist answers, 20 Nov 2026:" in standing
    assert "The board closed the matter in March &lt;b&gt;2026&lt;/b&gt;." in standing
    assert "The board closed the matter in March &lt;b&gt;" in practice.visitor.get("/refer/sheet/wa-fern").text
    (answer,) = practice.visitor.get("/api/v1/verifications/wa-fern").json()["answers"]
    assert answer == {"text": "The board closed the matter in March <b>2026</b>.", "made_on": "2026-11-20"}
    assert "Le thérapeute répond" in practice.visitor.get("/therapists/wa-fern?lang=fr").text
    case = practice.reviewer.get(f"/admin/cases/{case_id}").text
    undo = {"form_token": find_field(case, "form_token"), "version": find_field(case, "version")}
    practice.reviewer.post(f"/admin/cases/{case_id}/undo", data=undo)
    for place in ("/therapists/", "/refer/sheet/", "/api/v1/verifications/"):
        assert "The board closed" not in practice.visitor.get(f"{place}wa-fern").text


def test_a_claimed_listing_says_so_and_the_message_stays_between_us(practice: Practice) -> None:
    practice.prove(practice.request("mine", message="My hours are wrong, call me at home."))
    practice.decide(practice.find_case(), "accept")
    page = practice.visitor.get("/therapists/wa-fern").text
    assert "The therapist has said that this listing is theirs" in page
    assert "call me at home" not in page


@pytest.mark.parametrize("lang", ["en", "es", "fr"])
def test_page_and_letter_speak_the_asker_s_language(practice: Practice, lang: str) -> None:
    page = practice.request("mine", lang=lang)
    practice.choose(page)
    (letter,) = practice.receive()
    assert letter["Content-Language"] == lang
    words = {"en": "open this page", "es": "abra esta página", "fr": "ouvrez cette page"}
    assert words[lang] in letter.get_content()


def test_reviewers_see_the_two_days_and_what_is_overdue_even_if_it_was_put_off(practice: Practice) -> None:
    practice.request("remove")  # on a Friday at three
    case_id = practice.find_case()
    queue = practice.reviewer.get("/admin/").text
    assert "due Tue 24 Nov, 15:00 UTC" in queue
    assert "overdue" not in queue
    practice.decide(case_id, "later")
    practice.world.clock.at += timedelta(days=3, hours=20)
    assert "overdue" not in practice.reviewer.get("/admin/").text
    practice.world.clock.at += timedelta(hours=5)
    assert sign_in(practice.reviewer, "ada") == 303
    queue = practice.reviewer.get("/admin/").text
    assert "1 request is overdue" in queue
    assert "was due Tue 24 Nov, 15:00 UTC" in queue
    assert 'pill tone-bad num"' in practice.reviewer.get(f"/admin/cases/{case_id}").text


def test_the_doctor_says_what_is_overdue(practice: Practice) -> None:
    app = App(practice.world.settings, practice.world.clock, practice.world.database)

    def look() -> tuple[bool, str]:
        return next((item.ok, item.found) for item in examine(app) if item.what == "requests")

    practice.request("remove")
    assert look() == (True, "0 overdue")
    practice.world.clock.at += timedelta(days=5)
    assert look() == (False, "1 overdue")


def test_a_proof_waits_like_every_letter_and_its_address_is_erased_once_it_is_sent(practice: Practice) -> None:
    page = practice.request("remove")
    practice.server.stop()
    practice.choose(page)
    assert practice.receive() == []
    practice.server.start()
    practice.world.clock.at += timedelta(minutes=1)
    assert len(practice.receive()) == 1
    with practice.world.database.read() as session:
        assert mail.count(session).waiting == 0
        case = reviews.get(session, practice.find_case())
        assert case.state is CaseState.OPEN
        assert len(requests.load_proofs(session, case.id)) == 1
