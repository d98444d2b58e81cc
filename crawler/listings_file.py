"""Listings files: a bulk upload or a partner's feed, one JSON object a line."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
from pydantic import ValidationError

from crawler.items import Batch, SetAside
from crawler.pipelines.privacy import strip
from crawler.tally import SourceState, SourceSummary, Tally
from directory.clock import Clock
from directory.errors import InputError
from directory.models import Listing, Observation, ObservationKind, Tier, from_json
from directory.regions import find_country, find_region
from records import observations, runs
from records.database import Database

BATCH = 1000
_FIELDS = frozenset(Listing.__dataclass_fields__)
_TEXTS = frozenset(  # a number is meant as text there
    ("listing_id", "source", "title", "name", "practice", "street", "city", "postal_code", "phone")
)


def load_listings(path: Path, *, source: str = "import") -> Iterator[Listing | SetAside]:
    """The file's listings, in order; a line that holds none is set aside with the reason.

    `source` names those that name none themselves. Raises `InputError` if the file cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        for place, line in enumerate(file, 1):
            if line.removeprefix(BOM_UTF8).strip():
                yield parse_listing(line.removeprefix(BOM_UTF8), f"{path.name} line {place}", source)


def parse_listing(line: bytes, where: str, source: str) -> Listing | SetAside:
    """The listing in one line of JSON; fields of others' own are left alone."""
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        return SetAside(where, "line is not JSON")
    if not isinstance(data, dict):
        return SetAside(where, "line is not a listing")
    kept = {name: value for name, value in data.items() if name in _FIELDS and value is not None}
    kept |= {name: str(value) for name, value in kept.items() if name in _TEXTS and isinstance(value, int | float)}
    claims = kept.pop("claims", [])
    claims = claims if isinstance(claims, list) else [claims]
    kept["claims"] = [str(claim) for claim in claims if isinstance(claim, str | int | float)]
    if isinstance(kept.get("country"), str):
        kept["country"] = find_country(kept["country"]) or kept["country"]
    if isinstance(kept.get("region"), str) and kept.get("country") in (None, "US", "CA"):
        kept["region"] = find_region(kept["region"]) or kept["region"]
    kept.setdefault("source", source)
    if not str(kept.get("listing_id", "")).strip():
        return SetAside(where, "no listing_id")
    try:
        return from_json(Listing, {**kept, "tier": Tier.THIRD_PARTY})
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        return SetAside(where, f"{field} cannot be read")


def import_file(
    database: Database, path: Path, *, source: str, clock: Clock, read_on: date | None = None
) -> SourceSummary:
    """Store the listings of a file as observations; importing it again brings nothing new."""
    listings = load_listings(path, source=source)
    day = read_on or min(_find_day(path), clock.today())
    started_at, tally, changes = clock.now(), Tally(), Tally()
    with database.begin() as session:
        run = runs.start(session, source)
    batch = Batch(path.name)
    for found in listings:
        batch.fetched += 1
        batch.add(found if isinstance(found, SetAside) else _observe(found, day, clock))
        if batch.fetched >= BATCH:
            _store(database, batch, run.id, tally, changes)
            batch = Batch(path.name)
    _store(database, batch, run.id, tally, changes)
    failed = tally.fetched > 0 and not tally.observed
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
        samples=tuple(tally.samples),
        error=f"{path.name} holds no listing that can be read." if failed else None,
        errors=(f"{path.name} holds no listing that can be read.",) if failed else (),
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
