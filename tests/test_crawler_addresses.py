"""An address given by `--from` stands in for the source's own: it is asked page by page, and gives every row."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.readers.socrata import find_endpoint
from crawler.sources import get_source
from crawler.tally import SourceState
from directory.models import Listing, ObservationKind
from records.database import Database
from records.observations import load_current
from tests.crawler_servers import Answer, Nppes, Row, Socrata, answer_json, make_npi, make_npi_row, make_wa_row, serve
from tests.test_crawler_servers import (
    WA_COLUMNS,
    Crawl,
    crawl,
    database,
    load_npis,
    load_records,
    settings,
)

__all__ = ["crawl", "database", "settings"]

ROWS = [make_wa_row(n) for n in range(1, 2351)]
PLACE: Row = {
    "type": "node",
    "id": 1,
    "lat": 39.7,
    "lon": -104.9,
    "tags": {"name": "Example Massage", "shop": "massage"},
}


@pytest.mark.parametrize("path", ["", "/", "/resource/qxh8-f4bd.json", "/resource/qxh8-f4bd.json?$limit=500"])
def test_socrata_every_row_of_a_server_or_a_data_set_given_by_its_address(
    crawl: Crawl, database: Database, path: str
) -> None:
    fake = Socrata({"qxh8-f4bd": ROWS}, {"qxh8-f4bd": WA_COLUMNS}, page_cap=700)
    with serve(fake.route) as server:
        summary = crawl("wa_doh", from_=f"{server.url}{path}")
    assert (summary.state, summary.fetched, summary.new) == (SourceState.DONE, len(ROWS), len(ROWS))
    assert len(load_records(database, "wa_doh")) == len(ROWS)
    assert summary.read_on == date(2026, 11, 18), "the day that the server says its rows were written"


@pytest.mark.parametrize("page_sizes", [(1000,), (1000, 300), (7, 1000)])
def test_socrata_rows_that_nobody_counts_end_at_an_empty_page_not_at_a_short_one(
    crawl: Crawl, page_sizes: tuple[int, ...]
) -> None:
    asked: list[int] = []

    def route(path: str, query: dict[str, str], _: str) -> Answer | None:
        offset = int(query["$offset"])
        asked.append(offset)
        return answer_json(ROWS[offset : offset + page_sizes[len(asked) % len(page_sizes)]])

    with serve(route) as server:
        summary = crawl("wa_doh", from_=f"{server.url}/some/rows")
    assert (summary.state, summary.new) == (SourceState.DONE, len(ROWS))


@pytest.mark.parametrize("path", ["/saved.json", "/saved"])
def test_a_saved_answer_at_an_address_is_read_once_though_the_server_turns_no_pages(crawl: Crawl, path: str) -> None:
    with serve(lambda *_: answer_json(ROWS[:1000])) as server:
        summary = crawl("wa_doh", from_=server.url + path)
    assert (summary.state, summary.fetched, summary.new) == (SourceState.DONE, 1000, 1000)


def test_socrata_what_the_address_itself_asks_for_is_kept() -> None:
    source = get_source("wa_doh")
    endpoint = find_endpoint(source, "https://data.example/resource/abcd-1234.json?$where=status='ACTIVE'&$limit=5")
    assert endpoint is not None
    assert (endpoint.server, endpoint.dataset) == ("https://data.example", "abcd-1234")
    assert endpoint.make_url(limit=10, offset=20).count("limit") == 1
    assert "where=status%3D%27ACTIVE%27" in endpoint.make_url(limit=10, offset=20)
    assert find_endpoint(source, "https://data.example/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD") is None


@pytest.mark.parametrize("path", ["/api/", "/api/?version=2.1", "/api/?version=2.1&state=CO&limit=10"])
def test_nppes_every_row_of_a_registry_given_by_its_address(crawl: Crawl, database: Database, path: str) -> None:
    rows = [make_npi_row(n, zip_code=f"8{n % 10}{n % 7}{n % 5}{n % 3}") for n in range(1, 1500)]
    with serve(Nppes(rows).route) as server:
        summary = crawl("nppes", from_=server.url + path, regions=["CO"])
    assert (summary.state, summary.new) == (SourceState.DONE, len(rows))
    assert set(load_npis(database)) == {str(row["number"]) for row in rows}


def test_nppes_an_address_that_asks_for_one_number_is_asked_once(crawl: Crawl, database: Database) -> None:
    with serve(lambda *_: answer_json({"result_count": 1, "results": [make_npi_row(7)]})) as server:
        crawl("nppes", from_=f"{server.url}/api/?version=2.1&number={make_npi(7)}")
        assert len(server.asked) == 1
    assert set(load_npis(database)) == {make_npi(7)}


def test_nppes_a_page_that_is_short_in_the_middle_loses_no_row(crawl: Crawl) -> None:
    fake = Nppes([make_npi_row(n) for n in range(1, 600)])

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        short = {**query, "limit": "130"} if query.get("skip") == "200" else query
        return fake.route(path, short, host)

    with serve(route) as server:
        assert crawl("nppes", server, path="/api/", regions=["CO"]).new == 599


def test_nppes_pages_that_shift_are_asked_again_in_slices_of_one_page(crawl: Crawl, database: Database) -> None:
    rows = [make_npi_row(n, zip_code=f"80{n % 10}02") for n in range(1, 601)]
    turns = iter(range(1000))

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        turn = next(turns) * 150  # what stood on the second page stands on the first, and the other way round
        return Nppes(rows[turn % 600 :] + rows[: turn % 600]).route(path, query, host)

    with serve(route) as server:
        crawl("nppes", server, path="/api/", regions=["CO"])
    assert set(load_npis(database)) == {str(row["number"]) for row in rows}


def test_nppes_a_number_that_comes_twice_is_one_record(crawl: Crawl, database: Database) -> None:
    with serve(Nppes([make_npi_row(1), make_npi_row(1), make_npi_row(3)]).route) as server:
        summary = crawl("nppes", server, path="/api/", regions=["CO"])
    assert (summary.new, summary.passed_over) == (2, {"row of an NPI that is there twice": 1})
    assert len(load_npis(database)) == 2


def test_osm_an_address_is_asked_as_a_server_where_a_region_is_asked_for(crawl: Crawl, database: Database) -> None:
    questions: list[str] = []

    def route(path: str, query: dict[str, str], _: str) -> Answer | None:
        questions.append(query.get("data", ""))
        return answer_json({"elements": [PLACE]}) if path == "/api/interpreter" and query.get("data") else None

    with serve(route) as server:
        summary = crawl("osm", from_=f"{server.url}/api/interpreter", regions=["CO"])
    assert "US-CO" in questions[0]
    assert summary.new == 1
    with database.read() as session:
        (listing,) = (item.payload for item in load_current(session, ObservationKind.LISTING))
    assert isinstance(listing, Listing)
    assert (listing.practice, listing.region) == ("Example Massage", "CO")


@pytest.mark.parametrize("order", [1, -1])
def test_two_rows_of_a_licence_become_one_record_whatever_their_order(
    crawl: Crawl, database: Database, order: int
) -> None:
    old, new = make_wa_row(1, status="EXPIRED", expirationdate="20200101"), make_wa_row(1, expirationdate="20280101")
    fake = Socrata({"qxh8-f4bd": [old, new, make_wa_row(2), make_wa_row(2)][::order]}, {"qxh8-f4bd": WA_COLUMNS})
    with serve(fake.route) as server:
        first = crawl("wa_doh", server)
        again = crawl("wa_doh", server)
    assert first.set_aside == {"another row of the same licence number says otherwise": 1}
    assert first.passed_over == {"row that is there twice": 1}
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert load_records(database, "wa_doh")["MA00000001"].status == "ACTIVE"


def test_a_needed_column_that_no_row_has_stops_the_source_by_name(crawl: Crawl, database: Database) -> None:
    rows = [{name: value for name, value in make_wa_row(n).items() if name != "status"} for n in range(1, 4)]
    with serve(lambda path, query, _: answer_json(rows) if path == "/rows" else None) as server:
        summary = crawl("wa_doh", from_=f"{server.url}/rows")
    assert summary.state is SourceState.FAILED
    assert "column 'status' is missing" in (summary.error or "")
    assert load_records(database, "wa_doh") == {}


def test_a_city_of_a_state_that_is_asked_for_too_is_not_asked_twice(crawl: Crawl) -> None:
    with serve(Nppes([make_npi_row(n) for n in range(1, 5)]).route) as server:
        summary = crawl("nppes", server, path="/api/", regions=["Colorado", "Denver, CO"])
    assert (summary.fetched, summary.new) == (4, 4)
