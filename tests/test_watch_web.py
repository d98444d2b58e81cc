"""Following somebody without an account, walked from the form to the letter that stops it, over a real mail server."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from directory.models import Outcome
from notices.mailing import SmtpMailer, send_waiting
from notices.run import WatchSummary, run_watch
from records import ledger, mail, watches
from records.ledger import ClaimFacts
from records.watches import EventKind, WatchKind
from tests.mail_server import MailServer, run_mail_server
from tests.records_fixtures import make_entry
from tests.web_world import ATTACK, World, make_documents, make_world
from web.language import LANGUAGE_NAMES
from web.letters import make_writer

WHO = "Doctor.Watson@Example.com"
CARLA, DINA = "v-ma00012345", "v-ma00020001"  # claims of wa-carla and wa-dina
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Post:
    """The site, and the mail server that its letters go to."""

    world: World
    client: TestClient
    server: MailServer

    def ask(self, *, about: str = "wa-carla", email: str = WHO, lang: str = "en", **more: str) -> str:
        """Fill in the form as a person would; returns the page that answers."""
        page = self.client.get(f"/watch?about={about}&lang={lang}").text
        token = re.search(r'name="token" value="([^"]*)"', page)
        assert token
        self.world.clock.at += timedelta(seconds=20)
        data = {"token": token[1], "about": about, "email": email, "what": "therapist", **more}
        return self.client.post(f"/watch?lang={lang}", data=data).text

    def send(self) -> list[EmailMessage]:
        """Send what waits; returns the letters that arrived."""
        before = len(self.server.taken)
        send_waiting(self.world.database, SmtpMailer(self.server.url), sender="palpate@example.org")
        return self.server.taken[before:]

    def run(self) -> WatchSummary:
        """One run of the watch, as the scheduler starts it."""
        site = self.world.app.state.site
        write = make_writer(self.world.settings, self.world.clock)
        return run_watch(self.world.database, site.reader, clock=self.world.clock, write=write)

    def follow(self, **form: str) -> str:
        """Ask and confirm; returns the path of the page where everything stands."""
        self.ask(**form)
        (letter,) = self.send()
        answer = self.client.post(find_path(letter, "/watch/confirm"), follow_redirects=False)
        assert answer.status_code == 303
        return answer.headers["location"]

    def record(
        self, outcome: Outcome, claim: str = CARLA, *, entity: str = "wa-carla", until: date | None = None
    ) -> None:
        """Write an outcome into the ledger, as a verification does."""
        facts = ClaimFacts(title="LMT", kind="licence", jurisdiction="WA", expires_on=until)
        entry = make_entry(entity, claim, outcome, facts=facts, valid_to=until, decided_by="ann")
        with self.world.database.begin() as session:
            ledger.append(session, entry)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    world = make_world(tmp_path, make_documents(), base_url="https://palpate.example.org")
    with run_mail_server() as server, TestClient(world.app) as client:
        yield Post(world, client, server)


def find_path(letter: EmailMessage, start: str) -> str:
    """The path and query of the link in a letter that begins so."""
    found = re.search(rf"https://palpate\.example\.org({re.escape(start)}\?\S+)", letter.get_content())
    assert found, letter.get_content()
    return found[1]


def count_watches(post: Post) -> int:
    with post.world.database.read() as session:
        return len(watches.load(session))


def test_a_letter_asks_first_and_looking_at_its_link_changes_nothing(post: Post) -> None:
    assert "Please look at your mail" in post.ask()
    (letter,) = post.send()
    assert letter["To"] == "Doctor.Watson@example.com"
    assert "Carla Dupont" in letter.get_content()
    path = find_path(letter, "/watch/confirm")
    assert "Follow Carla Dupont?" in post.client.get(path).text
    assert count_watches(post) == 0
    assert post.client.post(path).status_code == 200
    assert count_watches(post) == 1


def test_who_confirmed_is_told_once_and_only_what_came_afterwards(post: Post) -> None:
    post.record(Outcome.VERIFIED, until=date(2027, 5, 31))
    post.world.clock.at += timedelta(days=1)
    manage = post.follow()
    assert post.run().told == 0
    post.world.clock.at += timedelta(days=1)
    post.record(Outcome.INACTIVE)
    assert (post.run().told, post.run().told) == (1, 0)
    (letter,) = post.send()
    assert letter["Subject"] == "Palpate: 1 change among those you follow"
    assert "Carla Dupont, LMT, Washington\r\nThe register shows the licence as inactive." in letter.get_content()
    assert "https://palpate.example.org/therapists/wa-carla" in letter.get_content()
    assert post.send() == []
    assert "The register shows the licence as inactive." in post.client.get(manage).text


def test_the_three_days_before_the_end_are_told_each_once(post: Post) -> None:
    post.record(Outcome.VERIFIED, until=date(2027, 3, 1))
    post.follow()
    told = []
    for left in (61, 60, 59, 31, 30, 29, 1, 0, -1, -30):
        post.world.clock.at += (date(2027, 3, 1) - post.world.clock.today()) - timedelta(days=left)
        post.run()
        told += [left for _ in post.send()]
    assert told == [60, 30, 0]


def test_while_the_mail_server_is_away_nothing_is_lost_and_every_letter_comes_once(post: Post) -> None:
    for name in ("ana", "bo", "cy"):
        post.follow(email=f"{name}@example.com")
    post.record(Outcome.VERIFIED, until=date(2027, 5, 31))
    taken = len(post.server.taken)
    post.server.stop()
    for outcome in (Outcome.INACTIVE, Outcome.VERIFIED, Outcome.INACTIVE):
        post.world.clock.at += timedelta(days=1)
        post.record(outcome)
        post.run()
        assert post.send() == []
    post.server.start()
    for _ in range(3):
        post.world.clock.at += timedelta(minutes=11)
        post.run()
        post.send()
    arrived = post.server.taken[taken:]
    assert len(arrived) == 9
    assert len({letter["Message-ID"] for letter in arrived}) == 9
    assert sorted(letter["To"] for letter in arrived[:3]) == ["ana@example.com", "bo@example.com", "cy@example.com"]
    with post.world.database.read() as session:
        assert mail.count(session).waiting == 0


def test_a_region_is_followed_and_others_are_left_out(post: Post) -> None:
    post.follow(about="", region="WA", what="region")
    post.world.clock.at += timedelta(days=1)
    post.record(Outcome.INACTIVE)
    post.record(Outcome.INACTIVE, "v-mt.0001234", entity="co-iris")
    post.record(Outcome.INACTIVE, "a claim that is not published")
    assert post.run().told == 1
    (letter,) = post.send()
    assert "Carla Dupont" in letter.get_content()


def test_no_more_than_one_letter_comes_a_day_and_none_is_lost(post: Post) -> None:
    post.follow(about="", region="WA", what="region")
    post.world.clock.at += timedelta(hours=1)
    post.record(Outcome.INACTIVE)
    post.run()
    assert len(post.send()) == 1
    post.world.clock.at += timedelta(hours=1)
    post.record(Outcome.INACTIVE, DINA, entity="wa-dina")
    assert (post.run().told, post.send()) == (1, [])
    post.world.clock.at += timedelta(hours=20)
    post.run()
    (letter,) = post.send()
    assert "Dina Old" in letter.get_content()
    assert "Carla Dupont" not in letter.get_content()


def test_one_press_in_a_mail_program_stops_everything_and_erases_the_address(post: Post) -> None:
    post.follow()
    post.record(Outcome.INACTIVE)
    post.run()
    (letter,) = post.send()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https://palpate\.example\.org(/watch/stop\?\S+)>", letter["List-Unsubscribe"])
    assert found
    assert "Stop all letters?" in post.client.get(found[1]).text
    assert count_watches(post) == 1
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}
    assert post.client.post(found[1], data={"List-Unsubscribe": "One-Click"}, headers=foreign).status_code == 200
    with post.world.database.read() as session:
        assert watches.load(session) == []
        assert not watches.forget_address(session, WHO)
    assert post.client.post(found[1]).status_code == 200, "stopping twice is no error"


def test_a_header_stays_readable_for_mail_programs_however_long_its_link_is(post: Post) -> None:
    post.follow(lang="fr")
    post.record(Outcome.INACTIVE)
    post.run()
    with post.world.database.begin() as session:
        waiting = mail.claim(session, "test")
    assert waiting
    head = waiting.message.split("\n\n")[0]
    assert re.search(r"^List-Unsubscribe: <https://\S+>\r?$", head, re.MULTILINE)


@pytest.mark.parametrize("lang", sorted(LANGUAGE_NAMES))
def test_pages_and_letters_speak_the_language_of_whoever_asked(post: Post, lang: str) -> None:
    manage = post.follow(lang=lang)
    assert f'<html lang="{lang}">' in post.client.get(manage).text
    post.record(Outcome.INACTIVE)
    post.run()
    (letter,) = post.send()
    assert letter["Content-Language"] == lang
    words = {"en": "inactive", "fr": "inactif", "es": "inactiva"}
    assert words[lang] in letter.get_content()
    assert f"lang={lang}" in letter.get_content()


def test_the_feed_is_atom_keeps_its_ids_and_says_when_nothing_is_new(post: Post) -> None:
    page = post.client.get(post.follow()).text
    found = re.search(r'href="https://palpate\.example\.org(/watch/feed\?[^"]+)"', page)
    assert found
    empty = post.client.get(found[1])
    assert ElementTree.fromstring(empty.content).findall(f"{ATOM}entry") == []
    post.record(Outcome.INACTIVE)
    post.run()
    answer = post.client.get(found[1])
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert "inactive" in (entry.findtext(f"{ATOM}title") or "")
    for element in (feed, entry):
        assert (element.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
        assert element.findtext(f"{ATOM}updated")
    assert post.client.get(found[1]).content == answer.content
    again = post.client.get(found[1], headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for kept in (answer, again):
        assert kept.headers["cache-control"] == "private, max-age=900"


def test_the_table_holds_what_was_told(post: Post) -> None:
    page = post.client.get(post.follow()).text
    found = re.search(r'href="(/watch/list\.csv\?[^"]+)"', page)
    assert found
    post.record(Outcome.VERIFIED, until=date(2026, 12, 31))
    post.run()
    (row,) = csv.DictReader(io.StringIO(post.client.get(found[1]).text))
    assert (row["id"], row["what"], row["expires_on"]) == ("wa-carla", "ends", "2026-12-31")


def test_a_key_opens_only_what_it_is_for_and_no_other_opens_anything(post: Post) -> None:
    manage = post.follow()
    page = post.client.get(manage).text
    keys = re.findall(r"/watch/(?:feed|list\.csv)\?key=([^\"&]+)", page)
    (own,) = parse_qs(urlsplit(manage).query)["key"]
    for key in (*keys, "x", "", own[1:], own.swapcase()):
        assert post.client.get(f"/watch/manage?key={key}").status_code == 410
        assert post.client.post(f"/watch/manage?key={key}", data={"act": "forget"}).status_code == 410
        assert post.client.get(f"/watch/confirm?key={key}").status_code == 410
    assert post.client.get(f"/watch/feed?key={keys[1]}").status_code == 410
    assert count_watches(post) == 1


def test_new_addresses_make_the_old_ones_useless(post: Post) -> None:
    manage = post.follow()
    feed = re.search(r'(/watch/feed\?[^"]+)"', post.client.get(manage).text)
    assert feed
    renewed = post.client.post(manage, data={"act": "renew"}, follow_redirects=False).headers["location"]
    assert post.client.get(manage).status_code == 410
    assert post.client.get(feed[1]).status_code == 410
    assert "The earlier links" in post.client.get(renewed).text


def test_one_of_several_is_stopped_and_nobody_can_stop_what_is_not_theirs(post: Post) -> None:
    post.follow()
    manage = post.follow(about="", region="WA", what="region")
    theirs = post.follow(email="other@example.com")
    with post.world.database.read() as session:
        (region,) = [watch for watch in watches.load(session) if watch.kind is WatchKind.REGION]
    post.client.post(theirs, data={"act": "stop", "watch": region.id})
    assert count_watches(post) == 3
    page = post.client.post(manage, data={"act": "stop", "watch": region.id}).text
    assert "Carla Dupont" in page
    assert "everybody in Washington" not in page
    assert count_watches(post) == 2


def test_a_form_from_another_site_changes_nothing(post: Post) -> None:
    manage = post.follow()
    answer = post.client.post(manage, data={"act": "forget"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert count_watches(post) == 1


def test_asking_again_tells_nobody_whether_an_address_follows(post: Post) -> None:
    first = post.ask()
    (letter,) = post.send()
    post.client.post(find_path(letter, "/watch/confirm"))
    assert post.ask() == first
    (again,) = post.send()
    assert again["Subject"] == "Palpate: your link"
    assert "Carla Dupont" in post.client.get(find_path(again, "/watch/manage")).text
    assert post.ask() == first
    assert post.send() == [], "once a day"


def test_an_address_gets_few_letters_whoever_sends_the_form(post: Post) -> None:
    for number, region in enumerate(("WA", "CO", "TX", "NY", "CA", "OH", "FL", "NV")):
        post.world.clock.at += timedelta(hours=1)  # longer than one machine has to wait
        post.ask(about="", region=region, what="region", email=WHO if number % 2 else WHO.upper())
    assert len(post.send()) == 5


def test_one_machine_sends_few_forms(post: Post) -> None:
    pages = [post.ask(email=f"a{number}@example.com") for number in range(12)]
    assert sum("Please look at your mail" in page for page in pages) == 10
    assert "A short pause" in pages[-1]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "nobody"}, "Please write one e-mail address"),
        ({"email": "a@example.com\r\nBcc: b@example.com"}, "Please write one e-mail address"),
        ({"about": "", "region": ""}, "Please choose what to follow"),
        ({"about": "nobody", "region": "ZZ"}, "Please choose what to follow"),
        ({"token": "made up"}, "The form was open for too long"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_keeps_what_was_written(
    post: Post, form: dict[str, str], said: str
) -> None:
    page = post.ask(**form)
    assert said in page
    assert post.send() == []


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_dropped(post: Post) -> None:
    assert "Please look at your mail" in post.ask(website="https://spam.example")
    assert post.send() == []


def test_no_page_sets_a_cookie_or_may_be_kept_or_indexed(post: Post) -> None:
    manage = post.follow()
    for path in ("/watch", "/watch?about=wa-carla", manage):
        answer = post.client.get(path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert 'content="noindex"' in answer.text
    assert not post.client.cookies


def test_an_attack_in_a_name_stays_words_in_letter_feed_and_table(post: Post) -> None:
    manage = post.follow()
    with post.world.database.begin() as session:
        (watch,) = watches.load(session)
        event = watches.Event(
            key="k", kind=EventKind.INACTIVE, entity_id="wa-carla", name="=1+1 \x07" + ATTACK, title=ATTACK,
            jurisdiction=ATTACK, day=date(2026, 11, 20),
        )  # fmt: skip
        watches.tell(session, watch.id, [event])
    post.run()
    (letter,) = post.send()
    assert letter.get_content_type() == "text/plain"
    page = post.client.get(manage).text
    assert "<script>alert" not in page
    for path in re.findall(r'href="(?:https://palpate\.example\.org)?(/watch/(?:feed|list\.csv)\?[^"]+)"', page):
        answer = post.client.get(path)
        if "atom" in answer.headers["content-type"]:
            ElementTree.fromstring(answer.content)
        else:
            assert next(iter(csv.DictReader(io.StringIO(answer.text))))["name"].startswith("'=1+1")


def test_the_therapist_s_page_leads_to_the_form(post: Post) -> None:
    assert 'href="/watch?about=wa-carla"' in post.client.get("/therapists/wa-carla").text
    assert "Carla Dupont" in post.client.get("/watch?about=wa-carla").text
