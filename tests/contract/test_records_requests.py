"""What is promised of proofs by mail, of therapists' own words and of the two-day clock, on every database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from directory.errors import GoneError
from records import audit, mail, requests, reviews
from records.database import Database, Session
from records.mail import Draft
from records.requests import StatementKind, find_due
from records.reviews import Case, CaseDraft, CaseInput, CaseKind, Choice
from tests.contract.test_records_removal import dump_all
from tests.records_fixtures import START, StepClock

HOUSE = "desk@example.org"


def open_case(session: Session, key: str = "ana", kind: CaseKind = CaseKind.CORRECTION) -> Case:
    return reviews.open_case(session, CaseDraft(kind=kind, key=key, entity_id="ana", input=CaseInput(heading=key)))


def decide(session: Session, case: Case, choice: Choice) -> Case:
    return reviews.decide(session, case.id, choice, version=case.version, by="ann")


def test_a_proof_is_given_once_and_audited(records_database: Database) -> None:
    with records_database.begin() as session:
        case = open_case(session)
        asked = requests.ask_for_proof(session, case_id=case.id, entity_id="ana", address=HOUSE)
    with records_database.read() as session:
        assert requests.get_proof(session, asked.id) == asked
    with records_database.begin() as session:
        assert requests.prove(session, asked.id).proved_at == START
        with pytest.raises(GoneError):
            requests.prove(session, asked.id)
        with pytest.raises(GoneError):
            requests.get_proof(session, asked.id)
        (entry,) = [item for item in audit.load(session) if item.action == "proof.mail"]
        assert (entry.actor, entry.subject) == ("practice", case.id)
        assert HOUSE not in str(entry)


def test_of_two_who_use_a_link_at_once_one_wins(
    records_database: Database, open_records: Callable[[], Database]
) -> None:
    with records_database.begin() as session:
        asked = requests.ask_for_proof(session, case_id=open_case(session).id, entity_id="ana", address=HOUSE)

    def use(database: Database) -> bool:
        try:
            with database.begin() as session:
                requests.prove(session, asked.id)
        except GoneError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(use, (records_database, open_records(), records_database, open_records())))
    assert sum(won) == 1


def test_a_link_that_is_old_unknown_or_of_a_settled_case_proves_nothing(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        case = open_case(session)
        settled = requests.ask_for_proof(session, case_id=case.id, entity_id="ana", address=HOUSE)
        old = requests.ask_for_proof(session, case_id=open_case(session, "b").id, entity_id="ana", address=HOUSE)
        decide(session, case, Choice.REJECT)
    records_clock.step(days=2, hours=23)
    with records_database.begin() as session:
        assert requests.get_proof(session, old.id)
        assert requests.count_proofs(session, "ana", START) == 2
        assert requests.count_proofs(session, "ana", START + timedelta(hours=1)) == 0
    records_clock.step(hours=1)
    for proof_id in (settled.id, old.id, "nothing"):
        with records_database.begin() as session, pytest.raises(GoneError):
            requests.prove(session, proof_id)


def test_a_therapist_s_words_are_shown_only_while_a_decision_accepts_them(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        case = open_case(session)
        requests.state(session, case_id=case.id, entity_id="ana", kind=StatementKind.ANSWER, text="It was settled.")
        assert [item.text for item in requests.load_statements(session, case.id)] == ["It was settled."]
        assert requests.load_accepted(session, ["ana"]) == []
        case = decide(session, case, Choice.ACCEPT)
        assert [item.text for item in requests.load_accepted(session, ["ana", "merged"])] == ["It was settled."]
        assert requests.load_accepted(session, ["bo"]) == []
    records_clock.step(hours=1)
    with records_database.begin() as session:
        newer = open_case(session, "newer")
        requests.state(session, case_id=newer.id, entity_id="ana", kind=StatementKind.ANSWER, text="All is well.")
        decide(session, newer, Choice.ACCEPT)
        assert [item.text for item in requests.load_accepted(session, ["ana"])] == ["All is well."]
        newer = reviews.get(session, newer.id)
        reviews.undo(session, newer.id, version=newer.version, by="ann")
        assert [item.text for item in requests.load_accepted(session, ["ana"])] == ["It was settled."]
        decide(session, decide_undo(session, case), Choice.REJECT)
        assert requests.load_accepted(session, ["ana"]) == []


def decide_undo(session: Session, case: Case) -> Case:
    return reviews.undo(session, case.id, version=case.version, by="ann")


def test_of_somebody_who_asked_out_neither_words_nor_addresses_nor_links_stay(records_database: Database) -> None:
    with records_database.begin() as session:
        case = open_case(session)
        requests.state(session, case_id=case.id, entity_id="ana", kind=StatementKind.CLAIM, text="Mine indeed.")
        asked = requests.ask_for_proof(session, case_id=case.id, entity_id="ana", address=HOUSE)
        owner = requests.make_proof_owner(asked.id)
        mail.queue(session, Draft(key=f"proof:{asked.id}", owner=owner, recipient=HOUSE, message="use this"))
        requests.forget_entity(session, ["ana"])
        assert mail.count(session).waiting == 0
        kept = dump_all(session)
        assert "Mine indeed" not in kept
        assert HOUSE not in kept


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-17T09:00", "2026-11-19T09:00"),  # Tuesday → Thursday
        ("2026-11-19T09:00", "2026-11-23T09:00"),  # Thursday → Monday
        ("2026-11-20T09:00", "2026-11-24T09:00"),  # Friday → Tuesday
        ("2026-11-21T23:00", "2026-11-24T23:00"),  # Saturday → Tuesday
        ("2026-11-22T23:00", "2026-11-24T23:00"),  # Sunday → Tuesday
    ],
)
def test_two_working_days_pass_over_the_week_end(opened: str, due: str) -> None:
    at, until = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (opened, due))
    assert find_due(at) == until


def test_a_request_nobody_answered_in_time_is_overdue_though_it_was_put_off(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        first = open_case(session, "first", CaseKind.REMOVAL)
        answered = open_case(session, "answered")
        open_case(session, "not asked", CaseKind.WEAK)
        decide(session, first, Choice.LATER)
        decide(session, answered, Choice.ACCEPT)
    records_clock.step(days=3)  # from Friday to Monday: due on Tuesday
    with records_database.begin() as session:
        assert requests.load_overdue(session) == []
    records_clock.step(days=1)
    with records_database.begin() as session:
        assert requests.load_overdue(session) == [(first.id, START + timedelta(days=4))]
