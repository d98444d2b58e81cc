"""What is told of a licence, and when: decided from the ledger and the day alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from directory.models import Outcome
from notices.events import Subject, find_events
from records.ledger import RULE, ClaimFacts, LedgerRow
from records.watches import EventKind
from tests.records_fixtures import START, make_entry

ANA = Subject("ana", "Ana Example")
ENDS = date(2027, 3, 1)
TODAY = START.date()
GOOD, BAD = Outcome.VERIFIED, Outcome.DISCIPLINED


def make_row(
    seq: int,
    outcome: Outcome = GOOD,
    *,
    days: float = 0,
    expires_on: date | None = ENDS,
    claim: str = "c",
    **parts: object,
) -> LedgerRow:
    """A row recorded so many days after the start."""
    facts = ClaimFacts(title="LMT", jurisdiction="CO", kind="licence", expires_on=expires_on)
    entry = make_entry("ana", claim, outcome, **{"facts": facts, **parts})
    at = START + timedelta(days=days)
    return LedgerRow(seq=seq, entry=entry, recorded_at=at, supersedes=None, erased_at=None, digest="")


def tell(rows: Sequence[LedgerRow], *, on: date = TODAY, since: datetime = START) -> list[tuple[str, date]]:
    return [(event.kind.value, event.day) for event in find_events(ANA, rows, since=since, on=on)]


@pytest.mark.parametrize(
    ("left", "told"),
    [(61, None), (60, 60), (45, 60), (31, 60), (30, 30), (12, 30), (1, 30), (0, 0), (-1, 0), (-40, 0)],
)
def test_the_end_of_a_licence_is_told_at_sixty_thirty_and_no_days(left: int, told: int | None) -> None:
    found = find_events(ANA, [make_row(1)], since=START, on=ENDS - timedelta(days=left))
    assert [event.key for event in found] == ([] if told is None else [f"ending:c:{ENDS}:{told}"])
    assert [event.kind for event in found] == (
        [] if told is None else [EventKind.ENDED if left < 0 else EventKind.ENDS]
    )


def test_each_of_the_three_days_has_a_key_of_its_own_and_keeps_it() -> None:
    keys = [
        event.key
        for day in range(-5, 70)
        for event in find_events(ANA, [make_row(1)], since=START, on=ENDS - timedelta(days=day))
    ]
    assert len(set(keys)) == 3


def test_what_ended_before_somebody_followed_is_no_news() -> None:
    assert tell([make_row(1, expires_on=date(2026, 11, 1))]) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (GOOD, Outcome.INACTIVE, "inactive"),
        (GOOD, Outcome.EXPIRED, "ended"),
        (GOOD, Outcome.NOT_FOUND, "not-found"),
        (Outcome.EXPIRED, GOOD, "current"),
        (Outcome.NOT_FOUND, GOOD, "current"),
        (GOOD, Outcome.REVIEW, None),
        (GOOD, Outcome.STALE, None),
        (GOOD, GOOD, None),
    ],
)
def test_a_settled_change_of_status_is_told_and_an_unsettled_one_is_not(
    before: Outcome, after: Outcome, told: str | None
) -> None:
    rows = [make_row(1, before, days=-30), make_row(2, after, days=2)]
    assert tell(rows) == ([] if told is None else [(told, date(2026, 11, 22))])


def test_a_pause_for_review_is_not_a_change_back() -> None:
    rows = [make_row(1, days=-30), make_row(2, Outcome.REVIEW, days=1), make_row(3, days=2)]
    assert tell(rows) == []


def test_a_board_action_is_told_only_once_a_person_confirmed_it() -> None:
    by_rule = [make_row(1, days=-30), make_row(2, BAD, days=1, decided_by=RULE)]
    assert tell(by_rule) == []
    assert tell([*by_rule, make_row(3, BAD, days=3, decided_by="ann")]) == [("board-action", date(2026, 11, 23))]


def test_a_board_action_on_a_new_claim_is_told_and_a_current_licence_is_not() -> None:
    assert tell([make_row(1, BAD, days=1, decided_by="ann")]) == [("board-action", date(2026, 11, 21))]
    assert tell([make_row(1, GOOD, days=1)]) == []


def test_a_longer_licence_is_a_renewal() -> None:
    rows = [make_row(1, days=-30), make_row(2, days=1, expires_on=date(2028, 3, 1))]
    (event,) = find_events(ANA, rows, since=START, on=START.date())
    assert (event.kind, event.expires_on) == (EventKind.RENEWED, date(2028, 3, 1))


def test_the_register_s_word_that_it_ended_is_not_told_beside_the_calendar_s() -> None:
    rows = [make_row(1), make_row(2, Outcome.EXPIRED, days=120)]
    late = ENDS + timedelta(days=20)
    by_calendar = find_events(ANA, rows[:1], since=START, on=late)
    by_register = find_events(ANA, rows, since=START, on=late)
    assert [event.key for event in by_calendar] == [event.key for event in by_register]


def test_changes_before_somebody_followed_are_no_news() -> None:
    rows = [make_row(1, days=-30), make_row(2, Outcome.INACTIVE, days=-1)]
    assert tell(rows) == []
    assert tell(rows, since=START - timedelta(days=2)) == [("inactive", date(2026, 11, 19))]


def test_claims_are_told_apart() -> None:
    rows = [
        make_row(1, days=-9),
        make_row(2, claim="other", days=-9, expires_on=None),
        make_row(3, Outcome.INACTIVE, claim="other", days=1, expires_on=None),
    ]
    assert tell(rows) == [("inactive", date(2026, 11, 21))]


def test_nothing_is_told_of_what_is_withdrawn_erased_or_not_shown() -> None:
    on = ENDS - timedelta(days=3)
    assert tell([make_row(1, withdrawn=True)], on=on) == []
    assert tell([replace(make_row(1), erased_at=START)], on=on) == []
    assert tell([make_row(1, facts=ClaimFacts(kind="student", expires_on=ENDS))], on=on) == []
