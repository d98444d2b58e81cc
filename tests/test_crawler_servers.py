"""Every row of servers that enforce the real limits, counted against the server's own list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.job import Limits
from crawler.regions import US
from crawler.run import run_crawl
from crawler.tally import SourceState, SourceSummary
from directory.clock import FixedClock
from directory.models import NpiRecord, ObservationKind, RegisterRecord, to_json
from directory.settings import Settings
from records.database import Database
from records.observations import load_current
from tests.crawler_servers import Nppes, Server, Socrata, answer_json, make_npi, make_npi_row, make_wa_row, serve
from tests.records_fixtures import open_new

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FAST = Limits(ask_again_s=0.01, retries=0)
WA_COLUMNS = [*make_wa_row(1), "middlename", "ceduedate"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, crawl_delay_s=0)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_new(settings, clock=FixedClock(NOW))
    yield opened
    opened.close()


Crawl = Callable[..., SourceSummary]


@pytest.fixture
def crawl(settings: Settings, database: Database) -> Crawl:
    def run(source: str, server: Server | None = None, *, path: str = "", **more: Any) -> SourceSummary:
        overrides = {source: {"base_url": f"{server.url}{path}", **dict(more.pop("fields", {}))}} if server else {}
        more.setdefault("limits", FAST)
        return run_crawl(
            settings,
            database=database,
            sources=[source],
            overrides=overrides,
            allow_local=True,
            clock=FixedClock(NOW),
            **more,
        )[0]

    return run


def load_records(database: Database, source: str) -> dict[str, RegisterRecord]:
    with database.read() as session:
        stored = list(load_current(session, ObservationKind.REGISTER, source))
    return {item.key: item.payload for item in stored if isinstance(item.payload, RegisterRecord)}


def load_npis(database: Database) -> dict[str, NpiRecord]:
    with database.read() as session:
        stored = list(load_current(session, ObservationKind.NPI))
    return {item.key: item.payload for item in stored if isinstance(item.payload, NpiRecord)}


@pytest.mark.parametrize("counts", [True, False])
def test_socrata_every_row_through_unordered_pages_202_and_429(
    crawl: Crawl, database: Database, *, counts: bool
) -> None:
    rows = [make_wa_row(number) for number in range(1, 2501)]
    fake = Socrata({"qxh8-f4bd": rows}, {"qxh8-f4bd": WA_COLUMNS}, counts=counts, trouble=True)
    with serve(fake.route) as server:
        summary = crawl("wa_doh", server)
    assert (summary.state, summary.fetched, summary.new) == (SourceState.DONE, 2500, 2500)
    assert set(load_records(database, "wa_doh")) == {row["credentialnumber"] for row in rows}


def test_socrata_a_page_shorter_than_asked_for_does_not_end_a_counted_table(crawl: Crawl, database: Database) -> None:
    rows = [make_wa_row(number) for number in range(1, 1201)]
    fake = Socrata({"qxh8-f4bd": rows}, {"qxh8-f4bd": WA_COLUMNS}, page_cap=500)
    with serve(fake.route) as server:
        crawl("wa_doh", server)
    assert len(load_records(database, "wa_doh")) == 1200


def test_socrata_the_date_of_the_check_is_the_data_sets_own(crawl: Crawl, database: Database) -> None:
    stamp = int(datetime(2026, 11, 18, 2, tzinfo=UTC).timestamp())
    fake = Socrata({"qxh8-f4bd": [make_wa_row(1)]}, {"qxh8-f4bd": WA_COLUMNS}, updated_at=stamp)
    with serve(fake.route) as server:
        summary = crawl("wa_doh", server)
    assert summary.read_on == date(2026, 11, 18)
    assert load_records(database, "wa_doh")["MA00000001"].read_on == date(2026, 11, 18)


def test_socrata_a_new_column_stops_the_source_by_name_before_a_row_is_kept(crawl: Crawl, database: Database) -> None:
    fake = Socrata({"qxh8-f4bd": [make_wa_row(1)]}, {"qxh8-f4bd": [*WA_COLUMNS, "shoesize"]})
    with serve(fake.route) as server:
        summary = crawl("wa_doh", server)
    assert summary.state is SourceState.FAILED
    assert summary.error is not None
    assert "wa_doh" in summary.error
    assert "'shoesize'" in summary.error
    assert load_records(database, "wa_doh") == {}


def test_socrata_a_column_that_only_a_row_has_stops_the_source_too(crawl: Crawl, database: Database) -> None:
    fake = Socrata({"qxh8-f4bd": [make_wa_row(1, shoesize="9")]}, {"qxh8-f4bd": WA_COLUMNS})
    with serve(fake.route) as server:
        summary = crawl("wa_doh", server)
    assert summary.state is SourceState.FAILED
    assert load_records(database, "wa_doh") == {}


def test_socrata_a_server_that_wants_a_sign_in_is_one_plain_line(crawl: Crawl) -> None:
    refusal = {"message": "You must be logged in to access this resource", "error": True}
    with serve(lambda *_: answer_json(refusal, 403)) as server:
        summary = crawl("wa_doh", server)
    assert summary.state is SourceState.FAILED
    assert summary.error is not None
    assert "HTTP 403" in summary.error


def test_a_birth_year_leaves_no_trace(crawl: Crawl, database: Database, settings: Settings) -> None:
    born = "1931 or so"  # four digits alone turn up in any digest and in a port's number
    fake = Socrata({"qxh8-f4bd": [make_wa_row(1, birthyear=born)]}, {"qxh8-f4bd": WA_COLUMNS})
    with serve(fake.route) as server:
        crawl("wa_doh", server)
    assert list(load_records(database, "wa_doh")) == ["MA00000001"]
    database.close()
    kept = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert any(b"MA00000001" in path.read_bytes() for path in kept)
    assert all(born.encode() not in path.read_bytes() for path in kept)


def test_colorado_one_record_of_all_discipline_cases_across_pages(crawl: Crawl, database: Database) -> None:
    base: dict[str, object] = {
        "lastname": "Example",
        "firstname": "Ana",
        "city": "Denver",
        "state": "CO",
        "licensetype": "MT",
        "licensenumber": "0000007",
        "licenseexpirationdate": "2027-09-30T00:00:00.000",
        "licensestatusdescription": "Active",
        "linktoverifylicense": {"url": "https://register.example/7"},
    }
    others: list[dict[str, object]] = [{**base, "licensenumber": f"{number:07d}"} for number in range(100, 110)]
    cases: list[dict[str, object]] = [
        {**base, "casenumber": f"2020-{n}", "programaction": "Stipulation"} for n in (1, 2)
    ]
    electrician: dict[str, object] = {**base, "licensetype": "EC"}
    rows: list[dict[str, object]] = [cases[0], *others, electrician, cases[1]]
    columns = list(load_columns("co_dora"))
    with serve(Socrata({"7s5z-vewr": rows}, {"7s5z-vewr": columns}).route) as server:
        summary = crawl("co_dora", server, fields={"page_size": 4})
    found = load_records(database, "co_dora")
    assert (summary.fetched, summary.passed_over, len(found)) == (13, {"another profession": 1}, 11)
    seven = found["MT:0000007"]
    assert seven.discipline
    assert seven.discipline_note == "2020-1, Stipulation; 2020-2, Stipulation"
    assert seven.url == "https://register.example/7"
    assert seven.expires_on == date(2027, 9, 30)


def load_columns(source: str) -> dict[str, object]:
    from crawler.sources import get_source

    return dict(get_source(source).columns)


def test_delaware_discipline_comes_from_its_own_data_set(crawl: Crawl, database: Database) -> None:
    row: dict[str, object] = {
        "last_name": "EXAMPLE",
        "first_name": "ANA",
        "license_no": "MT-0000001",
        "license_type": "Massage Therapist",
        "license_status": "Active",
        "expiration_date": "2027-08-31T00:00:00.000",
        "disciplinary_action": "N",
    }
    action: dict[str, object] = {
        "license_id_l": "MT-0000001",
        "item_text": "Letter of reprimand",
        "disp_start": "2020-02-03T00:00:00.000",
    }
    fake = Socrata(
        {"pjnv-eaih": [row, {**row, "license_no": "MT-0000002"}], "dz6p-akeq": [action]},
        {"pjnv-eaih": list(load_columns("de_dpr")), "dz6p-akeq": list(action)},
    )
    with serve(fake.route) as server:
        crawl("de_dpr", server)
    found = load_records(database, "de_dpr")
    assert found["MT-0000001"].discipline
    assert "Letter of reprimand" in (found["MT-0000001"].discipline_note or "")
    assert not found["MT-0000002"].discipline


def test_nppes_every_row_though_a_query_is_capped_at_1200(crawl: Crawl, database: Database) -> None:
    dense = [make_npi_row(n, zip_code="80202") for n in range(1, 1150)]
    spread = [make_npi_row(n, zip_code=f"8{n % 10}{n % 7}{n % 5}{n % 3}") for n in range(1150, 3600)]
    rows = [*dense, *spread]
    with serve(Nppes(rows).route) as server:
        summary = crawl("nppes", server, path="/api/", regions=["CO"])
    assert summary.state is SourceState.DONE
    assert set(load_npis(database)) == {str(row["number"]) for row in rows}
    assert summary.new == len(rows)


def test_nppes_a_hundred_regions_in_one_run(crawl: Crawl, database: Database) -> None:
    states = sorted(US)
    rows = [make_npi_row(n, state=states[n % len(states)]) for n in range(1, 300)]
    cities = [f"CITY{n}" for n in range(100 - len(states))]
    rows += [make_npi_row(1000 + n, state="CO", city=city, zip_code="80300") for n, city in enumerate(cities)]
    regions = [*states, *(f"{city}, CO" for city in cities)]
    assert len(regions) == 100
    with serve(Nppes(rows).route) as server:
        crawl("nppes", server, path="/api/", regions=regions)
    assert set(load_npis(database)) == {str(row["number"]) for row in rows}


def test_nppes_both_generations_of_answers_read_the_same(crawl: Crawl, database: Database) -> None:
    rows = [make_npi_row(2), make_npi_row(3)]
    assert {type(row["number"]) for row in rows} == {int, str}
    for row in rows:
        assert isinstance(row["basic"], dict)
        row["basic"] = {key: value for key, value in row["basic"].items() if key != "last_updated"}
    with serve(Nppes(rows).route) as server:
        crawl("nppes", server, path="/api/", regions=["CO"])
    assert {record.updated_on for record in load_npis(database).values()} == {date(2019, 3, 23)}


def test_nppes_an_error_in_a_200_is_the_sources_failure_in_its_own_words(crawl: Crawl) -> None:
    errors = {"Errors": [{"description": "taxonomy_description is unknown", "field": "x", "number": "1"}]}
    with serve(lambda *_: answer_json(errors)) as server:
        summary = crawl("nppes", server, path="/api/", regions=["CO"])
    assert summary.state is SourceState.FAILED
    assert summary.error is not None
    assert "taxonomy_description is unknown" in summary.error


def test_nppes_keeps_no_mailing_address_and_no_street_of_a_sole_proprietor(crawl: Crawl, database: Database) -> None:
    official = {"authorized_official_last_name": "HIDDEN", "authorized_official_telephone_number": "303-555-0177"}
    rows = [make_npi_row(1, sole_proprietor="YES"), make_npi_row(3, **official)]
    with serve(Nppes(rows).route) as server:
        crawl("nppes", server, path="/api/", regions=["CO"])
    found = load_npis(database)
    sole, other = found[make_npi(1)], found[make_npi(3)]
    assert (sole.street, sole.city, sole.postal_code) == (None, "DENVER", "80202")
    assert (other.street, other.postal_code) == ("100 EXAMPLE ST", "80202-1234")
    text = str([to_json(record) for record in found.values()])
    assert not any(secret in text for secret in ("SECRET", "HIDEAWAY", "0199", "HIDDEN", "0177"))
