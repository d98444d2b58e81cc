"""On the records: whatever is merged, split and undone, no listing and no id is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.clock import FixedClock
from directory.models import Listing, Observation, ObservationKind
from directory.settings import Settings
from records import entities, judgements, observations
from records.database import Database, Session, open_database
from records.judgements import Verdict
from resolution.run import run_resolve

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BASE = Listing(listing_id="", source="guide", city="Denver", region="CO", country="US", street="12 Oak Street")
CROWD = [
    replace(BASE, listing_id="l0", name="Ann Example", phone="303-555-0101"),
    replace(BASE, listing_id="l1", name="Annie Example", phone="303-555-0101"),
    replace(BASE, listing_id="l2", name="Ann Example", phone="303-555-0102"),
    replace(BASE, listing_id="l3", name="Bob Example", phone="303-555-0101"),
    replace(BASE, listing_id="l4", name="Example", phone="303-555-0101"),
    replace(BASE, listing_id="l5", practice="Serenity Massage", phone="303-555-0101"),
]
IDS = [listing.listing_id for listing in CROWD]


def open_with(folder: str, listings: list[Listing]) -> Database:
    database = open_database(Settings(data_dir=Path(folder)))
    with database.begin() as session:
        for listing in listings:
            observations.store(session, observe(listing))
    return database


def observe(listing: Listing) -> Observation:
    return Observation(source=listing.source, kind=ObservationKind.LISTING, key=listing.listing_id, payload=listing,
                       read_at=NOW, read_on=date(2026, 11, 20))  # fmt: skip


def check_nothing_lost(session: Session, seen: set[str]) -> None:
    homes = {listing_id: entities.find_by_listing(session, listing_id) for listing_id in IDS}
    assert None not in homes.values()
    for judgement in judgements.load(session):
        if judgement.verdict is Verdict.NEGATIVE:
            assert homes[judgement.left] != homes[judgement.right]
    for entity_id in seen:
        assert entities.resolve_id(session, entity_id)


def find_groups(session: Session) -> set[tuple[str, ...]]:
    return {tuple(sorted(entity.members)) for entity in entities.load_all(session)}


STEP = st.tuples(
    st.sampled_from(["positive", "negative", "undo"]), st.sampled_from(list(combinations(IDS, 2))), st.integers(0, 5)
)


@settings(max_examples=15, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=6))
def test_no_sequence_of_merges_splits_and_undos_loses_anything(steps: list[tuple[str, tuple[str, str], int]]) -> None:
    with TemporaryDirectory() as folder:
        database = open_with(folder, CROWD)
        run_resolve(database)
        with database.read() as session:
            seen = {entity.id for entity in entities.load_all(session)}
            before = find_groups(session)
        for verb, (left, right), place in steps:
            with database.begin() as session:
                known = judgements.load(session)
                if verb != "undo":
                    judgements.add(session, left, right, Verdict(verb), by="reviewer", reason="looked")
                elif known:
                    judgements.undo(session, known[place % len(known)].id, by="reviewer", reason="mistaken")
            run_resolve(database)
            with database.read() as session:
                seen |= {entity.id for entity in entities.load_all(session)}
                check_nothing_lost(session, seen)
        with database.begin() as session:
            while words := judgements.load(session):  # undoing a word brings back the one before it
                judgements.undo(session, words[0].id, by="reviewer", reason="all mistaken")
        run_resolve(database)
        with database.read() as session:
            assert find_groups(session) == before
            check_nothing_lost(session, seen)
        database.close()


def test_an_undone_merge_gives_both_their_ids_back(tmp_path: Path) -> None:
    database = open_with(str(tmp_path), CROWD)
    run_resolve(database, clock=FixedClock(NOW))
    with database.begin() as session:
        before = {listing_id: entities.find_by_listing(session, listing_id) for listing_id in IDS}
        word = judgements.add(session, "l0", "l3", Verdict.POSITIVE, by="reviewer", reason="one person")
    run_resolve(database)
    with database.begin() as session:
        assert entities.find_by_listing(session, "l0") == entities.find_by_listing(session, "l3")
        judgements.undo(session, word.id, by="reviewer", reason="two people")
    summary = run_resolve(database)
    with database.read() as session:
        assert {listing_id: entities.find_by_listing(session, listing_id) for listing_id in IDS} == before
    assert "listings" in summary.to_text()
    assert summary.to_json()["listings"] == len(CROWD)
    database.close()
