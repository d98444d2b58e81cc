"""Documents as engines store them, and hits made of them: the same for every backend."""

from __future__ import annotations

import math

import orjson
from pydantic import TypeAdapter

from search import ranking
from search.geometry import is_on_globe, measure_one_km
from search.interface import DocumentLocation, GeoCircle, Hit, SearchRequest, Suggestion, TherapistDocument

MAX_CELLS = 2_000  # of a map
CELL_STEPS = 2  # a cell is a quarter of a map tile wide

_ADAPTER: TypeAdapter[TherapistDocument] = TypeAdapter(TherapistDocument)


def write_document(document: TherapistDocument) -> bytes:
    """The document as JSON."""
    return _ADAPTER.dump_json(document, exclude_defaults=True)


def parse_document(content: bytes | str) -> TherapistDocument:
    """The document that `write_document` wrote."""
    return _ADAPTER.validate_json(content)


def make_suggestion(content: bytes | str) -> Suggestion:
    """The name that a stored document offers while somebody types."""
    data = orjson.loads(content)
    return Suggestion(kind=data["kind"], id=data["id"], label=data["name"], text=data["name"])


def find_nearest(document: TherapistDocument, near: GeoCircle | None) -> tuple[DocumentLocation | None, float | None]:
    """The location nearest to the place asked for and its distance in km; without a place, the first one."""
    if near is None:
        return (document.locations[0] if document.locations else None), None
    nearest: tuple[DocumentLocation | None, float | None] = (None, None)
    for place in document.locations:
        if place.lat is None or place.lon is None or not is_on_globe(place.lat, place.lon):
            continue
        distance_km = measure_one_km(near.lat, near.lon, place.lat, place.lon)
        if nearest[1] is None or distance_km < nearest[1]:
            nearest = place, distance_km
    return nearest


def make_hit(document: TherapistDocument, score: float, request: SearchRequest) -> Hit:
    """One result, explained where the request asks for it."""
    location, distance_km = find_nearest(document, request.near)
    explanation = ranking.explain(document, score, request, distance_km=distance_km) if request.explain else {}
    return Hit(document=document, score=score, distance_km=distance_km, location=location, explanation=explanation)


def make_unranked_hit(document: TherapistDocument, relevance: float, request: SearchRequest) -> Hit:
    """One result of a search that was not ordered by score: its score is worked out here, for the page's few alone."""
    _, distance_km = find_nearest(document, request.near)
    factors = ranking.find_factors(document, request, distance_km=distance_km)
    return make_hit(document, relevance * math.prod(factors.values()), request)
