"""What is promised to somebody who asks out, on every database: nothing stays, and nothing comes back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from directory.credentials import Family, LicenceKey
from directory.errors import GoneError, RemovedError
from directory.models import (
    EntityKind,
    ExtractedPage,
    NpiRecord,
    ObservationKind,
    PageCredential,
    PageEvidence,
    PageLocation,
    PagePractitioner,
)
from records import audit, entities, ledger, observations, registers, removals, reviews
from records.database import Database, Session
from records.erasure import forget
from records.ledger import ClaimFacts
from records.removals import Identity
from records.reviews import CaseDraft, CaseInput, CaseKind, Choice
from records.tables import Base
from tests.records_fixtures import LATER, make_entry, make_listing, make_record, observe, people

ANA = Identity(names=(("Ana Example", "Denver"),))
ANA_SOMEWHERE = re.compile(r"\bana\b", re.IGNORECASE)  # as a word: three letters alone turn up in a random token


def make_page(url: str, *names: str, city: str | None = "Denver") -> ExtractedPage:
    return ExtractedPage(
        url=url,
        name="Sample Clinic",
        practitioners=tuple(
            PagePractitioner(name=name, credentials=(PageCredential(title="LMT", text=f"{name}, LMT"),))
            for name in names
        ),
        credentials=tuple(PageCredential(title="LMT", text=f"{name}, LMT") for name in names),
        locations=(PageLocation(city=city),) if city else (),
        phones=("+13035550100",),
        evidence=tuple(PageEvidence(field="practitioners", value=n, snippet=f"Meet {n}", where="p") for n in names),
    )


def dump_all(session: Session) -> str:
    """Everything that the database holds, as text."""
    return "\n".join(
        str([tuple(row) for row in session.execute(sa.select(*table.columns))]) for table in Base.metadata.sorted_tables
    )


@pytest.mark.parametrize(
    ("identity", "parts"),
    [
        (ANA, {"name": "Ana M. Example, LMT"}),
        (ANA, {"name": None, "title": "Ána EXAMPLE, LMT", "city": "DENVER"}),
        (Identity(emails=("Ana@example.com",)), {"name": "A. E.", "email": "ana@example.com"}),
        (Identity(phones=("303-555-0100",)), {"name": "A. E.", "phone": "+1 (303) 555-0100"}),
        (Identity(websites=("https://www.ana.example.com/",)), {"website": "http://ana.example.com/about"}),
        (Identity(websites=("https://book.example.com/ana",)), {"website": "https://book.example.com/ana/"}),
        (Identity(npis=("1234567893",)), {"name": "A. E.", "npi": "1234567893"}),
        (Identity(source_keys=(("demo", "1"),)), {"name": "A. E."}),
    ],
)
def test_who_asked_out_is_recognised_by_what_is_theirs(
    records_database: Database, identity: Identity, parts: dict[str, Any]
) -> None:
    listing = observe(make_listing(**parts), "some-key")
    with records_database.begin() as session:
        removals.ask_out(session, identity, by="ann", reason="asked")
        assert removals.is_removed(session, removals.identify(listing))
        with pytest.raises(RemovedError):
            observations.store(session, listing)
        assert observations.store_many(session, [listing]).removed == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "Ana Example", "city": "Boulder"},
        {"name": "Anna Example"},
        {"name": "Bo Sample", "website": "https://book.example.com/bo"},
        {"name": None, "city": None},
    ],
)
def test_nobody_else_is_taken_for_them(records_database: Database, parts: dict[str, Any]) -> None:
    identity = replace(ANA, websites=("https://book.example.com/ana",))
    with records_database.begin() as session:
        removals.ask_out(session, identity, by="ann", reason="asked")
        observations.store(session, observe(make_listing("9", **parts), "k"))


def test_a_register_s_row_goes_by_its_number_never_by_a_name(records_database: Database) -> None:
    key = LicenceKey("CO", Family.MASSAGE, 1)
    with records_database.begin() as session:
        removals.ask_out(session, replace(ANA, licences=(key,)), by="ann", reason="asked")
        with pytest.raises(RemovedError):
            observations.store(session, observe(make_record(1), "1"))
        observations.store(session, observe(make_record(2, full_name="Ana Example"), "2"))
        assert len(registers.find_by_family_name(session, "CO", "Example")) == 1


def test_a_page_that_names_others_too_stays_without_them(records_database: Database) -> None:
    page = make_page("https://clinic.example.com/", "Ana Example", "Bo Sample")
    with records_database.begin() as session:
        removals.ask_out(session, ANA, by="ann", reason="asked")
        observations.store(session, replace(observe(page, "p"), snapshot=b"Ana Example"))
        (kept,) = observations.load_current(session, ObservationKind.PAGE)
        assert isinstance(kept.payload, ExtractedPage)
        assert [person.name for person in kept.payload.practitioners] == ["Bo Sample"]
        assert not ANA_SOMEWHERE.search(dump_all(session))
        assert kept.snapshot_hash is None


def fill(session: Session) -> str:
    """A person of several sources, checked, reviewed and judged; returns their id."""
    seen = [
        observe(make_listing("ana-1", email="ana@example.com", name="Ana Example"), "ana-1"),
        observe(make_listing("bo-1", name="Bo Sample", email="bo@example.com"), "bo-1"),
        observe(make_page("https://clinic.example.com/", "Ana Example", "Bo Sample"), "https://clinic.example.com/"),
        observe(
            make_page("https://clinic.example.com/team", "Ana Example", "Bo Sample", city=None),
            "https://clinic.example.com/team",
        ),
        observe(NpiRecord(npi="1234567893", kind=EntityKind.PERSON, given="Ana", family="Example", city="Denver"), "n"),
        observe(make_record(7, full_name="Example, Ana"), "7"),
    ]
    observations.store_many(session, seen)
    observations.store(
        session, observe(make_listing("ana-1", name="Ana Example", email="ana2@example.com"), "ana-1", at=LATER)
    )
    entities.save_clusters(session, people("xb", "y"))
    entities.save_clusters(session, [replace(people("x")[0], members=("ana-1", "npi-1234567893")), *people("y")])
    person = str(entities.find_by_listing(session, "ana-1"))
    ledger.append(session, make_entry(person, facts=ClaimFacts(raw="Ana Example, LMT 7", register_name="Example, Ana")))
    draft = CaseDraft(
        kind=CaseKind.WEAK,
        key="ana-1",
        entity_id=person,
        input=CaseInput(heading="Ana Example", listing=make_listing()),
    )
    case = reviews.open_case(session, draft)
    reviews.decide(session, case.id, Choice.ACCEPT, version=1, by="rev", reason="Ana Example wrote to us")
    return person


IDENTITY = Identity(
    names=(("Ana Example", "Denver"),), emails=("ana@example.com",), licences=(LicenceKey("CO", Family.MASSAGE, 7),)
)


def test_nothing_that_names_them_stays_and_the_chains_hold(records_database: Database) -> None:
    with records_database.begin() as session:
        person = fill(session)
        assert ANA_SOMEWHERE.search(dump_all(session))
    done = forget(records_database, IDENTITY, by="rev", reason="asked by letter", entity_id=person)
    assert (done.observations, done.pages_stripped, done.ledger_rows, done.cases) == (3, 2, 1, 1)
    with records_database.read() as session:
        left = dump_all(session)
        assert not ANA_SOMEWHERE.search(left)
        for word in ("ana@", "ana2@", "ana-1", "1234567893", "CO-7"):
            assert word not in left
        assert "Bo Sample" in left
        assert ledger.check_chain(session).ok
        assert audit.check_chain(session).ok
        with pytest.raises(GoneError):
            entities.get(session, person)
        assert reviews.load_queue(session).cases == ()


def test_a_removed_person_stays_removed_when_crawled_again(records_database: Database) -> None:
    with records_database.begin() as session:
        person = fill(session)
    forget(records_database, IDENTITY, by="rev", reason="asked", entity_id=person)
    again = [
        observe(make_listing("ana-1", name="A. E.", email=None), "ana-1", at=LATER),
        observe(make_listing("new", source="other", name="Ana Example, LMT"), "elsewhere", source="other", at=LATER),
        observe(make_record(7, full_name="Example, Ana"), "7", at=LATER),
        observe(
            make_page("https://clinic.example.com/new", "Ana Example", city=None), "https://clinic.example.com/new"
        ),
    ]
    with records_database.begin() as session:
        counts = observations.store_many(session, again)
        assert (counts.removed, counts.new) == (3, 1)
        assert not ANA_SOMEWHERE.search(dump_all(session))


def test_who_changes_their_mind_is_let_in_again(records_database: Database) -> None:
    with records_database.begin() as session:
        removal = removals.ask_out(session, ANA, by="ann", reason="asked")
        removals.withdraw(session, removal.id, by="ann")
        observations.store(session, observe(make_listing(), "k"))
        assert [item.withdrawn_at is None for item in removals.history(session)] == [False]


def test_what_is_kept_of_a_removal_can_t_be_read_or_guessed_without_the_secret(records_database: Database) -> None:
    with records_database.begin() as session:
        removals.ask_out(session, replace(ANA, emails=("ana@example.com",)), by="ann", reason="asked")
        known = removals.load_filter(session)
        left = dump_all(session)
        assert not ANA_SOMEWHERE.search(left)
        assert "ana@" not in left
        assert not replace(known, secret=b"another").knows(ANA)
