"""Rows as publishers write them: what becomes of them, what is set aside, and what never gets through."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from benchmarks.crawl import make_bulk_file
from crawler.listings_file import import_file
from crawler.readers import places
from crawler.readers.tables import find_file_date
from crawler.readers.values import parse_date, parse_npi, split_family_first, split_given_first
from crawler.sources import get_source
from crawler.tally import SourceState
from directory.clock import FixedClock
from directory.models import EntityKind, Exclusion, Listing, ObservationKind, to_json
from records.database import Database
from records.observations import load_current
from tests.crawler_servers import answer_json, make_npi, make_npi_row, make_wa_row, serve
from tests.test_crawler_servers import Crawl, crawl, database, load_npis, load_records, settings

__all__ = ["crawl", "database", "settings"]


FLORIDA = (
    "License-Number",
    "Last-Name",
    "First-Name",
    "Profession-Name",
    "License-Status-Description",
    "Expire-Date",
    "Board-Action-Indicator",
)


def write(path: Path, rows: object) -> str:
    path.write_text(json.dumps(rows), "utf-8")
    return str(path)


def load_exclusions(database: Database) -> list[Exclusion]:
    with database.read() as session:
        stored = list(load_current(session, ObservationKind.EXCLUSION))
    return [item.payload for item in stored if isinstance(item.payload, Exclusion)]


def test_texas_status_comes_from_the_expiry_and_says_so(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    rows = [
        {
            "license_type": "Massage Therapist",
            "license_number": "000001",
            "business_name": "EXAMPLE, ANN B",
            "owner_name": "EXAMPLE, ANN B",
            "owner_telephone": "5125550177",
            "license_expiration_date_mmddccyy": "05/31/2027",
        },
        {
            "license_type": "Massage Establishment",
            "license_number": "0002",
            "business_name": "EXAMPLE BODYWORK LLC",
            "business_address_line1": "100 EXAMPLE ST",
            "business_city_state_zip": "AUSTIN TX 78701-0000",
            "license_expiration_date_mmddccyy": "01/31/2025",
        },
    ]
    crawl("tx_tdlr", from_=write(tmp_path / "tx_2026-11-19.json", rows))
    found = load_records(database, "tx_tdlr")
    person, place = found["Massage Therapist:000001"], found["Massage Establishment:0002"]
    assert (person.given, person.middle, person.family) == ("ANN", "B", "EXAMPLE")
    assert (person.status, person.status_derived, person.kind) == ("ACTIVE", True, EntityKind.PERSON)
    assert (place.status, place.city, place.region, place.kind) == ("EXPIRED", "AUSTIN", "TX", EntityKind.PRACTICE)
    assert person.read_on == date(2026, 11, 19)
    assert "5550177" not in str(to_json(person))
    assert "EXAMPLE ST" not in str(to_json(place))


def test_connecticut_names_in_one_field(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    base = {
        "credential": "MASSAGE THERAPIST",
        "status": "ACTIVE",
        "type": "INDIVIDUAL",
        "city": "HARTFORD",
        "state": "CT",
    }
    rows = [
        {
            **base,
            "credentialnumber": "008123",
            "name": "ANA B EXAMPLE",
            "zip": "061031234",
            "issuedate": "2020-01-02T00:00:00.000",
        },
        {**base, "credentialnumber": "008124", "name": "EXAMPLE CLINIC LLC", "type": "BUSINESS", "statusreason": "x"},
        {**base, "credential": "GROCERY BEER", "credentialnumber": "1", "name": "X"},
    ]
    summary = crawl("ct_dph", from_=write(tmp_path / "ct.json", rows))
    person, place = load_records(database, "ct_dph").values()
    assert (person.given, person.middle, person.family, person.issued_on) == ("ANA", "B", "EXAMPLE", date(2020, 1, 2))
    assert (place.full_name, place.kind) == ("EXAMPLE CLINIC LLC", EntityKind.PRACTICE)
    assert summary.passed_over == {"another profession": 1}


def test_floridas_pipe_file_with_its_trailing_bars_and_stray_quotes(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    header = "|".join([*FLORIDA, ""])
    lines = [
        header,
        "MA00001|EXAMPLE|ANA|Massage Therapist|Clear|08/31/2027|N|",
        'MA00002|O"EXAMPLE|BO|Massage Therapist|Delinquent|08/31/2025|Y|',
        "RN1|NURSE|NO|Registered Nurse|Clear|08/31/2027|N|",
        "MA00003|SHORT|LINE",
        "MA00004|EXAMPLE|CY|Massage Therapist|Clear|31.12.2027|N|",
    ]
    archive = tmp_path / "PROF_ALL_20261118.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("dbdumps/ldms/PROF_ALL.txt", "\r\n".join(lines))
    summary = crawl("fl_mqa", from_=str(archive))
    found = load_records(database, "fl_mqa")
    assert set(found) == {"MA00001", "MA00002"}
    assert (found["MA00002"].family, found["MA00002"].discipline) == ('O"EXAMPLE', True)
    assert summary.read_on == date(2026, 11, 18)
    assert summary.set_aside == {"number of fields differs from the header": 1, "a date cannot be read": 1}


def test_leie_rows_keep_no_birth_date_and_zeros_are_none(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    header = list(get_source("leie").columns)
    row = dict.fromkeys(header, "") | {
        "LASTNAME": "EXAMPLE",
        "FIRSTNAME": "ANA",
        "NPI": "0000000000",
        "DOB": "19310203",
        "ADDRESS": "7 SECRET LN",
        "CITY": "DENVER",
        "STATE": "CO",
        "EXCLTYPE": "1128a1",
        "EXCLDATE": "20200319",
        "REINDATE": "00000000",
    }
    business = {**row, "LASTNAME": "", "FIRSTNAME": "", "BUSNAME": "EXAMPLE SPA", "NPI": make_npi(5)}
    path = tmp_path / "UPDATED.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        file.write(",".join(header) + "\r\n")
        writer.writerows([row, business])
    crawl("leie", from_=str(path))
    person, place = load_exclusions(database)
    assert (person.npi, person.excluded_on, person.reinstated_on) == (None, date(2020, 3, 19), None)
    assert (place.npi, place.kind) == (make_npi(5), EntityKind.PRACTICE)
    text = str([to_json(person), to_json(place)])
    assert "1931020" not in text
    assert "1931-02" not in text
    assert "SECRET" not in text


def test_sam_rows_with_former_names_and_a_decimal_npi(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    header = [name for name in get_source("sam").columns if name != "Address 4"]
    row = dict.fromkeys(header, "") | {
        "Classification": "Individual",
        "First": "ANA",
        "Last": "EXAMPLE",
        "Active Date": "01/02/2019",
        "Termination Date": "Indefinite",
        "Cross-Reference": "(also  ANA EXAMPLE-SMITH )",
        "SAM Number": "S4X",
        "NPI": f"{make_npi(6)}.0",
    }
    path = tmp_path / "sam.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerow(row)
    crawl("sam", from_=str(path))
    [found] = load_exclusions(database)
    assert (found.former_names, found.npi, found.ends_on) == (("ANA EXAMPLE-SMITH",), make_npi(6), None)


def test_a_truncated_json_file_is_one_plain_line_and_costs_the_others_nothing(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    write(folder / "good.json", [make_wa_row(1)])
    (folder / "cut.json").write_text(json.dumps([make_wa_row(2), make_wa_row(3)])[:-40], "utf-8")
    (folder / "notes.pdf").write_bytes(b"%PDF")
    summary = crawl("wa_doh", from_=str(folder))
    assert set(load_records(database, "wa_doh")) == {"MA00000001"}
    assert summary.state is SourceState.DONE
    assert any("cut.json ends in the middle" in error for error in summary.errors)
    alone = crawl("wa_doh", from_=str(folder / "cut.json"))
    assert (alone.state, alone.failed) == (SourceState.FAILED, True)


def test_an_unknown_column_in_a_folder_stops_by_name_and_keeps_the_other_files(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    write(folder / "a.json", [make_wa_row(1)])
    write(folder / "b.json", [make_wa_row(2, shoesize="9")])
    summary = crawl("wa_doh", from_=str(folder))
    assert summary.failed
    assert summary.error is not None
    assert "'shoesize'" in summary.error
    assert set(load_records(database, "wa_doh")) == {"MA00000001"}


def test_a_gzipped_table_and_one_at_an_address_read_the_same(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "rows.json.gz"
    path.write_bytes(gzip.compress(json.dumps([make_wa_row(1)]).encode()))
    assert crawl("wa_doh", from_=str(path)).new == 1
    with serve(lambda *_: answer_json([make_wa_row(1)])) as server:
        assert crawl("wa_doh", from_=f"{server.url}/rows.json").unchanged == 1
    assert len(load_records(database, "wa_doh")) == 1


def test_the_monthly_nppes_file_gives_ours_and_the_known_deactivated(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    write(tmp_path / "answer_20261001.json", {"result_count": 1, "results": [make_npi_row(9)]})
    crawl("nppes", from_=str(tmp_path / "answer_20261001.json"))
    path = tmp_path / "npidata_pfile_20260101-20261108.csv"
    make_bulk_file(path, 0)
    with path.open(newline="") as file:
        header = next(csv.reader(file))
    blank = dict.fromkeys(header, "")
    ours = blank | {
        "NPI": make_npi(20),
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "EXAMPLE",
        "Provider First Name": "BO",
        "Provider First Line Business Mailing Address": "7 SECRET LN",
        "Provider First Line Business Practice Location Address": "100 EXAMPLE ST",
        "Provider Business Practice Location Address State Name": "CO",
        "Healthcare Provider Taxonomy Code_15": "225700000X",
        "Provider License Number_15": "MT.1",
        "Provider License Number State Code_15": "CO",
        "Last Update Date": "03/23/2024",
    }
    rows = [
        ours,
        blank | {"NPI": make_npi(21), "Healthcare Provider Taxonomy Code_1": "207L00000X"},
        blank | {"NPI": make_npi(9), "NPI Deactivation Date": "05/01/2026"},
        blank | {"NPI": make_npi(22), "NPI Deactivation Date": "05/01/2026"},
    ]
    with path.open("a", newline="") as file:
        csv.DictWriter(file, header, quoting=csv.QUOTE_ALL).writerows(rows)
    summary = crawl("nppes", from_=str(path))
    assert (summary.errors, summary.new, summary.changed) == ((), 1, 1), summary.to_text()
    found = load_npis(database)
    assert set(found) == {make_npi(9), make_npi(20)}
    assert not found[make_npi(9)].active
    assert found[make_npi(20)].licences[0].number == "MT.1"
    assert "SECRET" not in str(to_json(found[make_npi(20)]))
    assert summary.read_on == date(2026, 11, 8)


def make_element(number: int, **tags: str) -> dict[str, object]:
    return {"type": "node", "id": number, "lat": 39.7, "lon": -104.9, "tags": {"shop": "massage", **tags}}


def test_open_street_map_places_become_listings_whose_sites_are_crawled(crawl: Crawl, database: Database) -> None:
    elements = [
        make_element(1, name="Example Massage", website="http://one.example/", phone="+1 303-555-0100"),
        {"type": "way", "id": 2, "center": {"lat": 1.5, "lon": 2.5}, "tags": {"name": "Way"}},
        make_element(3),
        make_element(4, name="Gone", **{"disused:shop": "massage"}),
    ]
    document = {"osm3s": {"timestamp_osm_base": "2026-11-17T00:00:00Z"}, "elements": elements}
    with serve(lambda *_: answer_json(document)) as server:
        summary = crawl("osm", from_=f"{server.url}/answer")
    assert (summary.new, summary.passed_over.get("place without a name")) == (2, 1)
    with database.read() as session:
        listings = {item.key: item for item in load_current(session, ObservationKind.LISTING)}
    one = listings["node/1"].payload
    assert isinstance(one, Listing)
    assert (one.phone, one.lat, listings["node/1"].read_on) == ("+13035550100", 39.7, date(2026, 11, 17))
    with serve(lambda path, *_: None) as server:
        found = crawl("practice_sites", server, fields={"connect_to": {"one.example": f"127.0.0.1:{server.port}"}})
        assert server.count("/robots.txt") == 1
    assert found.set_aside == {"HTTP 404": 1}


def test_the_overpass_question_names_the_region_and_cannot_be_broken_out_of() -> None:
    query = places.make_overpass_query("US-CO", 'Den"ver];out;')
    assert 'area["ISO3166-2"="US-CO"]' in query
    assert '"Denver];out;"' in query
    assert query.count('"') % 2 == 0


def test_overture_places_are_filtered_in_duckdb(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "places.parquet"
    box = "{'xmin': -104.9, 'xmax': -104.9, 'ymin': 39.7, 'ymax': 39.7}"
    address = (
        "[{'freeform': '100 Example St', 'locality': 'Denver', 'region': 'CO', 'postcode': '80202', 'country': 'US'}]"
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"""copy (
                select 'a' id, {box} bbox, {{'primary': 'Example Massage'}} "names",
                       {{'primary': 'massage_therapy'}} categories,
                       0.9 confidence, ['https://one.example'] websites, ['+13035550100'] phones, {address} addresses
                union all
                select 'b', {box}, {{'primary': 'Bakery'}}, {{'primary': 'bakery'}}, 0.9, null, null, {address}
            ) to '{path}' (format parquet)"""
        )
    summary = crawl("overture", from_=str(path))
    assert summary.errors == ()
    with database.read() as session:
        [stored] = load_current(session, ObservationKind.LISTING)
    listing = stored.payload
    assert isinstance(listing, Listing)
    assert (listing.practice, listing.city, listing.region, listing.website) == (
        "Example Massage",
        "Denver",
        "CO",
        "https://one.example",
    )
    assert summary.new == 1


def test_a_listings_file_is_stored_line_by_line(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    lines = [
        json.dumps({"listing_id": "1", "name": "Ana Example", "claims": ["LMT #1"], "postal_code": 80202, "own": "x"}),
        json.dumps({"listing_id": 2, "source": "partner", "lat": "north"}),
        json.dumps({"name": "No Id"}),
        "{broken",
        "[]",
    ]
    path.write_text("\n".join(lines), "utf-8")
    clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
    summary = import_file(database, path, source="partner", clock=clock)
    assert (summary.new, summary.fetched) == (2, 5)
    assert summary.set_aside == {"line has no listing_id": 2, "line is not JSON": 1}
    assert summary.samples[0] == "listings.jsonl line 3: line has no listing_id"
    assert summary.notes == {"lat cannot be read and is left out": 1}
    assert import_file(database, path, source="partner", clock=clock).unchanged == 2


def test_a_file_of_which_no_line_is_a_listing_fails_and_says_why(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "listings.jsonl"
    path.write_text("{broken\n")
    clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
    summary = import_file(database, path, source="partner", clock=clock)
    assert summary.failed
    assert summary.error == f"No line of {path} could be read: line 1 is not JSON."


@pytest.mark.parametrize(
    ("text", "pattern", "day"),
    [
        ("20080102", "%Y%m%d", date(2008, 1, 2)),
        ("00000000", "%Y%m%d", None),
        ("2027-09-30T00:00:00.000", "%m/%d/%Y", date(2027, 9, 30)),
        ("01/31/2025", "%m/%d/%Y", date(2025, 1, 31)),
        ("Indefinite", "%m/%d/%Y", None),
        ("", "%Y%m%d", None),
    ],
)
def test_dates_as_publishers_write_them(text: str, pattern: str, day: date | None) -> None:
    assert parse_date(text, pattern) == day


@pytest.mark.parametrize("text", ["0000000000", "1234567890", "123456789", "", "X"])
def test_what_is_no_npi_is_none(text: str) -> None:
    assert parse_npi(text) is None


def test_names_in_one_field() -> None:
    assert split_family_first("DE LA EXAMPLE JR, ANA B") == ("ANA", "B", "DE LA EXAMPLE", "JR")
    assert split_given_first("ANA B EXAMPLE III") == ("ANA", "B", "EXAMPLE", "III")


def test_a_files_own_date_stands_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "npidata_pfile_20050523-20261108.csv"
    path.write_text("x")
    assert find_file_date(path) == date(2026, 11, 8)
