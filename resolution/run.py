"""`palpate resolve` on the records: observations and judgements in, entities out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson

from directory.clock import Clock, SystemClock
from directory.errors import ConflictError
from directory.models import EntityKind, Listing, ObservationKind, to_json
from records import entities, judgements, observations
from records.database import Database, Session
from resolution.listings import derive_listings
from resolution.resolve import resolve_listings

KINDS = (ObservationKind.PAGE, ObservationKind.LISTING, ObservationKind.NPI)
TRIES = 5


@dataclass(frozen=True)
class ResolveSummary:
    """What a run came to."""

    listings: int
    people: int
    practices: int
    created: int
    changed: int
    merged: int
    closed: int
    unchanged: int
    at: datetime

    def to_json(self) -> dict[str, int | str]:
        """The summary as plain JSON values."""
        return {**asdict(self), "at": self.at.isoformat()}

    def to_text(self) -> str:
        """The summary in a line."""
        return (
            f"{self.listings} listings: {self.people} people, {self.practices} practices. "
            f"Entities: {self.created} new, {self.changed} changed, {self.merged} merged into others, "
            f"{self.closed} closed, {self.unchanged} unchanged."
        )


def load_listings(session: Session) -> Iterator[Listing]:
    """Every listing that the current observations make."""
    return derive_listings(item for kind in KINDS for item in observations.load_current(session, kind))


def digest_listing(listing: Listing) -> str:
    """A digest of what a listing says, to the day on which it was read."""
    plain = to_json(listing)
    plain["read_at"] = listing.read_at.date().isoformat() if listing.read_at else None
    return hashlib.blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def run_resolve(database: Database, *, clock: Clock | None = None, one_per_source: bool = False) -> ResolveSummary:
    """Derive the listings, decide who is who, and save the entities; ids stay, and merged ids redirect.

    Raises ConflictError if reviewers merged or split people each time that it was thought about.
    """
    for _ in range(TRIES):
        with database.read() as session:  # writers need not wait while it is thought about
            listings = list(load_listings(session))
            words = judgements.load(session)
        clusters = resolve_listings(listings, words, one_per_source=one_per_source)
        said = {listing.listing_id: digest_listing(listing) for listing in listings}
        with database.begin() as session:
            if judgements.load(session) != words:
                continue  # what a person said meanwhile is not undone
            before = entities.load_members(session)
            saved = entities.save_clusters(session, clusters)
            entities.note_said(session, said, before)
        break
    else:
        raise ConflictError("Reviewers merged or split people all the while. Run this again.")
    people = sum(cluster.kind is EntityKind.PERSON for cluster in clusters)
    return ResolveSummary(
        listings=len(listings),
        people=people,
        practices=len(clusters) - people,
        created=saved.created,
        changed=saved.changed,
        merged=saved.merged,
        closed=saved.closed,
        unchanged=saved.unchanged,
        at=(clock or SystemClock()).now(),
    )
