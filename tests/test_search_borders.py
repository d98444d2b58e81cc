"""A search near a border says so, and licence rules follow the side on which a therapist works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from directory.jurisdictions import load_jurisdictions
from directory.models import Answer
from directory.places import load_gazetteer
from search.borders import find_regions_across
from search.interface import GeoCircle
from search.standing import find_referral
from tests.web_world import SEATTLE, TODAY, make_document, make_licence, make_world

PORTLAND = replace(SEATTLE, lat=45.5231, lon=-122.6765, city="Portland", region="OR", postal_code="97209")
VANCOUVER = replace(SEATTLE, lat=45.6387, lon=-122.6615, city="Vancouver", region="WA", postal_code="98660")


@pytest.mark.parametrize(
    ("place", "radius_km", "across"),
    [
        ("Portland, OR", 25, [("US", "WA")]),
        ("Portland, OR", 5, []),
        ("98660", 25, [("US", "OR")]),
        ("Denver, CO", 25, []),
        ("Detroit, MI", 25, [("CA", "ON")]),
        ("Windsor, ON", 25, [("US", "MI")]),
        ("Ottawa, ON", 25, [("CA", "QC")]),
        ("Lloydminster, AB", 25, [("CA", "SK")]),
        ("San Diego, CA", 40, []),  # Tijuana is no place of ours
        ("45.6387, -122.6615", 25, [("US", "OR")]),
    ],
)
def test_what_a_circle_reaches_into(place: str, radius_km: float, across: list[tuple[str, str]]) -> None:
    gazetteer = load_gazetteer()
    found = gazetteer.resolve(place).place
    assert found is not None
    circle = GeoCircle(found.lat, found.lon, radius_km)
    assert list(find_regions_across(gazetteer, found, circle)) == across


def test_the_nearest_side_is_named_first() -> None:
    gazetteer = load_gazetteer()
    found = gazetteer.resolve("Wilmington, DE").place
    assert found is not None
    across = find_regions_across(gazetteer, found, GeoCircle(found.lat, found.lon, 60))
    assert [region for _, region in across] == ["NJ", "PA", "MD"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    licence = make_licence()
    documents = [
        make_document("or-olga", "Olga Sample", PORTLAND),
        make_document("wa-wim", "Wim Muster", VANCOUVER, credentials=(licence,), verified_until=licence.verified_until),
    ]
    return TestClient(make_world(tmp_path_factory.mktemp("border"), documents).app)


@pytest.mark.parametrize(
    ("lang", "note"),
    [
        ("en", "This circle reaches into Washington. The licence rules of the place where a therapist works apply."),
        ("fr", "Ce cercle s&#39;étend jusqu&#39;à : Washington."),
        ("es", "Este círculo llega hasta: Washington."),
    ],
)
def test_the_results_page_says_so_in_every_language(client: TestClient, lang: str, note: str) -> None:
    near = client.get("/search", params={"q": "neck pain", "near": "Portland, OR", "lang": lang}).text
    assert note in near
    assert "Wim Muster" in near
    within = client.get("/search", params={"q": "neck pain", "near": "Portland, OR", "radius_km": "5", "lang": lang})
    assert note not in within.text


def test_the_api_says_so(client: TestClient) -> None:
    body = client.get("/api/v1/therapists", params={"near": "Portland, OR"}).json()
    assert body["across_border"] == [{"country": "US", "region": "WA", "label": "Washington"}]
    body = client.get("/api/v1/therapists", params={"near": "Seattle, WA"}).json()
    assert body["across_border"] == []


def test_a_wide_circle_names_a_few_and_counts_the_rest(client: TestClient) -> None:
    page = client.get("/search", params={"near": "Denver, CO", "radius_km": "1000"}).text
    assert "This circle reaches into Wyoming, Nebraska, Kansas, New Mexico, and 13 more." in page


def test_rules_follow_the_practices_side_not_the_searchers() -> None:
    rules, on = load_jurisdictions(), TODAY
    licence = make_licence()
    answers = {place.region: find_referral((licence,), (place,), rules, on)[0] for place in (VANCOUVER, PORTLAND)}
    assert answers == {"WA": Answer.YES, "OR": Answer.UNKNOWN}
