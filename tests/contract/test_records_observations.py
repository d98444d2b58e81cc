"""What is promised of observations and registers, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from directory.credentials import Family, LicenceKey
from directory.errors import NotFoundError, UsageError
from directory.models import ExtractedPage, ObservationKind
from records import observations, registers, runs, snapshots
from records.database import Database
from records.observations import Change
from tests.records_fixtures import LATER, START, StepClock, make_listing, make_record, observe


def test_the_first_sight_is_new_and_the_same_again_is_unchanged(records_database: Database) -> None:
    with records_database.begin() as session:
        assert observations.store(session, observe(make_listing(), "a")) is Change.NEW
    with records_database.begin() as session:
        assert observations.store(session, observe(make_listing(), "a", at=LATER)) is Change.UNCHANGED
        (only,) = observations.load_current(session, ObservationKind.LISTING)
    assert (only.first_seen_at, only.last_seen_at, only.read_on) == (START, LATER, LATER.date())
    assert only.payload == make_listing(read_at=LATER)


def test_a_change_adds_a_version_and_keeps_the_one_before(records_database: Database) -> None:
    with records_database.begin() as session:
        observations.store(session, observe(make_listing(), "a"))
        moved = observe(make_listing(city="Boulder"), "a", at=LATER)
        assert observations.store(session, moved) is Change.CHANGED
        old, new = observations.get_history(session, "demo", "a")
        (current,) = observations.load_current(session, ObservationKind.LISTING)
    assert old.superseded_at == LATER
    assert current == new
    assert old.payload == make_listing(read_at=START)
    assert new.payload == make_listing(city="Boulder", read_at=LATER)
    assert old.id == new.id


def test_what_returns_to_an_earlier_form_is_a_third_version(records_database: Database) -> None:
    with records_database.begin() as session:
        for city in ("Denver", "Boulder", "Denver"):
            observations.store(session, observe(make_listing(city=city), "a"))
        assert len(observations.get_history(session, "demo", "a")) == 3


def test_only_the_date_of_reading_is_no_change(records_database: Database) -> None:
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1, read_on=date(2026, 1, 1)), "1"))
        again = observe(make_record(1, read_on=date(2026, 2, 1)), "1", at=LATER)
        assert observations.store(session, again) is Change.UNCHANGED
        (row,) = registers.find_by_family_name(session, "CO", "sample")
    assert row.read_on == LATER.date()


def test_an_older_file_neither_replaces_what_is_known_nor_makes_it_look_older(records_database: Database) -> None:
    old = START.date() - timedelta(days=300)
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1), "1"))
        for status in ("Active", "Expired"):
            stale = observe(make_record(1, status=status), "1", at=LATER, on=old)
            assert observations.store(session, stale) is Change.UNCHANGED
        (row,) = registers.find_by_family_name(session, "CO", "sample")
    assert (row.status, row.read_on) == ("Active", START.date())


def test_ids_hold_nothing_of_the_source_s_key() -> None:
    made = observations.make_id("nppes", "1234567893")
    assert "1234567893" not in made
    assert made == observations.make_id("nppes", "1234567893")
    assert made != observations.make_id("nppe", "s1234567893")


def test_many_at_once_come_to_the_same_as_one_by_one(records_database: Database) -> None:
    seen = [observe(make_record(number), str(number)) for number in range(2500)]
    with records_database.begin() as session:
        assert observations.store_many(session, seen).new == 2500
        changed = [replace(item, payload=make_record(n, city="Boulder")) for n, item in enumerate(seen) if n < 1200]
        counts = observations.store_many(session, [*changed, *seen[1200:], changed[0], seen[0]])
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1201, 1301)


def test_a_full_run_closes_what_it_did_not_find_and_its_return_opens_it_again(records_database: Database) -> None:
    with records_database.begin() as session:
        first = runs.start(session, "demo", full=True)
        observations.store_many(session, [observe(make_record(n), str(n)) for n in (1, 2)], run_id=first.id)
        second = runs.start(session, "demo", full=True)
        observations.store(session, observe(make_record(1), "1", at=LATER), run_id=second.id)
        assert observations.close_unseen(session, "demo", second.id, LATER.date()) == 1
        assert [key.number for key, _ in registers.iter_all(session) if key] == [1]
        assert observations.store(session, observe(make_record(2), "2", at=LATER)) is Change.CHANGED
        assert len(observations.get_history(session, "demo", "2")) == 2
        assert sorted(key.number for key, _ in registers.iter_all(session) if key) == [1, 2]


@pytest.mark.parametrize(("source", "full"), [("demo", False), ("other", True)])
def test_nothing_is_closed_by_a_partial_run_or_by_another_source_s(
    records_database: Database, source: str, full: bool
) -> None:
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1), "1"))
        run = runs.start(session, source, full=full)
        with pytest.raises(UsageError, match="full run of demo"):
            observations.close_unseen(session, "demo", run.id, LATER.date())


def test_registers_answer_by_exact_number_only(records_database: Database) -> None:
    key = LicenceKey("CO", Family.MASSAGE, 12345)
    with records_database.begin() as session:
        observations.store_many(session, [observe(make_record(n), str(n)) for n in (12345, 12346)])
        (found,) = registers.find_by_key(session, key)
        assert found.register_id == "CO-12345"
        assert registers.find_by_key(session, LicenceKey("CO", Family.MASSAGE, 1234)) == ()
        assert registers.find_by_key(session, LicenceKey("CO", Family.ESTABLISHMENT, 12345)) == ()
        assert set(registers.find_by_keys(session, [key, LicenceKey("TX", Family.MASSAGE, 12345)])) == {key}


@pytest.mark.parametrize("name", ["Example-Sample", "example", "SAMPLE", "Éxample"])
def test_registers_answer_by_each_part_of_a_surname(records_database: Database, name: str) -> None:
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1), "1"))
        assert len(registers.find_by_family_name(session, "CO", name)) == 1
        assert registers.find_by_family_name(session, "TX", name) == ()


def test_a_former_name_finds_the_row_and_a_corrected_name_no_longer(records_database: Database) -> None:
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1, former_names=("Ana Maiden",)), "1"))
        assert len(registers.find_by_family_name(session, "CO", "Maiden")) == 1
        observations.store(session, observe(make_record(1, full_name="Corrected, Ana"), "1"))
        assert registers.find_by_family_name(session, "CO", "Sample") == ()
        assert len(registers.find_by_family_name(session, "CO", "corrected")) == 1


def test_pages_are_kept_once_and_only_of_practices(records_database: Database) -> None:
    page = observe(ExtractedPage(name="Example Massage"), "https://example.com/")
    with records_database.begin() as session:
        for key in ("a", "b"):
            observations.store(session, replace(page, key=key, snapshot=b"<p>Example</p>" * 100))
        observations.store(session, replace(observe(make_record(1), "1"), snapshot=b"a register's own page"))
        hashes = {item.snapshot_hash for item in observations.load_current(session, ObservationKind.PAGE)}
        (row,) = observations.load_current(session, ObservationKind.REGISTER)
        (only,) = hashes
        assert only is not None
        assert snapshots.get(session, only) == b"<p>Example</p>" * 100
        assert row.snapshot_hash is None
        assert snapshots.prune(session) == 0
        with pytest.raises(NotFoundError):
            snapshots.get(session, "0" * 64)


def test_text_that_a_database_refuses_is_kept_without_harm(records_database: Database) -> None:
    odd = "Ana\x00 Example \U0001f9d8"
    with records_database.begin() as session:
        observations.store(session, observe(make_record(1, full_name=odd), "a\x00b"))
        (row,) = observations.load_current(session, ObservationKind.REGISTER)
    assert getattr(row.payload, "full_name", None) == odd


def test_a_run_says_what_it_brought(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        assert runs.latest(session, "demo") is None
        run = runs.start(session, "demo", shard="1/4")
        records_clock.step(minutes=5)
        summary = runs.RunSummary(fetched=10, new=9, set_aside={"no name": 1}, samples=("row 3: no name",))
        done = runs.finish(session, run.id, summary, state=runs.RunState.QUARANTINED)
        assert runs.latest(session, "demo") == done == runs.history(session)[0]
        assert runs.latest(session, "demo", state=runs.RunState.DONE) is None
    assert done.summary == summary
    assert done.finished_at == datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
