"""What every claim came to, when, by which rule, on which row: appended, never changed, readable for any past day.

`valid_from` and `valid_to` say when an outcome holds in the world, `recorded_at` when it was known here. What names a
person is in the payload, which may be erased; the rest is for ever and hash-chained (`records.chain`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from directory.models import Outcome, Tier
from records import chain, entities
from records.chain import ChainReport
from records.codec import decode, digest, encode
from records.database import Session
from records.tables import LedgerHeadRow, LedgerTableRow, table_of
from records.versions import make_upsert

CHUNK = 1000
RULE = "rule"  # who decided, when no person did


class FhirStatus(StrEnum):
    """FHIR R4's VerificationResult.status."""

    ATTESTED = "attested"
    IN_PROCESS = "in-process"
    VALIDATED = "validated"
    REQ_REVALID = "req-revalid"
    VAL_FAIL = "val-fail"
    REVAL_FAIL = "reval-fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A register row that a reviewer should look at, and why."""

    register_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """What an outcome stands on, in full; it names a person, so it may be erased."""

    listing_id: str | None = None
    source: str | None = None
    url: str | None = None
    raw: str | None = None  # the claim in the page's words
    title: str | None = None
    kind: str | None = None
    family: str | None = None
    jurisdiction: str | None = None
    number: str | None = None
    rejected: str | None = None
    register_id: str | None = None
    register_source: str | None = None
    register_url: str | None = None
    register_name: str | None = None
    register_city: str | None = None
    register_status: str | None = None
    register_title: str | None = None  # the title the row's licence type gives, where that is more than a name
    tier: Tier | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    explanation: str = ""
    reasons: tuple[str, ...] = ()
    suggestions: tuple[Suggested, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One outcome of one claim, to be appended. `withdrawn`: the claim is no longer this entity's or no longer made."""

    entity_id: str
    claim_id: str
    outcome: Outcome
    rule: str
    rule_version: str
    checked_on: date  # the day whose status was asked
    valid_from: date
    valid_to: date | None = None
    read_on: date | None = None  # the day on which the register was read
    grade: str | None = None
    mode: str = "strict"
    parser_version: str = ""
    decided_by: str = RULE
    fhir_status: FhirStatus = FhirStatus.ATTESTED
    row_hash: str | None = None  # of the register row it stands on
    withdrawn: bool = False
    facts: ClaimFacts = ClaimFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """An entry as it stands in the ledger; `entry.facts` is empty once `erased_at` is set."""

    seq: int
    entry: LedgerEntry
    recorded_at: datetime
    supersedes: int | None
    erased_at: datetime | None
    digest: str

    def says_the_same(self, entry: LedgerEntry) -> bool:
        """Whether `entry` would add nothing: the same outcome on the same grounds, asked for the same day."""
        return self.erased_at is None and self.entry == entry


def make_claim_id(*parts: str) -> str:
    """A claim's id from what tells it apart (a register's key, or a listing and the claim's own words)."""
    return digest(*parts)


def append(session: Session, entry: LedgerEntry) -> LedgerRow:
    """Add one entry; its entity's version grows with it."""
    return append_many(session, [entry])[0]


def append_many(session: Session, entries: Iterable[LedgerEntry]) -> list[LedgerRow]:
    """Add entries in order, each superseding the latest of its claim; the entities' versions grow once each."""
    items = list(entries)
    entities.touch(session, {entry.entity_id for entry in items}, "ledger")  # entities are always locked first
    first = chain.lock(session, LedgerTableRow) + 1
    heads = _load_heads(session, {entry.entity_id for entry in items})
    now = session.now().astimezone(UTC)
    rows: list[dict[str, Any]] = []
    for offset, entry in enumerate(items):
        place = (entry.entity_id, entry.claim_id)
        rows.append({**_make_values(entry), "recorded_at": now, "supersedes": heads.get(place)})
        heads[place] = first + offset
    complete = chain.append(session, LedgerTableRow, rows)
    _write_heads(session, {(entry.entity_id, entry.claim_id) for entry in items}, heads)
    return [
        LedgerRow(
            seq=row["seq"],
            entry=entry,
            recorded_at=now,
            supersedes=row["supersedes"],
            erased_at=None,
            digest=row["digest"],
        )
        for entry, row in zip(items, complete, strict=True)
    ]


def append_new(session: Session, entries: Iterable[LedgerEntry]) -> int:
    """Add only what says something new, so that a repeated run adds nothing; returns how many were added."""
    items = list(entries)
    known: dict[tuple[str, str], LedgerRow] = {}
    ids = sorted({entry.entity_id for entry in items})
    for start in range(0, len(ids), CHUNK):
        heads = LedgerHeadRow.entity_id.in_(ids[start : start + CHUNK])
        for row in session.execute(_select_latest().where(heads)):
            known[row.entity_id, row.claim_id] = make_row(row)
    fresh = []
    for entry in items:
        old = known.get((entry.entity_id, entry.claim_id))
        if old is None or not old.says_the_same(entry):
            fresh.append(entry)
    append_many(session, fresh)
    return len(fresh)


def _make_values(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "entity_id": entry.entity_id,
        "claim_id": entry.claim_id,
        "outcome": entry.outcome.value,
        "withdrawn": entry.withdrawn,
        "rule": entry.rule,
        "rule_version": entry.rule_version,
        "grade": None if entry.grade is None else str(entry.grade),
        "mode": entry.mode,
        "parser_version": entry.parser_version,
        "decided_by": entry.decided_by,
        "fhir_status": entry.fhir_status.value,
        "row_hash": entry.row_hash,
        "checked_on": entry.checked_on,
        "read_on": entry.read_on,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "payload": encode(entry.facts),
    }


def _load_heads(session: Session, entity_ids: set[str]) -> dict[tuple[str, str], int]:
    head, ids, found = LedgerHeadRow, sorted(entity_ids), {}
    for start in range(0, len(ids), CHUNK):
        query = sa.select(head.entity_id, head.claim_id, head.seq).where(head.entity_id.in_(ids[start : start + CHUNK]))
        found.update({(item.entity_id, item.claim_id): item.seq for item in session.execute(query)})
    return found


def _write_heads(session: Session, places: set[tuple[str, str]], heads: dict[tuple[str, str], int]) -> None:
    if not places:
        return
    table, connection = table_of(LedgerHeadRow), session.connection()
    values = [{"entity_id": e, "claim_id": c, "seq": heads[e, c]} for e, c in sorted(places)]
    connection.execute(make_upsert(session, table, ("entity_id", "claim_id"), ("seq",)), values)


# --- reading ----------------------------------------------------------------------------------------------


def load(session: Session, entity_id: str, as_known_on: date | None = None) -> list[LedgerRow]:
    """The latest row of each claim of an entity (and of those merged into it), as known at the end of a day.

    Claims that were withdrawn by then are left out.
    """
    return _merge(history(session, entity_id, as_known_on))


def history(session: Session, entity_id: str, as_known_on: date | None = None) -> list[LedgerRow]:
    """Every row about an entity (and about those merged into it), oldest first, as known at the end of a day."""
    row = LedgerTableRow
    ids = entities.find_aliases(session, entity_id)
    query = sa.select(*row.__table__.columns).where(row.entity_id.in_(ids)).order_by(row.seq)
    if as_known_on is not None:
        query = query.where(row.recorded_at < datetime.combine(as_known_on + timedelta(days=1), time(), UTC))
    return [make_row(item) for item in session.execute(query)]


def latest_all(session: Session) -> Iterator[LedgerRow]:
    """The latest row of every claim of every entity, one entity after another, read in batches.

    Rows of an entity that was merged away come under the id that it leads to now; withdrawn claims are left out.
    """
    moved = entities.redirects(session)
    inherited = _load_inherited(session, moved)
    for entity_id, group in groupby(_iter_heads(session), key=lambda row: row.entry.entity_id):
        if entity_id not in moved:
            yield from _merge([*inherited.pop(entity_id, ()), *group])
    for rows in inherited.values():
        yield from _merge(rows)


def find_changed(session: Session, since: datetime) -> set[str]:
    """The entities about which anything was recorded since then."""
    row = LedgerTableRow
    return set(session.scalars(sa.select(row.entity_id).where(row.recorded_at >= since).distinct()))


def find_ending(session: Session, first: date, last: date) -> set[str]:
    """The entities of whom some row says, or once said, that it holds until a day between these two."""
    row = LedgerTableRow
    return set(session.scalars(sa.select(row.entity_id).where(row.valid_to.between(first, last)).distinct()))


def load_ending(session: Session, first: date, last: date, *, read_before: date) -> Iterator[LedgerRow]:
    """The latest rows that hold until a day between these two and stand on a register read before a day."""
    row = LedgerTableRow
    query = _select_latest().where(row.valid_to.between(first, last), row.read_on < read_before, ~row.withdrawn)
    return map(make_row, session.execute(query.order_by(row.seq)))


def _load_inherited(session: Session, moved: dict[str, str]) -> dict[str, list[LedgerRow]]:
    """The latest rows of entities merged away, by the id that they lead to."""
    inherited: dict[str, list[LedgerRow]] = {}
    ids = sorted(moved)
    for start in range(0, len(ids), CHUNK):
        query = _select_latest().where(LedgerHeadRow.entity_id.in_(ids[start : start + CHUNK]))
        for item in session.execute(query):
            row, live = make_row(item), moved[item.entity_id]
            inherited.setdefault(live, []).append(replace(row, entry=replace(row.entry, entity_id=live)))
    return inherited


def _iter_heads(session: Session) -> Iterator[LedgerRow]:
    head, place = LedgerHeadRow, ("", "")
    query = _select_latest().order_by(head.entity_id, head.claim_id).limit(CHUNK * 5)
    while found := session.execute(query.where(sa.tuple_(head.entity_id, head.claim_id) > sa.tuple_(*place))).all():
        yield from map(make_row, found)
        place = (found[-1].entity_id, found[-1].claim_id)


def _merge(rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    """The latest row of each claim, unless it withdrew it."""
    latest = {row.entry.claim_id: row for row in sorted(rows, key=lambda row: row.seq)}
    return [row for row in latest.values() if not row.entry.withdrawn]


def _select_latest() -> sa.Select[Any]:
    columns = LedgerTableRow.__table__.columns
    return sa.select(*columns).join(LedgerHeadRow, LedgerHeadRow.seq == LedgerTableRow.seq)


def make_row(row: Any) -> LedgerRow:
    """The record of a row of `ledger`."""
    entry = LedgerEntry(
        entity_id=row.entity_id,
        claim_id=row.claim_id,
        outcome=Outcome(row.outcome),
        rule=row.rule,
        rule_version=row.rule_version,
        checked_on=row.checked_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        read_on=row.read_on,
        grade=row.grade,
        mode=row.mode,
        parser_version=row.parser_version,
        decided_by=row.decided_by,
        fhir_status=FhirStatus(row.fhir_status),
        row_hash=row.row_hash,
        withdrawn=row.withdrawn,
        facts=ClaimFacts() if row.payload is None else decode(ClaimFacts, row.payload),
    )
    return LedgerRow(
        seq=row.seq,
        entry=entry,
        recorded_at=row.recorded_at,
        supersedes=row.supersedes,
        erased_at=row.erased_at,
        digest=row.digest,
    )


# --- keeping ----------------------------------------------------------------------------------------------


def check_chain(session: Session) -> ChainReport:
    """Whether any row was edited, removed or put elsewhere since it was written."""
    return chain.check(session, LedgerTableRow)


def erase(session: Session, entity_id: str) -> int:
    """Erase what names a person in the rows of an entity (and of those merged into it); the chain stays whole."""
    row = LedgerTableRow
    theirs = sa.and_(row.entity_id.in_(entities.find_aliases(session, entity_id)), row.payload.is_not(None))
    gone = {"payload": None, "payload_salt": None, "erased_at": session.now()}
    count = session.change(sa.update(row).where(theirs).values(**gone))
    entities.touch(session, {entity_id}, "erased")
    return count
