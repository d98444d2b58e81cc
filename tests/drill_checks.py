"""What must be true of an installation once it is quiet, whatever struck it before."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import pytest
import sqlalchemy as sa

from directory.errors import GoneError
from records import audit, entities, ledger, removals
from records.database import Session
from records.tables import AuditTableRow, DecisionRow
from search.documents import make_documents
from search.engine import open_engine
from search.indexer import update_index
from tests.drill_crew import ROOT, Crew
from tests.drill_work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted: acts that somebody was told of, and what the records, the index and the mail server hold."""

    decisions_acknowledged: int
    decisions_recorded: int
    removals_acknowledged: int
    removals_recorded: int
    letters_acknowledged: int
    letters_arrived: int
    letters_arrived_again: int
    audit_rows: int
    ledger_rows: int
    entries: int


def check_everything(crew: Crew, works: Sequence[Work]) -> Figures:
    """Once it is quiet: nothing acknowledged lost, all of it once, chains whole, index and records the same."""
    crew.wait_until_quiet()
    removed = {case_id: entity_id for work in works for case_id, entity_id in work.removed.items()}
    with crew.app.database.read() as session:
        decided = _check_decisions(session, works)
        _check_removals(session, removed)
        taken_out = len(removals.history(session))
        audited, entered = audit.check_chain(session), ledger.check_chain(session)
    assert audited.ok, audited.faults
    assert entered.ok, entered.faults
    again = _check_letters(crew, works)
    entries = _check_index(crew)
    _check_doctor(crew)
    letters = {address for work in works for address in work.letters}
    return Figures(
        decisions_acknowledged=sum(len(work.acknowledged) for work in works),
        decisions_recorded=decided,
        removals_acknowledged=len(removed),
        removals_recorded=taken_out,
        letters_acknowledged=len(letters),
        letters_arrived=len(set(crew.mail.recipients)),
        letters_arrived_again=again,
        audit_rows=audited.checked,
        ledger_rows=entered.checked,
        entries=entries,
    )


def _check_decisions(session: Session, works: Sequence[Work]) -> int:
    """Each decision is there once, its case decided once, and the audit says so once; returns how many there are."""
    row, act = DecisionRow, AuditTableRow
    decided = session.execute(sa.select(row.case_id, row.reason)).all()
    subjects = session.scalars(sa.select(act.subject).where(act.action == "review.accept")).all()
    by_words, by_case = Counter(reason for _, reason in decided), Counter(case_id for case_id, _ in decided)
    assert not [words for words, times in by_words.items() if times > 1], "a decision is there twice"
    assert not [case_id for case_id, times in by_case.items() if times > 1], "a case was decided twice"
    told = {(case_id, words) for work in works for words, case_id in work.acknowledged.items()}
    lost = told - {(case_id, reason) for case_id, reason in decided}
    assert not lost, f"acknowledged decisions are lost: {sorted(lost)[:5]}"
    assert Counter(subjects) == by_case, "the audit tells something else"
    return len(decided)


def _check_removals(session: Session, removed: dict[str, str]) -> None:
    """Whoever was taken out is out, by one removal and one line of the audit."""
    act = AuditTableRow
    subjects = Counter(session.scalars(sa.select(act.subject).where(act.action == "removal")))
    histories = Counter(item.entity_id for item in removals.history(session))
    assert subjects == histories
    for entity_id in removed.values():
        assert histories[entity_id] == 1
        with pytest.raises(GoneError):
            entities.get(session, entity_id)


def _check_letters(crew: Crew, works: Sequence[Work]) -> int:
    """Each letter arrived, and nobody got two; returns how many copies of a letter came again.

    A sender that dies, or a server that goes, between the server's last word and the sender's note of it leaves the
    letter to be sent again, under its own Message-ID; that can happen once for each of them.
    """
    ids: dict[str, list[str]] = defaultdict(list)
    for message in crew.mail.taken:
        ids[str(message["To"])].append(str(message["Message-ID"]))
    lost = {address for work in works for address in work.letters} - set(ids)
    assert not lost, f"letters are lost: {sorted(lost)[:5]}"
    assert not [address for address, given in ids.items() if len(set(given)) > 1], "somebody got two letters"
    again = sum(len(given) - 1 for given in ids.values())
    assert again <= crew.members["scheduler"].deaths + crew.mail.stops, f"{again} copies of letters"
    return again


def _check_index(crew: Crew) -> int:
    """The index holds what the records say, entry for entry; returns how many entries."""
    app = crew.app
    with app.database.read() as session:
        expected = {
            document.id: document for document in make_documents(session, settings=app.settings, clock=app.clock)
        }
    reader = open_engine(app.settings).open_reader()
    assert reader.count() == len(expected)
    assert reader.get_many(list(expected)) == expected
    swept = update_index(open_engine(app.settings), app.database, settings=app.settings, clock=app.clock, sweep=True)
    assert (swept.written, swept.deleted, swept.waiting) == (0, 0, 0)
    return len(expected)


def _check_doctor(crew: Crew) -> None:
    examined = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--json"],
        cwd=ROOT,
        env=crew.members["scheduler"].environ,
        capture_output=True,
        check=False,
    )
    findings = orjson.loads(examined.stdout)
    assert examined.returncode == 0, [finding for finding in findings if not finding["ok"]]
