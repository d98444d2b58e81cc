"""Circles that reach across a border: licence rules follow the side on which a therapist works."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from directory.places import Gazetteer, Place
from directory.places.regions import load_regions
from directory.places.tables import read_sortation_areas
from search.geometry import KM_PER_DEGREE, Floats, measure_km
from search.interface import GeoCircle

RegionCode = tuple[str, str]  # country, region


def find_regions_across(gazetteer: Gazetteer, place: Place, circle: GeoCircle) -> tuple[RegionCode, ...]:
    """The states, provinces and territories but the place's own with a town in the circle, the nearest first."""
    own = (place.country, place.region)
    return tuple(region for region in list_regions_within(gazetteer, circle) if region != own)


@lru_cache(maxsize=4_096)
def list_regions_within(gazetteer: Gazetteer, circle: GeoCircle) -> tuple[RegionCode, ...]:
    """Every state, province or territory with a town in the circle, that of the nearest town first."""
    lats, lons, known, numbers = _read_points(gazetteer)
    rows = np.flatnonzero(np.abs(lats - circle.lat) <= circle.radius_km / KM_PER_DEGREE + 1e-9)
    distances = measure_km(circle.lat, circle.lon, lats[rows], lons[rows])
    inside = distances <= circle.radius_km
    found, nearest = np.unique(numbers[rows[inside][np.argsort(distances[inside])]], return_index=True)
    return tuple(known[number] for number in found[np.argsort(nearest)] if number < len(known))


@lru_cache(maxsize=2)
def _read_points(gazetteer: Gazetteer) -> tuple[Floats, Floats, list[RegionCode], npt.NDArray[np.int64]]:
    """Where the towns are, the regions, and for each town the number of its own; one abroad has that after the last.

    Canada's postal areas count as towns: of Lloydminster, which lies in two provinces, the towns' table knows one.
    """
    towns, lats, lons = gazetteer.points
    areas = list(read_sortation_areas())
    known = [(region.country, region.code) for region in load_regions()]
    numbers = {region: number for number, region in enumerate(known)}
    regions = [(place.country, place.region) for place in towns] + [(area.country, area.region) for area in areas]
    found = [numbers.get((country or "", region or ""), len(known)) for country, region in regions]
    return (
        np.concatenate([lats, [area.lat for area in areas]]),
        np.concatenate([lons, [area.lon for area in areas]]),
        known,
        np.array(found, dtype=np.int64),
    )
