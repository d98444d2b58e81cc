"""Clocks: aware, in UTC, and one that stands still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from directory.clock import Clock, FixedClock, SystemClock


def test_the_machine_s_clock_tells_an_aware_time_in_utc() -> None:
    before = datetime.now(UTC)
    now, today = SystemClock().now(), SystemClock().today()
    after = datetime.now(UTC)
    assert now.tzinfo is UTC
    assert before <= now <= after
    assert before.date() <= today <= after.date()


def test_a_fixed_clock_stands_still_until_it_is_set() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    held: Clock = clock
    assert held.now() == held.now()
    assert held.today() == date(2026, 11, 23)
    clock.at += timedelta(minutes=1)
    assert held.today() == date(2026, 11, 24)
