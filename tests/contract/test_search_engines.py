"""One promise, two engines: ids, totals, order, facets and distances equal to brute force, on each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.documents import CITIES, CONDITIONS, FAMILY, GIVEN, LANGUAGES, TECHNIQUES, TODAY, WORDS, make_documents
from directory.models import EntityKind, PracticeKind, Referral, Setting
from search.interface import FACETS, GeoBox, GeoCircle, Reader, SearchPage, SearchRequest, Sort
from tests.contract.search_reference import Reference, max_error_km
from tests.search_engines import ENGINES, drop_all, make_alias, open_test_engine, publish_all

DOCUMENTS, REQUESTS = 10_000, 500


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(list(make_documents(DOCUMENTS, seed=7)))


@pytest.fixture(scope="module")
def readers(
    reference: Reference, tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str
) -> Iterator[dict[str, Reader]]:
    engines = []
    opened = {}
    for kind in ENGINES:
        alias = make_alias()
        engine = open_test_engine(kind, tmp_path_factory.mktemp("search"), elasticsearch_url, alias)
        publish_all(engine, alias, reference.documents)
        engines.append(engine)
        opened[kind] = engine.open_reader()
    yield opened
    for engine in engines:
        drop_all(engine)


def make_requests(count: int, seed: int) -> list[SearchRequest]:
    """Random requests over all that can be asked."""
    rng = random.Random(seed)
    return [make_request(rng) for _ in range(count)]


def make_request(rng: random.Random) -> SearchRequest:
    city = rng.choice(CITIES)
    lat, lon = float(city["latitude"]), float(city["longitude"])
    near = GeoCircle(lat, lon, rng.choice((2, 10, 25, 25, 50, 200, 1500, 8000))) if rng.random() < 0.6 else None
    box = GeoBox(lat - 1, lon - 2, lat + 1, lon + 2) if rng.random() < 0.15 else None
    sorts = [Sort.RELEVANCE, Sort.RELEVANCE, Sort.NAME, Sort.RECENT, *([Sort.DISTANCE] * 3 if near else [])]

    def some(values: tuple[str, ...] | list[str], chance: float = 0.2) -> tuple[str, ...]:
        return tuple(rng.sample(list(values), rng.randrange(1, 3))) if rng.random() < chance else ()

    def misspell(word: str) -> str:
        at = rng.randrange(1, len(word))
        return rng.choice((word, word, word[:at] + word[at + 1 :], word[:at] + "q" + word[at:]))

    return SearchRequest(
        on=TODAY,
        text=" ".join(misspell(word) for word in some([*WORDS, *FAMILY[:200]], 0.35)),
        name=misspell(rng.choice([*GIVEN, *FAMILY])) if rng.random() < 0.1 else "",
        near=near,
        box=box,
        conditions=(conditions := some(list(CONDITIONS))),
        narrower=some(list(CONDITIONS), 0.3) if conditions else (),
        techniques=some(list(TECHNIQUES), 0.15),
        regions=some(["US-CO", "US-NY", "CA", "CA-AB"], 0.05),
        kinds=tuple(EntityKind(value) for value in some([kind.value for kind in EntityKind], 0.1)),
        practice_kinds=tuple(PracticeKind(value) for value in some([kind.value for kind in PracticeKind], 0.1)),
        settings=tuple(Setting(value) for value in some([setting.value for setting in Setting], 0.1)),
        referrals=tuple(Referral(value) for value in some([referral.value for referral in Referral], 0.1)),
        languages=some(list(LANGUAGES), 0.1),
        genders=some(["female", "male"], 0.05),
        insurance=rng.choice((True, False)) if rng.random() < 0.1 else None,
        verified=rng.random() < 0.2,
        may_take_referral=rng.random() < 0.1,
        sort=rng.choice(sorts),
        limit=rng.choice((5, 20, 100)),
        facets=tuple(rng.sample(FACETS, rng.randrange(0, 4))),
    )


def list_ids(page: SearchPage) -> list[str]:
    return [hit.document.id for hit in page.hits]


def agree_on_relevance(one: SearchPage, other: SearchPage) -> bool:
    """The same first ten, but for neighbours whose scores are the same to within a hair."""
    ours, theirs = one.hits[:10], other.hits[:10]
    return all(a.score == pytest.approx(b.score, rel=0.01) for a, b in zip(ours, theirs, strict=True)) and all(
        a.document.id == b.document.id or a.score == pytest.approx(b.score, rel=1e-5)
        for a, b in zip(ours, theirs, strict=True)
    )


def test_random_requests_are_answered_as_by_brute_force(reference: Reference, readers: dict[str, Reader]) -> None:
    hits = 0
    for request in make_requests(REQUESTS, seed=11):
        expected = reference.answer(request)
        pages = {kind: reader.search(request) for kind, reader in readers.items()}
        for kind, page in pages.items():
            context = f"{kind}: {request}"
            assert page.total == len(expected.ids), context
            assert page.facets == expected.facets, context
            if request.sort is Sort.RELEVANCE:
                assert set(list_ids(page)) <= set(expected.ids), context
            else:
                assert list_ids(page) == expected.ids[: request.limit], context
            if request.near:
                got = {hit.document.id: hit.distance_km for hit in page.hits if hit.distance_km is not None}
                assert max_error_km(expected.distances, got) <= 0.001, context
            assert len(page.hits) == min(request.limit, page.total), context
            hits += len(page.hits)
        assert agree_on_relevance(pages["embedded"], pages["elasticsearch"]), str(request)
    assert hits > REQUESTS  # the requests find something


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_without_gap_or_repetition(
    reference: Reference, readers: dict[str, Reader], kind: str, sort: Sort
) -> None:
    near = GeoCircle(40.7, -74.0, 100)
    request = SearchRequest(on=TODAY, near=near, text="gentle care", sort=sort, limit=7)
    seen: list[str] = []
    scores: list[float] = []
    while True:
        page = readers[kind].search(request)
        seen += list_ids(page)
        scores += [hit.score for hit in page.hits]
        if page.after is None:
            break
        request = replace(request, after=page.after)
    assert len(seen) == len(set(seen)) == page.total > 7
    assert sorted(seen) == sorted(reference.answer(replace(request, after=None)).ids)
    if sort is Sort.RELEVANCE:
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("sort", [Sort.DISTANCE, Sort.NAME, Sort.RECENT])
@pytest.mark.parametrize("words", [{}, {"text": "gentle"}, {"conditions": ("back-pain",), "narrower": ("sciatica",)}])
def test_a_result_has_the_same_score_however_the_page_is_ordered(
    readers: dict[str, Reader], kind: str, sort: Sort, words: dict[str, Any]
) -> None:
    request = SearchRequest(on=TODAY, near=GeoCircle(40.7, -74.0, 30), limit=200, **words)
    ranked = {hit.document.id: hit.score for hit in readers[kind].search(request).hits}
    others = {hit.document.id: hit.score for hit in readers[kind].search(replace(request, sort=sort)).hits}
    both = ranked.keys() & others.keys()
    assert both
    assert {key: others[key] for key in both} == pytest.approx({key: ranked[key] for key in both}, rel=1e-5)


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("words", [{"text": "gentle"}, {"conditions": ("back-pain",), "narrower": ("sciatica",)}])
def test_every_score_is_the_product_of_its_explanation(
    readers: dict[str, Reader], kind: str, words: dict[str, Any]
) -> None:
    request = SearchRequest(on=TODAY, near=GeoCircle(40.7, -74.0, 50), limit=200, explain=True, **words)
    hits = readers[kind].search(request).hits
    assert hits
    for hit in hits:
        product = 1.0
        for factor in hit.explanation.values():
            product *= factor
        assert product == pytest.approx(hit.score)
        assert set(hit.explanation) == {"relevance", "nearness", "standing", "completeness", "purpose", "fit"}


@pytest.mark.parametrize("kind", ENGINES)
def test_who_offers_only_a_narrower_condition_comes_after_all_who_offer_the_one_asked_for(
    readers: dict[str, Reader], kind: str
) -> None:
    asked, under = CONDITIONS[0], CONDITIONS[1]
    near = GeoCircle(40.7, -74.0, 25)
    request = SearchRequest(on=TODAY, near=near, conditions=(asked,), techniques=("deep-tissue",), limit=200)
    exact = readers[kind].search(request)
    broad = readers[kind].search(replace(request, narrower=(under,)))
    assert 0 < exact.total < broad.total <= 200
    assert list_ids(broad)[: exact.total] == list_ids(exact)
    assert all(under in hit.document.conditions for hit in broad.hits[exact.total :])


@pytest.mark.parametrize("kind", ENGINES)
def test_a_typed_name_is_suggested_also_with_a_typo(
    reference: Reference, readers: dict[str, Reader], kind: str
) -> None:
    document = next(item for item in reference.documents if item.kind is EntityKind.PERSON)
    given, family = document.name.split()
    for typed in (f"{given} {family[:4]}", f"{given} {family}", f"{given} {family[:2]}{family[3:]}"):
        suggestions = readers[kind].suggest(typed)
        assert 0 < len(suggestions) <= 10
        assert document.id in {suggestion.id for suggestion in suggestions}, typed


def test_map_cells_hold_the_same_counts_on_both_engines(readers: dict[str, Reader]) -> None:
    for request, zoom in (
        (SearchRequest(on=TODAY, box=GeoBox(38, -107, 41, -103)), 8),
        (SearchRequest(on=TODAY, box=GeoBox(24, -130, 60, -60), conditions=("sciatica",)), 4),
    ):
        cells = {
            kind: sorted(cell.count for cell in reader.cells(request, zoom=zoom)) for kind, reader in readers.items()
        }
        assert cells["embedded"] == cells["elasticsearch"]
        assert len(cells["embedded"]) > 5
