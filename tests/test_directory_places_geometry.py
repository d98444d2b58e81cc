"""Distances, boxes and what holds for any text or point."""

from __future__ import annotations

from math import cos, pi, radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.places import Box, distance_km, distances_km, load_gazetteer, make_box, parse_postal_code

GAZETTEER = load_gazetteer()
CALM = settings(deadline=None)  # a busy machine is slow, not wrong
LATS = st.floats(-90, 90)
LONS = st.floats(-180, 180)


def test_known_distances() -> None:
    assert distance_km(53.5334, -114.0021, 53.5501, -113.4687) == pytest.approx(35.4, abs=0.3)  # Stony Plain, Edmonton
    assert distance_km(0, 179.5, 0, -179.5) == pytest.approx(111.2, abs=0.1)
    assert distance_km(90, 0, 90, 77) == pytest.approx(0, abs=1e-6)


@CALM
@given(LATS, LONS, LATS, LONS)
def test_distance_is_symmetric_and_bounded(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    there = distance_km(lat1, lon1, lat2, lon2)
    assert there == pytest.approx(distance_km(lat2, lon2, lat1, lon1), abs=1e-6)
    assert 0 <= there <= pi * 6371.01


@CALM
@given(LATS, LONS, st.lists(st.tuples(LATS, LONS), min_size=1, max_size=5))
def test_many_distances_are_the_single_ones(lat: float, lon: float, points: list[tuple[float, float]]) -> None:
    many = distances_km(lat, lon, np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    assert many.tolist() == pytest.approx([distance_km(lat, lon, *point) for point in points], abs=1e-5)


@CALM
@given(LATS, LONS, st.floats(0, 3000), st.floats(0, 1), st.floats(0, 2 * pi))
def test_a_box_holds_every_point_within_the_radius(
    lat: float, lon: float, radius: float, part: float, angle: float
) -> None:
    box = make_box(lat, lon, radius)
    north = part * radius * cos(angle) / 111.195
    east = part * radius * np.sin(angle) / (111.195 * max(cos(radians(lat)), 1e-9))
    other_lat = max(-90.0, min(90.0, lat + north))
    other_lon = (lon + east + 180) % 360 - 180
    if distance_km(lat, lon, other_lat, other_lon) <= radius:
        assert box.holds(other_lat, other_lon)
    assert any(half.holds(lat, lon) for half in box.split())
    assert all(half.west <= half.east for half in box.split())


def test_a_box_near_a_pole_goes_all_the_way_round() -> None:
    box = make_box(89.9, 10, 50)
    assert box == Box(box.south, -180.0, 90.0, 180.0)
    assert box.south == pytest.approx(89.45, abs=0.01)


def test_a_box_over_the_date_line_is_two() -> None:
    box = make_box(52, 179.9, 50)
    assert box.west > box.east
    assert len(box.split()) == 2
    assert box.holds(52, -179.9)
    assert not box.holds(52, 0)


@CALM
@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    answer = GAZETTEER.resolve(text)
    assert answer.place is None or answer.candidates == ()
    assert all(-90 <= place.lat <= 90 and -180 <= place.lon <= 180 for place in answer.candidates)


@CALM
@given(st.text(alphabet="abcdeéinorst ,.-'0123456789", max_size=25))
def test_case_and_spaces_at_the_ends_do_not_matter(text: str) -> None:
    assert GAZETTEER.resolve(f"  {text} ") == GAZETTEER.resolve(text)


@CALM
@given(st.from_regex(r"[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}", fullmatch=True))
def test_a_postal_code_is_written_one_way(code: str) -> None:
    parsed = parse_postal_code(code)
    if parsed is not None:
        assert parse_postal_code(parsed.code) == parsed
        assert parse_postal_code(code.lower()) == parsed


@CALM
@given(LATS, LONS)
def test_any_point_lies_in_a_region_or_nowhere(lat: float, lon: float) -> None:
    found = GAZETTEER.region_of_point(lat, lon)
    assert found is None or found[0] in ("US", "CA")


@pytest.mark.parametrize(("lat", "lon"), [(39.74, -104.98), (53.53, -114.0), (47.6, -122.33)])
def test_a_city_s_own_point_is_in_its_region(lat: float, lon: float) -> None:
    place, distance = GAZETTEER.find_nearest(lat, lon)
    assert distance < 10
    assert GAZETTEER.region_of_point(lat, lon) == (place.country, place.region)
