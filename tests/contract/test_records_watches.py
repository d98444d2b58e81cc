"""What is promised to those who follow somebody, and to those who are followed, on every database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from directory.errors import GoneError
from records import entities, ledger, mail, observations, watches
from records.database import Database, Session
from records.erasure import forget
from records.mail import Draft
from records.removals import Identity
from records.users import Role, create_user
from records.watches import Event, EventKind, Watcher, WatchKind
from resolution.run import run_resolve
from tests.contract.test_records_removal import dump_all
from tests.records_fixtures import LATER, START, StepClock, make_entry, make_listing, observe

WHO = "doctor@example.com"


def make_event(key: str = "k", entity_id: str = "ana", **parts: Any) -> Event:
    values: dict[str, Any] = {
        "kind": EventKind.ENDS,
        "name": "Ana Example",
        "title": "LMT",
        "jurisdiction": "CO",
        "day": date(2026, 11, 20),
        **parts,
    }
    return Event(key=key, entity_id=entity_id, **values)


def start(session: Session, *subjects: str, email: str = WHO) -> Watcher:
    watcher = watches.open_watcher(session, email=email, language="fr")
    for subject in subjects:
        kind = WatchKind.REGION if subject.isupper() else WatchKind.THERAPIST
        watches.follow(session, watcher, kind, subject, confirmed=True)
    return watcher


def write(session: Session, watcher: Watcher, key: str) -> None:
    """Put a letter in the queue for all that waits, as a run does."""
    told = watches.load_waiting(session, watcher.id)
    text = ", ".join(item.event.name for item in told)
    mail.queue(session, Draft(key=key, owner=watcher.id, recipient=watcher.address or "", message=text))
    watches.mark_mailed(session, watcher.id, key)


def test_an_address_is_one_watcher_however_it_is_written(records_database: Database) -> None:
    with records_database.begin() as session:
        first = watches.open_watcher(session, email=WHO, language="fr")
        again = watches.open_watcher(session, email=" Doctor@Example.COM ", language="es")
        assert (again.id, again.language, again.address) == (first.id, "fr", WHO)


def test_following_twice_is_following_once_and_nothing_counts_before_it_is_confirmed(
    records_database: Database,
) -> None:
    with records_database.begin() as session:
        watcher = watches.open_watcher(session, email=WHO, language="en")
        one = watches.follow(session, watcher, WatchKind.REGION, "CO")
        assert watches.follow(session, watcher, WatchKind.REGION, "CO").id == one.id
        assert watches.count_followed(session, watcher.id) == 1
        assert watches.load(session) == []
        confirmed = watches.confirm(session, one.id)
        assert watches.load(session) == [confirmed]
        assert watches.confirm(session, one.id).confirmed_at == confirmed.confirmed_at


def test_what_was_not_confirmed_for_an_hour_can_be_asked_anew(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        watcher = watches.open_watcher(session, email=WHO, language="en")
        first = watches.follow(session, watcher, WatchKind.REGION, "CO")
    records_clock.step(minutes=59)
    with records_database.begin() as session:
        assert watches.follow(session, watcher, WatchKind.REGION, "CO").id == first.id
    records_clock.step(minutes=1)
    with records_database.begin() as session:
        again = watches.follow(session, watcher, WatchKind.REGION, "CO", confirmed=True)
        assert again.id != first.id
    records_clock.step(days=1)
    with records_database.begin() as session:
        assert watches.follow(session, watcher, WatchKind.REGION, "CO").id == again.id


def test_what_nobody_confirms_is_forgotten_with_its_address(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        watcher = watches.open_watcher(session, email=WHO, language="en")
        one = watches.follow(session, watcher, WatchKind.REGION, "CO")
    records_clock.step(days=6)
    with records_database.begin() as session:
        assert watches.tidy(session) == 0
    records_clock.step(days=2)
    with records_database.begin() as session:
        assert watches.tidy(session) == 1
        assert WHO not in dump_all(session)
        with pytest.raises(GoneError):
            watches.confirm(session, one.id)
        with pytest.raises(GoneError):
            watches.get_watcher(session, watcher.id)


def test_an_event_is_told_once_a_watch_and_read_once_a_watcher(records_database: Database) -> None:
    with records_database.begin() as session:
        watcher = start(session, "ana", "CO")
        for watch in watches.load(session):
            assert watches.tell(session, watch.id, [make_event("a"), make_event("b")]) == 2
            assert watches.tell(session, watch.id, [make_event("a"), make_event("b")]) == 0
        assert watches.find_waiting(session) == [watcher.id]
        assert [item.event.key for item in watches.load_waiting(session, watcher.id)] == ["a", "b"]
        watches.mark_mailed(session, watcher.id, "letter")
        assert watches.find_waiting(session) == []
        assert {item.event.key for item in watches.load_told(session, watcher.id)} == {"a", "b"}


def test_who_stops_is_told_nothing_more_and_forgotten_with_the_last(records_database: Database) -> None:
    with records_database.begin() as session:
        watcher = start(session, "ana", "CO")
        region, ana = sorted(watches.load(session), key=lambda watch: watch.kind)
        write(session, watcher, "letter")
        watches.stop(session, watcher.id, ana.id)
        assert watches.tell(session, ana.id, [make_event()]) == 0
        assert watches.load(session) == [region]
        watches.stop(session, "somebody else", region.id)
        assert watches.load(session) == [region]
        watches.stop(session, watcher.id, region.id)
        assert WHO not in dump_all(session)
        assert mail.count(session).waiting == 0


def test_an_address_can_be_forgotten_at_once(records_database: Database) -> None:
    with records_database.begin() as session:
        start(session, "ana")
        assert watches.forget_address(session, "DOCTOR@example.com")
        assert not watches.forget_address(session, WHO)
        assert WHO not in dump_all(session)


def test_renewed_links_are_of_another_version(records_database: Database) -> None:
    with records_database.begin() as session:
        watcher = start(session, "ana")
        assert watches.renew_links(session, watcher.id).link_version == watcher.link_version + 1


def test_an_account_follows_under_its_own_address_as_long_as_it_is_open(records_database: Database) -> None:
    with records_database.begin() as session:
        user = create_user(session, name="ada", password="a long password", role=Role.ADMIN, email="ada@example.org")
        watcher = watches.open_watcher(session, user_id=user.id, language="en")
        assert watches.find_by_account(session, user.id) == watcher
        assert watcher.address == "ada@example.org"
        watches.follow(session, watcher, WatchKind.REGION, "CO", confirmed=True)
        assert watches.count(session) == {(WatchKind.REGION, True): 1}


def make_person(database: Database, clock: StepClock) -> str:
    with database.begin() as session:
        observations.store(session, observe(make_listing(), "1"))
    run_resolve(database, clock=clock)
    with database.read() as session:
        (entity,) = entities.load_all(session)
    return entity.id


def test_of_somebody_who_asked_out_nothing_is_told_any_more(
    records_database: Database, records_clock: StepClock
) -> None:
    person = make_person(records_database, records_clock)
    with records_database.begin() as session:
        watcher = start(session, person, "CO")
        region, _ = sorted(watches.load(session), key=lambda watch: watch.kind)
        watches.tell(session, region.id, [make_event("a", person), make_event("b", "bo", name="Bo Sample")])
        write(session, watcher, "both")
    forget(records_database, Identity(names=(("Ana Example", "Denver"),)), by="ann", reason="asked", entity_id=person)
    with records_database.begin() as session:
        assert "Ana Example" not in dump_all(session)
        assert watches.load(session) == [region]
        assert watches.tell(session, region.id, [make_event("c", person)]) == 0
        write(session, watcher, "the other")
        taken = mail.claim(session, "worker")
        assert taken is not None
        assert taken.message == "Bo Sample"


def test_two_runs_at_once_write_one_letter(records_database: Database, open_records: Callable[[], Database]) -> None:
    with records_database.begin() as session:
        watcher = start(session, "ana")
        (watch,) = watches.load(session)
    other = open_records()

    def run(database: Database) -> None:
        with database.begin() as session:
            watches.tell(session, watch.id, [make_event(str(number)) for number in range(5)])
        with database.begin() as session:
            if watches.load_waiting(session, watcher.id):
                write(session, watcher, "letter")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, (records_database, other, records_database, other)))
    with records_database.read() as session:
        assert len(watches.load_told(session, watcher.id)) == 5
        assert mail.count(session).waiting == 1


def test_the_ledger_says_whose_rows_are_new_and_whose_licences_end(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        ledger.append(session, make_entry("old", valid_to=date(2027, 3, 1)))
    records_clock.step(days=1)
    with records_database.begin() as session:
        ledger.append(session, make_entry("new"))
        assert ledger.find_changed(session, LATER) == {"new"}
        assert ledger.find_changed(session, START - timedelta(days=1)) == {"old", "new"}
        assert ledger.find_ending(session, date(2027, 2, 1), date(2027, 3, 1)) == {"old"}
        assert ledger.find_ending(session, date(2027, 3, 2), date(2027, 4, 1)) == set()
