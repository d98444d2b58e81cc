"""What people ask for themselves: proofs by mail that a request is the practice's own, and a therapist's own words.

Both belong to a review case; nothing of them is public before a person accepted it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from directory.errors import GoneError
from records import audit, mail
from records.cases import CaseKind, CaseState, Choice
from records.database import Session
from records.tables import CaseRow, DecisionRow, ProofRow, StatementRow

PROOF_LIFETIME = timedelta(days=3)
ASKED = (CaseKind.REMOVAL.value, CaseKind.CORRECTION.value)
WORKING_DAYS = 2


class StatementKind(StrEnum):
    """What a therapist says."""

    CLAIM = "claim"  # this listing is mine
    ANSWER = "answer"  # to a status that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A link that was sent to a practice's own address; `proved_at` once somebody there used it."""

    id: str
    case_id: str
    entity_id: str
    address: str | None
    asked_at: datetime
    expires_at: datetime
    proved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A therapist's own words."""

    id: str
    case_id: str
    kind: StatementKind
    text: str
    made_at: datetime


def ask_for_proof(session: Session, *, case_id: str, entity_id: str, address: str) -> Proof:
    """Note that a link goes to this address; it holds for three days."""
    row = ProofRow(
        id=uuid.uuid4().hex,
        case_id=case_id,
        entity_id=entity_id,
        address=address,
        asked_at=session.now(),
        expires_at=session.now() + PROOF_LIFETIME,
        proved_at=None,
    )
    session.add(row)
    session.flush()
    return _make_proof(row)


def get_proof(session: Session, proof_id: str) -> Proof:
    """A proof that may still be given; raises GoneError once it was, expired, or its case is no longer open."""
    return _make_proof(_get_usable(session, proof_id))


def prove(session: Session, proof_id: str) -> Proof:
    """Use the link, once; raises GoneError as `get_proof` does."""
    row = _get_usable(session, proof_id, lock=True)
    row.proved_at = session.now()
    audit.append(session, actor="practice", action="proof.mail", subject=row.case_id, detail={"proof": row.id})
    session.flush()
    return _make_proof(row)


def _get_usable(session: Session, proof_id: str, *, lock: bool = False) -> ProofRow:
    row = session.get(ProofRow, proof_id, with_for_update=lock or None, populate_existing=True)
    case = None if row is None else session.get(CaseRow, row.case_id)
    settled = case is None or case.state in (CaseState.DECIDED.value, CaseState.GONE.value)
    if row is None or row.proved_at is not None or row.expires_at <= session.now() or settled:
        raise GoneError("This link was used already, or it is too old, or the request was settled. Send a new one.")
    return row


def load_proofs(session: Session, case_id: str) -> list[Proof]:
    """The proofs asked for on a case, newest first."""
    query = sa.select(ProofRow).where(ProofRow.case_id == case_id).order_by(ProofRow.asked_at.desc(), ProofRow.id)
    return [_make_proof(row) for row in session.scalars(query)]


def count_proofs(session: Session, entity_id: str, since: datetime) -> int:
    """How many links were sent about an entity since then."""
    query = sa.select(sa.func.count()).where(ProofRow.entity_id == entity_id, ProofRow.asked_at >= since)
    return session.scalar(query) or 0


def make_proof_owner(proof_id: str) -> str:
    """Whom the letter of a proof is taken back with."""
    return f"proof:{proof_id}"


# --- a therapist's own words ------------------------------------------------------------------------------


def state(session: Session, *, case_id: str, entity_id: str, kind: StatementKind, text: str) -> None:
    """Keep what a therapist says until a reviewer accepts it."""
    session.add(
        StatementRow(
            id=uuid.uuid4().hex, case_id=case_id, entity_id=entity_id, kind=kind.value, text=text, made_at=session.now()
        )
    )
    session.flush()


def load_statements(session: Session, case_id: str) -> list[Statement]:
    """What is said in a case."""
    query = sa.select(StatementRow).where(StatementRow.case_id == case_id).order_by(StatementRow.made_at)
    return [_make_statement(row) for row in session.scalars(query)]


def load_accepted(session: Session, entity_ids: Sequence[str]) -> list[Statement]:
    """What may be shown: said in a case whose last decision, not undone, accepted it; newest first, one of a kind."""
    decision, row, acts = DecisionRow, StatementRow, aliased(DecisionRow)
    latest = (
        sa.select(sa.func.max(acts.id)).where(acts.case_id == row.case_id, acts.undone_at.is_(None)).scalar_subquery()
    )
    query = (
        sa.select(row)
        .join(CaseRow, CaseRow.id == row.case_id)
        .join(decision, decision.id == latest)
        .where(row.entity_id.in_(entity_ids), row.text.is_not(None))
        .where(CaseRow.state == CaseState.DECIDED.value, decision.decision == Choice.ACCEPT.value)
        .order_by(row.made_at.desc())
    )
    found: dict[str, Statement] = {}
    for item in session.scalars(query):
        found.setdefault(item.kind, _make_statement(item))
    return list(found.values())


def forget_entity(session: Session, entity_ids: Sequence[str]) -> None:
    """Erase addresses and words of somebody who asked out, and take back links that were not sent."""
    proof, statement = ProofRow, StatementRow
    for proof_id in session.scalars(sa.select(proof.id).where(proof.entity_id.in_(entity_ids))).all():
        mail.take_back(session, make_proof_owner(proof_id))
    session.execute(sa.update(proof).where(proof.entity_id.in_(entity_ids)).values(address=None))
    session.execute(sa.update(statement).where(statement.entity_id.in_(entity_ids)).values(text=None))


# --- the two-day clock ------------------------------------------------------------------------------------


def find_due(opened_at: datetime) -> datetime:
    """When a request must be answered: two working days after it came, at the same hour."""
    due, left = opened_at, WORKING_DAYS
    while left:
        due += timedelta(days=1)
        left -= _is_working_day(due.date())
    return due


def load_overdue(session: Session, *, limit: int = 50) -> list[tuple[str, datetime]]:
    """Requests that nobody answered in time and when each was due, oldest first; putting one off stops no clock."""
    row = CaseRow
    open_ = row.state.in_([CaseState.OPEN.value, CaseState.LATER.value, CaseState.SECOND.value])
    old = session.now() - timedelta(days=WORKING_DAYS)
    query = sa.select(row.id, row.opened_at).where(row.kind.in_(ASKED), open_, row.opened_at <= old)
    found = [(item.id, find_due(item.opened_at)) for item in session.execute(query.order_by(row.opened_at, row.id))]
    return [item for item in found if item[1] <= session.now()][:limit]


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5


def _make_proof(row: ProofRow) -> Proof:
    return Proof(
        id=row.id,
        case_id=row.case_id,
        entity_id=row.entity_id,
        address=row.address,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        proved_at=row.proved_at,
    )


def _make_statement(row: StatementRow) -> Statement:
    return Statement(
        id=row.id, case_id=row.case_id, kind=StatementKind(row.kind), text=row.text or "", made_at=row.made_at
    )
