"""Whoever asks out stays out: from the form on the site to the next crawl, walked through the whole directory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from starlette.testclient import TestClient

from crawler.listings_file import import_file
from directory.clock import FixedClock
from directory.credentials import Family, LicenceKey
from directory.models import (
    EntityKind,
    ExtractedPage,
    Observation,
    ObservationKind,
    PageCredential,
    PageEvidence,
    PageLocation,
    PagePractitioner,
    RegisterRecord,
)
from directory.settings import Settings
from records import audit, entities, observations, registers, removals, reviews, users
from records.database import Database, open_database
from records.users import Role
from resolution.run import run_resolve
from search.engine import open_engine
from search.indexer import build_index, update_index
from search.interface import Engine
from search.names import BuildName
from verification.model import Mode
from verification.run import run_verify
from web.app import create_app

PASSWORD = "a long enough password"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SOLO, CLINIC = "https://anasample.example.com/", "https://clinic.example.org/"
LISTING = {
    "listing_id": "p-1", "source": "partner", "name": "Ana Sample", "practice": "Ana Sample Massage", "city": "Denver",
    "region": "CO", "country": "US", "phone": "303-555-0101", "email": "ana@example.net",
}  # fmt: skip


def make_page(url: str, phone: str, *names: str) -> Observation:
    people = tuple(
        PagePractitioner(name=name, credentials=(PageCredential(title="LMT", text=f"LMT {number}", number=number),))
        for name, number in ((name, "MT.0000007" if name.startswith("Ana") else "MT.0000009") for name in names)
    )
    page = ExtractedPage(
        url=url,
        website=url,
        name="Sample Clinic" if len(names) > 1 else "Ana Sample Massage",
        practitioners=people,
        phones=(phone,),
        locations=(PageLocation(street="12 Example Street", city="Denver", region="CO", country="US", phone=phone),),
        conditions=("neck-pain",),
        evidence=tuple(PageEvidence(field="practitioner", value=name, snippet=name, where="h2") for name in names),
    )
    return Observation(
        source="practice_sites", kind=ObservationKind.PAGE, key=url, payload=page, url=url, read_at=NOW,
        read_on=NOW.date(), snapshot=b"<h1>Ana Sample</h1>",
    )  # fmt: skip


PAGES = [make_page(SOLO, "+13035550101", "Ana Sample"), make_page(CLINIC, "+13035550102", "Ana Sample", "Bo Muster")]
REGISTER = RegisterRecord(
    register_id="CO-7", source="co_dora", jurisdiction="CO", licence_type="Massage Therapist", number="MT.0000007",
    full_name="Ana Sample", city="Denver", status="Active", expires_on=date(2027, 8, 31),
)  # fmt: skip


@dataclass(frozen=True)
class Directory:
    """A whole directory over records: sources can be read again, and the site is served from what comes of it."""

    settings: Settings
    database: Database
    engine: Engine
    clock: FixedClock
    listings: Path
    client: TestClient

    def read_sources(self) -> None:
        """Crawl, import, resolve and verify, as `palpate run` does."""
        row = Observation(
            source="co_dora", kind=ObservationKind.REGISTER, key="CO-7", payload=REGISTER, read_at=NOW,
            read_on=NOW.date(),
        )  # fmt: skip
        with self.database.begin() as session:
            observations.store_many(session, [*PAGES, row])
        import_file(self.database, self.listings, source="partner", clock=self.clock)
        run_resolve(self.database, clock=self.clock)
        run_verify(self.database, on=self.clock.today(), mode=Mode.STRICT, clock=self.clock)

    def update(self) -> None:
        update_index(self.engine, self.database, settings=self.settings, clock=self.clock)

    def find(self, name: str) -> set[str]:
        """The ids of everybody of this name whom the site's search finds."""
        found = self.client.get("/api/v1/therapists", params={"q": name, "near": "Denver, CO"}).json()
        return {item["id"] for item in found["results"] if item["name"] == name}

    def ask_out(self, therapist_id: str) -> None:
        """Fill in the form on the site, as the therapist would."""
        page = self.client.get(f"/corrections?about={therapist_id}").text
        self.clock.at += timedelta(seconds=30)
        data = {"token": find_field(page, "token"), "about": therapist_id, "kind": "remove", "message": "Leave me out."}
        assert "Thank you" in self.client.post("/corrections", data=data).text

    def find_case(self) -> str:
        with self.database.read() as session:
            (case,) = reviews.load_queue(session).cases
        return case.id

    def accept(self, case_id: str, *, without: str = " ") -> int:
        """Accept as a reviewer, through the page that asks first; marks with `without` in them are unticked."""
        page = self.client.get(f"/admin/cases/{case_id}").text
        data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version")}
        answer = self.client.post(f"/admin/cases/{case_id}/decide", data={**data, "choice": "accept"})
        assert "cannot be undone" in answer.text
        marks = [mark for mark in re.findall(r'name="mark" value="([^"]*)"', answer.text) if without not in f"{mark}"]
        path = f"/admin/cases/{case_id}/removal"
        return self.client.post(path, data={**data, "mark": marks}, follow_redirects=False).status_code


def find_field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    settings = Settings(data_dir=tmp_path / "data", session_secret="a secret for tests")
    clock = FixedClock(NOW)
    database = open_database(settings, clock=clock)
    engine = open_engine(settings)
    (tmp_path / "partner.jsonl").write_bytes(orjson.dumps(LISTING) + b"\n")
    app = create_app(settings, database=database, engine=engine, clock=clock)
    with TestClient(app, base_url="http://testserver") as client:
        found = Directory(settings, database, engine, clock, tmp_path / "partner.jsonl", client)
        found.read_sources()
        build_index(engine, database, settings=settings, clock=clock)
        with database.begin() as session:
            users.create_user(session, name="ada", password=PASSWORD, role=Role.REVIEWER)
        client.post("/admin/sign-in", data={"name": "ada", "password": PASSWORD})
        yield found
    database.close()


def test_whoever_asks_out_is_gone_at_once_and_stays_out_when_read_again(directory: Directory) -> None:
    (ana,) = directory.find("Ana Sample")
    assert directory.client.get(f"/therapists/{ana}").status_code == 200
    directory.ask_out(ana)
    assert directory.accept(directory.find_case(), without="@@") == 303

    def assert_gone() -> None:
        assert directory.find("Ana Sample") == set()
        assert directory.client.get(f"/therapists/{ana}").status_code == 410
        assert directory.client.get(f"/api/v1/therapists/{ana}").status_code == 410
        assert len(directory.find("Bo Muster")) == 1

    assert_gone()
    directory.update()
    assert_gone()
    directory.clock.at += timedelta(days=40)
    directory.read_sources()
    directory.update()
    assert_gone()
    build_index(directory.engine, directory.database, settings=directory.settings, clock=directory.clock)
    assert_gone()
    with directory.database.read() as session:
        assert registers.find_by_key(session, LicenceKey("CO", Family.MASSAGE, 7)) == ()
        assert audit.check_chain(session).ok


def test_the_entry_of_a_colleague_on_the_same_page_no_longer_names_whoever_was_taken_out(directory: Directory) -> None:
    (ana,), (bo,) = directory.find("Ana Sample"), directory.find("Bo Muster")
    assert "Ana Sample" in str(directory.engine.open_reader().get(bo))
    directory.ask_out(ana)
    directory.accept(directory.find_case(), without="@@")
    directory.update()
    assert "Ana Sample" not in str(directory.engine.open_reader().get(bo))


def test_nothing_happens_before_the_page_that_asks_is_answered(directory: Directory) -> None:
    (ana,) = directory.find("Ana Sample")
    directory.ask_out(ana)
    case_id = directory.find_case()
    page = directory.client.get(f"/admin/cases/{case_id}/removal").text
    for words in ("Ana Sample", "Leave me out.", "ana@example.net", "anasample.example.com", "cannot be undone"):
        assert words in page
    assert directory.find("Ana Sample") == {ana}
    with directory.database.read() as session:
        assert removals.history(session) == []


def test_a_clinic_shared_with_others_is_not_what_somebody_is_known_by(directory: Directory) -> None:
    (ana,) = directory.find("Ana Sample")
    directory.ask_out(ana)
    page = directory.client.get(f"/admin/cases/{directory.find_case()}/removal").text
    assert "websites:clinic.example.org" not in page
    assert "site_names:Ana Sample, clinic.example.org" in page
    assert "5550102" not in page
    assert "555-0102" not in page


def test_a_removal_is_accepted_once(directory: Directory) -> None:
    (ana,) = directory.find("Ana Sample")
    directory.ask_out(ana)
    case_id = directory.find_case()
    page = directory.client.get(f"/admin/cases/{case_id}/removal").text
    data = {name: find_field(page, name) for name in ("form_token", "version")}
    data["mark"] = "names:Ana Sample, Denver"
    path = f"/admin/cases/{case_id}/removal"
    assert directory.client.post(path, data={**data, "version": "7"}).status_code == 409
    assert directory.client.post(path, data={**data, "mark": ""}).status_code == 422
    assert directory.client.post(path, data=data, follow_redirects=False).status_code == 303
    assert directory.client.post(path, data=data).status_code in (409, 410)
    with directory.database.read() as session:
        assert len(removals.history(session)) == 1


def test_what_a_reviewer_unticks_does_not_keep_anybody_out(directory: Directory) -> None:
    (ana,) = directory.find("Ana Sample")
    directory.ask_out(ana)
    directory.accept(directory.find_case(), without="phones:")
    namesake = replace(PAGES[0], key="https://x.example.com/", url="https://x.example.com/")
    with directory.database.begin() as session:
        assert not removals.is_removed(session, removals.Identity(phones=("303-555-0101",)))
        assert removals.is_removed(session, removals.Identity(emails=("ana@example.net",)))
        assert observations.store_many(session, [namesake]).removed == 1
        assert [item.kind for item in entities.load_all(session)].count(EntityKind.PERSON) == 1


def test_the_status_says_what_waits_and_what_is_being_built(directory: Directory) -> None:
    status = directory.client.get("/statusz").json()
    assert (status["status"], status["waiting_changes"], status["waiting_s"]) == ("ready", 0, None)
    directory.clock.at += timedelta(minutes=7)
    left = directory.engine.start_build(str(BuildName(directory.clock.now(), directory.settings.index_alias, 1)))
    status = directory.client.get("/statusz").json()
    assert (status["status"], status["builds_under_way"], status["built_s_ago"]) == ("building", [left.name], 420)
    left.finish()
    directory.ask_out(*directory.find("Ana Sample"))
    directory.accept(directory.find_case())
    directory.clock.at += timedelta(seconds=90)
    status = directory.client.get("/statusz").json()
    assert (status["status"], status["waiting_s"]) == ("stale", 90)
    assert f"{status['waiting_changes']} changes wait" in status["why"]
    directory.update()
    assert directory.client.get("/statusz").json()["waiting_changes"] == 0
