"""`palpate resolve` on the records: observations and judgements in, entities out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from directory.clock import Clock, SystemClock
from directory.models import EntityKind, Listing, ObservationKind
from records import entities, judgements, observations
from records.database import Database, Session
from resolution.listings import derive_listings
from resolution.resolve import resolve_listings

KINDS = (ObservationKind.PAGE, ObservationKind.LISTING, ObservationKind.NPI)


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


def run_resolve(database: Database, *, clock: Clock | None = None, one_per_source: bool = False) -> ResolveSummary:
    """Derive the listings, decide who is who, and save the entities; ids stay, and merged ids redirect."""
    with database.read() as session:  # writers need not wait while it is thought about
        listings = list(load_listings(session))
        words = judgements.load(session)
    clusters = resolve_listings(listings, words, one_per_source=one_per_source)
    with database.begin() as session:
        saved = entities.save_clusters(session, clusters)
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
