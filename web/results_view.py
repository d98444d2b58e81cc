"""The results page as plain values: what is said, what is linked, nothing decided in the template."""

from __future__ import annotations

from dataclasses import dataclass

from directory.models import PracticeKind, Referral, Setting
from search.interface import DocumentLocation, Hit, Sort, TherapistDocument
from search.service import SearchAnswer
from web.language import KM_PER_MILE
from web.pages import Visit
from web.query import DEFAULT_RADIUS_KM, LARGEST_RADIUS_KM, RADII_KM, SearchForm
from web.standing import stand
from web.values import Link, clean, list_letters, name_practice, name_town
from web.words import BadgeView, name_practice_kind, name_referral, name_setting, name_sort

SHOWN_TERMS = 5


@dataclass(frozen=True, slots=True)
class TermView:
    label: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One therapist in a list."""

    anchor: str
    url: str
    name: str
    letters: str
    practice: str
    street: str
    town: str
    distance: str
    badge: BadgeView
    treats: tuple[TermView, ...]
    uses: tuple[TermView, ...]
    more: str
    kind_label: str
    kind_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsView:
    """A page of results with everything around it."""

    q: str
    near: str
    total: int
    heading: str
    chips: tuple[Link, ...]
    ambiguous_heading: str
    ambiguous: tuple[Link, ...]
    cards: tuple[CardView, ...]
    sorts: tuple[Option, ...]
    radii: tuple[Option, ...]
    groups: tuple[Group, ...]
    filters_on: int
    filters_open: bool
    kept_for_sort: list[tuple[str, str]]
    kept_for_filters: list[tuple[str, str]]
    next_url: str | None
    first_url: str | None
    wider: Link | None
    clear_url: str | None
    empty_heading: str
    empty_text: str
    map_points: str


def make_results_view(visit: Visit, form: SearchForm, answer: SearchAnswer) -> ResultsView:
    """The page that answers `form`."""
    say = visit.language.say
    conditions = {*form.conditions, *(chip.id for chip in answer.chips if chip.kind == "condition")}
    techniques = {*form.techniques, *(chip.id for chip in answer.chips if chip.kind == "technique")}
    radius_km = form.radius_km or DEFAULT_RADIUS_KM
    kept = [*form.without("sort"), *_kept_language(visit)]
    return ResultsView(
        q=form.q,
        near=form.near,
        total=answer.total,
        heading=make_heading(visit, form, answer),
        chips=_list_chips(visit, form, answer),
        ambiguous_heading=say("Which place?"),
        ambiguous=tuple(
            Link(place.label, visit.url_with("/search", form.but(near=place.label).pairs())) for place in answer.places
        ),
        cards=tuple(make_card(visit, hit, conditions, techniques) for hit in answer.hits),
        sorts=_list_sorts(visit, form, measured=answer.place is not None),
        radii=_list_radii(visit, radius_km) if answer.place else (),
        groups=_list_groups(visit, form, answer),
        filters_on=form.filters_on,
        filters_open=False,
        kept_for_sort=kept,
        kept_for_filters=[
            *form.without("radius_km", "kind", "setting", "referral", "language", "verified", "insurance"),
            *_kept_language(visit),
        ],
        next_url=visit.url_with("/search", [*form.without(), ("after", answer.after)]) if answer.after else None,
        first_url=visit.url_with("/search", form.without()) if form.after else None,
        wider=_find_wider(visit, form, answer, radius_km),
        clear_url=visit.url_with("/search", SearchForm(q=form.q, near=form.near).pairs()) if form.filters_on else None,
        empty_heading=say("Nobody found here yet"),
        empty_text=say("Look a little further away, use fewer words, or check the place."),
        map_points="",
    )


def _kept_language(visit: Visit) -> list[tuple[str, str]]:
    return [("lang", visit.lang_param)] if visit.lang_param else []


def make_heading(visit: Visit, form: SearchForm, answer: SearchAnswer) -> str:
    """'12 therapists within 25 km of Stony Plain'."""
    language = visit.language
    if answer.place is None:
        return language.say_count("%(count)s therapist", "%(count)s therapists", answer.total)
    radius_km = form.radius_km or DEFAULT_RADIUS_KM
    return language.say_count(
        "%(count)s therapist within %(radius)s of %(place)s",
        "%(count)s therapists within %(radius)s of %(place)s",
        answer.total,
        radius=language.distance(radius_km) if radius_km % 1 else f"{language.number(radius_km)}\u00a0km",
        place=clean(answer.place.label, 80),
    )


def make_card(visit: Visit, hit: Hit, conditions: set[str], techniques: set[str]) -> CardView:
    """The card of one hit; what matched comes first."""
    document, location = hit.document, hit.location or next(iter(hit.document.locations), None)
    treats = list_terms(visit, document.conditions, conditions)
    uses = list_terms(visit, document.techniques, techniques)
    hidden = max(0, len(treats) - SHOWN_TERMS) + max(0, len(uses) - SHOWN_TERMS)
    kind = document.practice_kind
    return CardView(
        anchor="t-" + document.id,
        url=visit.url(f"/therapists/{document.id}"),
        name=clean(document.name, 120) or visit.language.say("Name not stated"),
        letters=list_letters(document.credentials),
        practice=name_practice(document),
        street=clean(location.street, 80) if location else "",
        town=name_town(location),
        distance=write_distance(visit, hit.distance_km, location),
        badge=stand(visit, document),
        treats=treats[:SHOWN_TERMS],
        uses=uses[:SHOWN_TERMS],
        more=visit.language.say("and %(count)s more", count=hidden) if hidden else "",
        kind_label="" if kind is PracticeKind.UNCLEAR else name_practice_kind(visit.language, kind),
        kind_reason=clean(document.practice_kind_reason, 300) if kind is not PracticeKind.UNCLEAR else "",
    )


def write_distance(visit: Visit, distance_km: float | None, location: DocumentLocation | None) -> str:
    """The distance, in miles where roads are signed in miles."""
    if distance_km is None:
        return ""
    return visit.language.distance(distance_km, miles=bool(location and location.country == "US"))


def list_terms(visit: Visit, ids: tuple[str, ...], matched: set[str]) -> tuple[TermView, ...]:
    """The terms' names, those that matched first."""
    ordered = sorted(ids, key=lambda term_id: term_id not in matched)
    return tuple(
        TermView(visit.site.name_term(term_id, visit.language.code), term_id in matched) for term_id in ordered
    )


def _list_chips(visit: Visit, form: SearchForm, answer: SearchAnswer) -> tuple[Link, ...]:
    """What was understood, each leading to the search without it."""
    chips: list[Link] = []
    for chip in answer.chips:
        label = (
            chip.label
            if chip.kind not in ("condition", "technique")
            else visit.site.name_term(chip.id, visit.language.code)
        )
        pairs = form.without_value(chip.kind, chip.id)
        if chip.kind == "place" and form.near:
            pairs = form.without("near", "radius_km")
        elif chip.text and chip.text.casefold() in form.q.casefold():
            start = form.q.casefold().index(chip.text.casefold())
            rest = " ".join((form.q[:start] + " " + form.q[start + len(chip.text) :]).split())
            pairs = form.but(q=rest).pairs()
        chips.append(Link(clean(label, 80), visit.url_with("/search", pairs)))
    return tuple(chips)


def _list_sorts(visit: Visit, form: SearchForm, *, measured: bool) -> tuple[Option, ...]:
    chosen = form.sort or Sort.RELEVANCE
    offered = [sort for sort in Sort if measured or sort is not Sort.DISTANCE]
    return tuple(Option(sort, name_sort(visit.language, sort), sort is chosen) for sort in offered)


def _list_radii(visit: Visit, radius_km: float) -> tuple[Option, ...]:
    values = sorted({*RADII_KM, radius_km})
    return tuple(Option(f"{value:g}", f"{visit.language.number(value)} km", value == radius_km) for value in values)


def _list_groups(visit: Visit, form: SearchForm, answer: SearchAnswer) -> tuple[Group, ...]:
    """The filters, each with how many it would leave."""
    language, say = visit.language, visit.language.say

    def count(facet: str, value: str) -> int | None:
        return answer.facets[facet].get(value, 0) if facet in answer.facets else None

    def options(facet: str, chosen: tuple[str, ...], labels: list[tuple[str, str]]) -> tuple[Option, ...]:
        found = [Option(value, label, value in chosen, count(facet, value)) for value, label in labels]
        return tuple(option for option in found if option.count != 0 or option.chosen)

    kinds = [
        (kind.value, name_practice_kind(language, kind)) for kind in PracticeKind if kind is not PracticeKind.UNCLEAR
    ]
    settings = [
        (setting.value, name_setting(language, setting)) for setting in Setting if setting is not Setting.UNKNOWN
    ]
    referrals = [
        (value.value, name_referral(language, value)) for value in Referral if value is not Referral.NOT_STATED
    ]
    groups = (
        Group("verified", say("Standing"), (Option("1", say("Licence current"), form.verified),)),
        Group("kind", say("Kind of massage"), options("practice_kind", form.kinds, kinds)),
        Group("setting", say("Kind of place"), options("setting", form.settings, settings)),
        Group("referral", say("Doctor's referral"), options("referral", form.referrals, referrals)),
        Group("insurance", say("Insurance"), (Option("1", say("Takes insurance"), form.insurance),)),
    )
    return tuple(group for group in groups if group.options)


def _find_wider(visit: Visit, form: SearchForm, answer: SearchAnswer, radius_km: float) -> Link | None:
    """The next larger circle, while there is one and this page ends the list."""
    if answer.place is None or answer.after or radius_km >= LARGEST_RADIUS_KM:
        return None
    wider = next((value for value in (*RADII_KM, LARGEST_RADIUS_KM) if value > radius_km), LARGEST_RADIUS_KM)
    label = visit.language.say("Look within %(radius)s km", radius=visit.language.number(wider))
    return Link(label, visit.url_with("/search", form.but(radius_km=wider).pairs()))


def describe_hit(document: TherapistDocument) -> str:
    """A therapist in one plain line, for lists without cards."""
    town = name_town(next(iter(document.locations), None))
    return " · ".join(part for part in (clean(document.name, 120), name_practice(document), town) if part)


__all__ = ["KM_PER_MILE", "CardView", "ResultsView", "make_card", "make_results_view"]
