"""Verification on the records: the ledger, the cases, people's decisions, and what was known on a past day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from directory.models import EntityKind, Exclusion, Listing, NpiLicence, NpiRecord, Outcome, Payload, RegisterRecord
from directory.settings import Settings
from records import entities, ledger, observations, reviews
from records.cases import CaseKind, Choice
from records.database import Database
from records.ledger import FhirStatus, LedgerEntry
from resolution.run import run_resolve
from tests.records_fixtures import START, StepClock, observe, open_new
from tests.verification_records import make_listing, make_record
from verification.explain import explain_entity, show_ledger
from verification.inputs import load_inputs
from verification.model import Mode
from verification.plan import find_due_sources
from verification.run import _Run, run_verify

DAY = START.date()


@pytest.fixture(name="clock")
def make_clock() -> StepClock:
    return StepClock(START)


@pytest.fixture(name="database")
def make_database(tmp_path: Path, clock: StepClock) -> Iterator[Database]:
    opened = open_new(Settings(data_dir=tmp_path / "data", session_secret="only-for-tests"), clock=clock)
    yield opened
    opened.close()


@pytest.fixture(name="see")
def make_see(database: Database, clock: StepClock) -> Callable[..., None]:
    """Stores payloads as seen now, and resolves."""

    def see(*payloads: Payload) -> None:
        with database.begin() as session:
            for payload in payloads:
                key = next(
                    str(getattr(payload, name))
                    for name in ("register_id", "listing_id", "npi", "exclusion_id")
                    if getattr(payload, name, None)
                )
                source = str(getattr(payload, "source", "nppes"))
                observations.store(session, observe(payload, key, source=source, at=clock.at))
        run_resolve(database)

    return see


def entries(database: Database, listing_id: str = "l-1") -> list[LedgerEntry]:
    with database.read() as session:
        entity_id = entities.find_by_listing(session, listing_id)
        assert entity_id is not None
        return [row.entry for row in ledger.load(session, entity_id)]


def seqs(database: Database) -> list[int]:
    with database.read() as session:
        return [row.seq for row in ledger.latest_all(session)]


def test_a_row_says_date_who_what_and_result(database: Database, see: Callable[..., None]) -> None:
    see(make_record(url="https://example.org/lookup/1"), make_listing())
    run_verify(database, on=DAY)
    (entry,) = entries(database)
    assert (entry.outcome, entry.rule, entry.grade) == (Outcome.VERIFIED, "number-name-city", "strong")
    assert (entry.checked_on, entry.read_on, entry.decided_by) == (DAY, DAY, ledger.RULE)
    assert entry.facts.register_id == "r-MT.0012917"
    assert entry.facts.register_url == "https://example.org/lookup/1"
    assert entry.facts.raw == "LMT #12917"
    assert entry.row_hash
    assert entry.parser_version
    assert entry.fhir_status is FhirStatus.VALIDATED
    assert entry.valid_to == date(2027, 8, 31)


def test_the_same_inputs_add_nothing(database: Database, see: Callable[..., None]) -> None:
    see(make_record(), make_record("55", "Bert Tester", status="Revoked"), make_listing())
    see(make_listing("Bert Tester", "LMT 55", listing_id="l-2", phone="+13035550101"), make_listing(
        "Zoe Other", "LMT 99", listing_id="l-3", phone="+13035550102"
    ))  # fmt: skip
    first = run_verify(database, on=DAY)
    assert first.appended == 3
    before = seqs(database)
    for day in (DAY, DAY, DAY + timedelta(days=1)):
        again = run_verify(database, on=day)
        assert (again.appended, again.cases_opened) == (0, 0)
    assert seqs(database) == before


def test_a_new_reading_of_the_register_moves_the_clock(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    see(make_record(), make_listing())
    run_verify(database, on=DAY)
    clock.step(days=30)
    see(make_record(), make_listing())
    assert run_verify(database, on=clock.today()).appended == 1
    assert entries(database)[0].read_on == clock.today()


def test_a_register_is_due_a_week_before_a_licence_ends_and_on_the_day_after(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    ends = DAY + timedelta(days=20)

    def find(days: int) -> list[str]:
        with database.read() as session:
            return sorted(find_due_sources(session, DAY + timedelta(days=days)))

    see(make_record(expires_on=ends), make_listing())
    run_verify(database, on=DAY)
    assert [find(days) for days in (0, 12, 13, 14)] == [[], [], ["co_dora"], ["co_dora"]]
    clock.step(days=13)
    see(make_record(expires_on=ends, status="Current"), make_listing())
    run_verify(database, on=clock.today())
    assert [find(days) for days in (14, 20, 21)] == [[], [], ["co_dora"]]


def test_a_run_that_was_killed_is_run_again_with_nothing_lost_or_doubled(
    database: Database, see: Callable[..., None]
) -> None:
    see(make_record(), make_record("55", "Bert Tester"), make_listing())
    see(make_listing("Bert Tester", "LMT 55", listing_id="l-2", phone="+13035550101"))
    with database.read() as session:
        inputs = load_inputs(session)
    part = _Run(inputs, DAY, Mode.STRICT)
    part.check_entity(min(inputs.claimants))
    with database.begin() as session:
        part.write(session)  # and here the power fails
    assert run_verify(database, on=DAY).appended == 1
    assert run_verify(database, on=DAY).appended == 0
    assert len(seqs(database)) == 2


def test_what_was_known_on_a_past_day_can_be_read_back(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    see(make_record(), make_listing())
    run_verify(database, on=DAY)
    clock.step(days=10)
    see(make_record(status="Inactive"))
    run_verify(database, on=clock.today())
    with database.read() as session:
        entity_id = entities.find_by_listing(session, "l-1")
    assert entity_id is not None
    then = show_ledger(database, entity_id, as_known_on=DAY).rows[0].entry
    now = show_ledger(database, entity_id).rows[0].entry
    assert (then.outcome, now.outcome) == (Outcome.VERIFIED, Outcome.INACTIVE)
    assert now.fhir_status is FhirStatus.REVAL_FAIL
    assert "inactive" in show_ledger(database, entity_id).to_text()


def test_discipline_waits_for_two_people(database: Database, see: Callable[..., None]) -> None:
    see(make_record(status="Suspended"), make_listing())
    assert run_verify(database, on=DAY).cases_opened == 1
    assert entries(database)[0].decided_by == ledger.RULE
    with database.read() as session:
        (case,) = reviews.load_queue(session).cases
    assert case.kind is CaseKind.DISCIPLINED
    for who in ("ada", "ben"):
        with database.begin() as session:
            case = reviews.decide(session, case.id, Choice.ACCEPT, version=case.version, by=who)
    run_verify(database, on=DAY)
    entry = entries(database)[0]
    assert (entry.outcome, entry.decided_by) == (Outcome.DISCIPLINED, "ben")


def decide_only_case(database: Database, choice: Choice, register_id: str | None = None) -> None:
    with database.begin() as session:
        (case,) = reviews.load_queue(session).cases
        reviews.decide(session, case.id, choice, version=case.version, by="ada", register_id=register_id)


def test_a_persons_decision_wins_until_what_it_stood_on_changes(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    see(make_record(), make_listing("Ann Tester"))
    run_verify(database, on=DAY)
    assert entries(database)[0].rule == "surname-changed-name"
    decide_only_case(database, Choice.ACCEPT)
    run_verify(database, on=DAY)
    assert (entries(database)[0].outcome, entries(database)[0].decided_by) == (Outcome.VERIFIED, "ada")
    assert run_verify(database, on=DAY).appended == 0
    clock.step(days=1)
    see(make_record(name="Ann Another"))
    assert run_verify(database, on=clock.today()).cases_opened == 1
    assert entries(database)[0].outcome is Outcome.REVIEW


def test_a_rejected_suggestion_is_not_found_and_a_chosen_record_gives_its_status(
    database: Database, see: Callable[..., None]
) -> None:
    see(make_record("MT.0012971"), make_listing())
    run_verify(database, on=DAY)
    decide_only_case(database, Choice.EDIT, register_id="r-MT.0012971")
    run_verify(database, on=DAY)
    entry = entries(database)[0]
    assert (entry.outcome, entry.rule, entry.facts.register_id) == (
        Outcome.VERIFIED,
        "person-matched",
        "r-MT.0012971",
    )


def test_rejecting_a_review_says_not_found(database: Database, see: Callable[..., None]) -> None:
    see(make_record(), make_listing("Betty Example"))
    run_verify(database, on=DAY)
    decide_only_case(database, Choice.REJECT)
    run_verify(database, on=DAY)
    assert entries(database)[0].outcome is Outcome.NOT_FOUND


def test_a_claim_that_is_made_no_longer_is_withdrawn(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    see(make_record(), make_listing("Ann Example", "LMT 12917", "AMTA member"))
    run_verify(database, on=DAY)
    assert len(entries(database)) == 2
    clock.step(days=1)
    see(make_listing())
    run_verify(database, on=clock.today())
    assert [entry.facts.raw for entry in entries(database)] == ["LMT #12917"]


def test_a_bare_title_is_not_a_second_claim_beside_its_number(database: Database, see: Callable[..., None]) -> None:
    see(make_record(), make_listing("Ann Example", "LMT", "Licensed Massage Therapist", "MT.0012917", "LMT 12917"))
    run_verify(database, on=DAY)
    assert len(entries(database)) == 1


def test_nppes_corroborates_and_never_verifies(database: Database, see: Callable[..., None]) -> None:
    npi = NpiRecord(
        npi="1234567893", kind=EntityKind.PERSON, given="Ann", family="Example", city="Seattle", region="WA",
        phone="+12065550100", taxonomies=("225700000X",),
        licences=(NpiLicence(number="MA60917253", region="WA", taxonomy="225700000X"),),
    )  # fmt: skip
    listing = make_listing(
        "Ann Example", "MA60917253", city="Seattle", region="WA", phone="+12065550199", listing_id="l-1"
    )
    see(npi, listing)
    run_verify(database, on=DAY)
    assert entries(database)[0].outcome is not Outcome.VERIFIED
    see(make_record("MA60917253", jurisdiction="WA", city=None, source="wa_doh"))
    run_verify(database, on=DAY)
    assert entries(database)[0].rule == "number-name-nppes"


def test_an_exclusion_is_a_case_for_the_staff_and_touches_no_outcome(
    database: Database, see: Callable[..., None]
) -> None:
    row = Exclusion(
        exclusion_id="e1", source="leie", kind=EntityKind.PERSON, full_name="EXAMPLE-TESTER, ANN", given="ANN",
        family="EXAMPLE-TESTER", region="CO", excluded_on=date(2020, 1, 1),
    )  # fmt: skip
    see(make_record(), make_listing(), row)
    summary = run_verify(database, on=DAY)
    assert summary.exclusion_candidates == 1
    with database.read() as session:
        (case,) = reviews.load_queue(session).cases
    assert (case.kind, case.input.rule) == (CaseKind.EXCLUSION, "exclusion-name")
    (entry,) = entries(database)
    assert entry.outcome is Outcome.VERIFIED
    assert "exclu" not in entry.facts.explanation


def test_a_case_whose_reason_is_gone_leaves_the_queue(
    database: Database, see: Callable[..., None], clock: StepClock
) -> None:
    see(make_record(), make_listing("Betty Example"))
    run_verify(database, on=DAY)
    clock.step(days=1)
    see(make_record(name="Betty Example"))
    run_verify(database, on=clock.today())
    with database.read() as session:
        assert reviews.load_queue(session).cases == ()
    assert entries(database)[0].outcome is Outcome.VERIFIED


def test_an_explanation_shows_both_records_and_writes_nothing(database: Database, see: Callable[..., None]) -> None:
    see(make_record(), make_listing("Ann Tester"))
    run_verify(database, on=DAY)
    before = seqs(database)
    with database.read() as session:
        entity_id = entities.find_by_listing(session, "l-1")
    assert entity_id is not None
    shown = explain_entity(database, entity_id, on=DAY, mode="strict")
    text = shown.to_text()
    assert "surname-changed-name" in text
    assert "Ann Tester" in text
    assert "Ann Example" in text
    lines = {line.what: line.agrees for line in shown.claims[0].lines}
    assert (lines["number"], lines["name"], lines["city"]) == (True, False, True)
    assert shown.to_json()["claims"]
    assert seqs(database) == before


def test_listings_that_may_not_be_published_are_not_checked(database: Database, see: Callable[..., None]) -> None:
    held: Listing = replace(make_listing(), publish=False)
    record: RegisterRecord = make_record()
    see(record, held)
    assert run_verify(database, on=DAY).claims == 0
