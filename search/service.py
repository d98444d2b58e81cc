"""The one way to search: what the site, the API and the command all call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from directory.errors import EngineUnavailableError, UsageError
from directory.models import EntityKind, PracticeKind, Referral, Setting, to_json
from directory.places import Gazetteer, Place, PlaceKind
from directory.regions import REGIONS
from directory.vocabularies import Vocabulary
from search import analysis
from search.borders import RegionCode, find_regions_across
from search.geometry import HALF_GLOBE_KM
from search.interface import GeoBox, GeoCircle, Hit, Reader, SearchPage, SearchRequest, Sort
from search.narrower import find_kindred, find_narrower
from search.spelling import Speller
from search.standing import rate_document
from search.suggesting import suggest
from search.understanding import DEFAULT_RADIUS_KM, Chip, Understood, clean_text, understand

__all__ = ["DEFAULT_RADIUS_KM", "Chip", "SearchAnswer", "find_therapists", "warm"]

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """A page of results with what was understood; `relaxed` says which words nobody matched and were left out."""

    page: SearchPage
    request: SearchRequest
    place: Place | None = None
    places: tuple[Place, ...] = ()
    unknown_place: str | None = None
    radius_km: float | None = None
    chips: tuple[Chip, ...] = ()
    relaxed: tuple[str, ...] = ()
    across: tuple[RegionCode, ...] = ()  # what the circle reaches beyond the place's own state or province

    @property
    def total(self) -> int:
        return self.page.total

    @property
    def hits(self) -> tuple[Hit, ...]:
        return self.page.hits

    @property
    def facets(self) -> Any:
        return self.page.facets

    @property
    def after(self) -> str | None:
        return self.page.after

    @property
    def heading(self) -> str:
        """ "12 therapists within 25 km of Stony Plain, AB"."""
        count = f"{self.total} therapist{'' if self.total == 1 else 's'}"
        if self.places:
            return f"{count}. Which place: " + " · ".join(place.label for place in self.places) + "?"
        if self.unknown_place:
            return f"{count}. Nobody here knows a place called {self.unknown_place}."
        if self.place and self.radius_km:
            return f"{count} within {self.radius_km:g} km of {self.place.label}"
        return f"{count} in {self.place.label}" if self.place else count

    @property
    def border_notice(self) -> str:
        """What a search across a border should know; empty within one state or province."""
        if not self.across:
            return ""
        names = ", ".join(REGIONS[region] for _, region in self.across)
        return f"This circle reaches into {names}. The licence rules of the place where a therapist works apply."

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as docs/formats and the API promise them."""
        return {
            "total": self.total,
            "place": _place_json(self.place) if self.place else None,
            "places": [_place_json(place) for place in self.places],
            "unknown_place": self.unknown_place,
            "radius_km": self.radius_km,
            "chips": [{"kind": c.kind, "id": c.id, "label": c.label, "text": c.text} for c in self.chips],
            "relaxed": list(self.relaxed),
            "across_border": [{"country": c, "region": r, "label": REGIONS[r]} for c, r in self.across],
            "results": [_hit_json(hit, self.request.on) for hit in self.hits],
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
            "after": self.after,
            "snapshot_at": self.page.snapshot_at.isoformat() if self.page.snapshot_at else None,
        }


def _place_json(place: Place) -> dict[str, Any]:
    return {"label": place.label, "lat": place.lat, "lon": place.lon}


def _hit_json(hit: Hit, on: date) -> dict[str, Any]:
    document = hit.document
    standing = rate_document(document, hit.location, on=on)
    result = {
        "id": document.id,
        "name": document.name,
        "kind": document.kind.value,
        "distance_km": hit.distance_km,
        "location": to_json(hit.location) if hit.location else None,
        "badge": {**to_json(standing.badge), "region": standing.region},
        "credentials": [to_json(credential) for credential in document.credentials],
        "conditions": list(document.conditions),
        "techniques": list(document.techniques),
        "practice_kind": document.practice_kind.value,
        "setting": document.setting.value,
        "referral": document.referral.value,
        "listing_ids": list(document.listing_ids),
        "score": hit.score,
    }
    return {**result, "explanation": dict(hit.explanation)} if hit.explanation else result


def warm(reader: Reader, gazetteer: Gazetteer, vocabulary: Vocabulary, *, on: date) -> None:
    """Read what the first search would have to read, so that no visitor waits; an engine may be away."""
    with contextlib.suppress(EngineUnavailableError):
        find_therapists(reader, gazetteer, vocabulary, on=on, q="siatica zzyzx Denver CO", limit=1)
        suggest(reader, gazetteer, vocabulary, "siatica den")
    Speller.of(vocabulary).find("siatica")
    gazetteer.resolve("zzyzx")  # a word that no table holds is looked for in all of them


def find_therapists(
    reader: Reader,
    gazetteer: Gazetteer,
    vocabulary: Vocabulary,
    *,
    on: date,
    q: str = "",
    near: str = "",
    radius_km: float | None = None,
    box: GeoBox | None = None,
    condition: Iterable[str] = (),
    technique: Iterable[str] = (),
    credential: Iterable[str] = (),
    verified: bool = False,
    may_take_referral: bool = False,
    insurance: bool | None = None,
    kind: Iterable[str] = (),
    setting: Iterable[str] = (),
    referral: Iterable[str] = (),
    language: Iterable[str] = (),
    gender: Iterable[str] = (),
    sort: Sort | str | None = None,
    after: str | None = None,
    limit: int = 20,
    facets: Iterable[str] = (),
    explain: bool = False,
) -> SearchAnswer:
    """People and practices that answer the words and filters; raises `UsageError` for what cannot be asked.

    `kind` takes person, practice and the kinds of practice. Where words beside a condition or a place match nobody,
    they are left out and named in `relaxed`: better the therapists there than an empty page.
    """
    kinds, practice_kinds = _split_kinds(kind)
    asked = SearchRequest(
        on=on,
        box=box,
        conditions=tuple(condition),
        techniques=tuple(technique),
        credentials=tuple(credential),
        kinds=kinds,
        practice_kinds=practice_kinds,
        settings=_read(Setting, setting, "setting"),
        referrals=_read(Referral, referral, "referral"),
        languages=tuple(language),
        genders=tuple(gender),
        insurance=insurance,
        # A referral is open to a holder whose licence is current: the day's own standing decides, not the index's.
        verified=verified or may_take_referral,
        may_take_referral=may_take_referral,
        limit=limit,
        after=after,
        facets=tuple(facets),
        explain=explain,
    )
    understood = understand(q, vocabulary, gazetteer, near=near)
    wanted = _Wanted(asked, radius_km, sort)
    attempts = _list_attempts(wanted, understood, clean_text(q), vocabulary)
    page, attempt = _search(reader, attempts)
    return _make_answer(page, attempt, gazetteer)


def _make_answer(page: SearchPage, attempt: _Attempt, gazetteer: Gazetteer) -> SearchAnswer:
    understood, circle = attempt.understood, attempt.request.near
    across = find_regions_across(gazetteer, understood.place, circle) if understood.place and circle else ()
    return SearchAnswer(
        page=page,
        request=attempt.request,
        place=understood.place,
        places=understood.places,
        unknown_place=understood.unknown_place,
        radius_km=attempt.radius_km,
        chips=tuple(chip for chip in understood.chips if chip.text not in attempt.relaxed),
        relaxed=attempt.relaxed,
        across=across,
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was chosen beside the words: filters, radius and order."""

    asked: SearchRequest
    radius_km: float | None
    sort: Sort | str | None

    def attempt(self, understood: Understood) -> _Attempt:
        """The search for what was asked by filters and by words."""
        asked = self.asked
        request = replace(
            asked,
            text=understood.text,
            name=understood.name,
            conditions=_join(understood.conditions, asked.conditions),
            techniques=_join(understood.techniques, asked.techniques),
            credentials=_join(understood.credentials, asked.credentials),
            languages=_join(understood.languages, asked.languages),
            insurance=True if understood.insurance else asked.insurance,
            verified=asked.verified or understood.verified,
        )
        request = replace(request, narrower=find_narrower(request.conditions))
        request, radius = _place(request, understood, self.radius_km)
        return _Attempt(understood, replace(request, sort=_choose_sort(self.sort, request)), radius)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to ask what was understood; `relaxed` are the words it leaves out."""

    understood: Understood
    request: SearchRequest
    radius_km: float | None
    relaxed: tuple[str, ...] = ()


def _list_attempts(wanted: _Wanted, understood: Understood, written: str, vocabulary: Vocabulary) -> Iterator[_Attempt]:
    """What is tried in turn until somebody matches: every reading as it is, then the first one with less."""
    first = wanted.attempt(understood)
    yield first
    for reading in (
        understood.otherwise,
        _read_as_name(understood, written),
        _read_as_kindred(understood, vocabulary),
    ):
        if reading:
            yield wanted.attempt(reading)
    asked, request = wanted.asked, first.request
    if not (request.conditions or request.techniques or request.near or request.regions or request.name):
        return
    without_text = replace(request, text="")
    without_letters = replace(without_text, credentials=asked.credentials)
    without_wishes = replace(without_letters, insurance=asked.insurance, languages=asked.languages)
    left = (request.text, *understood.credentials)
    wishes = tuple(chip.text for chip in understood.chips if chip.kind in ("insurance", "language"))
    yield replace(first, request=without_text, relaxed=left[:1])
    yield replace(first, request=without_letters, relaxed=left)
    yield replace(first, request=without_wishes, relaxed=(*left, *wishes))


def _read_as_name(understood: Understood, written: str) -> Understood | None:
    """All the words as a name, where some were understood and some were not: "Harbor Injury and Massage Clinic"."""
    if not understood.text or not understood.chips or understood.name:
        return None
    name = " ".join(word for word in written.split() if analysis.fold(word) not in analysis.STOP_WORDS)
    return Understood(name=name, chips=(Chip("name", name, name, written),))


def _read_as_kindred(understood: Understood, vocabulary: Vocabulary) -> Understood | None:
    """The condition in place of the technique made for it, or the other way round."""
    chips, changed = list(understood.chips), False
    for at, chip in enumerate(chips):
        kindred = vocabulary.terms.get(find_kindred(chip.id) or "") if chip.kind in ("condition", "technique") else None
        if kindred:
            chips[at], changed = Chip(kindred.kind, kindred.id, kindred.label, chip.text), True
    if not changed:
        return None
    named = {kind: tuple(chip.id for chip in chips if chip.kind == kind) for kind in ("condition", "technique")}
    return replace(understood, conditions=named["condition"], techniques=named["technique"], chips=tuple(chips))


def _join(understood: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*understood, *chosen)))


def _read(kind: type[E], values: Iterable[str], name: str) -> tuple[E, ...]:
    """The members of `kind` that the values name; raises `UsageError` for another."""
    known = {member.value: member for member in kind}
    try:
        return tuple(known[value] for value in values)
    except KeyError as error:
        raise UsageError(f"{name} cannot be {error.args[0]!r}. Choose from: {', '.join(known)}.") from error


def _split_kinds(values: Iterable[str]) -> tuple[tuple[EntityKind, ...], tuple[PracticeKind, ...]]:
    values, people = tuple(values), set(EntityKind)
    return (
        tuple(EntityKind(value) for value in values if value in people),
        _read(PracticeKind, (value for value in values if value not in people), "kind"),
    )


def _place(
    request: SearchRequest, understood: Understood, radius_km: float | None
) -> tuple[SearchRequest, float | None]:
    """The request within its circle or region, and the circle's radius."""
    place = understood.place
    if place is None:
        return request, None
    radius = radius_km if radius_km is not None else understood.radius_km
    if place.kind is PlaceKind.COUNTRY and place.country:
        return replace(request, regions=(place.country,)), None
    if place.kind is PlaceKind.REGION and place.country and place.region:
        return replace(request, regions=(f"{place.country}-{place.region}",)), None
    radius = DEFAULT_RADIUS_KM if radius is None else min(radius, HALF_GLOBE_KM)
    return replace(request, near=GeoCircle(place.lat, place.lon, radius)), radius


def _choose_sort(sort: Sort | str | None, request: SearchRequest) -> Sort:
    chosen = _read(Sort, (sort,), "sort")[0] if sort else Sort.RELEVANCE
    return Sort.RELEVANCE if chosen is Sort.DISTANCE and request.near is None else chosen


def _search(reader: Reader, attempts: Iterable[_Attempt]) -> tuple[SearchPage, _Attempt]:
    """The first attempt that anybody matches, else the very first; a page's cursor tells which attempt it is of.

    Where words match nobody they are left out: better the therapists who are there than an empty page.
    """
    answers: list[tuple[SearchPage, _Attempt]] = []
    tried: list[SearchRequest] = []
    problem: UsageError | None = None
    for attempt in attempts:
        if attempt.request in tried:
            continue
        tried.append(attempt.request)
        try:
            page = reader.search(attempt.request)
        except UsageError as error:
            if not attempt.request.after:
                raise
            problem = problem or error
            continue
        if page.total:
            return page, replace(attempt, relaxed=tuple(word for word in attempt.relaxed if word))
        answers.append((page, attempt))
    if not answers and problem:
        raise problem
    return answers[0]
