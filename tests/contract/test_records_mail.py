"""What is promised of the messages that wait to be sent, on every database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from records import mail
from records.database import Database
from records.mail import Draft
from tests.records_fixtures import StepClock


def make_draft(number: int, owner: str = "somebody") -> Draft:
    return Draft(key=f"k{number}", owner=owner, recipient=f"a{number}@example.com", message=f"message {number}")


def queue(database: Database, *numbers: int, owner: str = "somebody") -> None:
    with database.begin() as session:
        for number in numbers:
            assert mail.queue(session, make_draft(number, owner))


def take(database: Database) -> str | None:
    with database.begin() as session:
        found = mail.claim(session, "worker", lease_s=60)
        return None if found is None else found.key


def settle(database: Database, act: Callable[..., None], key: str, *words: object, **options: object) -> None:
    with database.begin() as session:
        act(session, find_seq(database, key), *words, **options)


def find_seq(database: Database, key: str) -> int:
    return int(key.removeprefix("k"))


def test_a_message_is_queued_once_under_its_key(records_database: Database) -> None:
    queue(records_database, 1)
    with records_database.begin() as session:
        assert not mail.queue(session, make_draft(1))
    assert take(records_database) == "k1"
    settle(records_database, mail.sent, "k1")
    with records_database.begin() as session:
        assert not mail.queue(session, make_draft(1))
    assert take(records_database) is None


def test_what_a_transaction_did_not_do_sends_no_mail(records_database: Database) -> None:
    try:
        with records_database.begin() as session:
            mail.queue(session, make_draft(1))
            raise LookupError
    except LookupError:
        pass
    assert take(records_database) is None


def test_one_worker_sends_at_a_time_and_one_that_dies_loses_its_message(
    records_database: Database, records_clock: StepClock
) -> None:
    queue(records_database, 1, 2)
    assert take(records_database) == "k1"
    assert take(records_database) is None
    records_clock.step(seconds=61)
    assert take(records_database) == "k1"


def test_a_slow_worker_keeps_its_message_by_renewing_and_nobody_renews_anothers(
    records_database: Database, records_clock: StepClock
) -> None:
    queue(records_database, 1)
    assert take(records_database) == "k1"
    records_clock.step(seconds=50)
    settle(records_database, mail.renew, "k1", "worker", lease_s=60)
    records_clock.step(seconds=50)
    assert take(records_database) is None
    settle(records_database, mail.renew, "k1", "another", lease_s=60)
    records_clock.step(seconds=11)
    assert take(records_database) == "k1"


def test_behind_a_server_in_trouble_all_wait_in_order(records_database: Database, records_clock: StepClock) -> None:
    queue(records_database, 1, 2)
    assert take(records_database) == "k1"
    settle(records_database, mail.put_off, "k1", "away", server=True)
    queue(records_database, 3)
    assert take(records_database) is None
    records_clock.step(seconds=16)
    order = []
    while (key := take(records_database)) is not None:
        settle(records_database, mail.sent, key)
        order.append(key)
    assert order == ["k1", "k2", "k3"]


def test_a_message_delayed_for_its_own_sake_is_passed_and_given_up_after_days(
    records_database: Database, records_clock: StepClock
) -> None:
    queue(records_database, 1, 2)
    assert take(records_database) == "k1"
    settle(records_database, mail.put_off, "k1", "greylisted", server=False)
    assert take(records_database) == "k2"
    settle(records_database, mail.sent, "k2")
    records_clock.step(days=5, seconds=1)
    assert take(records_database) == "k1"
    settle(records_database, mail.put_off, "k1", "greylisted", server=False)
    assert take(records_database) is None
    with records_database.read() as session:
        counts = mail.count(session)
    assert (counts.waiting, counts.given_up) == (0, 1)


def test_a_message_waits_for_the_server_however_long(records_database: Database, records_clock: StepClock) -> None:
    queue(records_database, 1)
    for _ in range(12):
        records_clock.step(days=1)
        assert take(records_database) == "k1"
        settle(records_database, mail.put_off, "k1", "away", server=True)
        with records_database.read() as session:
            assert mail.count(session).waiting == 1


def test_an_owner_takes_back_what_was_not_sent(records_database: Database) -> None:
    queue(records_database, 1, 2, owner="a")
    queue(records_database, 3, owner="b")
    assert take(records_database) == "k1"
    settle(records_database, mail.sent, "k1")
    with records_database.begin() as session:
        assert mail.take_back(session, "a") == 1
        assert mail.take_back_keys(session, ["k1", "k3"]) == ["k3"]
    assert take(records_database) is None


def test_how_often_an_address_was_written_to_outlives_the_message(
    records_database: Database, records_clock: StepClock
) -> None:
    queue(records_database, 1)
    assert take(records_database) == "k1"
    settle(records_database, mail.sent, "k1")
    with records_database.read() as session:
        since = records_clock.now() - timedelta(hours=1)
        assert mail.count_to(session, "A1@example.com ", since) == 1
        assert mail.count_to(session, "a1@example.com", since, prefix="other") == 0
        assert mail.count_to(session, "a1@example.com", records_clock.now() + timedelta(seconds=1)) == 0


def test_settled_messages_are_forgotten_in_time(records_database: Database, records_clock: StepClock) -> None:
    queue(records_database, 1, 2)
    assert take(records_database) == "k1"
    settle(records_database, mail.sent, "k1")
    records_clock.step(days=91)
    with records_database.begin() as session:
        assert mail.prune(session) == 1
        assert mail.count(session).waiting == 1
