"""Files as people have them: with a byte order mark, a broken line, a listing from abroad, a page at an address."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cli.export import _make_safe
from cli.main import main
from directory.models import Listing, Tier
from directory.places import load_gazetteer
from search.placing import OutOfTerritoryError, place_listing

LISTING = {
    "listing_id": "a",
    "source": "s",
    "name": "Ana Examplar",
    "country": "USA",
    "region": "Colorado",
    "claims": 7,
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "data"))
    text = json.dumps(LISTING) + "\r\n{broken\r\n\r\n" + json.dumps({**LISTING, "listing_id": 2}) + "\r\n"
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode())


def test_a_broken_line_is_set_aside_and_the_others_are_resolved(tmp_path: Path) -> None:
    assert main(["resolve", "--listings", "in.jsonl", "--out", "out.csv"]) == 0
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["listing_id", "a", "2"]


REGISTER = """\
register_id,jurisdiction,licence_type,number,full_name,former_names,city,status,issued_on,expires_on,discipline
r-1,CO,Massage Therapist,MT.0012917,Ana Examplar,,Denver,Active,2015-01-01,2027-01-01,0
"""
ALONE = [
    ["resolve", "--listings", "in.jsonl", "--out", "out.csv"],
    ["verify", "--listings", "in.jsonl", "--register", "r.csv", "--out", "out.jsonl"],
    ["extract", "page.html"],
]


@pytest.mark.parametrize("words", ALONE[:2], ids=lambda words: words[0])
def test_each_bad_line_is_one_line_on_standard_error_and_is_counted(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "r.csv").write_text(REGISTER)
    (tmp_path / "in.jsonl").write_text(json.dumps(LISTING) + "\n{broken\n[]\n")
    assert main(words) == 0
    said = [record.getMessage() for record in caplog.records]
    assert [line.startswith("in.jsonl, line ") for line in said] == [True, True]
    assert "line 2 is not JSON" in said[0]
    assert "line 3 has no listing_id" in said[1]
    assert "2 lines" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["data", "/dev/null/never"])
@pytest.mark.parametrize("words", ALONE, ids=lambda words: words[0])
def test_files_alone_need_no_data_folder_and_make_none(
    words: list[str], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALPATE_DATA_DIR", folder)
    (tmp_path / "r.csv").write_text(REGISTER)
    (tmp_path / "page.html").write_text("<h1>Ana Examplar, LMT</h1><p>Massage in Denver, Colorado, since 2001.</p>" * 9)
    assert main(words) == 0
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / ".palpate").exists()


def test_father_and_son_of_one_telephone_stay_two(tmp_path: Path) -> None:
    written = ["John Example Sr", "EXAMPLE, JOHN SR", "John Example Jr.", "John Example, Junior", "John Example 3rd"]
    rows = [
        {"listing_id": name, "source": f"s{at}", "name": name, "phone": "3035550100", "email": "john@example.com"}
        for at, name in enumerate(written)
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps({**row, "region": "CO"}) for row in rows))
    assert main(ALONE[0]) == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        found = [row["entity_id"] for row in csv.DictReader(file)]
    assert (found[0], found[2]) == (found[1], found[3])
    assert len(set(found)) == 3


def test_a_file_without_one_readable_line_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{broken\n")
    assert main(["resolve", "--listings", "bad.jsonl", "--out", "out.csv"]) == 1
    assert not (tmp_path / "out.csv").exists()


def test_one_bad_line_is_told_by_all_commands_in_the_same_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "r.csv").write_text(REGISTER)
    (tmp_path / "in.jsonl").write_text(
        json.dumps(LISTING) + "\n" + json.dumps({**LISTING, "listing_id": 2, "city": []})
    )
    assert [main(words) for words in ALONE[:2]] == [0, 0]
    assert all(record.getMessage().startswith("in.jsonl, line 2 has no text as its city.") for record in caplog.records)
    assert len(caplog.records) == 2
    rows = [line.split(",") for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert [row[0] for row in rows] == ["a", "2"]
    assert rows[0][1] != rows[1][1]
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(line["listing_id"], line["rule"]) for line in lines[1:]] == [("2", "listing-unreadable")]
    assert "line 2 has no text as its city" in lines[1]["explanation"]
    capsys.readouterr()
    assert main(["import", "in.jsonl", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["set_aside"] == {"line has no text as its city": 1}


def test_an_import_reads_the_same_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "in.jsonl", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["new"], said["set_aside"]) == (2, {"line is not JSON": 1})


def test_coordinates_suffice_in_any_country() -> None:
    abroad = Listing(listing_id="a", source="s", tier=Tier.THIRD_PARTY, city="Paris", lat=48.85, lon=2.35)
    place = place_listing(abroad, load_gazetteer())
    assert (place.lat, place.lon, place.country) == (48.85, 2.35, None)
    with pytest.raises(OutOfTerritoryError):
        place_listing(Listing(listing_id="a", source="s", country="FR", city="Paris"), load_gazetteer())


def test_an_empty_cell_stays_empty_and_a_formula_is_none() -> None:
    assert [_make_safe(value) for value in ("", "=1", "+13035550100")] == ["", "'=1", "+13035550100"]
