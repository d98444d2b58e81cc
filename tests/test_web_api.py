"""The API's promises, and those of the lists, feeds and files beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from search.engine import open_engine
from tests.web_world import ATTACK, World, make_attack, make_documents, make_world
from web.app import create_app

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("api"), [*make_documents(), make_attack()])


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app) as found:
        yield found


def test_a_search_answers_in_the_contract_s_fields(client: TestClient) -> None:
    body = client.get("/api/v1/therapists", params={"q": "sore neck near Stony Plain"}).json()
    assert {"total", "place", "places", "chips", "results", "facets"} <= set(body)
    assert body["total"] == 2
    assert body["place"]["label"] == "Stony Plain, AB"
    assert {"id", "name", "kind", "distance_km", "location", "badge", "credentials", "listing_ids", "score"} <= set(
        body["results"][0]
    )


def test_pages_follow_the_cursor_and_hold_everybody_once(client: TestClient) -> None:
    address: str | None = "/api/v1/therapists?limit=4&sort=name"
    seen: list[str] = []
    while address:
        body = client.get(address).json()
        seen += [result["id"] for result in body["results"]]
        address = body["next"]
    assert len(seen) == len(set(seen)) == 11


def test_a_validator_spares_the_body(client: TestClient) -> None:
    first = client.get("/api/v1/therapists?near=Denver")
    again = client.get("/api/v1/therapists?near=Denver", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_validator_no_longer_holds_once_anything_in_the_index_changed(tmp_path: Path) -> None:
    documents = make_documents()
    changing = make_world(tmp_path, documents)
    with TestClient(changing.app) as client:
        held = {"If-None-Match": client.get("/api/v1/therapists?near=Denver").headers["etag"]}
        assert client.get("/api/v1/therapists?near=Denver", headers=held).status_code == 304
        assert client.get("/api/v1/therapists?near=Boulder", headers=held).status_code == 200
        changing.app.state.site.engine.upsert([replace(documents[0], version=documents[0].version + 1)])
        assert client.get("/api/v1/therapists?near=Denver", headers=held).status_code == 200


def test_an_unchanged_answer_counts_like_any_other_and_may_be_read_from_other_sites(tmp_path: Path) -> None:
    world = make_world(tmp_path, make_documents(), api_requests_per_minute=2)
    with TestClient(world.app) as client:
        tag = client.get("/fhir/Practitioner?_count=1").headers["etag"]
        again = client.get("/fhir/Practitioner?_count=1", headers={"If-None-Match": tag})
        assert (again.status_code, again.headers["etag"]) == (304, tag)
        assert again.headers["access-control-allow-origin"] == "*"
        assert again.headers["ratelimit-remaining"] == "0"
        assert client.get("/fhir/Practitioner?_count=1", headers={"If-None-Match": tag}).status_code == 429


def test_nothing_is_called_unchanged_while_the_index_cannot_be_read(tmp_path: Path) -> None:
    world = make_world(tmp_path, make_documents())
    with TestClient(world.app) as client:
        held = {"If-None-Match": client.get("/api/v1/therapists?near=Denver").headers["etag"]}
        (tmp_path / "search" / world.settings.index_alias / "live").unlink()
        answer = client.get("/api/v1/therapists?near=Denver", headers=held)
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "radius_km=-1",
        "radius_km=nan",
        "condition=sorcery",
        "sort=sideways",
        "setting=castle",
        "after=%00",
        "kind=x",
    ],
)
def test_an_unusable_value_is_a_problem_document(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/therapists?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["detail"]


def test_what_is_not_there_is_a_problem_document_too(client: TestClient) -> None:
    for path in ("/api/v1/therapists/nobody", "/api/v1/nothing", "/api/v1/verifications/nobody"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


def test_reads_from_other_sites_are_allowed_and_counted(client: TestClient) -> None:
    headers = client.get("/api/v1/therapists").headers
    assert headers["access-control-allow-origin"] == "*"
    assert int(headers["ratelimit-remaining"]) < int(headers["ratelimit-limit"])
    assert client.options("/api/v1/therapists").headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


def test_too_many_requests_have_to_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = make_world(tmp_path_factory.mktemp("limit"), [], api_requests_per_minute=3)
    with TestClient(world.app) as client:
        answers = [client.get("/api/v1/suggest?q=neck") for _ in range(4)]
        outcome = client.get("/fhir/metadata")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert outcome.json()["resourceType"] == "OperationOutcome"


def test_suggestions_know_terms_and_names(client: TestClient) -> None:
    labels = {item["label"] for item in client.get("/api/v1/suggest?q=nec").json()["suggestions"]}
    assert "neck pain" in labels
    names = {item["label"] for item in client.get("/api/v1/suggest?q=dupo").json()["suggestions"]}
    assert "Carla Dupont" in names


def test_the_description_names_every_operation_and_no_page(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/v1/therapists",
        "/api/v1/therapists/{therapist_id}",
        "/api/v1/suggest",
        "/api/v1/verifications/{therapist_id}",
    }


def test_an_engine_that_is_away_is_said_kindly(world: World) -> None:
    settings = world.settings.model_copy(update={"search_url": "http://127.0.0.1:9", "search_timeout_s": 1.0})
    app = create_app(settings, database=world.database, engine=open_engine(settings), clock=world.clock)
    with TestClient(app) as client:
        page = client.get("/search?q=neck")
        assert (page.status_code, page.headers["retry-after"]) == (503, "30")
        assert "The search is away for a moment" in page.text
        assert client.get("/api/v1/therapists").headers["content-type"] == PROBLEM
        assert client.get("/fhir/Practitioner").json()["resourceType"] == "OperationOutcome"
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/statusz").json()["status"] == "away"


def test_physicians_see_by_default_only_whom_the_law_lets_them_refer_to(client: TestClient) -> None:
    page = client.get("/refer?q=M54.2&near=Seattle").text
    assert "Carla Dupont" in page
    assert "RCW 18.108" in page
    assert "Dina Old" not in page
    assert "Dina Old" in client.get("/refer?q=M54.2&near=Seattle&everyone=1").text


def test_no_cell_of_the_csv_is_a_formula(client: TestClient) -> None:
    text = client.get("/refer/list.csv?near=Seattle&everyone=1").text
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 8
    assert all(cell[:1] not in ("=", "+", "-", "@") for row in rows for cell in row)


def test_the_text_to_copy_is_plain(client: TestClient) -> None:
    answer = client.get("/refer/text?id=wa-carla&id=wa-attack")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "NPI 1234567893" in answer.text


def test_feeds_and_sitemaps_are_well_formed_even_under_attack(client: TestClient) -> None:
    for path in ("/feeds/wa.atom", "/sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/wa.xml"):
        answer = client.get(path)
        assert ElementTree.fromstring(answer.content) is not None
        assert ATTACK[:8] not in answer.text
    assert "/therapists/wa-carla" in client.get("/sitemaps/wa.xml").text
    assert "Carla Dupont" in client.get("/feeds/wa.atom").text


def test_searches_are_not_indexed_and_therapists_are(client: TestClient) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/search?q=neck").text
    page = client.get("/therapists/wa-carla").text
    assert '<link rel="canonical" href="http://127.0.0.1:8000/therapists/wa-carla">' in page
    assert "Disallow: /search" in client.get("/robots.txt").text


def test_metrics_count_pages_without_their_queries(client: TestClient) -> None:
    client.get("/search?q=secret-illness")
    text = client.get("/metrics").text
    assert 'palpate_requests_total{page="search",status="200"}' in text
    assert "secret-illness" not in text
