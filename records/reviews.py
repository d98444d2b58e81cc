"""What a person must look at, in order of what matters most, and what they decided.

A case keeps its key for as long as its subject; it opens again when what it was decided on changes. Every act names the
version of the case that was looked at: of two who decide at once, one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from directory.errors import ConflictError, NotAllowedError, NotFoundError, UsageError
from directory.models import Outcome
from records import audit, entities
from records.bulk import insert_rows
from records.cases import (
    Case,
    CaseDraft,
    CaseInput,
    CaseKind,
    CaseState,
    Choice,
    Decision,
    Label,
    Page,
    count,
    export_labels,
    find,
    find_by_entity,
    find_by_listings,
    find_identical,
    find_last,
    get,
    get_decisions,
    load_decided,
    load_queue,
    make_case,
    make_case_id,
    make_decision,
    select_decisions,
)
from records.codec import digest, dump, encode
from records.database import Session
from records.tables import CaseRow, DecisionRow

CHUNK = 500

__all__ = [
    "Case",
    "CaseDraft",
    "CaseInput",
    "CaseKind",
    "CaseState",
    "Choice",
    "Decision",
    "Label",
    "Page",
    "close_missing",
    "count",
    "decide",
    "export_labels",
    "find",
    "find_by_entity",
    "find_by_listings",
    "find_identical",
    "find_last",
    "get",
    "get_decisions",
    "load_decided",
    "load_queue",
    "make_case_id",
    "open_case",
    "open_cases",
    "undo",
]


def open_case(session: Session, draft: CaseDraft) -> Case:
    """Open a case, or bring one up to date: a decided one opens again only if its input changed."""
    open_cases(session, [draft])
    return get(session, make_case_id(draft.kind, draft.key))


def open_cases(session: Session, drafts: Iterable[CaseDraft]) -> int:
    """As `open_case` for many at once; returns how many are newly open."""
    items = list({make_case_id(draft.kind, draft.key): draft for draft in drafts}.items())
    opened = 0
    for start in range(0, len(items), CHUNK):
        part = items[start : start + CHUNK]
        query = sa.select(CaseRow).where(CaseRow.id.in_([case_id for case_id, _ in part])).with_for_update()
        known = {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}
        fresh: list[dict[str, Any]] = []
        for case_id, draft in part:
            if (row := known.get(case_id)) is None:
                fresh.append(_make_row(session, case_id, draft))
            elif row.input_hash != (input_hash := _hash_input(draft)) or row.state == CaseState.GONE.value:
                opened += row.state != CaseState.OPEN.value
                row.payload, row.input_hash, row.state = encode(draft.input), input_hash, CaseState.OPEN.value
                row.entity_id, row.claim_id, row.group_key = draft.entity_id, draft.claim_id, draft.group
                row.version, row.changed_at, row.later_until = row.version + 1, session.now(), None
            elif row.entity_id != draft.entity_id:
                row.entity_id = draft.entity_id  # merged meanwhile: the subject is the same
        if fresh:
            insert_rows(session, CaseRow, fresh)
            opened += len(fresh)
        session.flush()
    return opened


def _hash_input(draft: CaseDraft) -> str:
    if draft.input_hash is not None:
        return draft.input_hash
    plain = orjson.loads(encode(draft.input))
    for name, time in (("listing", "read_at"), ("record", "read_on"), ("exclusion", "read_on")):
        if plain[name] is not None:
            plain[name].pop(time)
    return digest(dump(plain))


def _make_row(session: Session, case_id: str, draft: CaseDraft) -> dict[str, Any]:
    now = session.now()
    return {
        "id": case_id,
        "kind": draft.kind.value,
        "priority": draft.kind.priority,
        "key": draft.key,
        "entity_id": draft.entity_id,
        "claim_id": draft.claim_id,
        "group_key": draft.group,
        "input_hash": _hash_input(draft),
        "payload": encode(draft.input),
        "state": CaseState.OPEN.value,
        "version": 1,
        "opened_at": now,
        "changed_at": now,
        "later_until": None,
    }


def close_missing(
    session: Session, kinds: Iterable[CaseKind], keys: Iterable[str], *, among: Callable[[str], bool] | None = None
) -> int:
    """Drop the undecided cases of these kinds whose keys are not among `keys`: what they asked has gone away.

    `among` says which keys are looked at, where several share the work.
    """
    wanted, row = set(keys), CaseRow
    waits = row.state.in_((CaseState.OPEN.value, CaseState.LATER.value))
    query = sa.select(row.id, row.key).where(row.kind.in_([kind.value for kind in kinds]), waits)
    gone = [item.id for item in session.execute(query) if item.key not in wanted and (among is None or among(item.key))]
    for start in range(0, len(gone), CHUNK):
        part = gone[start : start + CHUNK]
        values = {"state": CaseState.GONE.value, "version": row.version + 1, "changed_at": session.now()}
        session.execute(
            sa.update(row).where(row.id.in_(part)).values(**values).execution_options(synchronize_session=False)
        )
    return len(gone)


# --- deciding ---------------------------------------------------------------------------------------------


def decide(
    session: Session,
    case_id: str,
    choice: Choice,
    *,
    version: int,
    by: str,
    reason: str = "",
    outcome: Outcome | None = None,
    register_id: str | None = None,
    later_until: datetime | None = None,
) -> Case:
    """Decide a case as it was at `version`; raises ConflictError if it was changed since, or is settled.

    Discipline, mismatch and what is grave need two people: the first decision waits, the second agrees by choosing the
    same, or else the case is open again. Raises NotAllowedError if both are one person. A decision is never written
    over: it is undone first, so that both, and who took which back, are kept.
    """
    row = _lock_case(session, case_id, version)
    if row.state == CaseState.DECIDED.value:
        raise ConflictError("This case is decided. Undo that first, then decide anew.")
    if row.state == CaseState.GONE.value:
        raise ConflictError("This case has gone: what it asked is asked no longer.")
    if choice is Choice.EDIT and outcome is None and register_id is None:
        raise UsageError("Say which outcome or which register row holds instead.")
    if choice is Choice.LATER:
        row.state, row.later_until = CaseState.LATER.value, later_until or session.now() + timedelta(days=1)
    else:
        row.state = _next_state(session, row, by, (choice, outcome, register_id)).value
        row.later_until = None
    was_second = row.state == CaseState.DECIDED.value and make_case(row).needs_second
    decision = DecisionRow(
        case_id=case_id,
        case_version=version,
        input_hash=row.input_hash,
        decision=choice.value,
        outcome=None if outcome is None else outcome.value,
        register_id=register_id,
        by=by,
        at=session.now(),
        reason=reason,
        second=was_second,
        undone_at=None,
        undone_by=None,
    )
    session.add(decision)
    _changed(
        session, row, f"review.{choice.value}", by, {"reason": reason, "state": row.state, "register_id": register_id}
    )
    return make_case(row)


def _next_state(
    session: Session, row: CaseRow, by: str, chosen: tuple[Choice, Outcome | None, str | None]
) -> CaseState:
    if not make_case(row).needs_second:
        return CaseState.DECIDED
    first = _find_first(session, row)
    if first is None:
        return CaseState.SECOND
    if first.by == by:
        raise NotAllowedError("A second person must look at this case: you decided it first.")
    agrees = (first.choice, first.outcome, first.register_id) == chosen
    return CaseState.DECIDED if agrees else CaseState.OPEN


def _find_first(session: Session, row: CaseRow) -> Decision | None:
    """The decision that waits for a second person, though it was put off since; None if none does."""
    holding = select_decisions(row.id).where(
        DecisionRow.undone_at.is_(None),
        DecisionRow.input_hash == row.input_hash,
        DecisionRow.decision != Choice.LATER.value,
    )
    acts = session.scalars(holding).all()  # every other one answers the one before it
    return make_decision(acts[0]) if len(acts) % 2 else None


def undo(session: Session, case_id: str, *, version: int, by: str, reason: str = "") -> Case:
    """Take the last decision back: the case is as it was before it; raises ConflictError as `decide` does."""
    row = _lock_case(session, case_id, version)
    last = session.scalar(select_decisions(case_id).where(DecisionRow.undone_at.is_(None)).limit(1))
    if last is None:
        raise ConflictError("There is no decision to undo.")
    last.undone_at, last.undone_by = session.now(), by
    session.flush()
    waits = make_case(row).needs_second and _find_first(session, row) is not None
    row.state, row.later_until = (CaseState.SECOND if waits else CaseState.OPEN).value, None
    _changed(session, row, "review.undo", by, {"reason": reason, "state": row.state})
    return make_case(row)


def _lock_case(session: Session, case_id: str, version: int) -> CaseRow:
    row = session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such case.")
    if row.version != version:
        raise ConflictError("Somebody else changed this case first. Look at it again.")
    return row


def _changed(session: Session, row: CaseRow, action: str, by: str, detail: Mapping[str, str | None]) -> None:
    """Count the change, tell the search about it, and note who made it."""
    row.version, row.changed_at = row.version + 1, session.now()
    session.flush()
    if row.entity_id is not None:
        entities.touch(session, {row.entity_id}, "review")
    audit.append(session, actor=by, action=action, subject=row.id, detail=detail)
