"""Following and proving, walked in a real browser; no page of theirs breaks an accessibility rule or its frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_string
from email.policy import SMTP

import pytest
from playwright.sync_api import Browser, expect

from directory.models import Outcome
from notices.run import run_watch
from records import ledger, mail, requests, reviews, sign_ins, users, watches
from records.requests import StatementKind
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.users import Role
from records.watches import WatchKind
from tests.records_fixtures import make_entry
from tests.web_browser import AXE, find_violations, need, open_browser, open_page, serve
from tests.web_world import World, make_documents, make_world
from web.admin.access import COOKIE
from web.keys import Purpose, make_path
from web.letters import make_writer


@dataclass(frozen=True)
class Site:
    """The site as it is served, with the paths of the pages that only links from letters lead to."""

    world: World
    address: str
    public: tuple[str, ...]
    rooms: tuple[str, ...]
    token: str

    def read_letter(self) -> str:
        """The path of the first link in the newest letter, as if it had been sent."""
        with self.world.database.begin() as session:
            newest = None
            while (found := mail.claim(session, "test")) is not None:
                newest = found
                mail.sent(session, found.seq)
        assert newest is not None
        text = message_from_string(newest.message, policy=SMTP).get_content()
        found_link = re.search(r"http://127\.0\.0\.1:8000(/\S+key=\S+)", text)
        assert found_link
        return found_link[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    documents = [replace(item, emails=("desk@example.org",)) for item in make_documents()]
    world = make_world(tmp_path_factory.mktemp("watch"), documents)
    with world.database.begin() as session:
        user = users.create_user(session, name="ada", password="a long enough password", role=Role.REVIEWER)
        token = sign_ins.start(session, user)
        watcher = watches.open_watcher(session, email="doctor@example.com", language="en")
        for kind, subject in ((WatchKind.REGION, "WA"), (WatchKind.THERAPIST, "wa-carla")):
            watches.follow(session, watcher, kind, subject, confirmed=True)
        account = watches.open_watcher(session, user_id=user.id, language="en")
        watches.follow(session, account, WatchKind.REGION, "WA", confirmed=True)
        other = watches.open_watcher(session, email="other@example.com", language="en")
        asked = watches.follow(session, other, WatchKind.THERAPIST, "wa-fern")
        case = reviews.open_case(
            session, CaseDraft(kind=CaseKind.CORRECTION, key="k", entity_id="wa-fern", input=CaseInput(heading="Fern"))
        )
        session.flush()
        requests.state(session, case_id=case.id, entity_id="wa-fern", kind=StatementKind.ANSWER, text="It is settled.")
        proof = requests.ask_for_proof(session, case_id=case.id, entity_id="wa-fern", address="desk@example.org")
        used = requests.ask_for_proof(session, case_id=case.id, entity_id="wa-fern", address="desk@example.org")
        requests.prove(session, used.id)
        for entity, claim in (("wa-carla", "v-ma00012345"), ("wa-fern", "v-ma00020003")):
            ledger.append(session, make_entry(entity, claim, Outcome.DISCIPLINED, decided_by="ann"))
    write = make_writer(world.settings, world.clock)
    assert run_watch(world.database, world.app.state.site.reader, clock=world.clock, write=write).told == 5
    settings = world.settings
    public = (
        "/watch",
        "/watch?about=wa-carla",
        make_path(settings, Purpose.CONFIRM, asked.id),
        make_path(settings, Purpose.STOP, watcher.id, 1),
        make_path(settings, Purpose.MANAGE, watcher.id, 1) + "&done=confirmed",
        "/watch/manage?key=dead",
        make_path(settings, Purpose.PROOF, proof.id),
        make_path(settings, Purpose.PROOF, used.id),
        "/corrections?about=wa-fern",
    )
    with serve(world.app) as address:
        yield Site(world, address, public, ("/admin/", f"/admin/cases/{case.id}", "/admin/following"), token)


@pytest.mark.parametrize(
    ("language", "width"), [("en", 320), *((code, width) for code in ("en", "fr", "es") for width in (360, 1280))]
)
def test_no_page_breaks_an_accessibility_rule_or_its_frame(
    browser: Browser, site: Site, language: str, width: int
) -> None:
    need(AXE, "axe-core (npm)")
    wrong = {}
    for path in site.public:
        url = f"{site.address}{path}{'&' if '?' in path else '?'}lang={language}"
        if found := find_violations(browser, url, width=width):
            wrong[path] = found
    assert not wrong


@pytest.mark.parametrize("width", [360, 1280])
def test_no_room_breaks_one_either(browser: Browser, site: Site, width: int) -> None:
    need(AXE, "axe-core (npm)")
    wrong = {
        path: found
        for path in site.rooms
        if (found := find_violations(browser, site.address + path, width=width, cookie=(COOKIE, site.token)))
    }
    assert not wrong


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_physician_follows_looks_and_stops(browser: Browser, site: Site, script: bool) -> None:
    with open_page(browser, width=360, script=script) as page:
        page.goto(site.address + "/therapists/co-iris")
        page.get_by_role("link", name="Follow this licence").click()
        expect(page.get_by_label("Iris Elbow")).to_be_checked()
        expect(page.get_by_label("State or province", exact=True)).to_be_hidden()
        site.world.clock.at += timedelta(seconds=10)
        page.get_by_label("Your e-mail address").fill(f"dr.{script}@example.com")
        page.get_by_role("button", name="Send me the letter").click()
        expect(page.locator("h1")).to_have_text("Please look at your mail")
        page.goto(site.address + site.read_letter())
        expect(page.locator("h1")).to_have_text("Follow Iris Elbow?")
        page.get_by_role("button", name="Yes, follow").click()
        expect(page.get_by_role("status")).to_contain_text("Letters come from now on")
        expect(page.get_by_role("link", name="Iris Elbow")).to_be_visible()
        assert page.context.cookies() == []
        page.get_by_role("button", name="Stop Iris Elbow").click()
        expect(page.locator("h1")).to_have_text("Stopped")


def test_a_therapist_proves_that_a_request_is_theirs(browser: Browser, site: Site) -> None:
    with open_page(browser, width=360) as page:
        page.goto(site.address + "/corrections?about=wa-dina")
        page.get_by_label("This is my listing and I want it corrected").check()
        page.get_by_label("What should we know?").fill("I renewed last week.")
        site.world.clock.at += timedelta(seconds=10)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_label("d…@example.org")).to_be_checked()
        page.get_by_role("button", name="Send the link").click()
        expect(page.locator("main")).to_contain_text("d…@example.org")
        page.goto(site.address + site.read_letter())
        page.get_by_role("button", name="Yes, it is ours").click()
        expect(page.locator("h1")).to_have_text("Thank you")
