"""When a licence has to be looked up again, and which registers that makes due."""

from __future__ import annotations

from datetime import date, timedelta

from records import ledger
from records.database import Session

RECHECK_DAYS = 30
BEFORE_EXPIRY_DAYS = 7


def next_check_on(checked_on: date, expires_on: date | None) -> date:
    """The next day to ask the register: 30 days on, 7 days before expiry or the day after it, whichever comes first."""
    days = [checked_on + timedelta(days=RECHECK_DAYS)]
    if expires_on is not None:
        days += [expires_on - timedelta(days=BEFORE_EXPIRY_DAYS), expires_on + timedelta(days=1)]
    return min(day for day in days if day > checked_on)


def find_due_sources(session: Session, on: date) -> frozenset[str]:
    """The registers to read by the day `on` because a licence shown as current ends within a week, or has just ended.

    Every register is read more often than every 30 days anyway (its own cadence).
    """
    first, last = on - timedelta(days=RECHECK_DAYS), on + timedelta(days=BEFORE_EXPIRY_DAYS)
    found = (row.entry for row in ledger.load_ending(session, first, last, read_before=on))
    return frozenset(
        entry.facts.register_source
        for entry in found
        if entry.facts.register_source and entry.read_on and next_check_on(entry.read_on, entry.valid_to) <= on
    )
