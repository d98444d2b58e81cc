"""Distances and boxes on the globe (degrees, WGS 84; kilometres)."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points (haversine)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def distances_km(lat: float, lon: float, lats: NDArray[np.float64], lons: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distances from one point to many."""
    phi1, phis = radians(lat), np.radians(lats)
    half = np.sin((phis - phi1) / 2) ** 2 + cos(phi1) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    result: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return result


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees; `west` is greater than `east` where it crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point lies in the box, its edges included."""
        if not self.south <= lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= lon <= self.east
        return lon >= self.west or lon <= self.east

    def split(self) -> tuple[Box, ...]:
        """One box, or two that meet at the date line, none of which crosses it."""
        if self.west <= self.east:
            return (self,)
        return (Box(self.south, self.west, self.north, 180.0), Box(self.south, -180.0, self.north, self.east))


def make_box(lat: float, lon: float, radius_km: float) -> Box:
    """The smallest box that holds every point within `radius_km`; near a pole it goes all the way round."""
    angle = radius_km / EARTH_RADIUS_KM
    spare = 1e-9  # so that rounding never loses a point on the rim
    south, north = lat - degrees(angle) - spare, lat + degrees(angle) + spare
    if south <= -90 or north >= 90 or angle >= pi / 2:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(lat))))) + spare
    if width >= 180:
        return Box(south, -180.0, north, 180.0)
    return Box(south, _wrap(lon - width), north, _wrap(lon + width))


def _wrap(lon: float) -> float:
    """The longitude brought into -180…180; one already there is left untouched, to the last digit."""
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180
