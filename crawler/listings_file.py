"""Listings files: a bulk upload or a partner's feed, one JSON object a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from crawler.items import Batch, SetAside
from crawler.pipelines.privacy import strip
from crawler.tally import SourceState, SourceSummary, Tally
from directory.clock import Clock
from directory.errors import InputError
from directory.listings_file import UnreadableLine, read_listings, say_unreadable
from directory.models import Listing, Observation, ObservationKind, Tier
from directory.regions import find_country, find_region
from records import observations, runs
from records.database import Database

BATCH = 1000


def import_file(
    database: Database, path: Path, *, source: str, clock: Clock, read_on: date | None = None
) -> SourceSummary:
    """Store the listings of a file as observations; importing it again brings nothing new."""
    left_out: Counter[str] = Counter()
    listings = read_listings(path, source=source, left_out=left_out)
    day = read_on or min(_find_day(path), clock.today())
    started_at, tally, changes = clock.now(), Tally(), Tally()
    with database.begin() as session:
        run = runs.start(session, source)
    batch = Batch(path.name)
    first: UnreadableLine | None = None
    for found in listings:
        batch.fetched += 1
        if isinstance(found, UnreadableLine):
            first = first or found
            batch.add(SetAside(f"{path.name} line {found.number}", f"line {found.reason}"))
        else:
            batch.add(_observe(found, day, clock))
        if batch.fetched >= BATCH:
            _store(database, batch, run.id, tally, changes)
            batch = Batch(path.name)
    _store(database, batch, run.id, tally, changes)
    failed = tally.fetched > 0 and not tally.observed
    why = say_unreadable(path, first) if failed and first else None
    with database.begin() as session:
        state = runs.RunState.FAILED if failed else runs.RunState.DONE
        runs.finish(session, run.id, _make_record(tally, changes), state=state)
    return SourceSummary(
        source=source,
        state=SourceState.FAILED if failed else SourceState.DONE,
        run_id=run.id,
        fetched=tally.fetched,
        new=changes.new,
        changed=changes.changed,
        unchanged=changes.unchanged,
        removed=changes.removed,
        set_aside=dict(tally.set_aside),
        notes={f"{field} cannot be read and is left out": count for field, count in sorted(left_out.items())},
        samples=tuple(tally.samples),
        error=why,
        errors=(why,) if why else (),
        read_on=day,
        started_at=started_at,
        finished_at=clock.now(),
    )


def _find_day(path: Path) -> date:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _observe(listing: Listing, day: date, clock: Clock) -> Observation:
    country = find_country(listing.country) or listing.country
    region = find_region(listing.region) if country in (None, "US", "CA") else None
    listing = replace(listing, country=country, region=region or listing.region, tier=Tier.THIRD_PARTY)
    return Observation(
        source=listing.source,
        kind=ObservationKind.LISTING,
        key=listing.listing_id,
        payload=listing,
        read_at=clock.now(),
        read_on=day,
        url=listing.url,
    )


def _store(database: Database, batch: Batch, run_id: str, tally: Tally, changes: Tally) -> None:
    tally.count_batch(batch)
    with database.begin() as session:
        counts = observations.store_many(session, [strip(item) for item in batch.observations], run_id=run_id)
    changes.add(Tally(new=counts.new, changed=counts.changed, unchanged=counts.unchanged, removed=counts.removed))


def _make_record(tally: Tally, changes: Tally) -> runs.RunSummary:
    return runs.RunSummary(
        fetched=tally.fetched,
        new=changes.new,
        changed=changes.changed,
        unchanged=changes.unchanged,
        removed=changes.removed,
        set_aside=dict(tally.set_aside),
        samples=tuple(tally.samples),
    )
