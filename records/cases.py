"""Review cases as they are read: the queue in order, a case, what was decided on it, and the labels that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from directory.errors import NotFoundError, UsageError
from directory.models import Exclusion, Listing, Outcome, RegisterRecord
from records.codec import decode, digest
from records.database import Session
from records.ledger import Suggested
from records.tables import CaseRow, DecisionRow

CHUNK = 500


class CaseKind(StrEnum):
    """Why a person must look, most urgent first."""

    REMOVAL = "removal"  # two days by law or promise
    CORRECTION = "correction"
    DISCIPLINED = "disciplined"
    EXCLUSION = "exclusion"
    MISMATCH = "mismatch"
    SHARED_NUMBER = "shared-number"
    MISTYPED = "mistyped"
    SURNAME_CHANGED = "surname-changed"
    WEAK = "weak"
    MERGE = "merge"
    OTHER = "other"
    SPLIT = "split"  # asked by a reviewer of two that are to be kept apart

    @property
    def priority(self) -> int:
        """Its place in the queue."""
        return list(CaseKind).index(self) * 10

    @property
    def needs_second(self) -> bool:
        """Whether a second person must agree before it is public."""
        return self in (CaseKind.DISCIPLINED, CaseKind.MISMATCH)


class CaseState(StrEnum):
    OPEN = "open"
    LATER = "later"
    SECOND = "second"  # decided once, waits for another person
    DECIDED = "decided"
    GONE = "gone"  # nobody decided it: what it asked went away


class Choice(StrEnum):
    """What a reviewer does with a case."""

    ACCEPT = "accept"  # what was proposed holds
    REJECT = "reject"  # it does not, nothing takes its place
    EDIT = "edit"  # another outcome or another register row holds
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInput:
    """What a case shows and is decided on; the case opens again when any of it changes."""

    heading: str = ""
    outcome: Outcome | None = None  # as proposed
    rule: str | None = None
    grade: str | None = None
    explanation: str = ""
    claim: str | None = None
    listing: Listing | None = None
    record: RegisterRecord | None = None
    exclusion: Exclusion | None = None
    suggestions: tuple[Suggested, ...] = ()
    left: str | None = None  # of a merge or a split, a listing of each side, and all of them
    right: str | None = None
    ones: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    is_grave: bool = False  # a second person must agree, whatever the kind
    url: str | None = None
    snapshot_hash: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """A case to be opened; `key` is stable for its subject, `group` is shared by cases that are identical."""

    kind: CaseKind
    key: str
    input: CaseInput
    entity_id: str | None = None
    claim_id: str | None = None
    group: str | None = None
    input_hash: str | None = None  # of what the case stands on; None: of `input`, but for the dates it was read on


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it is now; `version` must be named to decide it."""

    id: str
    kind: CaseKind
    key: str
    entity_id: str | None
    claim_id: str | None
    group: str | None
    input: CaseInput
    input_hash: str
    state: CaseState
    version: int
    opened_at: datetime
    changed_at: datetime
    later_until: datetime | None

    @property
    def needs_second(self) -> bool:
        """Whether a second person must agree."""
        return self.kind.needs_second or self.input.is_grave


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act of a reviewer; `second` if it was the one that another person's needed."""

    id: int
    case_id: str
    input_hash: str
    choice: Choice
    outcome: Outcome | None
    register_id: str | None
    by: str
    at: datetime
    reason: str
    second: bool
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some cases of the queue, in order; hand `after` back for the next ones."""

    cases: tuple[Case, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A pair that a person has looked at, for training and measuring: did it go together?"""

    case_id: str
    kind: CaseKind
    input: CaseInput
    choice: Choice
    outcome: Outcome | None
    register_id: str | None
    by: str
    at: datetime


def make_case_id(kind: CaseKind, key: str) -> str:
    """The id of the case of this kind on this subject."""
    return digest(kind.value, key)[:32]


def get(session: Session, case_id: str) -> Case:
    """The case; raises NotFoundError."""
    row = session.get(CaseRow, case_id, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such case.")
    return make_case(row)


def find(session: Session, kind: CaseKind, key: str) -> Case | None:
    """The case of this kind on this subject; None if there never was one."""
    row = session.get(CaseRow, make_case_id(kind, key), populate_existing=True)
    return None if row is None else make_case(row)


def find_by_entity(session: Session, entity_ids: Sequence[str]) -> list[Case]:
    """Every case about these entities, most urgent first."""
    query = sa.select(CaseRow).where(CaseRow.entity_id.in_(entity_ids)).order_by(CaseRow.priority, CaseRow.id)
    return [make_case(row) for row in session.scalars(query)]


def find_by_listings(session: Session, listing_keys: Collection[str]) -> list[Case]:
    """Every merge or split that names any of these listings, newest first."""
    row, wanted = CaseRow, set(listing_keys)
    query = sa.select(row).where(row.kind.in_([CaseKind.MERGE.value, CaseKind.SPLIT.value]), row.payload.is_not(None))
    found = map(make_case, session.scalars(query.order_by(row.opened_at.desc(), row.id)))
    return [case for case in found if wanted & {*case.input.ones, *case.input.others}]


def find_identical(session: Session, case: Case) -> list[Case]:
    """The other open cases that may be decided with this one."""
    if case.group is None:
        return []
    row = CaseRow
    same = sa.and_(row.group_key == case.group, row.kind == case.kind.value, row.state == CaseState.OPEN.value)
    return [make_case(item) for item in session.scalars(sa.select(row).where(same, row.id != case.id).order_by(row.id))]


def load_queue(
    session: Session,
    *,
    state: CaseState | None = None,
    kind: CaseKind | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page:
    """A page of the queue, most urgent and oldest first; hand its `after` back for the next.

    Without `state`: what is open, plus what was put off until a time that has come.
    """
    row = CaseRow
    found: list[CaseRow] = []
    query = sa.select(row).order_by(row.priority, row.opened_at, row.id).limit(limit + 1)
    if kind is not None:
        query = query.where(row.kind == kind.value)
    if after is not None:
        place = sa.tuple_(*_parse_place(after))
        query = query.where(sa.tuple_(row.priority, row.opened_at, row.id) > place)
    if state is None:  # two walks along one index are quicker than sorting all that either finds
        found += session.scalars(query.where(row.state == CaseState.OPEN.value))
        found += session.scalars(query.where(row.state == CaseState.LATER.value, row.later_until <= session.now()))
        found.sort(key=lambda item: (item.priority, item.opened_at, item.id))
    else:
        found += session.scalars(query.where(row.state == state.value))
    cases = tuple(map(make_case, found[:limit]))
    return Page(cases=cases, after=_make_place(cases[-1]) if len(found) > limit else None)


def _make_place(case: Case) -> str:
    return f"{case.kind.priority}~{case.opened_at.isoformat()}~{case.id}"


def _parse_place(text: str) -> tuple[Any, ...]:
    try:
        priority, opened_at, case_id = text.split("~")
        at = datetime.fromisoformat(opened_at)
        if at.tzinfo is None:
            raise ValueError("no zone")
        return sa.literal(int(priority)), sa.literal(at, CaseRow.opened_at.type), sa.literal(case_id)
    except ValueError as error:
        raise UsageError("This page of the queue has no such place; start from the first.") from error


def count(session: Session) -> dict[tuple[CaseKind, CaseState], int]:
    """How many cases there are, by kind and state."""
    row = CaseRow
    found = session.execute(sa.select(row.kind, row.state, sa.func.count()).group_by(row.kind, row.state))
    return {(CaseKind(kind), CaseState(state)): number for kind, state, number in found}


def get_decisions(session: Session, case_id: str) -> list[Decision]:
    """Everything ever decided on a case, undone decisions too, newest first."""
    return [make_decision(row) for row in session.scalars(select_decisions(case_id))]


def find_last(session: Session, case_id: str) -> Decision | None:
    """The decision that holds on a case; None if none does."""
    row = session.scalar(select_decisions(case_id).where(DecisionRow.undone_at.is_(None)).limit(1))
    return None if row is None else make_decision(row)


def load_decided(session: Session) -> Iterator[tuple[Case, Decision]]:
    """Every decided case with the decision that holds, for rules to follow as long as its input is the same."""
    last = ""
    query = sa.select(CaseRow).where(CaseRow.state == CaseState.DECIDED.value).order_by(CaseRow.id).limit(CHUNK)
    while rows := session.scalars(query.where(CaseRow.id > last)).all():
        holding = select_decisions(*[row.id for row in rows]).where(DecisionRow.undone_at.is_(None))
        latest: dict[str, Decision] = {}
        for row in session.scalars(holding):
            latest.setdefault(row.case_id, make_decision(row))
        for case in map(make_case, rows):
            decision = latest.get(case.id)
            if decision is not None and decision.input_hash == case.input_hash:
                yield case, decision
        last = rows[-1].id


def export_labels(session: Session) -> Iterator[Label]:
    """What people decided, as labelled data."""
    for case, decision in load_decided(session):
        yield Label(
            case_id=case.id,
            kind=case.kind,
            input=case.input,
            choice=decision.choice,
            outcome=decision.outcome,
            register_id=decision.register_id,
            by=decision.by,
            at=decision.at,
        )


def select_decisions(*case_ids: str) -> sa.Select[DecisionRow]:
    """The acts on these cases, newest first."""
    return sa.select(DecisionRow).where(DecisionRow.case_id.in_(case_ids)).order_by(DecisionRow.id.desc())


def make_case(row: CaseRow) -> Case:
    """The case of a row."""
    return Case(
        id=row.id,
        kind=CaseKind(row.kind),
        key=row.key,
        entity_id=row.entity_id,
        claim_id=row.claim_id,
        group=row.group_key,
        input=CaseInput() if row.payload is None else decode(CaseInput, row.payload),
        input_hash=row.input_hash,
        state=CaseState(row.state),
        version=row.version,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        later_until=row.later_until,
    )


def make_decision(row: DecisionRow) -> Decision:
    """The decision of a row."""
    return Decision(
        id=row.id,
        case_id=row.case_id,
        input_hash=row.input_hash,
        choice=Choice(row.decision),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        register_id=row.register_id,
        by=row.by,
        at=row.at,
        reason=row.reason,
        second=row.second,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
    )
