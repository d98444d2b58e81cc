"""Registers' rows, found by licence number and by surname."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from directory.credentials import Family, LicenceKey, key_of_record
from directory.models import RegisterRecord, from_json
from directory.names.fold import fold
from records.bulk import insert_rows
from records.codec import clean
from records.database import Session
from records.tables import ObservationRow, RegisterNameRow, RegisterRecordRow

CHUNK = 1000
GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "2nd", "3rd"})


def surname_keys(record: RegisterRecord) -> frozenset[str]:
    """The folded surnames a row is found under: whole, each part of a double one, and former ones."""
    keys: set[str] = set()
    for text in (record.family or _find_surname(record.full_name), *map(_find_surname, record.former_names)):
        parts = fold(text).split()
        keys.update(parts)
        keys.add(" ".join(parts))
    return frozenset(key[:120] for key in keys - GENERATIONS if key)


def _find_surname(name: str) -> str:
    """The surname of a name written 'SURNAME, GIVEN' or 'Given Surname'."""
    if "," in name:
        return name.partition(",")[0]
    parts = [part for part in name.split() if fold(part) not in GENERATIONS]
    return parts[-1] if parts else ""


def index(session: Session, items: Sequence[tuple[str, RegisterRecord]], known: Collection[str]) -> None:
    """Make the rows of these observations findable as they are now; `known` ids were findable as something else."""
    if known:
        for table in (RegisterRecordRow, RegisterNameRow):
            session.execute(sa.delete(table).where(table.observation_id.in_(known)))
    insert_rows(session, RegisterRecordRow, [_make_row(*item) for item in items])
    names = [
        {"jurisdiction": record.jurisdiction, "name": name, "observation_id": observation_id}
        for observation_id, record in items
        for name in sorted(surname_keys(record))
    ]
    insert_rows(session, RegisterNameRow, names)


def _make_row(observation_id: str, record: RegisterRecord) -> dict[str, Any]:
    key = key_of_record(record)
    return {
        "observation_id": observation_id,
        "source": record.source,
        "register_id": clean(record.register_id),
        "jurisdiction": record.jurisdiction,
        "family": None if key is None else str(key.family),
        "number": None if key is None else key.number,
        "full_name": clean(record.full_name),
        "city": None if record.city is None else clean(record.city),
        "status": None if record.status is None else clean(record.status),
        "expires_on": record.expires_on,
        "discipline": record.discipline,
    }


def _select() -> sa.Select[*tuple[Any, ...]]:
    """The open rows: what is in force, and still in its register."""
    row, seen = RegisterRecordRow, ObservationRow
    return (
        sa.select(row.observation_id, row.family, row.number, row.jurisdiction, seen.payload, seen.read_on)
        .join(seen, sa.and_(seen.observation_id == row.observation_id, seen.superseded_at.is_(None)))
        .where(seen.closed_at.is_(None))
    )


def _make_record(row: Any) -> RegisterRecord:
    return dataclasses.replace(from_json(RegisterRecord, orjson.loads(row.payload)), read_on=row.read_on)


def find_by_key(session: Session, key: LicenceKey) -> tuple[RegisterRecord, ...]:
    """The rows that carry exactly this licence number; more than one is for a person to look at."""
    return find_by_keys(session, [key]).get(key, ())


def find_by_keys(session: Session, keys: Iterable[LicenceKey]) -> dict[LicenceKey, tuple[RegisterRecord, ...]]:
    """As `find_by_key`, for many at once; keys that find nothing are left out."""
    row = RegisterRecordRow
    wanted: dict[tuple[str, str], set[int]] = {}
    for key in keys:
        wanted.setdefault((key.jurisdiction, str(key.family)), set()).add(key.number)
    found: dict[LicenceKey, list[RegisterRecord]] = {}
    for (jurisdiction, family), numbers in wanted.items():
        ordered = sorted(numbers)
        for start in range(0, len(ordered), CHUNK):
            part = row.number.in_(ordered[start : start + CHUNK])
            query = _select().where(row.jurisdiction == jurisdiction, row.family == family, part)
            for item in session.execute(query.order_by(row.observation_id)):
                key = LicenceKey(item.jurisdiction, Family(item.family), item.number)
                found.setdefault(key, []).append(_make_record(item))
    return {key: tuple(records) for key, records in found.items()}


def find_by_family_name(session: Session, jurisdiction: str, name: str) -> tuple[RegisterRecord, ...]:
    """The rows of a jurisdiction under this surname, or under one part of it; former names count."""
    row, names = RegisterRecordRow, RegisterNameRow
    parts = fold(name).split()
    keys = {part[:120] for part in (*parts, " ".join(parts))}
    query = sa.select(names.observation_id).where(names.jurisdiction == jurisdiction, names.name.in_(sorted(keys)))
    ids = sorted(set(session.scalars(query)))
    found: list[Any] = []
    for start in range(0, len(ids), CHUNK):
        found += session.execute(_select().where(row.observation_id.in_(ids[start : start + CHUNK]))).all()
    return tuple(_make_record(item) for item in sorted(found, key=lambda item: item.observation_id))


def iter_all(session: Session, jurisdiction: str | None = None) -> Iterator[tuple[LicenceKey | None, RegisterRecord]]:
    """Every open row (of a jurisdiction) with its key, read in batches: memory stays flat."""
    row, last = RegisterRecordRow, ""
    query = _select().order_by(row.observation_id).limit(CHUNK * 5)
    if jurisdiction is not None:
        query = query.where(row.jurisdiction == jurisdiction)
    while found := session.execute(query.where(row.observation_id > last)).all():
        for item in found:
            has_key = item.family is not None and item.number is not None
            key = LicenceKey(item.jurisdiction, Family(item.family), item.number) if has_key else None
            yield key, _make_record(item)
        last = found[-1].observation_id
