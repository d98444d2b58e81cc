"""What there is to tell of a licence: worked out from the ledger and a day, the same whenever it is asked.

Only what is public is told. A status counts once it is settled: what waits for a person, or is too old to rely on, is
no change; discipline is told once a person confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from directory.models import Outcome
from records.ledger import LedgerRow
from records.watches import Event, EventKind
from search.standing import HIDDEN_KINDS, find_published_outcome

DAYS_BEFORE = (0, 30, 60)
SETTLED = {
    Outcome.VERIFIED: EventKind.CURRENT,
    Outcome.EXPIRED: EventKind.ENDED,
    Outcome.INACTIVE: EventKind.INACTIVE,
    Outcome.DISCIPLINED: EventKind.BOARD_ACTION,
    Outcome.NOT_FOUND: EventKind.NOT_FOUND,
}
TOLD_AT_FIRST = (EventKind.BOARD_ACTION, EventKind.INACTIVE)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about, as published."""

    entity_id: str
    name: str


def find_events(subject: Subject, history: Iterable[LedgerRow], *, since: datetime, on: date) -> list[Event]:
    """Everything to tell, on the day `on`, to somebody who follows since `since`, oldest change first."""
    by_claim = sorted(history, key=lambda row: (row.entry.claim_id, row.seq))
    found: list[Event] = []
    for _, group in groupby(by_claim, key=lambda row: row.entry.claim_id):
        rows = list(group)
        found += _find_changes(subject, rows, since)
        if (ending := _find_ending(subject, rows[-1], since, on)) is not None:
            found.append(ending)
    return sorted(found, key=lambda event: (event.day, event.key))


def _find_changes(subject: Subject, rows: Sequence[LedgerRow], since: datetime) -> Iterator[Event]:
    before: tuple[EventKind, date | None] | None = None
    for row in rows:
        kind = _read_status(row)
        if kind is None:
            continue
        expires_on = row.entry.facts.expires_on
        if row.recorded_at >= since and (told := _compare(before, kind, expires_on)) is not None:
            key = _make_ending_key(row, 0) if told is EventKind.ENDED else f"status:{row.entry.claim_id}:{row.seq}"
            yield _make(subject, row, told, key, row.recorded_at.date())
        before = (kind, expires_on)


def _compare(
    before: tuple[EventKind, date | None] | None, kind: EventKind, expires_on: date | None
) -> EventKind | None:
    """What the step from one status to the next is called; None if it is none."""
    if before is None:
        return kind if kind in TOLD_AT_FIRST else None
    if before[0] is not kind:
        return kind
    longer = before[1] is not None and expires_on is not None and expires_on > before[1]
    return EventKind.RENEWED if kind is EventKind.CURRENT and longer else None


def _find_ending(subject: Subject, row: LedgerRow, since: datetime, on: date) -> Event | None:
    """That a licence ends within 60 or 30 days, or has: the nearest of the three alone."""
    expires_on = row.entry.facts.expires_on
    holds = row.entry.outcome in (Outcome.VERIFIED, Outcome.STALE) and _is_public(row)
    if not holds or expires_on is None or expires_on < since.date():
        return None
    left = (expires_on - on).days
    days = next((days for days in DAYS_BEFORE if left <= days), None)
    if days is None:
        return None
    kind = EventKind.ENDED if left < 0 else EventKind.ENDS
    return _make(subject, row, kind, _make_ending_key(row, days), on)


def _read_status(row: LedgerRow) -> EventKind | None:
    return SETTLED.get(find_published_outcome(row)) if _is_public(row) else None


def _is_public(row: LedgerRow) -> bool:
    entry = row.entry
    return row.erased_at is None and not entry.withdrawn and (entry.facts.kind or "none") not in HIDDEN_KINDS


def _make_ending_key(row: LedgerRow, days: int) -> str:
    return f"ending:{row.entry.claim_id}:{row.entry.facts.expires_on}:{days}"


def _make(subject: Subject, row: LedgerRow, kind: EventKind, key: str, day: date) -> Event:
    facts = row.entry.facts
    return Event(
        key=key,
        kind=kind,
        entity_id=subject.entity_id,
        name=subject.name,
        title=facts.register_title or facts.title or "",
        jurisdiction=facts.jurisdiction,
        day=day,
        expires_on=facts.expires_on,
    )
