"""Files as people have them: with a byte order mark, a broken line, a listing from abroad, a page at an address."""

from __future__ import annotations

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


def test_a_file_without_one_readable_line_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{broken\n")
    assert main(["resolve", "--listings", "bad.jsonl", "--out", "out.csv"]) == 1
    assert not (tmp_path / "out.csv").exists()


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
