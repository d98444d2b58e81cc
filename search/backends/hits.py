"""Documents as engines store them, and hits made of them: the same for every backend."""

from __future__ import annotations

import math
from dataclasses import replace

import orjson
from pydantic import TypeAdapter

from search import ranking
from search.geometry import is_on_globe, measure_one_km
from search.interface import (
    DocumentEvidence,
    DocumentLocation,
    GeoCircle,
    Hit,
    SearchRequest,
    Suggestion,
    TherapistDocument,
)

MAX_CELLS = 2_000  # of a map
CELL_STEPS = 2  # a cell is a quarter of a map tile wide

_ADAPTER: TypeAdapter[TherapistDocument] = TypeAdapter(TherapistDocument)
_EVIDENCE: TypeAdapter[tuple[DocumentEvidence, ...]] = TypeAdapter(tuple[DocumentEvidence, ...])


def write_document(document: TherapistDocument) -> bytes:
    """The document as JSON, its evidence on a second line: four fifths of it, which its own page alone shows."""
    rest = _ADAPTER.dump_json(document, exclude_defaults=True, exclude={"evidence"})
    evidence = _EVIDENCE.dump_json(document.evidence, exclude_defaults=True) if document.evidence else b""
    return rest + b"\n" + evidence if evidence else rest


def parse_document(content: bytes) -> TherapistDocument:
    """The document that `write_document` wrote."""
    rest, _, evidence = content.partition(b"\n")
    document = _ADAPTER.validate_json(rest)
    return replace(document, evidence=_EVIDENCE.validate_json(evidence)) if evidence else document


def parse_listed_document(content: bytes) -> TherapistDocument:
    """The same without its evidence, as a list of results shows it."""
    return _ADAPTER.validate_json(content.partition(b"\n")[0])


def make_suggestion(content: bytes) -> Suggestion:
    """The name that a stored document offers while somebody types."""
    data = orjson.loads(content.partition(b"\n")[0])
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
