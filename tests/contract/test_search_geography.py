"""The globe's awkward corners, on both engines: the date line, the poles, the null island, one point for many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.documents import TODAY
from directory.models import EntityKind
from search.interface import DocumentLocation, GeoBox, GeoCircle, Reader, SearchRequest, Sort, TherapistDocument
from tests.search_engines import ENGINES, drop_all, make_alias, open_test_engine, publish_all

PLACES = {
    "west-of-date-line": [(52.0, 179.9)],
    "east-of-date-line": [(52.0, -179.9)],
    "alert": [(82.5, -62.35)],
    "pole": [(90.0, 0.0)],
    "south-pole": [(-90.0, 0.0)],
    "null-island": [(0.0, 0.0)],
    "equator": [(0.0, 0.1)],
    "two-places": [(39.74, -104.98), (52.0, 179.95)],
    "same-1": [(45.0, -100.0)],
    "same-2": [(45.0, -100.0)],
    "same-3": [(45.0, -100.0)],
    "nowhere": [],
}


@pytest.fixture(scope="module", params=ENGINES)
def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str
) -> Iterator[Reader]:
    alias = make_alias()
    engine = open_test_engine(request.param, tmp_path_factory.mktemp("search"), elasticsearch_url, alias)
    documents = [
        TherapistDocument(
            id=name,
            kind=EntityKind.PERSON,
            name=name.title(),
            locations=tuple(DocumentLocation(lat=lat, lon=lon, country="US") for lat, lon in points),
        )
        for name, points in PLACES.items()
    ]
    publish_all(engine, alias, documents)
    yield engine.open_reader()
    drop_all(engine)


def find(reader: Reader, **parts: Any) -> list[str]:
    return [hit.document.id for hit in reader.search(SearchRequest(on=TODAY, **parts)).hits]


def test_a_circle_reaches_across_the_date_line(reader: Reader) -> None:
    found = find(reader, near=GeoCircle(52.0, 179.99, 20), sort=Sort.DISTANCE)
    assert found == ["two-places", "west-of-date-line", "east-of-date-line"]
    assert find(reader, near=GeoCircle(52.0, -180.0, 20), sort=Sort.DISTANCE)[0] == "two-places"


def test_a_box_reaches_across_the_date_line(reader: Reader) -> None:
    found = find(reader, box=GeoBox(50, 179, 54, -179))
    assert sorted(found) == ["east-of-date-line", "two-places", "west-of-date-line"]


def test_a_circle_holds_the_pole(reader: Reader) -> None:
    assert sorted(find(reader, near=GeoCircle(89.5, 120.0, 900))) == ["alert", "pole"]
    assert find(reader, near=GeoCircle(-89.9, 10.0, 50)) == ["south-pole"]


def test_the_point_of_an_empty_form_is_no_place(reader: Reader) -> None:
    assert find(reader, near=GeoCircle(0.0, 0.0, 50)) == ["equator"]


def test_the_nearest_of_several_places_counts(reader: Reader) -> None:
    page = reader.search(SearchRequest(on=TODAY, near=GeoCircle(39.74, -104.98, 5)))
    (hit,) = page.hits
    assert hit.distance_km == pytest.approx(0.0, abs=0.001)
    assert hit.location == hit.document.locations[0]
    (other,) = reader.search(SearchRequest(on=TODAY, near=GeoCircle(52.0, 179.94, 1))).hits
    assert other.location == other.document.locations[1]


def test_equals_come_by_id(reader: Reader) -> None:
    for sort in (Sort.RELEVANCE, Sort.DISTANCE, Sort.RECENT):
        assert find(reader, near=GeoCircle(45.0, -100.001, 5), sort=sort) == ["same-1", "same-2", "same-3"]


def test_who_has_no_place_is_found_without_one_asked(reader: Reader) -> None:
    assert "nowhere" in find(reader, text="nowhere")
    assert "nowhere" not in find(reader, near=GeoCircle(0.0, 0.0, 20_015), limit=100)
