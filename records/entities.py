"""People and practices: ids that stay, listings that belong to them, and redirects from ids that were merged away.

An id never vanishes: it leads to a live entity, or says that it was closed (its listings are gone) or removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from directory.errors import GoneError, NotFoundError
from directory.models import EntityKind
from records.clusters import Cluster, SaveSummary, load_members, make_id, note_said, save_clusters
from records.database import Session
from records.tables import EntityRow, MembershipRow
from records.versions import touch

CHUNK = 1000

__all__ = [
    "Cluster",
    "Entity",
    "Membership",
    "SaveSummary",
    "count",
    "find_aliases",
    "find_by_listing",
    "find_by_listings",
    "follow",
    "get",
    "get_history",
    "load_all",
    "load_members",
    "make_id",
    "note_said",
    "redirects",
    "remove",
    "resolve_id",
    "save_clusters",
    "touch",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A person or practice as it is now; `members` are the keys of its listings."""

    id: str
    kind: EntityKind
    members: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a listing belonged to an entity; without `left_at` it still does."""

    listing_key: str
    entity_id: str
    joined_at: datetime
    left_at: datetime | None


def resolve_id(session: Session, entity_id: str) -> str:
    """The id that `entity_id` leads to now, however often it was merged; raises NotFoundError."""
    seen = {entity_id}
    while True:
        found = session.execute(sa.select(EntityRow.redirect_to).where(EntityRow.id == entity_id)).first()
        if found is None:
            raise NotFoundError(f"There is no entry {entity_id}.")
        if found.redirect_to is None or found.redirect_to in seen:
            return entity_id
        entity_id = found.redirect_to
        seen.add(entity_id)


def get(session: Session, entity_id: str) -> Entity:
    """The entity that `entity_id` is or leads to (compare `.id`); raises NotFoundError, or GoneError if removed."""
    row = session.get(EntityRow, resolve_id(session, entity_id), populate_existing=True)
    if row is None:
        raise NotFoundError(f"There is no entry {entity_id}.")
    if row.removed_at is not None:
        raise GoneError("This entry was removed at the request of the person it was about.")
    query = sa.select(MembershipRow.listing_key).where(
        MembershipRow.entity_id == row.id, MembershipRow.left_at.is_(None)
    )
    return _make(row, tuple(sorted(session.scalars(query))))


def find_by_listing(session: Session, listing_key: str) -> str | None:
    """The id of the entity that a listing belongs to; None if it belongs to none."""
    row = MembershipRow
    return session.scalar(sa.select(row.entity_id).where(row.listing_key == listing_key, row.left_at.is_(None)))


def find_by_listings(session: Session, listing_keys: Sequence[str]) -> dict[str, str]:
    """The entities that some listings belong to, by listing; those that belong to none are left out."""
    row = MembershipRow
    query = sa.select(row.listing_key, row.entity_id).where(row.listing_key.in_(listing_keys), row.left_at.is_(None))
    return {item.listing_key: item.entity_id for item in session.execute(query)}


def redirects(session: Session) -> dict[str, str]:
    """Every id that was merged away, with the live one it leads to in the end."""
    row = EntityRow
    query = sa.select(row.id, row.redirect_to).where(row.redirect_to.is_not(None))
    found = {item.id: item.redirect_to for item in session.execute(query)}
    return {old: follow(found, old) for old in found}


def follow(table: dict[str, str], entity_id: str) -> str:
    """The end of the redirects from `entity_id`."""
    seen = {entity_id}
    while (following := table.get(entity_id)) is not None and following not in seen:
        seen.add(following)
        entity_id = following
    return entity_id


def find_aliases(session: Session, entity_id: str) -> list[str]:
    """`entity_id` and every id that leads to it, however indirectly."""
    found, waiting = {entity_id}, [entity_id]
    while waiting:
        query = sa.select(EntityRow.id).where(EntityRow.redirect_to.in_(waiting))
        waiting = [alias for alias in session.scalars(query) if alias not in found]
        found.update(waiting)
    return sorted(found)


def load_all(session: Session, *, include_closed: bool = False) -> Iterator[Entity]:
    """Every live entity with its listings, ordered by id, read in batches."""
    row, member, last = EntityRow, MembershipRow, ""
    query = sa.select(row).where(row.redirect_to.is_(None), row.removed_at.is_(None)).order_by(row.id).limit(CHUNK)
    if not include_closed:
        query = query.where(row.closed_at.is_(None))
    columns = row.__table__.columns
    while found := session.execute(query.with_only_columns(*columns).where(row.id > last)).all():
        ids = [item.id for item in found]
        members: dict[str, list[str]] = {}
        current = sa.select(member.entity_id, member.listing_key).where(
            member.entity_id.in_(ids), member.left_at.is_(None)
        )
        for entity_id, key in session.execute(current):
            members.setdefault(entity_id, []).append(key)
        for item in found:
            yield _make(item, tuple(sorted(members.get(item.id, ()))))
        last = ids[-1]


def get_history(session: Session, entity_id: str) -> list[Membership]:
    """Which listings belonged to an entity (and to those merged into it), and when."""
    row = MembershipRow
    query = sa.select(row).where(row.entity_id.in_(find_aliases(session, entity_id))).order_by(row.id)
    return [
        Membership(
            listing_key=item.listing_key, entity_id=item.entity_id, joined_at=item.joined_at, left_at=item.left_at
        )
        for item in session.scalars(query)
    ]


def count(session: Session) -> dict[EntityKind, int]:
    """How many are live, by kind."""
    row = EntityRow
    live = sa.and_(row.redirect_to.is_(None), row.removed_at.is_(None), row.closed_at.is_(None))
    found = session.execute(sa.select(row.kind, sa.func.count()).where(live).group_by(row.kind))
    return {EntityKind(kind): number for kind, number in found}


def remove(session: Session, entity_id: str) -> None:
    """Take an entity away at a person's request: its listings leave it, its id says that it is gone."""
    entity_id, now = resolve_id(session, entity_id), session.now()
    member, row = MembershipRow, EntityRow
    session.execute(
        sa.update(member).where(member.entity_id == entity_id, member.left_at.is_(None)).values(left_at=now)
    )
    session.execute(sa.update(row).where(row.id == entity_id).values(removed_at=now))
    touch(session, {entity_id}, "removed")


def _make(row: Any, members: tuple[str, ...]) -> Entity:
    return Entity(
        id=row.id,
        kind=EntityKind(row.kind),
        members=members,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
    )
