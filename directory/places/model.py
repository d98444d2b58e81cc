"""Places as answers, and the everyday names of large cities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# What people call large cities; the tables have most other names (Nueva York, Montreal, Filadelfia).
ALIASES = {
    "nyc": ("New York City", "NY", "US"),
    "new york": ("New York City", "NY", "US"),
    "nueva york": ("New York City", "NY", "US"),
    "manhattan": ("Manhattan", "NY", "US"),
    "philly": ("Philadelphia", "PA", "US"),
    "sf": ("San Francisco", "CA", "US"),
    "san fran": ("San Francisco", "CA", "US"),
    "frisco": ("Frisco", "TX", "US"),
    "vegas": ("Las Vegas", "NV", "US"),
    "dc": ("Washington", "DC", "US"),
    "washington dc": ("Washington", "DC", "US"),
    "nola": ("New Orleans", "LA", "US"),
    "okc": ("Oklahoma City", "OK", "US"),
    "slc": ("Salt Lake City", "UT", "US"),
    "indy": ("Indianapolis", "IN", "US"),
    "atl": ("Atlanta", "GA", "US"),
    "pdx": ("Portland", "OR", "US"),
    "st pete": ("St. Petersburg", "FL", "US"),
    "kcmo": ("Kansas City", "MO", "US"),
    "chi town": ("Chicago", "IL", "US"),
    "quebec city": ("Québec", "QC", "CA"),
    "ville quebec": ("Québec", "QC", "CA"),
    "ville de quebec": ("Québec", "QC", "CA"),
    "the six": ("Toronto", "ON", "CA"),
    "yyc": ("Calgary", "AB", "CA"),
    "yeg": ("Edmonton", "AB", "CA"),
    "mtl": ("Montréal", "QC", "CA"),
}


COUNTRIES = {"US": "United States", "CA": "Canada"}
ABROAD = frozenset({"mexico", "mexique"})  # never silently a town in Missouri


class PlaceKind(StrEnum):
    CITY = "city"
    POSTAL_CODE = "postal-code"
    REGION = "region"
    COUNTRY = "country"
    POINT = "point"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere on the map; `lat` and `lon` are its centre. Regions and countries have no `city`."""

    label: str
    lat: float
    lon: float
    country: str | None
    region: str | None = None
    city: str | None = None
    postal_code: str | None = None
    population: int = 0
    kind: PlaceKind = PlaceKind.CITY


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """The place a text means, or the `candidates` to choose from (largest first); neither if nobody knows it."""

    place: Place | None
    candidates: tuple[Place, ...] = ()


def find_centre(places: Sequence[Place]) -> tuple[float, float]:
    """The centre of people: the mean of the places, weighted by population."""
    total = sum(max(1, place.population) for place in places) or 1
    lat = sum(place.lat * max(1, place.population) for place in places) / total
    lon = sum(place.lon * max(1, place.population) for place in places) / total
    return lat, lon
