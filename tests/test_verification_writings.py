"""Names, numbers and records as boards and listings elsewhere write them: nobody is lost or branded for a writing."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from directory.models import Outcome, RegisterRecord
from tests.verification_records import check, make_listing, make_record
from verification.files import REGISTER_COLUMNS
from verification.model import Mode
from verification.standalone import verify_files

ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("listed", "rule"),
    [
        ("Vega", "lone-name"),  # a surname alone that is not the record's: perhaps the married one
        ("Zoe", "lone-name"),
        ("Ann Tester", "surname-changed-name"),
        ("Barbara Tester", "part-name"),  # goes by the middle name, and the surname changed
    ],
)
def test_a_name_that_may_be_the_holders_is_looked_at_before_it_is_called_a_mismatch(listed: str, rule: str) -> None:
    verdict = check(make_listing(listed), make_record(name="Ann Barbara Example"))
    assert (verdict.outcome, verdict.rule, verdict.register_id) == (Outcome.REVIEW, rule, None)


def test_an_older_licence_of_the_same_person_is_no_namesake() -> None:
    away, record = make_listing(city="Boulder"), make_record()
    older = make_record("MT.0004711", status="Expired", expires_on=date(2020, 1, 1))
    assert check(away, record, older, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    unlike = [
        make_record("MT.0004711"),  # two current ones
        make_record("MT.0004711", status="Expired", expires_on=date(2020, 1, 1), city="Pueblo"),
        make_record("MT.0004711", status="Revoked"),
        make_record("MT.0004711", name="Ann Example Sr", status="Expired", expires_on=date(2020, 1, 1)),
    ]
    for other in unlike:
        assert check(away, record, other, mode=Mode.DEFAULT).rule == "namesake"


def test_a_good_name_with_the_same_middle_name_passes_elsewhere_in_default_mode_only() -> None:
    listing, record = make_listing("Ann B Example", city="Pueblo"), make_record(name="Ann Barbara Example-Sample")
    assert check(listing, record, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    assert check(listing, record, mode=Mode.STRICT).rule == "good-name-other-city"
    other = make_record(name="Ann Carla Example-Sample")
    assert check(listing, other, mode=Mode.DEFAULT).outcome is Outcome.REVIEW


def test_one_part_of_a_double_surname_passes_where_the_register_gives_no_city_and_not_in_strict() -> None:
    record = make_record(name="Ann Example-Sample", city=None)
    assert check(make_listing(), record, mode=Mode.DEFAULT).outcome is Outcome.VERIFIED
    assert check(make_listing(), record, mode=Mode.STRICT).rule == "good-name-other-city"


def make_tier(number: str, name: str, licence_type: str) -> RegisterRecord:
    """A Maryland record; its two tiers share their digits."""
    return make_record(number, name, jurisdiction="MD", city="Denver", licence_type=licence_type)


def test_the_letters_tell_two_tiers_of_one_board_apart() -> None:
    licensed = make_tier("M01917", "Bert Tester", "Licensed Massage Therapist")
    registered = make_tier("R01917", "Ann Example", "Registered Massage Practitioner")
    by_letters = check(make_listing("Ann Example", "RMP R01917", region="MD"), licensed, registered)
    assert (by_letters.outcome, by_letters.register_id) == (Outcome.VERIFIED, "r-R01917")
    bare = check(make_listing("Ann Example", "1917", region="MD"), licensed, registered)
    assert (bare.outcome, bare.rule) == (Outcome.REVIEW, "several-records")
    other_tier = check(make_listing("Ann Example", "LMT M01917", region="MD"), registered)
    assert other_tier.outcome is Outcome.REVIEW, "an LMT's number is not the practitioner's of the same digits"


@pytest.fixture(name="outcomes")
def run_on_files(tmp_path: Path) -> Any:
    """Writes a register and listings, checks them, and returns (outcome, register id) of each listing."""

    def run(rows: list[dict[str, str]], listings: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
        register, source, out = tmp_path / "r.csv", tmp_path / "l.jsonl", tmp_path / "o.jsonl"
        with register.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, REGISTER_COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        source.write_bytes(b"\n".join(orjson.dumps(listing) for listing in listings))
        verify_files(source, register, out, on=ON, mode=Mode.STRICT)
        lines = [orjson.loads(line) for line in out.read_bytes().splitlines()]
        return [(line["outcome"], line["register_id"]) for line in lines]

    return run


def make_row(number: str, name: str, jurisdiction: str = "GA", licence_type: str = "LMT") -> dict[str, str]:
    """An active row of a register file."""
    return {
        "register_id": number, "jurisdiction": jurisdiction, "licence_type": licence_type, "number": number,
        "full_name": name, "city": "Atlanta", "status": "Active", "expires_on": "2027-08-31", "discipline": "0",
    }  # fmt: skip


def make_line(name: str, claim: str, region: str = "GA") -> dict[str, Any]:
    """A listing of that name with that claim."""
    return {"listing_id": claim, "source": "a", "name": name, "city": "Atlanta", "region": region, "claims": [claim]}


def test_the_letters_a_register_file_uses_are_its_own(outcomes: Any) -> None:
    rows = [make_row(f"GAMT{n:06d}", "Bert Tester") for n in range(100, 120)] + [make_row("GAMT009173", "Ann Example")]
    assert outcomes(rows, [make_line("Ann Example", "GAMT009173")]) == [("verified", "GAMT009173")]
    plain = [make_row(f"MT{n:06d}", "Bert Tester") for n in range(100, 120)] + [make_row("MT009173", "Ann Example")]
    assert outcomes(plain, [make_line("Ann Example", "GAMT009173")])[0][0] == "review"


def test_letters_that_therapists_and_establishments_share_make_no_establishment_of_a_therapist(outcomes: Any) -> None:
    rows = [make_row("MT009173", "Ann Example"), make_row("MT009174", "Quiet Room", licence_type="Establishment")]
    assert outcomes(rows, [make_line("Ann Example", "MT009173")]) == [("verified", "MT009173")]


@pytest.mark.parametrize("licence_type", ["Therapist", "Licensed Therapist", "", "Massage Therapist", "RMT"])
def test_a_type_that_names_no_other_profession_is_massage(outcomes: Any, licence_type: str) -> None:
    rows = [make_row("MT009173", "Ann Example", licence_type=licence_type)]
    assert outcomes(rows, [make_line("Ann Example", "9173")]) == [("verified", "MT009173")]


@pytest.mark.parametrize("licence_type", ["Physical Therapist", "Esthetician", "Registered Nurse"])
def test_a_type_that_names_another_profession_is_not(outcomes: Any, licence_type: str) -> None:
    rows = [make_row("MT009173", "Ann Example", licence_type=licence_type), make_row("MT1", "Bert Tester")]
    assert outcomes(rows, [make_line("Ann Example", "9173")]) == [("not_found", None)]
