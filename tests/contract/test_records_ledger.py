"""What is promised of the ledger and the audit, on every database: nothing changes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from directory.errors import TamperedError
from directory.models import Outcome
from records import audit, chain, entities, ledger
from records.database import Database, Session
from records.ledger import ClaimFacts
from records.tables import AuditTableRow, ChainRow, LedgerTableRow
from tests.records_fixtures import StepClock, make_entry, people


def make_person(session: Session, listings: str = "a") -> str:
    entities.save_clusters(session, people(listings), partial=True)
    entity_id = entities.find_by_listing(session, listings[0])
    assert entity_id is not None
    return entity_id


def test_what_is_appended_is_read_back_whole(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        entry = make_entry(make_person(session), valid_to=date(2027, 8, 31), row_hash="0" * 64, grade="strong")
        written = ledger.append(session, entry)
    with records_database.read() as session:
        (row,) = ledger.load(session, entry.entity_id)
    assert row == written
    assert (row.seq, row.entry, row.recorded_at, row.supersedes) == (1, entry, records_clock.now(), None)


def test_the_latest_outcome_supersedes_and_the_earlier_ones_stay(records_database: Database) -> None:
    with records_database.begin() as session:
        person = make_person(session)
        first = ledger.append(session, make_entry(person))
        second = ledger.append(session, make_entry(person, outcome=Outcome.EXPIRED))
        other = ledger.append(session, make_entry(person, "another claim"))
        assert second.supersedes == first.seq
        assert ledger.load(session, person) == [second, other]
        assert ledger.history(session, person) == [first, second, other]
        assert {row.seq: row for row in ledger.latest_all(session)} == {2: second, 3: other}


def test_what_was_known_on_a_past_day_can_be_read_back(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        person = make_person(session)
        first = ledger.append(session, make_entry(person))
        known = records_clock.today()
        records_clock.step(days=1)
        ledger.append(session, make_entry(person, outcome=Outcome.EXPIRED))
        assert ledger.load(session, person, as_known_on=known) == [first]
        assert ledger.load(session, person, as_known_on=known - timedelta(days=1)) == []
        assert [row.entry.outcome for row in ledger.load(session, person)] == [Outcome.EXPIRED]


def test_a_repeated_check_that_says_nothing_new_adds_nothing(records_database: Database) -> None:
    with records_database.begin() as session:
        entry = make_entry(make_person(session))
        assert ledger.append_new(session, [entry]) == 1
        assert ledger.append_new(session, [entry, replace(entry, claim_id="other")]) == 1
        assert ledger.append_new(session, [replace(entry, checked_on=date(2026, 11, 21))]) == 1
        assert len(ledger.history(session, entry.entity_id)) == 3


def test_a_withdrawn_claim_is_no_longer_shown(records_database: Database) -> None:
    with records_database.begin() as session:
        entry = make_entry(make_person(session))
        ledger.append_many(session, [entry, replace(entry, withdrawn=True)])
        assert ledger.load(session, entry.entity_id) == []
        assert list(ledger.latest_all(session)) == []
        assert len(ledger.history(session, entry.entity_id)) == 2


def test_a_merged_entity_s_outcomes_come_under_the_live_one(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "c"))
        large, small = (str(entities.find_by_listing(session, key)) for key in "ac")
        ledger.append_many(session, [make_entry(large, "x"), make_entry(small, "y"), make_entry(small, "x")])
        entities.save_clusters(session, people("abc"))
        found = {(row.entry.entity_id, row.entry.claim_id, row.seq) for row in ledger.latest_all(session)}
        assert found == {(large, "y", 2), (large, "x", 3)}
        assert [row.seq for row in ledger.load(session, large)] == [3, 2]


def test_erasing_takes_the_words_and_leaves_the_chain_whole(records_database: Database) -> None:
    with records_database.begin() as session:
        one, other = make_person(session, "a"), make_person(session, "b")
        ledger.append_many(session, [make_entry(one), make_entry(other), make_entry(one, "second")])
        assert ledger.erase(session, one) == 2
        assert ledger.erase(session, one) == 0
        assert all(row.entry.facts == ClaimFacts() and row.erased_at for row in ledger.history(session, one))
        assert ledger.load(session, other)[0].entry.facts.raw == "LMT 12345"
        assert ledger.check_chain(session).ok
        kept = session.execute(
            sa.select(LedgerTableRow.payload, LedgerTableRow.payload_salt).order_by(LedgerTableRow.seq)
        )
        assert [tuple(row) == (None, None) for row in kept] == [True, False, True]


def edit(session: Session) -> None:
    session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == 3).values(outcome="verified"))


def edit_payload(session: Session) -> None:
    session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == 3).values(payload="{}"))


def drop_payload(session: Session) -> None:
    session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == 3).values(payload=None))


def remove(session: Session) -> None:
    session.execute(sa.text("DELETE FROM ledger_heads"))
    session.execute(sa.delete(LedgerTableRow).where(LedgerTableRow.seq == 3))


def cut_off(session: Session) -> None:
    session.execute(sa.text("DELETE FROM ledger_heads"))
    session.execute(sa.delete(LedgerTableRow).where(LedgerTableRow.seq > 3))


def swap(session: Session) -> None:
    session.execute(sa.text("DELETE FROM ledger_heads"))
    for old, new in ((3, 99), (4, 3), (99, 4)):
        session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == old).values(seq=new))


def insert(session: Session) -> None:
    row = dict(
        session.execute(sa.select(*LedgerTableRow.__table__.columns).where(LedgerTableRow.seq == 5)).one()._mapping
    )
    session.execute(sa.insert(LedgerTableRow).values(**{**row, "seq": 6}))


def move_the_end(session: Session) -> None:
    session.execute(sa.update(ChainRow).where(ChainRow.name == "ledger").values(digest="f" * 64))


@pytest.mark.parametrize("tamper", [edit, edit_payload, drop_payload, remove, cut_off, swap, insert, move_the_end])
def test_any_tampering_is_found(records_database: Database, tamper: Callable[[Session], None]) -> None:
    with records_database.begin() as session:
        person = make_person(session)
        outcomes = [Outcome.EXPIRED, Outcome.REVIEW, Outcome.EXPIRED, Outcome.NOT_FOUND, Outcome.STALE]
        ledger.append_many(session, [make_entry(person, outcome=outcome) for outcome in outcomes])
    with records_database.begin() as session:
        assert ledger.check_chain(session).ok
        tamper(session)
    with records_database.read() as session:
        report = ledger.check_chain(session)
    assert not report.ok
    assert report.faults[0].seq >= 3
    with pytest.raises(TamperedError, match="ledger"):
        report.require_whole()


def test_the_chain_goes_on_across_batches_and_transactions(
    records_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "CHUNK", 3)
    for _ in range(3):
        with records_database.begin() as session:
            person = make_person(session)
            ledger.append_many(session, [make_entry(person, str(number)) for number in range(7)])
    with records_database.read() as session:
        report = ledger.check_chain(session)
    assert (report.ok, report.checked) == (True, 21)


def fail_after_appending(session: Session, person: str) -> None:
    ledger.append(session, make_entry(person))
    raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_no_link(records_database: Database) -> None:
    with records_database.begin() as session:
        person = make_person(session)
        ledger.append(session, make_entry(person))
    with pytest.raises(ZeroDivisionError), records_database.begin() as session:
        fail_after_appending(session, person)
    with records_database.begin() as session:
        assert ledger.append(session, make_entry(person)).seq == 2
        assert ledger.check_chain(session).ok


def test_the_audit_is_read_page_by_page_and_chained(records_database: Database) -> None:
    with records_database.begin() as session:
        for number in range(5):
            audit.append(
                session, actor="ann", action="review.accept", subject=f"case-{number % 2}", detail={"n": str(number)}
            )
        last, before = audit.load(session, limit=2)
        assert [last.detail["n"], before.detail["n"]] == ["4", "3"]
        assert [row.seq for row in audit.load(session, before=before.seq)] == [3, 2, 1]
        assert [row.seq for row in audit.load(session, subject="case-1")] == [4, 2]
        assert [row.seq for row in audit.export(session)] == [1, 2, 3, 4, 5]
        assert audit.check_chain(session).ok
        assert audit.erase(session, "case-1") == 2
        assert audit.check_chain(session).ok
        assert [row.detail for row in audit.load(session, subject="case-1")] == [{}, {}]
        session.execute(sa.update(AuditTableRow).where(AuditTableRow.seq == 1).values(actor="bob"))
        assert not audit.check_chain(session).ok
