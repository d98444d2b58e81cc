"""Which entity each cluster of listings is: ids follow the listings, so that an address stays what it was.

Whoever shares most listings with an entity keeps its id, the older entity first. An entity left without listings leads
to where most of them went; when a merge is undone, the part that had an id of its own gets it back.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from directory.models import EntityKind
from records.bulk import insert_rows
from records.database import Session
from records.tables import EntityRow, MembershipRow, table_of
from records.versions import touch

CHUNK, IDS = 5000, 500
PREFIXES = {EntityKind.PERSON: "p", EntityKind.PRACTICE: "o"}


class Cluster(Protocol):
    """Listings that are one person or practice."""

    @property
    def kind(self) -> EntityKind: ...

    @property
    def members(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class SaveSummary:
    """What saving clusters did to the entities."""

    created: int = 0
    changed: int = 0
    merged: int = 0
    closed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What saving clusters would do: the id of each, in order, and what becomes of the ids that are left over."""

    ids: tuple[str, ...]
    created: frozenset[str]
    revived: frozenset[str]  # once merged away or closed
    redirected: Mapping[str, str]
    closed: frozenset[str]


@dataclass(slots=True)
class _Known:
    """An entity as it is in the records."""

    kind: EntityKind
    created_at: datetime
    redirect_to: str | None
    is_closed: bool
    is_removed: bool


@dataclass(slots=True)
class _Plan:
    """What is to be written."""

    created: dict[str, EntityKind] = field(default_factory=dict)
    revived: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    redirected: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)  # listings
    joined: dict[str, str] = field(default_factory=dict)  # listing → entity
    unchanged: int = 0


def make_id(kind: EntityKind, listing_key: str, attempt: int = 0) -> str:
    """An id for a new entity from one of its listings; `attempt` tells apart those that would agree."""
    value = hashlib.sha256(f"{kind}\x1f{listing_key}\x1f{attempt}".encode("utf-8", "surrogatepass")).digest()[:10]
    return f"{PREFIXES[kind]}-{base64.b32encode(value).decode().lower()}"


def lock(session: Session, entity_ids: Collection[str]) -> None:
    """Have these entities to oneself until the transaction ends; SQLite's writers are alone anyway."""
    row = EntityRow
    session.execute(sa.select(row.id).where(row.id.in_(entity_ids)).order_by(row.id).with_for_update())


def load_members(session: Session) -> dict[str, str]:
    """Every listing's key with the id of its entity."""
    row = MembershipRow
    query = sa.select(row.listing_key, row.entity_id).where(row.left_at.is_(None))
    return {item.listing_key: item.entity_id for item in session.execute(query)}


def save_clusters(session: Session, clusters: Iterable[Cluster], *, partial: bool = False) -> SaveSummary:
    """Make the entities be these clusters; `partial`: listings that none of them mentions stay where they are."""
    _, plan = _make_plan(session, sorted(clusters, key=lambda cluster: min(cluster.members)), partial=partial)
    _write(session, plan)
    return SaveSummary(
        created=len(plan.created),
        changed=len(plan.changed),
        merged=len(plan.redirected),
        closed=len(plan.closed),
        unchanged=plan.unchanged,
    )


def plan_clusters(session: Session, clusters: Sequence[Cluster]) -> ClusterPlan:
    """What `save_clusters` would do with these alone (`partial`), and did not do."""
    ids, plan = _make_plan(session, sorted(clusters, key=lambda cluster: min(cluster.members)), partial=True)
    chosen = {min(cluster.members): entity_id for cluster, entity_id in ids}
    return ClusterPlan(
        ids=tuple(chosen[min(cluster.members)] for cluster in clusters),
        created=frozenset(plan.created),
        revived=frozenset(plan.revived),
        redirected=dict(plan.redirected),
        closed=frozenset(plan.closed),
    )


def _make_plan(
    session: Session, clusters: Sequence[Cluster], *, partial: bool
) -> tuple[list[tuple[Cluster, str]], _Plan]:
    among = _find_concerned(session, clusters) if partial else None
    members = load_members(session) if among is None else _load_members_of(session, among)
    known = _load_known(session, among)
    chosen = _assign(clusters, members, known, _load_former(session, known))
    return list(zip(clusters, chosen, strict=True)), _plan(clusters, chosen, members, known, partial=partial)


def _find_concerned(session: Session, clusters: Sequence[Cluster]) -> set[str]:
    """Every entity that a listing of these belongs or once belonged to, and those whose ids new ones might be given."""
    keys = [key for cluster in clusters for key in cluster.members]
    found = {make_id(cluster.kind, min(cluster.members), attempt) for cluster in clusters for attempt in range(10)}
    for start in range(0, len(keys), IDS):
        part = MembershipRow.listing_key.in_(keys[start : start + IDS])
        found.update(session.scalars(sa.select(MembershipRow.entity_id).where(part).distinct()))
    return found


def _load_members_of(session: Session, entity_ids: Collection[str]) -> dict[str, str]:
    """`load_members` of some entities alone."""
    row, ids, found = MembershipRow, sorted(entity_ids), dict[str, str]()
    for start in range(0, len(ids), IDS):
        query = sa.select(row.listing_key, row.entity_id).where(
            row.entity_id.in_(ids[start : start + IDS]), row.left_at.is_(None)
        )
        found.update({item.listing_key: item.entity_id for item in session.execute(query)})
    return found


def note_said(session: Session, said: Mapping[str, str], before: Mapping[str, str]) -> set[str]:
    """Keep what each listing says now, as a digest, and touch the entities of those that say something else.

    `before` are the members (`load_members`) as they were when the clusters were saved: who joined was touched then.
    Returns the entities touched.
    """
    row = MembershipRow
    query = sa.select(row.id, row.listing_key, row.entity_id, row.said).where(row.left_at.is_(None))
    differing = [item for item in session.execute(query) if said.get(item.listing_key) not in (None, item.said)]
    member = table_of(row)
    change = sa.update(member).where(member.c.id == sa.bindparam("row_id")).values(said=sa.bindparam("digest"))
    rows = [{"row_id": item.id, "digest": said[item.listing_key]} for item in differing]
    _execute(session.connection(), change, rows)
    touched = {item.entity_id for item in differing if before.get(item.listing_key) == item.entity_id}
    touch(session, touched, "listing changed")
    return touched


def _load_known(session: Session, among: Collection[str] | None) -> dict[str, _Known]:
    """The entities with these ids; without `among`, all."""
    row = EntityRow
    query = sa.select(row.id, row.kind, row.created_at, row.redirect_to, row.closed_at, row.removed_at)
    ids = sorted(among or ())
    parts = [query.where(row.id.in_(ids[start : start + IDS])) for start in range(0, len(ids), IDS)]
    return {
        item.id: _Known(
            EntityKind(item.kind),
            item.created_at,
            item.redirect_to,
            item.closed_at is not None,
            item.removed_at is not None,
        )
        for part in ([query] if among is None else parts)
        for item in session.execute(part)
    }


def _load_former(session: Session, known: dict[str, _Known]) -> dict[str, list[str]]:
    """Of each listing, the entities that it once belonged to and that have no listings now (merged away or closed)."""
    idle = {entity_id for entity_id, one in known.items() if (one.redirect_to or one.is_closed) and not one.is_removed}
    former: dict[str, list[str]] = {}
    if idle:
        row = MembershipRow
        query = sa.select(row.listing_key, row.entity_id).where(row.left_at.is_not(None)).order_by(row.id)
        if len(idle) <= IDS:
            query = query.where(row.entity_id.in_(sorted(idle)))
        for key, entity_id in session.execute(query):
            if entity_id in idle:
                former.setdefault(key, []).append(entity_id)
    return former


def _assign(
    clusters: Sequence[Cluster], members: dict[str, str], known: dict[str, _Known], former: dict[str, list[str]]
) -> list[str]:
    """An id for each cluster: a live one it shares most with, else one its listings once had, else a new one.

    Listings that an entity took over from another count for less than its own: a merge undone leaves it with its own.
    """
    chosen: list[str | None] = [None] * len(clusters)
    taken: set[str] = set()
    live: list[_Offer] = []
    for place, cluster in enumerate(clusters):
        keys = [key for key in cluster.members if key in members]
        own = Counter(members[key] for key in keys if key not in former)
        shared = Counter(members[key] for key in keys)
        live.extend(_make_offers(place, cluster.kind, known, own, shared))
    _take(live, chosen, taken)
    idle: list[_Offer] = []
    for place, cluster in enumerate(clusters):
        if chosen[place] is None and former:
            shared = Counter(entity_id for key in cluster.members for entity_id in set(former.get(key, ())))
            idle.extend(_make_offers(place, cluster.kind, known, Counter(), shared))
    _take(idle, chosen, taken)
    return [entity_id or _make_new(cluster, known, taken) for entity_id, cluster in zip(chosen, clusters, strict=True)]


_Offer = tuple[int, int, datetime, str, int]


def _make_offers(
    place: int, kind: EntityKind, known: dict[str, _Known], own: Counter[str], shared: Counter[str]
) -> Iterator[_Offer]:
    """The entities that the cluster at `place` could be, best first when sorted."""
    for entity_id, number in shared.items():
        if known[entity_id].kind is kind:
            yield -own[entity_id], -number, known[entity_id].created_at, entity_id, place


def _take(offers: list[_Offer], chosen: list[str | None], taken: set[str]) -> None:
    """Give each cluster its best offer that no other has taken."""
    for *_, entity_id, place in sorted(offers):
        if chosen[place] is None and entity_id not in taken:
            chosen[place] = entity_id
            taken.add(entity_id)


def _make_new(cluster: Cluster, known: dict[str, _Known], taken: set[str]) -> str:
    attempt, first = 0, min(cluster.members)
    while (entity_id := make_id(cluster.kind, first, attempt)) in known or entity_id in taken:
        attempt += 1
    taken.add(entity_id)
    return entity_id


def _plan(
    clusters: Sequence[Cluster],
    chosen: Sequence[str],
    members: dict[str, str],
    known: dict[str, _Known],
    *,
    partial: bool,
) -> _Plan:
    plan = _Plan()
    after = dict(members) if partial else {}
    for cluster, entity_id in zip(clusters, chosen, strict=True):
        after.update(dict.fromkeys(cluster.members, entity_id))
        if entity_id not in known:
            plan.created[entity_id] = cluster.kind
        elif known[entity_id].redirect_to is not None or known[entity_id].is_closed:
            plan.revived.add(entity_id)
    went: dict[str, Counter[str]] = {}
    for key, old in members.items():
        new = after.get(key)
        if new != old:
            plan.left.append(key)
            went.setdefault(old, Counter()).update([] if new is None else [new])
    for key, new in after.items():
        if members.get(key) != new:
            plan.joined[key] = new
    alive = set(after.values())
    for entity_id, places in went.items():
        if entity_id in alive:
            plan.changed.add(entity_id)
        elif places:
            plan.redirected[entity_id] = min(places, key=lambda place: (-places[place], place))
        else:
            plan.closed.add(entity_id)
    plan.changed |= (set(plan.joined.values()) | plan.revived) - set(plan.created)
    plan.unchanged = len(alive - plan.changed - set(plan.created))
    return plan


def _write(session: Session, plan: _Plan) -> None:
    now, connection = session.now(), session.connection()
    entity, member = table_of(EntityRow), table_of(MembershipRow)
    if plan.created:
        blank = {"version": 0, "created_at": now, "updated_at": now}
        blank |= {"redirect_to": None, "closed_at": None, "removed_at": None}
        rows = [{"id": entity_id, "kind": kind.value, **blank} for entity_id, kind in sorted(plan.created.items())]
        insert_rows(session, EntityRow, rows)
    if plan.left:
        gone = sa.update(member).where(member.c.listing_key == sa.bindparam("key"), member.c.left_at.is_(None))
        _execute(connection, gone.values(left_at=now), [{"key": key} for key in plan.left])
    if plan.joined:
        rows = [
            {"listing_key": key, "entity_id": entity_id, "joined_at": now, "left_at": None, "said": None}
            for key, entity_id in sorted(plan.joined.items())
        ]
        insert_rows(session, MembershipRow, rows)
    states: list[dict[str, Any]] = [
        *({"row_id": entity_id, "to": None, "closed": None} for entity_id in sorted(plan.revived)),
        *({"row_id": old, "to": new, "closed": None} for old, new in sorted(plan.redirected.items())),
        *({"row_id": entity_id, "to": None, "closed": now} for entity_id in sorted(plan.closed)),
    ]
    if states:
        change = sa.update(entity).where(entity.c.id == sa.bindparam("row_id"))
        _execute(connection, change.values(redirect_to=sa.bindparam("to"), closed_at=sa.bindparam("closed")), states)
    touch(session, {*plan.created, *plan.changed, *plan.redirected, *plan.closed}, "resolved")


def _execute(connection: sa.Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        connection.execute(statement, rows[start : start + CHUNK])
