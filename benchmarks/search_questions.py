"""Questions of every class, the same ones for every contestant."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.documents import CITIES, CONDITIONS, FAMILY, GIVEN, TECHNIQUES, TODAY, WORDS
from search.interface import GeoBox, GeoCircle, SearchRequest, Sort

CLASSES = (
    "radius",
    "radius, filters, facets",
    "text with typos, radius",
    "text, nationwide",
    "suggest",
    "nearest, rare filters",
    "map box",
)
LARGE = [city for city in CITIES if city["population"] > 100_000]


def make_request(kind: str, rng: random.Random) -> SearchRequest:
    """A random request of a class."""
    city = rng.choice(LARGE)
    lat, lon = float(city["latitude"]), float(city["longitude"])
    request = SearchRequest(on=TODAY, near=GeoCircle(lat, lon, 25), sort=Sort.DISTANCE)
    if kind == "radius, filters, facets":
        return replace(
            request,
            conditions=(rng.choice(CONDITIONS),),
            verified=True,
            facets=("condition", "technique"),
        )
    if kind == "text with typos, radius":
        words = [_misspell(word, rng) for word in rng.sample([word for word in WORDS if len(word) > 5], 2)]
        return replace(request, near=GeoCircle(lat, lon, 50), text=" ".join(words), sort=Sort.RELEVANCE)
    if kind == "text, nationwide":
        words = rng.choice(([rng.choice(FAMILY)], [rng.choice(WORDS), rng.choice(FAMILY)], rng.sample(WORDS, 2)))
        return SearchRequest(on=TODAY, text=" ".join(words))
    if kind == "nearest, rare filters":
        rare = replace(request, near=GeoCircle(lat, lon, 2_000), verified=True)
        return replace(rare, conditions=(rng.choice(CONDITIONS),), techniques=(rng.choice(TECHNIQUES),))
    return request


def _misspell(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def make_call(kind: str, contestant: str, reader: Any, rng: random.Random) -> Callable[[], object]:
    """One call of a class for one contestant; the same random state gives the same question to all."""
    if kind == "suggest":
        typed = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)[:4]}"
        return lambda: reader.suggest(typed)
    if kind == "map box":
        city = rng.choice(LARGE)
        lat, lon = float(city["latitude"]), float(city["longitude"])
        box = GeoBox(lat - 0.5, lon - 0.7, lat + 0.5, lon + 0.7)
        if contestant.startswith("bare"):
            return lambda: reader.cells(box, 11)
        return lambda: reader.cells(SearchRequest(on=TODAY, box=box), zoom=9)
    request = make_request(kind, rng)
    return lambda: reader.search(request)
