"""Requests in Elasticsearch's query language; no other module speaks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search import analysis, ranking
from search.backends.columns import number_day
from search.backends.hits import MAX_CELLS
from search.backends.snapshot import list_filters
from search.interface import FACETS, GeoBox, GeoCircle, SearchRequest, Sort
from search.requests import Cursor, has_words

MAX_VALUES = 500  # of a facet
MOST_LOOSE_WORDS = 1_000

Json = dict[str, Any]


def make_search(request: SearchRequest, after: Cursor | None, *, typos: bool) -> Json:
    """The body of one search: one result more than the page holds tells whether a page follows."""
    own = make_filters(request)
    counted = {facet: clause for facet, clause in own.items() if facet in request.facets}
    others = [clause for facet, clause in own.items() if facet not in request.facets]
    ranked = request.sort is Sort.RELEVANCE
    body: Json = {
        "query": (make_scored if ranked else make_base)(request, others, typos=typos),
        "sort": make_sort(request),
        "size": request.limit + 1,
        "track_total_hits": True,
        "track_scores": ranked or has_words(request),
    }
    if counted:
        body["post_filter"] = {"bool": {"filter": list(counted.values())}}
    if request.facets:
        body["aggs"] = {facet: make_facet(facet, counted, request) for facet in request.facets}
    if after:
        body["search_after"] = [after.value, after.document_id]
    return body


def make_filters(request: SearchRequest) -> dict[str, Json]:
    """The request's filters on facets, by facet."""
    filters: dict[str, Json] = {facet: {"terms": {facet: list(values)}} for facet, values in list_filters(request)}
    if request.verified:
        filters["verified"] = make_verified(request)
    return filters


def make_verified(request: SearchRequest) -> Json:
    """Those whose licence is verified and current on the day asked for."""
    return {"range": {"verified_until": {"gte": number_day(request.on)}}}


def make_base(request: SearchRequest, filters: Sequence[Json], *, typos: bool) -> Json:
    """What must hold: words, place and `filters`; its score is the words' alone, or 1."""
    clauses = list(filters)
    if request.near:
        clauses.append(make_circle(request.near))
    if request.box:
        clauses.append(make_box(request.box))
    words = make_words(request, typos=typos)
    if words:
        return {"bool": {"must": words, "filter": clauses}}
    return {"constant_score": {"filter": {"bool": {"filter": clauses}} if clauses else {"match_all": {}}}}


def make_scored(request: SearchRequest, filters: Sequence[Json], *, typos: bool) -> Json:
    """The base scored as docs/ranking.md says."""
    functions: list[Json] = [
        {"field_value_factor": {"field": "quality"}},
        {"filter": make_verified(request), "weight": ranking.VERIFIED_LIFT},
    ]
    if request.near:
        origin = {"lat": request.near.lat, "lon": request.near.lon}
        scale = f"{ranking.find_halving_km(request.near) * 1000:.3f}m"
        functions.append({"exp": {"points": {"origin": origin, "scale": scale, "decay": ranking.DECAY}}})
    if request.conditions and request.narrower:
        inexact = {"bool": {"must_not": [{"terms": {"condition": list(request.conditions)}}]}}
        functions.append({"filter": inexact, "weight": ranking.NARROWER_SHARE})
    return {
        "function_score": {
            "query": make_base(request, filters, typos=typos),
            "functions": functions,
            "score_mode": "multiply",
            "boost_mode": "multiply",
        }
    }


def make_circle(near: GeoCircle) -> Json:
    """Documents with a place of practice within the circle."""
    point = {"lat": near.lat, "lon": near.lon}
    return {"geo_distance": {"distance": f"{near.radius_km * 1000:.3f}m", "points": point}}


def make_box(box: GeoBox) -> Json:
    """Documents with a place of practice in the box."""
    corners = {"top": box.north, "left": box.west, "bottom": box.south, "right": box.east}
    return {"geo_bounding_box": {"points": corners}}


def make_words(request: SearchRequest, *, typos: bool) -> list[Json]:
    """The text's and the name's words as clauses that must all hold."""
    clauses: list[Json] = []
    if tokens := analysis.tokenize_query(request.text):
        words = [make_word("text", token, typos=typos) for token in tokens]
        clauses.append({"bool": {"should": words, "minimum_should_match": analysis.count_needed(len(tokens))}})
    clauses += [
        make_word("names", token, typos=typos)
        for token in dict.fromkeys(analysis.tokenize_names(request.name)[: analysis.MAX_TOKENS])
    ]
    return clauses


def make_word(field: str, token: str, *, typos: bool) -> Json:
    exact: Json = {"term": {field: {"value": token}}}
    distance = analysis.find_typo_distance(token)
    if not typos or not distance:
        return exact
    near = {"constant_score": {"filter": make_fuzzy(field, token, distance), "boost": ranking.TYPO_SCORE}}
    return {"bool": {"should": [exact, near]}}


def make_fuzzy(field: str, token: str, distance: int) -> Json:
    """Words within so many wrong letters: all that an index is likely to hold, each then sought within reach alone."""
    loose = {"max_expansions": MOST_LOOSE_WORDS, "rewrite": f"top_terms_boost_{MOST_LOOSE_WORDS}"}
    return {"fuzzy": {field: {"value": token, "fuzziness": distance, **loose}}}


def make_sort(request: SearchRequest) -> list[Json]:
    """The order; equal ones by id."""
    if request.sort is Sort.DISTANCE and request.near:
        point = {"lat": request.near.lat, "lon": request.near.lon}
        first: Json = {"_geo_distance": {"points": point, "unit": "km", "mode": "min", "distance_type": "arc"}}
    else:
        first = {
            Sort.NAME: {"name_key": "asc"},
            Sort.RECENT: {"verified_on": "desc"},
        }.get(request.sort, {"_score": "desc"})
    return [first, {"id": "asc"}]


def make_facet(facet: str, counted: dict[str, Json], request: SearchRequest) -> Json:
    """Counts of a facet's values among what all other facets' filters leave."""
    others = [clause for name, clause in counted.items() if name != facet]
    values: Json = (
        {"filters": {"filters": {"yes": make_verified(request)}, "other_bucket_key": "no"}}
        if facet == "verified"
        else {"terms": {"field": facet, "size": MAX_VALUES}}
    )
    return {"filter": {"bool": {"filter": others}}, "aggs": {"values": values}}


def parse_facets(aggregations: Json) -> dict[str, dict[str, int]]:
    """Counts by facet and value, values without a hit left out."""
    facets: dict[str, dict[str, int]] = {}
    for facet in FACETS:
        if facet not in aggregations:
            continue
        buckets = aggregations[facet]["values"]["buckets"]
        pairs = buckets.items() if isinstance(buckets, dict) else ((bucket["key"], bucket) for bucket in buckets)
        facets[facet] = {value: bucket["doc_count"] for value, bucket in pairs if bucket["doc_count"]}
    return facets


def make_suggest(words: Sequence[str], limit: int, *, typos: bool) -> Json:
    """Names with a word that begins like each of `words`, the most complete entries first."""
    clauses = []
    for word in words:
        token = word[: analysis.LONGEST_PREFIX]
        loose = typos and len(token) >= 4
        clauses.append(make_fuzzy("prefixes", token, 1) if loose else {"term": {"prefixes": {"value": token}}})
    return {
        "query": {"bool": {"filter": clauses}},
        "sort": [{"quality": "desc"}, {"id": "asc"}],
        "size": limit,
        "track_total_hits": False,
    }


def make_cells(request: SearchRequest, precision: int) -> Json:
    """Counts by map tile of what the request finds."""
    grid: Json = {"field": "points", "precision": precision, "size": MAX_CELLS}
    if request.box:
        box = request.box
        grid["bounds"] = {"top": box.north, "left": box.west, "bottom": box.south, "right": box.east}
    return {
        "query": make_base(request, list(make_filters(request).values()), typos=False),
        "size": 0,
        "track_total_hits": False,
        "aggs": {"cells": {"geotile_grid": grid, "aggs": {"middle": {"geo_centroid": {"field": "points"}}}}},
    }
