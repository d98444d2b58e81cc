"""Status on a day: the first rule that applies decides, and nothing unknown becomes a default."""

from datetime import date
from typing import Any

import pytest

from directory.models import Outcome
from tests.verification_records import ON, make_record
from verification.status import StatusClass, classify_word, status_on

DISCIPLINED, REVIEW, INACTIVE, EXPIRED, VERIFIED = (
    Outcome.DISCIPLINED,
    Outcome.REVIEW,
    Outcome.INACTIVE,
    Outcome.EXPIRED,
    Outcome.VERIFIED,
)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({}, VERIFIED),
        ({"status": "ACTIVE"}, VERIFIED),
        ({"status": "Clear"}, VERIFIED),
        ({"discipline": True}, DISCIPLINED),
        ({"discipline": True, "status": "Odd word"}, DISCIPLINED),
        ({"discipline": True, "expires_on": date(2020, 1, 1)}, DISCIPLINED),
        ({"status": "Suspended"}, DISCIPLINED),
        ({"status": "Active - On Probation"}, DISCIPLINED),
        ({"status": "REVOKED"}, DISCIPLINED),
        ({"status": "Disc Relinquish"}, DISCIPLINED),
        ({"status": "Active - Restricted"}, DISCIPLINED),
        ({"status": "Active Unrestricted"}, VERIFIED),
        ({"status": "Referred to section 7"}, REVIEW),
        ({"status": "ACTIVE UNDER REVIEW"}, REVIEW),
        ({"status": None}, REVIEW),
        ({"status": "Inactive"}, INACTIVE),
        ({"status": "Retired", "expires_on": None}, INACTIVE),
        ({"status": "Vol Relinquish"}, INACTIVE),
        ({"status": "Null And Void"}, INACTIVE),
        ({"status": "PENDING"}, INACTIVE),
        ({"issued_on": date(2026, 11, 21)}, INACTIVE),
        ({"expires_on": None}, REVIEW),
        ({"expires_on": date(2026, 11, 19)}, EXPIRED),
        ({"expires_on": date(2026, 11, 20)}, VERIFIED),
        ({"status": "LAPSED DUE TO NON-RENEWAL"}, EXPIRED),
        ({"status": "Expired", "expires_on": None}, EXPIRED),
        ({"status": None, "status_derived": True}, VERIFIED),
        ({"status": None, "status_derived": True, "expires_on": date(2026, 1, 1)}, EXPIRED),
        ({"issued_on": date(2027, 1, 1), "expires_on": date(2026, 1, 1)}, REVIEW),
        ({"expires_on": date(9999, 12, 31)}, REVIEW),
    ],
)
def test_the_first_rule_that_applies_decides(values: dict[str, Any], outcome: Outcome) -> None:
    status = status_on(make_record(**values), ON)
    assert status.outcome is outcome
    assert status.sentence.endswith(".")


def test_the_day_of_expiry_is_still_valid_and_the_next_is_not() -> None:
    record = make_record(expires_on=date(2026, 8, 31))
    outcomes = [status_on(record, date(2026, 8, 31)).outcome, status_on(record, date(2026, 9, 1)).outcome]
    assert outcomes == [VERIFIED, EXPIRED]


def test_a_derived_status_says_that_it_is_worked_out() -> None:
    sentence = status_on(make_record(status=None, status_derived=True), ON).sentence
    assert "worked out from the expiry date" in sentence


@pytest.mark.parametrize("word", ["", "actve", "Active?!x", "On hold", "See file", "Aktiv"])
def test_a_word_nobody_put_in_the_table_is_unknown(word: str) -> None:
    assert classify_word(word) is StatusClass.UNKNOWN
