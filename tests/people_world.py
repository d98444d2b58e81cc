"""A few made-up people with everything that a reviewer may want to know of them: read, resolved, checked, decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from directory.models import Listing, Observation, ObservationKind, Outcome, RegisterRecord, Tier
from records import entities, observations, reviews
from records.reviews import CaseDraft, CaseInput, CaseKind, Choice
from resolution.run import run_resolve
from search.indexer import update_index
from tests.admin_visits import add_people
from tests.web_world import NOW, World, make_world
from verification.run import run_verify

FIRST = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
OAK = Listing(
    listing_id="", source="guide", city="Denver", region="CO", country="US", street="12 Oak Street",
    postal_code="80202", tier=Tier.ASSOCIATION,
)  # fmt: skip
LISTINGS = [
    replace(OAK, listing_id="ann1", name="Ann Example", phone="303-555-0101", claims=("LMT MT.0012345",)),
    replace(OAK, listing_id="ann2", name="Ann Example, LMT", phone="303-555-0101", source="finder",
            url="https://finder.example.org/ann"),
    replace(OAK, listing_id="ann3", name="Ann Example", phone="303-555-0101", source="third",
            email="ann@example.com", claims=("BCTMB",)),
    replace(OAK, listing_id="bea1", name="Bea Sample", phone="303-555-0102", claims=("LMT MT.0077777",)),
]  # fmt: skip
ROW = RegisterRecord(
    register_id="CO-12345", source="co_dora", jurisdiction="CO", licence_type="Massage Therapist",
    number="MT.0012345", full_name="Ann Example", given="Ann", family="Example", city="Denver", status="Active",
    expires_on=date(2027, 8, 31), url="https://dora.example.gov/12345",
)  # fmt: skip
ROWS = [
    ROW,
    replace(ROW, register_id="CO-77777", number="MT.0077777", full_name="Bea Sample", given="Bea", family="Sample"),
]


def observe(payload: Listing | RegisterRecord, key: str, at: datetime) -> Observation:
    kind = ObservationKind.LISTING if isinstance(payload, Listing) else ObservationKind.REGISTER
    return Observation(source=payload.source, kind=kind, key=key, payload=payload, read_at=at, read_on=at.date())


def make_people_world(folder: Path) -> World:
    """Ann of three listings, Bea of one; Ann's licence ended on paper for a day, and one case of hers was decided."""
    world = make_world(folder, [])
    world.clock.at = FIRST
    add_people(world)
    with world.database.begin() as session:
        observations.store_many(session, [observe(item, item.listing_id, FIRST) for item in LISTINGS])
        old = replace(ROW, status="Expired", expires_on=date(2026, 8, 31))
        observations.store_many(session, [observe(row, row.register_id, FIRST) for row in (old, *ROWS[1:])])
    run_resolve(world.database, clock=world.clock)
    run_verify(world.database, on=FIRST.date(), clock=world.clock)
    world.clock.at = later = FIRST + timedelta(days=5)
    with world.database.begin() as session:
        observations.store(session, observe(ROW, ROW.register_id, later))
    run_verify(world.database, on=later.date(), clock=world.clock)
    with world.database.begin() as session:
        given = CaseInput(heading="Ann Example", outcome=Outcome.REVIEW)
        draft = CaseDraft(kind=CaseKind.OTHER, key="ann", input=given, entity_id=find_home(world, "ann1"))
        case = reviews.open_case(session, draft)
        reviews.decide(session, case.id, Choice.ACCEPT, version=1, by="ada", reason="seen on her own page")
    world.clock.at = NOW
    bring_to_index(world)
    return world


def bring_to_index(world: World) -> None:
    """What waits in the outbox, into the live index."""
    report = update_index(world.app.state.site.engine, world.database, settings=world.settings, clock=world.clock)
    assert (report.failed, report.waiting) == (0, 0)


def find_home(world: World, listing: str) -> str:
    """The id of whoever a listing belongs to."""
    with world.database.read() as session:
        found = entities.find_by_listing(session, listing)
    assert found
    return found
