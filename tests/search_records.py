"""A handful of made-up listings in records of their own, for tests of what an index is built from."""

from __future__ import annotations

from collections.abc import Sequence

from directory.models import Listing
from records import observations, runs
from records.database import Database
from resolution.run import run_resolve
from tests.records_fixtures import StepClock, observe

CITIES = (
    ("Denver", "CO", "80202"),
    ("Boulder", "CO", "80302"),
    ("Vancouver", "WA", "98660"),
    ("Monroe", "NC", "28110"),
)
NAMES = (
    "Ana Examplar",
    "Bo Sampleton",
    "Cy Testerly",
    "Di Madeup",
    "Ed Fictive",
    "Flo Invented",
    "Gus Imagined",
    "Hal Notreal",
)


def make_people(count: int) -> list[Listing]:
    """Listings of made-up people, each of them at another place."""
    return [
        Listing(
            listing_id=f"l{number}",
            source="partner",
            name=NAMES[number],
            city=city,
            region=region,
            postal_code=postal_code,
            country="US",
            phone=f"+1303555010{number}",
            conditions=("sciatica",),
            claims=(f"LMT {4000 + number}",),
        )
        for number, (city, region, postal_code) in enumerate(CITIES * 2)
    ][:count]


def record(database: Database, clock: StepClock, listings: Sequence[Listing], *, closes: bool = False) -> None:
    """Store listings as a source would say them, and settle who is who; `closes` what it says no more."""
    with database.begin() as session:
        run_id = runs.start(session, "partner", full=True).id
        for listing in listings:
            seen = observe(listing, listing.listing_id, source="partner", at=clock.now())
            observations.store(session, seen, run_id=run_id)
        if closes:
            observations.close_unseen(session, "partner", run_id, clock.today())
    run_resolve(database, clock=clock)
