"""`palpate verify` on two files: one line out for each line in, whatever the lines hold."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from directory.errors import InputError, UnknownColumnError
from verification.files import REGISTER_COLUMNS
from verification.model import Mode
from verification.standalone import verify_files

ON = date(2026, 11, 20)
ROW = {
    "register_id": "r1", "jurisdiction": "CO", "licence_type": "Massage Therapist", "number": "MT.0012917",
    "full_name": "Ann Example", "former_names": "", "city": "Denver", "status": "Active", "issued_on": "2015-03-01",
    "expires_on": "2027-08-31", "discipline": "0",
}  # fmt: skip
LISTING = {
    "listing_id": "a", "source": "alpha", "title": None, "name": "Ann Example", "practice": None, "street": None,
    "city": "Denver", "region": "CO", "postal_code": None, "country": "US", "phone": "+13035550100", "email": None,
    "website": None, "claims": ["LMT #12917"],
}  # fmt: skip


@pytest.fixture(name="run")
def run_on_files(tmp_path: Path) -> Any:
    """Writes both files, checks them, and returns the lines."""

    def run(
        rows: list[dict[str, str]], listings: list[dict[str, Any] | str], mode: Mode = Mode.STRICT
    ) -> list[dict[str, Any]]:
        register, source, out = tmp_path / "r.csv", tmp_path / "l.jsonl", tmp_path / "o.jsonl"
        with register.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, REGISTER_COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        source.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in listings), "utf-8")
        verify_files(source, register, out, on=ON, mode=mode)
        return [json.loads(line) for line in out.read_text("utf-8").splitlines()]

    return run


def test_one_line_a_listing_in_input_order(run: Any) -> None:
    listings = [{**LISTING, "listing_id": f"x{n}"} for n in (3, 1, 2, 1)]
    lines = run([ROW], [*listings, {**LISTING, "listing_id": "none", "claims": []}])
    assert [line["listing_id"] for line in lines] == ["x3", "x1", "x2", "x1", "none"]


def test_a_line_has_the_fields_that_are_promised(run: Any) -> None:
    line = run([ROW], [LISTING])[0]
    assert {"listing_id", "outcome", "register_id", "rule", "grade", "explanation", "suggestions", "claims"} <= set(
        line
    )
    assert (line["outcome"], line["register_id"], line["grade"]) == ("verified", "r1", "strong")
    assert [claim["claim"] for claim in line["claims"]] == ["LMT #12917"]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"title": "Quiet Room – Ann Example, LMT", "name": None}, "verified"),
        ({"name": "EXAMPLE, ANN"}, "verified"),
        ({"name": "Example"}, "review"),
        ({"name": "Zoe Other"}, "name_mismatch"),
        ({"claims": ["99999"], "name": "Zoe Other"}, "not_found"),
        ({"claims": [], "name": "Zoe Other"}, "no_claim"),
        ({"claims": []}, "review"),
        ({"region": "KS"}, "no_register"),
        ({"region": "NSW", "country": "AU"}, "no_register"),
        ({"region": "Colorado", "country": "United States"}, "verified"),
        ({"claims": "LMT 12917"}, "verified"),
        ({"claims": None, "name": "Zoe Other"}, "no_claim"),
        ({"phone": 3035550100, "postal_code": 80202}, "verified"),
    ],
)
def test_each_outcome(run: Any, changes: dict[str, Any], outcome: str) -> None:
    assert run([ROW], [{**LISTING, **changes}])[0]["outcome"] == outcome


def test_a_line_that_is_no_listing_is_answered_and_the_rest_goes_on(run: Any) -> None:
    lines = run([ROW], ["{broken", "[]", '{"listing_id": "q", "claims": {"a": 1}}', LISTING])
    assert [(line["listing_id"], line["outcome"]) for line in lines] == [
        (None, "review"),
        (None, "review"),
        ("q", "review"),
        ("a", "verified"),
    ]
    assert "line 1 is not JSON" in lines[0]["explanation"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"expires_on": "2026-13-45"}, "'2026-13-45' is no date"),
        ({"expires_on": "08/31/2027"}, "'08/31/2027' is no date"),
        ({"discipline": "maybe"}, "neither yes nor no"),
        ({"status": "See file 7"}, "'See file 7'"),
        ({"expires_on": "2010-01-01"}, "before its issue"),
        ({"expires_on": ""}, "no expiry date"),
    ],
)
def test_a_register_row_that_cannot_be_read_goes_to_a_person_with_the_reason(
    run: Any, changes: dict[str, str], reason: str
) -> None:
    line = run([{**ROW, **changes}], [LISTING])[0]
    assert line["outcome"] == "review"
    assert reason in line["explanation"]
    assert line["suggestions"][0]["register_id"] == "r1"


def test_two_rows_under_one_number_go_to_a_person(run: Any) -> None:
    assert run([ROW, {**ROW, "register_id": "r2"}], [LISTING])[0]["rule"] == "several-records"
    assert run([ROW, {**ROW, "status": "Expired"}], [LISTING])[0]["rule"] == "register-row-unclear"
    assert run([ROW, ROW], [LISTING])[0]["outcome"] == "verified"


def test_numbers_wider_than_the_known_scheme_are_read_if_the_register_has_them(run: Any) -> None:
    wide = {**ROW, "number": "MT.123456789"}
    assert run([wide], [{**LISTING, "claims": ["LMT 123456789"]}])[0]["outcome"] == "verified"


def test_a_column_gone_stops_the_check_by_name_and_leaves_no_file(tmp_path: Path) -> None:
    register, listings, out = tmp_path / "r.csv", tmp_path / "l.jsonl", tmp_path / "o.jsonl"
    register.write_text(",".join(name for name in REGISTER_COLUMNS if name != "status") + "\n", "utf-8")
    listings.write_text(json.dumps(LISTING), "utf-8")
    with pytest.raises(UnknownColumnError, match="lacks the column status"):
        verify_files(listings, register, out, on=ON)
    assert not out.exists()


def test_a_missing_file_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        verify_files(tmp_path / "l", tmp_path / "r", tmp_path / "o", on=ON)


def test_the_register_counts_as_read_on_the_day_asked(run: Any) -> None:
    assert run([{**ROW, "expires_on": "2026-11-20"}], [LISTING])[0]["outcome"] == "verified"


def test_a_double_entry_of_columns_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    register, listings, out = tmp_path / "r.csv", tmp_path / "l.jsonl", tmp_path / "o.jsonl"
    names = [*REGISTER_COLUMNS, "extra"]
    register.write_text(
        "\ufeff" + ",".join(names) + "\n" + ",".join(f'"{({**ROW, "extra": "z"})[name]}"' for name in names), "utf-8"
    )
    listings.write_text(json.dumps(LISTING) + "\n\n", "utf-8")
    assert verify_files(listings, register, out, on=ON).outcomes == {"verified": 1}


def test_without_a_region_the_postal_code_tells_it_and_else_a_person_is_shown_who_it_could_be(run: Any) -> None:
    no_region = {**LISTING, "region": None}
    lines = run([ROW], [{**no_region, "postal_code": "80202"}, no_region, {**no_region, "claims": []}])
    assert [(line["outcome"], line["rule"]) for line in lines] == [
        ("verified", "number-name-city"),
        ("review", "place-unknown"),
        ("review", "no-claim-like-name"),
    ]
    assert [line["suggestions"][0]["register_id"] for line in lines[1:]] == ["r1", "r1"]


def test_a_printed_region_beats_the_postal_code(run: Any) -> None:
    assert run([ROW], [{**LISTING, "region": "KS", "postal_code": "80202"}])[0]["outcome"] == "no_register"


def test_a_business_name_in_the_name_field_is_nobodys_name(run: Any) -> None:
    line = run([ROW], [{**LISTING, "name": "Quiet Room Massage"}])[0]
    assert (line["outcome"], line["rule"]) == ("review", "nobody-named")


def test_a_number_used_under_another_name_casts_no_doubt_on_its_holder(run: Any) -> None:
    away = {**LISTING, "city": "Pueblo"}
    other = {**LISTING, "listing_id": "b", "name": "Zoe Other", "phone": "+13035550177"}
    namesake = {**LISTING, "listing_id": "c", "phone": "+13035550188", "city": "Boulder"}
    assert [line["outcome"] for line in run([ROW], [away, other], Mode.DEFAULT)] == ["verified", "name_mismatch"]
    assert run([ROW], [away, namesake], Mode.DEFAULT)[0]["rule"] == "shared-number"


def test_a_field_too_long_to_read_is_told_and_stops_nothing(run: Any) -> None:
    long: list[dict[str, Any]] = [
        {"name": "A" * 10**6},
        {"title": "Massage by " * 10**5},
        {"claims": ["1" * 10**6]},
        {"claims": ["LMT"] * 500},
    ]
    lines = run([ROW], [*({**LISTING, **changes} for changes in long), LISTING])
    assert [line["outcome"] for line in lines] == ["review"] * 4 + ["verified"]
    assert "line 1 has a name that is too long" in lines[0]["explanation"]


def test_a_file_of_unreadable_lines_alone_fails_and_still_says_why_of_each(run: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No line of .* line 1 has no listing_id"):
        run([ROW], ["[1]", "{bad"])
    assert len((tmp_path / "o.jsonl").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize("city", ["Denver, CO", "DENVER, Colorado", "Denver, CO 80202", "Denver, CO, USA", " denver "])
def test_a_city_with_its_region_behind_a_comma_is_the_city(run: Any, city: str) -> None:
    assert run([ROW], [{**LISTING, "city": city}])[0]["rule"] == "number-name-city"
