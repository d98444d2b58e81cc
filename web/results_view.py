"""The results page as plain values: what is said, what is linked, nothing decided in the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory.models import PracticeKind, Referral, Setting
from search.interface import DocumentLocation, Hit, Sort
from search.service import Chip, SearchAnswer
from web.language import KM_PER_MILE
from web.pages import STATIC, Visit
from web.query import LARGEST_RADIUS_KM, RADII_KM, RADII_MILES, SearchForm
from web.standing import stand
from web.values import Link, clean, list_letters, name_practice, name_town
from web.words import BadgeView, name_practice_kind, name_referral, name_setting, name_sort

SHOWN_TERMS = 5
SHOWN_REGIONS = 4


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
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class MapView:
    """What the map needs; no tiles unless the settings name some."""

    tiles: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsView:
    """A page of results with everything around it."""

    q: str
    near: str
    total: int
    heading: str
    notes: tuple[str, ...]
    chips: tuple[Link, ...]
    ambiguous_heading: str
    ambiguous: tuple[Link, ...]
    cards: tuple[CardView, ...]
    sorts: tuple[Option, ...]
    radii: tuple[Option, ...]
    groups: tuple[Group, ...]
    filters_on: int
    kept_for_sort: list[tuple[str, str]]
    kept_for_filters: list[tuple[str, str]]
    next_url: str | None
    first_url: str | None
    wider: Link | None
    clear_url: str | None
    empty_heading: str
    empty_text: str
    map: MapView | None


def make_results_view(visit: Visit, form: SearchForm, answer: SearchAnswer) -> ResultsView:
    """The page that answers `form`."""
    say = visit.language.say
    request = answer.request
    return ResultsView(
        q=form.q,
        near=form.near,
        total=answer.total,
        heading=make_heading(visit, answer),
        notes=list_notes(visit, answer),
        chips=_list_chips(visit, form, answer),
        ambiguous_heading=say("Which place?"),
        ambiguous=tuple(
            Link(place.label, visit.url_with("/search", _settle_place(form, answer, place.label)))
            for place in answer.places
        ),
        cards=tuple(make_card(visit, hit, set(request.conditions), set(request.techniques)) for hit in answer.hits),
        sorts=_list_sorts(visit, form, measured=request.near is not None),
        radii=_list_radii(visit, answer, answer.radius_km) if answer.radius_km else (),
        groups=_list_groups(visit, form, answer),
        filters_on=form.filters_on,
        kept_for_sort=[*form.without("sort"), *_kept_language(visit)],
        kept_for_filters=[
            *form.without("radius_km", "kind", "setting", "referral", "language", "verified", "insurance"),
            *_kept_language(visit),
        ],
        next_url=visit.url_with("/search", [*form.without(), ("after", answer.after)]) if answer.after else None,
        first_url=visit.url_with("/search", form.without()) if form.after else None,
        wider=_find_wider(visit, form, answer),
        clear_url=visit.url_with("/search", SearchForm(q=form.q, near=form.near).pairs()) if form.filters_on else None,
        empty_heading=say("Nobody found here yet"),
        empty_text=say("Look a little further away, use fewer words, or check the place."),
        map=make_map(visit, [hit.location for hit in answer.hits]),
    )


def _kept_language(visit: Visit) -> list[tuple[str, str]]:
    return [("lang", visit.lang_param)] if visit.lang_param else []


def _settle_place(form: SearchForm, answer: SearchAnswer, label: str) -> list[tuple[str, str]]:
    """The same search with the place spelt out, and its bare name taken from the words."""
    bare = next((chip.text for chip in answer.chips if chip.kind == "place"), "")
    if not form.near and not bare:
        bare = label.partition(",")[0]
    return form.but(near=label, q=form.q if form.near else remove_words(form.q, bare)).pairs()


def remove_words(text: str, words: str) -> str:
    """The text without these words, as far as they stand in it."""
    start = text.casefold().find(words.casefold())
    if not words or start < 0:
        return text
    rest = " ".join((text[:start] + " " + text[start + len(words) :]).split())
    head, _, last = rest.rpartition(" ")
    return head if last.casefold() in ("near", "in", "at", "around", "près", "de", "en", "cerca") else rest


def make_heading(visit: Visit, answer: SearchAnswer) -> str:
    """'12 therapists within 25 km of Stony Plain'."""
    language = visit.language
    if answer.place is None:
        return language.say_count("%(count)s therapist", "%(count)s therapists", answer.total)
    place = clean(answer.place.label, 80)
    if answer.radius_km is None:
        return language.say_count(
            "%(count)s therapist in %(place)s", "%(count)s therapists in %(place)s", answer.total, place=place
        )
    return language.say_count(
        "%(count)s therapist within %(radius)s of %(place)s",
        "%(count)s therapists within %(radius)s of %(place)s",
        answer.total,
        radius=write_radius(visit, answer, answer.radius_km),
        place=place,
    )


def list_notes(visit: Visit, answer: SearchAnswer) -> tuple[str, ...]:
    """What was left out or not understood, said plainly."""
    say, notes = visit.language.say, []
    if answer.unknown_place:
        place = clean(answer.unknown_place, 80)
        notes.append(say("We know no place called “%(place)s”, so distance is not used.", place=place))
    if answer.across:
        names = [visit.language.name_region(region) for _, region in answer.across[:SHOWN_REGIONS]]
        if hidden := len(answer.across) - len(names):
            names.append(say("and %(count)s more", count=hidden))
        regions = visit.language.listed(names)
        notes.append(
            say(
                "This circle reaches into %(regions)s. The licence rules of the place where a therapist works apply.",
                regions=regions,
            )
        )
    if answer.relaxed:
        words = visit.language.listed([clean(word, 80) for word in answer.relaxed])
        notes.append(say("Nobody matches “%(words)s”. This is the list without it.", words=words))
    return tuple(notes)


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
        badge=stand(visit, document, location),
        treats=treats[:SHOWN_TERMS],
        uses=uses[:SHOWN_TERMS],
        more=visit.language.say("and %(count)s more", count=hidden) if hidden else "",
        kind_label="" if kind is PracticeKind.UNCLEAR else name_practice_kind(visit.language, kind),
        kind_reason=clean(document.practice_kind_reason, 300) if kind is not PracticeKind.UNCLEAR else "",
        point=find_point(location),
    )


def find_point(location: DocumentLocation | None) -> tuple[float, float] | None:
    """The place on the map, to about ten metres."""
    if location is None or location.lat is None or location.lon is None:
        return None
    return round(location.lat, 4), round(location.lon, 4)


def make_map(visit: Visit, locations: Sequence[DocumentLocation | None]) -> MapView | None:
    """The map, where its code was installed and there is something to show."""
    if not (STATIC / "vendor" / "leaflet.js").is_file() or not any(map(find_point, locations)):
        return None
    settings = visit.site.settings
    return MapView(settings.tiles_url, settings.tiles_attribution)


def write_distance(visit: Visit, distance_km: float | None, location: DocumentLocation | None) -> str:
    """The distance, in miles where roads are signed in miles."""
    if distance_km is None:
        return ""
    return visit.language.distance(distance_km, miles=bool(location and location.country == "US"))


def list_terms(visit: Visit, ids: tuple[str, ...], matched: set[str]) -> tuple[TermView, ...]:
    """The terms' names, those that matched first."""
    code = visit.language.code
    known = [term for term_id in ids if (term := visit.site.find_term(term_id))]
    shown = [TermView(term.get_label(code), term.id in matched) for term in known]
    return tuple(sorted(shown, key=lambda term: not term.matched))


def _list_chips(visit: Visit, form: SearchForm, answer: SearchAnswer) -> tuple[Link, ...]:
    """What was understood, each leading to the search without it."""
    code, chips = visit.language.code, []
    for name, ids in (("condition", form.conditions), ("technique", form.techniques)):
        for term_id in ids:
            url = visit.url_with("/search", form.without_value(name, term_id))
            chips.append(Link(clean(visit.site.name_term(term_id, code), 80), url))
    for chip in answer.chips:
        rest = remove_words(form.q, chip.text)
        if rest != form.q:
            pairs = form.but(q=rest).pairs()
        elif chip.kind == "place":
            pairs = form.without("near", "radius_km")
        else:
            pairs = form.without(chip.kind)
        chips.append(Link(name_chip(visit, chip), visit.url_with("/search", pairs)))
    return tuple(chips)


def name_chip(visit: Visit, chip: Chip) -> str:
    """What was understood, in the page's language as far as it has words for it."""
    language = visit.language
    if chip.kind in ("condition", "technique"):
        label = visit.site.name_term(chip.id, language.code)
    elif chip.kind == "language":
        label = f"{language.say('Speaks')}: {language.name_language(chip.id)}"
    elif chip.kind == "radius":
        number, miles = float(chip.id[:-2]), chip.id.endswith("mi")
        radius = language.radius(number * KM_PER_MILE if miles else number, miles=miles)
        label = language.say("within %(radius)s", radius=radius)
    else:
        wishes = {"insurance": language.say("Takes insurance"), "verified": language.say("Licence current")}
        label = wishes.get(chip.kind, chip.label)
    return clean(label, 80)


def _list_sorts(visit: Visit, form: SearchForm, *, measured: bool) -> tuple[Option, ...]:
    chosen = form.sort or Sort.RELEVANCE
    offered = [sort for sort in Sort if measured or sort is not Sort.DISTANCE]
    return tuple(Option(sort, name_sort(visit.language, sort), sort is chosen) for sort in offered)


def _list_radii(visit: Visit, answer: SearchAnswer, radius_km: float) -> tuple[Option, ...]:
    """The radii offered, and the one that holds even if it is none of them."""
    values = sorted({*offer_radii(answer), radius_km})
    return tuple(Option(f"{value:g}", write_radius(visit, answer, value), value == radius_km) for value in values)


def is_in_miles(answer: SearchAnswer) -> bool:
    """Whether the place searched around signs its roads in miles."""
    return answer.place is not None and answer.place.country == "US"


def offer_radii(answer: SearchAnswer) -> tuple[float, ...]:
    """Round radii in kilometres, or those that are round in miles where miles are read."""
    return tuple(round(miles * KM_PER_MILE, 2) for miles in RADII_MILES) if is_in_miles(answer) else RADII_KM


def write_radius(visit: Visit, answer: SearchAnswer, radius_km: float) -> str:
    """'25 km', or '16 mi' around a place that reads miles."""
    return visit.language.radius(radius_km, miles=is_in_miles(answer))


def _list_groups(visit: Visit, form: SearchForm, answer: SearchAnswer) -> tuple[Group, ...]:
    """The filters, each with how many it would leave."""
    language, say = visit.language, visit.language.say

    def options(facet: str, chosen: tuple[str, ...], labels: list[tuple[str, str]]) -> tuple[Option, ...]:
        counts = answer.facets.get(facet, {})
        found = [Option(value, label, value in chosen, counts.get(value, 0)) for value, label in labels]
        return tuple(option for option in found if option.count or option.chosen)

    def yes(facet: str, label: str, chosen: bool) -> tuple[Option, ...]:
        counts = answer.facets.get(facet, {})
        count = counts.get("true", counts.get("yes", 0))
        return (Option("1", label, chosen, count),) if count or chosen else ()

    kinds = [
        (kind.value, name_practice_kind(language, kind)) for kind in PracticeKind if kind is not PracticeKind.UNCLEAR
    ]
    settings = [
        (setting.value, name_setting(language, setting)) for setting in Setting if setting is not Setting.UNKNOWN
    ]
    referrals = [
        (value.value, name_referral(language, value)) for value in Referral if value is not Referral.NOT_STATED
    ]
    spoken = [
        (code, language.name_language(code))
        for code in list(answer.facets.get("language", {}))[:8]
        if code != "en" and code in language.locale.languages
    ]
    groups = (
        Group("verified", say("Standing"), yes("verified", say("Licence current"), form.verified)),
        Group("kind", say("Kind of massage"), options("practice_kind", form.kinds, kinds)),
        Group("setting", say("Kind of place"), options("setting", form.settings, settings)),
        Group("referral", say("Doctor's referral"), options("referral", form.referrals, referrals)),
        Group("insurance", say("Insurance"), yes("insurance", say("Takes insurance"), form.insurance)),
        Group("language", say("Speaks"), options("language", form.languages, spoken)),
    )
    return tuple(group for group in groups if group.options)


def _find_wider(visit: Visit, form: SearchForm, answer: SearchAnswer) -> Link | None:
    """The next larger circle, while there is one and this page ends the list."""
    radius_km = answer.radius_km
    if radius_km is None or answer.after or radius_km >= LARGEST_RADIUS_KM:
        return None
    wider = next((value for value in offer_radii(answer) if value > radius_km), LARGEST_RADIUS_KM)
    label = visit.language.say("Look within %(radius)s", radius=write_radius(visit, answer, wider))
    return Link(label, visit.url_with("/search", form.but(radius_km=wider).pairs()))
