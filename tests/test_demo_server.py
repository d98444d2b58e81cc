"""The made-up world over HTTP: sites by host name, registers, NPPES and the exclusion list as the real ones answer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest

from demo.server import WorldServer, serve_world
from demo.world import make_world
from directory.errors import PalpateError


@pytest.fixture(scope="module")
def server() -> Iterator[WorldServer]:
    with serve_world(make_world(seed=1, on=date(2026, 11, 23))) as served:
        yield served


def fetch(server: WorldServer, path: str, host: str = "127.0.0.1") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{server.port}"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
    finally:
        connection.close()


def fetch_rows(server: WorldServer, path: str, **query: object) -> list[dict[str, object]]:
    status, content_type, body = fetch(server, f"{path}?{urlencode(query)}")
    assert (status, content_type) == (200, "application/json")
    rows = json.loads(body)
    assert isinstance(rows, list)
    return rows


def test_every_site_has_pages_rules_and_a_map_of_itself(server: WorldServer) -> None:
    for slug, pages in server.sites.items():
        host = f"{slug}.localhost"
        assert fetch(server, "/", host)[0] == 200
        assert f"Sitemap: http://{host}:{server.port}/sitemap.xml" in fetch(server, "/robots.txt", host)[2]
        listed = fetch(server, "/sitemap.xml", host)[2]
        assert all(f"{server.site_url(slug)}{path}</loc>" in listed for path in pages)


def test_an_unknown_site_or_page_is_not_found(server: WorldServer) -> None:
    assert fetch(server, "/", "nobody.localhost")[0] == 404
    assert fetch(server, "/nothing", "foothill-clinical.localhost")[0] == 404
    assert fetch(server, "/nothing")[0] == 404


@pytest.mark.parametrize("dataset", ["qxh8-f4bd", "7s5z-vewr", "pjnv-eaih"])
def test_a_register_is_read_page_by_page(server: WorldServer, dataset: str) -> None:
    state = {"qxh8-f4bd": "wa", "7s5z-vewr": "co", "pjnv-eaih": "de"}[dataset]
    whole = fetch_rows(server, f"/{state}/resource/{dataset}.json")
    pages = [
        fetch_rows(server, f"/{state}/resource/{dataset}.json", **{"$limit": 20, "$offset": at, "$order": ":id"})
        for at in range(0, len(whole) + 20, 20)
    ]
    assert [row for page in pages for row in page] == whole
    assert len(pages[-1]) < 20


def test_a_register_tells_its_columns_and_age(server: WorldServer) -> None:
    described = json.loads(fetch(server, "/wa/api/views/qxh8-f4bd.json")[2])
    assert described["rowsUpdatedAt"] > 0
    assert "credentialnumber" in {column["fieldName"] for column in described["columns"]}


def test_nppes_answers_by_state_and_postal_prefix_with_its_limits(server: WorldServer) -> None:
    query = {"version": "2.1", "state": "WA", "postal_code": "981*", "limit": 200}
    found = json.loads(fetch(server, f"/nppes/api/?{urlencode(query)}")[2])
    assert found["result_count"] == len(found["results"]) > 0
    assert all(row["addresses"][0]["postal_code"].startswith("981") for row in found["results"])
    refused = json.loads(fetch(server, "/nppes/api/?version=2.1&state=WA&limit=200&skip=1200")[2])
    assert refused["Errors"]


def test_the_exclusion_list_is_a_file(server: WorldServer) -> None:
    status, content_type, body = fetch(server, "/leie/exclusions/downloadables/UPDATED.csv")
    assert (status, content_type) == (200, "text/csv")
    assert body == server.world.exclusions


def test_every_source_of_the_world_has_an_address_in_it(server: WorldServer) -> None:
    assert set(server.overrides) == {"wa_doh", "co_dora", "de_dpr", "nppes", "leie", "practice_sites"}
    starts = server.overrides["practice_sites"]["start_urls"]
    assert isinstance(starts, tuple)
    assert len(starts) == len(server.world.practices)


def test_a_taken_port_says_what_to_do(server: WorldServer) -> None:
    with pytest.raises(PalpateError, match=str(server.port)), serve_world(server.world, server.port):
        pass
