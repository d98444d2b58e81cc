"""Badges lapse by themselves: computed from dates, under a clock that moves."""

from datetime import date, timedelta
from typing import Any

import pytest

from directory.models import Outcome
from records.ledger import FhirStatus
from tests.verification_records import Held
from verification.badge import (
    CHECK_DAYS,
    CONTACT_DAYS,
    EXCLUSION_DAYS,
    LABELS,
    BadgeCode,
    is_due,
    rate_credential,
    verified_until,
)
from verification.fhir import fhir_status
from verification.plan import next_check_on

DAY = date(2026, 11, 20)


def walk(credential: Held, *days: date) -> list[BadgeCode]:
    return [rate_credential(credential, on=day).code for day in days]


def test_a_badge_ends_when_the_check_is_older_than_120_days() -> None:
    last = DAY + timedelta(days=120)
    assert walk(Held(), DAY, last, last + timedelta(days=1)) == [
        BadgeCode.CURRENT,
        BadgeCode.CURRENT,
        BadgeCode.CHECKING,
    ]


def test_a_badge_ends_the_day_after_expiry_without_anybody_touching_it() -> None:
    held = Held(expires_on=DAY + timedelta(days=3))
    assert walk(held, DAY + timedelta(days=3), DAY + timedelta(days=4)) == [BadgeCode.CURRENT, BadgeCode.EXPIRED]
    assert rate_credential(held, on=DAY).until == DAY + timedelta(days=3)


@pytest.mark.parametrize("missing", [{"verified_on": None}, {"expires_on": None}])
def test_a_badge_without_both_dates_is_not_current(missing: dict[str, Any]) -> None:
    assert walk(Held(**missing), DAY) == [BadgeCode.CHECKING]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"outcome": "disciplined"}, BadgeCode.BOARD_ACTION),
        ({"outcome": "expired", "expires_on": date(2025, 1, 1)}, BadgeCode.EXPIRED),
        ({"outcome": "inactive"}, BadgeCode.INACTIVE),
        ({"outcome": "review", "rule": "weak-name"}, BadgeCode.CHECKING),
        ({"outcome": "name_mismatch"}, BadgeCode.CHECKING),
        ({"outcome": "not_found"}, BadgeCode.CHECKING),
        ({"outcome": "stale"}, BadgeCode.CHECKING),
        ({"outcome": "no_register", "rule": "no-register", "jurisdiction": "AB"}, BadgeCode.NO_REGISTER),
        ({"outcome": "no_register", "rule": "not-checkable"}, BadgeCode.CLAIMED),
        ({"outcome": "review", "rule": "register-unread"}, BadgeCode.CLAIMED),
        ({"outcome": "no_claim"}, BadgeCode.NOT_STATED),
        ({"kind": "certificate"}, BadgeCode.CERTIFICATE),
    ],
)
def test_every_outcome_has_its_badge(values: dict[str, Any], code: BadgeCode) -> None:
    badge = rate_credential(Held(**values), on=DAY)
    assert badge.code is code
    assert badge.label == LABELS[code]
    assert badge.sentence.endswith(".")
    assert "!" not in badge.sentence
    assert "unverified" not in badge.sentence.lower()
    assert "unlicensed" not in badge.sentence.lower()


def test_the_sentence_tells_the_age_of_the_check() -> None:
    sentence = rate_credential(Held(jurisdiction="WA"), on=DAY + timedelta(days=3)).sentence
    assert sentence.startswith("Checked 3 days ago in Washington's register.")


def test_verified_until_is_the_earlier_of_expiry_and_clock() -> None:
    assert verified_until(DAY, DAY + timedelta(days=10)) == DAY + timedelta(days=10)
    assert verified_until(DAY, DAY + timedelta(days=999)) == DAY + timedelta(days=120)
    assert verified_until(None, DAY) is None


def test_the_three_clocks_run_out_on_their_own_days_and_what_was_never_done_is_due() -> None:
    def list_due(days: int) -> list[int]:
        clocks = (CHECK_DAYS, EXCLUSION_DAYS, CONTACT_DAYS)
        return [clock for clock in clocks if is_due(DAY, clock, on=DAY + timedelta(days=days))]

    assert list_due(30) == []
    assert list_due(31) == list_due(90) == [30]
    assert list_due(91) == list_due(120) == [30, 90]
    assert list_due(121) == [120, 30, 90]
    assert is_due(None, CHECK_DAYS, on=DAY)


def test_a_licence_is_asked_again_in_30_days_7_before_and_the_day_after_expiry() -> None:
    assert next_check_on(DAY, None) == DAY + timedelta(days=30)
    assert next_check_on(DAY, DAY + timedelta(days=365)) == DAY + timedelta(days=30)
    assert next_check_on(DAY, DAY + timedelta(days=20)) == DAY + timedelta(days=13)
    assert next_check_on(DAY, DAY + timedelta(days=7)) == DAY + timedelta(days=8)
    assert next_check_on(DAY, DAY - timedelta(days=9)) == DAY + timedelta(days=30)


def test_fhir_status_follows_the_life_of_a_check() -> None:
    first = {outcome: fhir_status(outcome, was_validated=False) for outcome in Outcome}
    again = {outcome: fhir_status(outcome, was_validated=True) for outcome in Outcome}
    assert first[Outcome.NO_REGISTER] is FhirStatus.ATTESTED
    assert first[Outcome.REVIEW] is FhirStatus.IN_PROCESS
    assert first[Outcome.VERIFIED] is FhirStatus.VALIDATED
    assert first[Outcome.STALE] is FhirStatus.REQ_REVALID
    assert first[Outcome.EXPIRED] is FhirStatus.VAL_FAIL
    assert again[Outcome.EXPIRED] is FhirStatus.REVAL_FAIL
    assert again[Outcome.REVIEW] is FhirStatus.REQ_REVALID
