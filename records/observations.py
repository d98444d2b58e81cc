"""What was seen, where and when: versions are added, and only their times move on.

An observation's id is a hash of its source and the source's own key. A version is superseded when the same key says
something else; it is closed when an authoritative source, read in full, no longer has it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa

from directory.errors import RemovedError, UsageError
from directory.models import (
    PAYLOADS,
    Exclusion,
    Listing,
    NpiRecord,
    Observation,
    ObservationKind,
    Payload,
    RegisterRecord,
    from_json,
    to_json,
)
from records import registers, removals, snapshots
from records.bulk import insert_rows
from records.codec import clean, digest, dump
from records.database import Session
from records.tables import ObservationRow, RunRow, table_of

CHUNK = 1000
TIMES = ("read_on", "read_at")  # of the reading, not of what was read: kept beside the payload


class Change(StrEnum):
    """What an observation brought that was not known."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObservation:
    """A version of what a source says under one of its keys; `read_on` is the last day that it was found so."""

    id: str
    source: str
    key: str
    kind: ObservationKind
    payload: Payload
    url: str | None
    content_hash: str
    snapshot_hash: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    read_on: date
    superseded_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class StoreCounts:
    """How many of a batch were new, changed, unchanged, or left out because somebody asked out."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    def add(self, change: Change) -> None:
        """Count one."""
        setattr(self, change.value, getattr(self, change.value) + 1)


@dataclass(slots=True)
class _Prepared:
    id: str
    observation: Observation
    text: str
    hash: str


@dataclass(slots=True)
class _Batch:
    """What one lookup decided, to be written in as few statements as there are kinds of change."""

    fresh: list[_Prepared] = field(default_factory=list)
    superseded: list[dict[str, Any]] = field(default_factory=list)
    replaced: set[str] = field(default_factory=set)
    seen: dict[tuple[datetime, date], list[int]] = field(default_factory=dict)


def make_id(source: str, key: str) -> str:
    """The id of what `source` calls `key`."""
    return digest(source, key)[:32]


def hash_payload(payload: Payload) -> str:
    """A hash of what was said, whenever it was read: the same for an unchanged row."""
    return digest(encode_payload(payload))


def encode_payload(payload: Payload) -> str:
    """The payload as it is kept: without the times of its reading, which are beside it."""
    plain = to_json(payload)
    for name in TIMES:
        plain.pop(name, None)
    return dump(plain)


def store(session: Session, observation: Observation, *, run_id: str | None = None) -> Change:
    """Keep one observation; raises RemovedError if whom it is about asked out."""
    kept = removals.load_filter(session).strip(observation)
    if kept is None:
        raise RemovedError("Whoever this is about asked to be left out; nothing was stored.")
    return _store_prepared(session, [_prepare(kept)], run_id)[0]


def store_many(session: Session, observations: Iterable[Observation], *, run_id: str | None = None) -> StoreCounts:
    """Keep many at once; those about somebody who asked out are counted, not stored."""
    counts = StoreCounts()
    out = removals.load_filter(session)
    waiting: dict[str, _Prepared] = {}

    def flush() -> None:
        for change in _store_prepared(session, list(waiting.values()), run_id):
            counts.add(change)
        waiting.clear()

    for observation in observations:
        kept = out.strip(observation)
        if kept is None:
            counts.removed += 1
            continue
        prepared = _prepare(kept)
        if prepared.id in waiting or len(waiting) >= CHUNK:
            flush()
        waiting[prepared.id] = prepared
    flush()
    return counts


def _prepare(observation: Observation) -> _Prepared:
    text = encode_payload(observation.payload)
    return _Prepared(make_id(observation.source, observation.key), observation, text, digest(text))


def _store_prepared(session: Session, items: Sequence[_Prepared], run_id: str | None) -> list[Change]:
    """Store observations of different ids; returns what each brought, in order."""
    if not items:
        return []
    row = ObservationRow
    query = sa.select(row.observation_id, row.id, row.payload_hash, row.closed_at, row.read_on).where(
        row.observation_id.in_([item.id for item in items]), row.superseded_at.is_(None)
    )
    current = {found.observation_id: found for found in session.execute(query)}
    changes, batch = [], _Batch()
    for item in items:
        found = current.get(item.id)
        if found is not None and item.observation.read_on < found.read_on:
            changes.append(Change.UNCHANGED)  # an older reading tells nothing of what holds now
            continue
        if found is not None and found.payload_hash == item.hash and found.closed_at is None:
            batch.seen.setdefault((item.observation.read_at, item.observation.read_on), []).append(found.id)
            changes.append(Change.UNCHANGED)
            continue
        if found is not None:
            batch.replaced.add(item.id)
            batch.superseded.append({"row_id": found.id, "at": item.observation.read_at})
        batch.fresh.append(item)
        changes.append(Change.NEW if found is None else Change.CHANGED)
    _write(session, batch, run_id)
    return changes


def _write(session: Session, batch: _Batch, run_id: str | None) -> None:
    table = table_of(ObservationRow)
    connection = session.connection()
    for (read_at, read_on), ids in batch.seen.items():
        moved = {"last_seen_at": read_at, "read_on": read_on, "run_id": run_id}
        connection.execute(sa.update(ObservationRow).where(ObservationRow.id.in_(ids)).values(**moved))
    if batch.superseded:
        statement = sa.update(table).where(table.c.id == sa.bindparam("row_id"))
        connection.execute(statement.values(superseded_at=sa.bindparam("at")), batch.superseded)
    if batch.fresh:
        insert_rows(session, ObservationRow, [_make_row(session, item, run_id) for item in batch.fresh])
    rows = [(item.id, item.observation.payload) for item in batch.fresh]
    of_registers = [(item_id, payload) for item_id, payload in rows if isinstance(payload, RegisterRecord)]
    registers.index(session, of_registers, batch.replaced)


def _make_row(session: Session, item: _Prepared, run_id: str | None) -> dict[str, Any]:
    seen = item.observation
    is_page = seen.kind is ObservationKind.PAGE  # raw copies are kept of practice pages only
    return {
        "observation_id": item.id,
        "source": seen.source,
        "kind": seen.kind.value,
        "key": clean(seen.key),
        "payload": item.text,
        "payload_hash": item.hash,
        "url": None if seen.url is None else clean(seen.url),
        "content_hash": seen.content_hash,
        "snapshot_hash": snapshots.put(session, seen.snapshot) if is_page and seen.snapshot is not None else None,
        "first_seen_at": seen.read_at,
        "last_seen_at": seen.read_at,
        "read_on": seen.read_on,
        "run_id": run_id,
        "superseded_at": None,
        "closed_at": None,
    }


def load_current(
    session: Session, kind: ObservationKind, source: str | None = None, *, include_closed: bool = False
) -> Iterator[StoredObservation]:
    """Every version in force of a kind (of one source), in the order they were stored, read in batches."""
    row = ObservationRow
    query = sa.select(row).where(row.kind == kind.value, row.superseded_at.is_(None)).order_by(row.id).limit(CHUNK * 2)
    if source is not None:
        query = query.where(row.source == source)
    if not include_closed:
        query = query.where(row.closed_at.is_(None))
    last = -1
    while found := session.execute(_as_columns(query).where(row.id > last)).all():
        for item in found:
            yield make_stored(item)
        last = found[-1].id


def get_history(session: Session, source: str, key: str) -> list[StoredObservation]:
    """Every version of what `source` said under `key`, oldest first."""
    row = ObservationRow
    query = sa.select(row).where(row.observation_id == make_id(source, key)).order_by(row.id)
    return [make_stored(item) for item in session.execute(_as_columns(query))]


def iter_versions(session: Session, *, after: int = 0) -> Iterator[tuple[int, StoredObservation]]:
    """Every version ever stored, superseded and closed ones too, with its row's number; from `after` on."""
    row, last = ObservationRow, after
    query = _as_columns(sa.select(row).order_by(row.id).limit(CHUNK * 2))
    while found := session.execute(query.where(row.id > last)).all():
        for item in found:
            yield item.id, make_stored(item)
        last = found[-1].id


def close_unseen(session: Session, source: str, run_id: str, read_on: date) -> int:
    """Close what an authoritative full read no longer found; returns how many.

    Raises UsageError unless the run is one of this source that was declared full when it started.
    """
    run = session.get(RunRow, run_id)
    if run is None or run.source != source or not run.full:
        raise UsageError(f"Only a full run of {source} can close what it did not find.")
    row = ObservationRow
    unseen = sa.and_(
        row.source == source,
        row.superseded_at.is_(None),
        row.closed_at.is_(None),
        sa.or_(row.run_id.is_(None), row.run_id != run_id),
        row.read_on <= read_on,
    )
    return session.change(sa.update(row).where(unseen).values(closed_at=session.now()))


def find_read_on(session: Session, source: str, kind: ObservationKind) -> date | None:
    """The day on which a source was last read, by what it said last that is in force; None before the first time.

    A full read finds or closes every row, so that any one tells the day; a part read later moves it for what it found.
    """
    row = ObservationRow
    open_ = sa.and_(row.superseded_at.is_(None), row.closed_at.is_(None))
    query = sa.select(row.read_on).where(row.kind == kind.value, row.source == source, open_)
    return session.scalar(query.order_by(row.id.desc()).limit(1))


def count(session: Session) -> dict[tuple[str, ObservationKind], int]:
    """How many are in force, by source and kind."""
    row = ObservationRow
    query = sa.select(row.source, row.kind, sa.func.count()).where(row.superseded_at.is_(None), row.closed_at.is_(None))
    found = session.execute(query.group_by(row.source, row.kind))
    return {(source, ObservationKind(kind)): number for source, kind, number in found}


def _as_columns(query: sa.Select[ObservationRow]) -> sa.Select[*tuple[Any, ...]]:
    """The same query for plain tuples: a bulk read needs no identity map."""
    return query.with_only_columns(*ObservationRow.__table__.columns, maintain_column_froms=True)


def make_stored(row: Any) -> StoredObservation:
    """The record of a row of `observations`, its payload read on the day it was last found so."""
    kind = ObservationKind(row.kind)
    payload = from_json(PAYLOADS[kind], orjson.loads(row.payload))
    if isinstance(payload, RegisterRecord | NpiRecord | Exclusion):
        payload = dataclasses.replace(payload, read_on=row.read_on)
    elif isinstance(payload, Listing):
        payload = dataclasses.replace(payload, read_at=row.last_seen_at)
    return StoredObservation(
        id=row.observation_id,
        source=row.source,
        key=row.key,
        kind=kind,
        payload=payload,
        url=row.url,
        content_hash=row.content_hash,
        snapshot_hash=row.snapshot_hash,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        read_on=row.read_on,
        superseded_at=row.superseded_at,
        closed_at=row.closed_at,
    )
