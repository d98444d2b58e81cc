"""When a licence has to be looked up again."""

from __future__ import annotations

from datetime import date, timedelta

RECHECK_DAYS = 30
BEFORE_EXPIRY_DAYS = 7


def next_check_on(checked_on: date, expires_on: date | None) -> date:
    """The next day to ask the register: 30 days on, 7 days before expiry or the day after it, whichever comes first."""
    days = [checked_on + timedelta(days=RECHECK_DAYS)]
    if expires_on is not None:
        days += [expires_on - timedelta(days=BEFORE_EXPIRY_DAYS), expires_on + timedelta(days=1)]
    return min(day for day in days if day > checked_on)
