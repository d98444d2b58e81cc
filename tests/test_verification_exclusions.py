"""Exclusion lists: an NPI decides, a name only ever makes a candidate for the staff."""

from datetime import date
from typing import Any

from directory.models import EntityKind, Exclusion
from directory.names import parse_name
from verification.exclusions import ExclusionHit, ExclusionIndex

ON = date(2026, 11, 20)


def make_exclusion(**values: Any) -> Exclusion:
    fields: dict[str, Any] = {
        "exclusion_id": "e1",
        "source": "leie",
        "kind": EntityKind.PERSON,
        "full_name": "EXAMPLE, ANN",
        "given": "ANN",
        "family": "EXAMPLE",
        "region": "CO",
        "excluded_on": date(2020, 3, 19),
    }
    return Exclusion(**{**fields, **values})


def find(exclusion: Exclusion, *names: str, npi: str | None = None, region: str = "CO") -> list[ExclusionHit]:
    parsed = [parse_name(name) for name in names]
    return ExclusionIndex([exclusion]).find(parsed, npi=npi, regions=[region], on=ON)


def test_the_same_npi_decides_whatever_the_name() -> None:
    hits = find(make_exclusion(npi="1234567893"), "Zoe Other", npi="1234567893")
    assert [hit.decided for hit in hits] == [True]


def test_the_same_name_is_only_a_candidate() -> None:
    hits = find(make_exclusion(), "Ann Example")
    assert [hit.decided for hit in hits] == [False]
    assert "no NPI in common" in hits[0].why


def test_two_npis_that_differ_are_two_people() -> None:
    assert find(make_exclusion(npi="1234567893"), "Ann Example", npi="1245319599") == []


def test_former_names_and_both_halves_of_a_hyphen_are_searched() -> None:
    double = make_exclusion(full_name="EXAMPLE-TESTER, ANN", family="EXAMPLE-TESTER")
    assert find(double, "Ann Tester")
    assert find(double, "Ann Example")
    assert find(make_exclusion(family="OTHER", former_names=("Ann Tester",)), "Ann Tester")
    assert find(make_exclusion(family="TESTER"), "Ann Sample", "Ann Tester")


def test_nicknames_are_searched() -> None:
    assert find(make_exclusion(given="ROBERT", full_name="EXAMPLE, ROBERT"), "Bob Example")


def test_an_exclusion_that_has_ended_or_was_lifted_is_no_hit() -> None:
    assert find(make_exclusion(reinstated_on=date(2022, 1, 1)), "Ann Example") == []
    assert find(make_exclusion(ends_on=date(2022, 1, 1)), "Ann Example") == []
    assert find(make_exclusion(excluded_on=date(2027, 1, 1)), "Ann Example") == []


def test_another_person_is_no_hit() -> None:
    assert find(make_exclusion(), "Zoe Other") == []
    assert find(make_exclusion(), "Betty Example") == []
