"""What was seen, looked up for one person: by the source's key, by the page's address, by a register's row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from directory.models import ObservationKind
from records.database import Session
from records.observations import StoredObservation, make_id, make_stored
from records.tables import ObservationRow, RegisterRecordRow

CHUNK = 500


def list_sources(session: Session, kind: ObservationKind) -> list[str]:
    """Every source that ever brought something of this kind: one step along the index for each."""
    row, found = ObservationRow, list[str]()
    query = sa.select(sa.func.min(row.source)).where(row.kind == kind.value)
    while (source := session.scalar(query.where(row.source > found[-1]) if found else query)) is not None:
        found.append(source)
    return found


def find_by_keys(session: Session, kind: ObservationKind, keys: Collection[str]) -> list[StoredObservation]:
    """What holds now of these keys, of whichever source; closed ones too."""
    ids = [make_id(source, key) for source in list_sources(session, kind) for key in keys]
    return [item for item in _load(session, ids) if item.kind is kind]


def find_pages(session: Session, is_wanted: Callable[[str, str, str], bool]) -> list[StoredObservation]:
    """The pages in force whose source, address and key are wanted; the others are not read."""
    row = ObservationRow
    query = sa.select(row.observation_id, row.source, row.url, row.key).where(
        row.kind == ObservationKind.PAGE.value, row.superseded_at.is_(None), row.closed_at.is_(None)
    )
    rows = session.execute(query)
    return _load(session, [item.observation_id for item in rows if is_wanted(item.source, item.url or "", item.key)])


def find_newest(session: Session, source: str, *, limit: int) -> list[StoredObservation]:
    """The last things that a source said and that are in force, newest first."""
    row = ObservationRow
    kinds = [kind.value for kind in (ObservationKind.PAGE, ObservationKind.LISTING, ObservationKind.NPI)]
    query = sa.select(row).where(row.kind.in_(kinds), row.source == source)
    query = query.where(row.superseded_at.is_(None), row.closed_at.is_(None)).order_by(row.id.desc()).limit(limit)
    return [make_stored(item) for item in session.scalars(query)]


def find_first_seen(session: Session, ids: Iterable[str]) -> dict[str, datetime]:
    """When each of these was seen first, in whichever version."""
    row = ObservationRow
    query = sa.select(row.observation_id, sa.func.min(row.first_seen_at)).group_by(row.observation_id)
    return dict(_in_parts(session, query, ids))


def find_register_rows(session: Session, register_ids: Collection[str]) -> dict[str, list[StoredObservation]]:
    """Every version that was ever read of these rows of registers, oldest first."""
    known, row = RegisterRecordRow, ObservationRow
    found: dict[str, list[StoredObservation]] = {}
    names = {}
    for start in range(0, len(ids := sorted(register_ids)), CHUNK):
        query = sa.select(known.observation_id, known.register_id)
        part = session.execute(query.where(known.register_id.in_(ids[start : start + CHUNK])))
        names.update({item.observation_id: item.register_id for item in part})
    for item in _in_parts(session, sa.select(*row.__table__.columns).order_by(row.id), names):
        found.setdefault(names[item.observation_id], []).append(make_stored(item))
    return found


def _load(session: Session, ids: Iterable[str]) -> list[StoredObservation]:
    row = ObservationRow
    query = sa.select(*row.__table__.columns).where(row.superseded_at.is_(None)).order_by(row.id)
    return [make_stored(item) for item in _in_parts(session, query, ids)]


def _in_parts(session: Session, query: sa.Select[*tuple[Any, ...]], ids: Iterable[str]) -> list[Any]:
    """The rows of these observations, so many ids at a time."""
    wanted, found = sorted(set(ids)), list[Any]()
    for start in range(0, len(wanted), CHUNK):
        found += session.execute(query.where(ObservationRow.observation_id.in_(wanted[start : start + CHUNK]))).all()
    return found
