"""Versions of entities: each grows with every change that a search document could show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from records import outbox
from records.database import Session
from records.tables import EntityRow

CHUNK = 1000


def touch(session: Session, entity_ids: Iterable[str], reason: str) -> None:
    """Make the versions of these entities grow, and note each in the outbox; unknown ids are passed over."""
    row, ids, now = EntityRow, sorted(set(entity_ids)), session.now()
    for start in range(0, len(ids), CHUNK):
        part = row.id.in_(ids[start : start + CHUNK])
        grow = sa.update(row).where(part).values(version=row.version + 1, updated_at=now)
        session.execute(grow.execution_options(synchronize_session=False))
        live = session.execute(sa.select(row.id, row.version).where(part).order_by(row.id))
        outbox.add(session, [(item.id, item.version) for item in live], reason)


def make_upsert(session: Session, table: sa.Table, keys: tuple[str, ...], values: tuple[str, ...]) -> Any:
    """An insert that overwrites `values` where `keys` are there already."""
    insert = postgresql.insert(table) if session.is_postgresql else sqlite.insert(table)
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in values})
