"""The search contract by brute force: every document looked at, nothing indexed. Engines must agree with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from rapidfuzz.distance import OSA

from search import analysis
from search.fields import IndexFields, list_tags, make_fields
from search.interface import GeoBox, GeoCircle, SearchRequest, Sort, TherapistDocument

RADIUS_KM = 6371.0087714


@dataclass(frozen=True)
class Expected:
    """What an engine must answer: all ids in order (any order for relevance), counts, distances."""

    ids: list[str]
    distances: dict[str, float]
    facets: dict[str, dict[str, int]]


def haversine_km(near: GeoCircle, lat: float, lon: float) -> float:
    phi1, phi2 = math.radians(near.lat), math.radians(lat)
    step = math.sin((phi2 - phi1) / 2) ** 2
    step += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon - near.lon) / 2) ** 2
    return 2 * RADIUS_KM * math.asin(math.sqrt(min(1.0, step)))


class Reference:
    """Answers requests by looking at every document."""

    def __init__(self, documents: Sequence[TherapistDocument]) -> None:
        self.documents = documents
        self.fields: list[IndexFields] = [make_fields(document, {}) for document in documents]
        self.tags = [set(list_tags(document)) for document in documents]
        self.words = [set(fields.text.split()) for fields in self.fields]
        self.names = [set(fields.names.split()) for fields in self.fields]
        self.vocabulary = set().union(*self.words, *self.names)

    def answer(self, request: SearchRequest) -> Expected:
        found = self._match_words(request, typos=False)
        if not self._filter(found, request, None) and (request.text or request.name):
            found = self._match_words(request, typos=True)
        kept = self._filter(found, request, None)
        distances = {
            self.documents[n].id: min(haversine_km(request.near, *point) for point in self.fields[n].points)
            for n in kept
            if request.near
        }
        facets = {}
        for facet in request.facets:
            counts: Counter[str] = Counter()
            for n in self._filter(found, request, facet):
                if facet == "verified":
                    counts["yes" if self._is_verified(n, request.on) else "no"] += 1
                else:
                    counts.update(value for name, value in self.tags[n] if name == facet)
            facets[facet] = dict(counts)
        kept.sort(key=lambda n: (self._sort_key(n, request, distances), self.documents[n].id))
        return Expected([self.documents[n].id for n in kept], distances, facets)

    def _sort_key(self, n: int, request: SearchRequest, distances: dict[str, float]) -> tuple[float, str]:
        document = self.documents[n]
        if request.sort is Sort.DISTANCE:
            return round(distances[document.id], 6), ""
        if request.sort is Sort.NAME:
            return 0.0, self.fields[n].name_key
        if request.sort is Sort.RECENT:
            return -(document.verified_on or date.min).toordinal(), ""
        return 0.0, ""

    def _match_words(self, request: SearchRequest, *, typos: bool) -> list[int]:
        tokens = analysis.tokenize_query(request.text)
        names = analysis.tokenize_names(request.name)
        wanted = [self._spell(token, typos) for token in tokens]
        named = [self._spell(token, typos) for token in names]
        needed = analysis.count_needed(len(tokens))
        return [
            n
            for n in range(len(self.documents))
            if sum(bool(words & self.words[n]) for words in wanted) >= needed
            and all(words & self.names[n] for words in named)
        ]

    def _spell(self, token: str, typos: bool) -> set[str]:
        most = analysis.find_typo_distance(token) if typos else 0
        return {token} | {word for word in self.vocabulary if most and OSA.distance(token, word) <= most}

    def _is_verified(self, n: int, on: date) -> bool:
        until = self.documents[n].verified_until
        return until is not None and until >= on

    def _filter(self, found: list[int], request: SearchRequest, without: str | None) -> list[int]:
        wanted = {
            "kind": request.kinds,
            "condition": (*request.conditions, *request.narrower),
            "technique": request.techniques,
            "practice_kind": request.practice_kinds,
            "setting": request.settings,
            "referral": request.referrals,
            "language": request.languages,
            "gender": request.genders,
            "region": request.regions,
            "insurance": () if request.insurance is None else ("yes",) if request.insurance else ("no",),
            "may_take_referral": ("yes",) if request.may_take_referral else (),
        }
        asked = {facet: {(facet, str(v)) for v in values} for facet, values in wanted.items() if values}
        asked.pop(without or "", None)
        kept = [n for n in found if all(values & self.tags[n] for values in asked.values())]
        if request.verified and without != "verified":
            kept = [n for n in kept if self._is_verified(n, request.on)]
        if request.near:
            near = request.near
            kept = [n for n in kept if any(haversine_km(near, *p) <= near.radius_km for p in self.fields[n].points)]
        if request.box:
            box = request.box
            kept = [n for n in kept if any(lies_in(box, *point) for point in self.fields[n].points)]
        return kept


def lies_in(box: GeoBox, lat: float, lon: float) -> bool:
    across = box.west <= lon <= box.east if box.west <= box.east else lon >= box.west or lon <= box.east
    return bool(box.south <= lat <= box.north and across)


def max_error_km(expected: dict[str, float], got: dict[str, float]) -> float:
    """The largest difference between two answers' distances."""
    return float(np.max([abs(expected[key] - value) for key, value in got.items()], initial=0.0))
