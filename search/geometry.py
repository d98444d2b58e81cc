"""Circles and boxes on the globe, for many points at once."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from search.interface import GeoBox, GeoCircle

EARTH_RADIUS_KM = 6371.0087714  # the mean radius that Elasticsearch measures with, too
HALF_GLOBE_KM = math.pi * EARTH_RADIUS_KM
KM_PER_DEGREE = HALF_GLOBE_KM / 180

Floats = npt.NDArray[np.float64]


def is_on_globe(lat: float, lon: float) -> bool:
    """Whether the numbers are a place: finite, in range, and not the 0,0 of an empty form."""
    return -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0)


def measure_km(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """Great-circle distances from one point to many."""
    phi, phis = math.radians(lat), np.radians(lats)
    step = np.sin((phis - phi) / 2) ** 2 + math.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(step, 1.0)))
    return result


def measure_one_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The great-circle distance between two points."""
    phi, other = math.radians(lat), math.radians(other_lat)
    step = math.sin((other - phi) / 2) ** 2
    step += math.cos(phi) * math.cos(other) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(step, 1.0)))


def find_bounds(circle: GeoCircle) -> GeoBox:
    """The smallest box around a circle; `west` is greater than `east` across the date line."""
    angle = circle.radius_km / EARTH_RADIUS_KM
    reach = math.degrees(angle) * 1.000001 + 1e-7
    south, north = circle.lat - reach, circle.lat + reach
    if south <= -90 or north >= 90:
        return GeoBox(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(circle.lat))))) * 1.000001 + 1e-7
    if width >= 180:
        return GeoBox(south, -180.0, north, 180.0)
    west, east = circle.lon - width, circle.lon + width
    return GeoBox(south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east)


def split_box(box: GeoBox) -> tuple[tuple[float, float], ...]:
    """The box's longitudes as one range, or as two across the date line."""
    return ((box.west, box.east),) if box.west <= box.east else ((box.west, 180.0), (-180.0, box.east))


def find_in_box(box: GeoBox, lats: Floats, lons: Floats) -> npt.NDArray[np.bool_]:
    """Which of the points lie in the box, its edges included."""
    across = np.logical_or.reduce([(lons >= west) & (lons <= east) for west, east in split_box(box)])
    result: npt.NDArray[np.bool_] = (lats >= box.south) & (lats <= box.north) & across
    return result


def find_tile(lats: Floats, lons: Floats, zoom: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The web-map tile (x, y) of each point at `zoom`."""
    tiles = 1 << zoom
    sines = np.sin(np.radians(np.clip(lats, -85.05112878, 85.05112878)))
    x = np.floor((lons + 180) / 360 * tiles).astype(np.int64)
    y = np.floor((0.5 - np.log((1 + sines) / (1 - sines)) / (4 * math.pi)) * tiles).astype(np.int64)
    return np.clip(x, 0, tiles - 1), np.clip(y, 0, tiles - 1)


CELL_LEVELS = (("a", 0.25), ("b", 2.0))  # name and size in degrees, finest first
MOST_CELLS = 300


def list_cells(lat: float, lon: float) -> tuple[str, ...]:
    """The names of the cells that a point lies in, one a level."""
    return tuple(f"{name}{math.floor(lat / size)}:{math.floor(lon / size)}" for name, size in CELL_LEVELS)


def cover_box(box: GeoBox) -> tuple[str, ...] | None:
    """The names of the finest cells that cover a box; None where it is too wide to be worth it."""
    for name, size in CELL_LEVELS:
        rows = range(math.floor(box.south / size), math.floor(box.north / size) + 1)
        columns = [c for w, e in split_box(box) for c in range(math.floor(w / size), math.floor(e / size) + 1)]
        if len(rows) * len(columns) <= MOST_CELLS:
            return tuple(f"{name}{row}:{column}" for row in rows for column in columns)
    return None
