"""Places in the United States and Canada, offline: cities, postal codes, regions, and distances between them."""

from directory.places.gazetteer import Gazetteer, load_gazetteer
from directory.places.geometry import Box, distance_km, distances_km, make_box
from directory.places.model import Place, PlaceAnswer, PlaceKind
from directory.places.postal import find_area_code, parse_postal_code
from directory.places.regions import Region, find_country, find_region, get_region, load_regions

__all__ = [
    "Box",
    "Gazetteer",
    "Place",
    "PlaceAnswer",
    "PlaceKind",
    "Region",
    "distance_km",
    "distances_km",
    "find_area_code",
    "find_country",
    "find_region",
    "get_region",
    "load_gazetteer",
    "load_regions",
    "make_box",
    "parse_postal_code",
]
