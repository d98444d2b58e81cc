"""Taking away what is kept about somebody who asked out.

What stays says nothing about them: keyed digests by which they are known again, and the chains of the ledger and the
audit, which cover digests of what is erased.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from directory.models import ExtractedPage, Listing, Observation
from records import audit, entities, ledger, observations, removals, requests, snapshots, watches
from records.cases import CaseState, find_by_listings
from records.codec import digest, keyed_digest
from records.database import Database, Session
from records.observations import StoredObservation
from records.removals import Identity
from records.tables import (
    CaseRow,
    DecisionRow,
    JudgementRow,
    MembershipRow,
    ObservationRow,
    RegisterNameRow,
    RegisterRecordRow,
)

CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was taken away."""

    removal_id: str
    observations: int
    pages_stripped: int
    ledger_rows: int
    cases: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A version that speaks of the person, and what may stay of it: None if nothing."""

    row_id: int
    seen: StoredObservation
    stays: Observation | None

    @property
    def names_and_sites(self) -> Iterator[tuple[str, str]]:
        """Who is no longer named on a page that stays, with the page's site."""
        if self.stays is None or not isinstance(self.seen.payload, ExtractedPage):
            return
        kept = self.stays.payload
        named = {person.name for person in kept.practitioners} if isinstance(kept, ExtractedPage) else set()
        site = self.seen.payload.website or self.seen.payload.url or self.seen.url
        if site is not None:
            yield from ((item.name, site) for item in self.seen.payload.practitioners if item.name not in named)


def forget(database: Database, identity: Identity, *, by: str, reason: str, entity_id: str | None = None) -> Forgotten:
    """Keep somebody out and take away what is there about them.

    It is looked for in a reading transaction, which keeps nobody waiting; all of it goes in one that writes.
    """
    with database.read() as session:
        listings = frozenset(entities.get(session, entity_id).members) if entity_id is not None else frozenset()
        last = session.scalar(sa.select(sa.func.max(ObservationRow.id))) or 0
        found = list(_find(session, identity, listings))
        # On other pages of the same sites their name stands without a city.
        sites = sorted({pair for item in found for pair in item.names_and_sites} - set(identity.site_names))
        if sites:
            identity = dataclasses.replace(identity, site_names=(*identity.site_names, *sites))
            found = list(_find(session, identity, listings))
    with database.begin() as session:
        found += _find(session, identity, listings, after=last)
        keys = {(item.seen.source, item.seen.key) for item in found if item.stays is None}
        identity = dataclasses.replace(identity, source_keys=tuple(sorted({*identity.source_keys, *keys})))
        removal = removals.ask_out(session, identity, by=by, reason=reason, entity_id=entity_id)
        _take_away(session, found)
        rows, cases = (0, 0) if entity_id is None else _forget_entity(session, entity_id)
        snapshots.prune(session)
        audit.append(session, actor=by, action="removal", subject=entity_id or removal.id, detail={"why": reason})
    return Forgotten(
        removal_id=removal.id,
        observations=len(keys),
        pages_stripped=len({item.seen.id for item in found if item.stays is not None}),
        ledger_rows=rows,
        cases=cases,
    )


def _find(session: Session, identity: Identity, listings: frozenset[str], *, after: int = 0) -> Iterator[_Found]:
    """Every version, superseded ones too, that speaks of whom `identity` recognises."""
    out = removals.make_filter(session, identity)
    for row_id, seen in observations.iter_versions(session, after=after):
        observation = Observation(
            source=seen.source,
            kind=seen.kind,
            key=seen.key,
            payload=seen.payload,
            read_at=seen.last_seen_at,
            read_on=seen.read_on,
            url=seen.url,
        )
        stays = out.strip(observation)
        if isinstance(seen.payload, Listing) and seen.payload.listing_id in listings:
            stays = None
        if stays is not observation:
            yield _Found(row_id, seen, stays)


def _take_away(session: Session, found: Sequence[_Found]) -> None:
    """Delete the versions of which nothing may stay, and rewrite the pages that name others too."""
    row = ObservationRow
    ids = sorted({item.seen.id for item in found if item.stays is None})
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        for table in (ObservationRow, RegisterRecordRow, RegisterNameRow):
            session.execute(sa.delete(table).where(table.observation_id.in_(part)))
    for item in found:
        if item.stays is not None:
            text = observations.encode_payload(item.stays.payload)
            values = {"payload": text, "payload_hash": digest(text), "snapshot_hash": None}
            session.execute(sa.update(row).where(row.id == item.row_id).values(**values))


def _forget_entity(session: Session, entity_id: str) -> tuple[int, int]:
    """Empty the ledger, the cases and the memberships of an entity; returns how many ledger rows and cases."""
    live = entities.resolve_id(session, entity_id)
    aliases = entities.find_aliases(session, live)
    rows = ledger.erase(session, live)
    member = MembershipRow
    listings = set(session.scalars(sa.select(member.listing_key).where(member.entity_id.in_(aliases))))
    cases = list(session.scalars(sa.select(CaseRow.id).where(CaseRow.entity_id.in_(aliases))))
    cases += [case.id for case in find_by_listings(session, listings) if case.id not in cases]
    gone = {"payload": None, "key": "", "claim_id": None, "state": CaseState.GONE.value, "version": CaseRow.version + 1}
    for start in range(0, len(cases), CHUNK):
        part = cases[start : start + CHUNK]
        session.execute(sa.update(CaseRow).where(CaseRow.id.in_(part)).values(**gone))
        erased = {"reason": "", "register_id": None}
        session.execute(sa.update(DecisionRow).where(DecisionRow.case_id.in_(part)).values(**erased))
        for case_id in part:
            audit.erase(session, case_id)
    _rename_listings(session, aliases)
    watches.forget_entity(session, aliases)
    requests.forget_entity(session, aliases)
    entities.remove(session, live)
    return rows, len(cases)


def _rename_listings(session: Session, entity_ids: list[str]) -> None:
    """Put keyed digests in the place of listings' keys, which may name a person or their site."""
    member, judgement = MembershipRow, JudgementRow
    keys = set(session.scalars(sa.select(member.listing_key).where(member.entity_id.in_(entity_ids))))
    for key in sorted(keys):
        plain = f"gone-{keyed_digest(session.secret, 'listing', key)[:32]}"
        session.execute(sa.update(member).where(member.listing_key == key).values(listing_key=plain))
        for column in (judgement.left, judgement.right):
            session.execute(sa.update(judgement).where(column == key).values({column: plain, judgement.reason: ""}))
