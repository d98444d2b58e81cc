"""Observations into listings: what each source says of one person or practice at one place."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from directory.models import (
    LOCATION_KEY,
    Answer,
    EntityKind,
    ExtractedPage,
    Listing,
    NpiRecord,
    PageCredential,
    PageEvidence,
    PageLocation,
    PagePractitioner,
    Payload,
    PracticeKind,
    Referral,
    Setting,
    Tier,
)
from directory.names import NameGrade, compare_names, fold, parse_name
from resolution.features import FEDERAL_LICENCE, find_names, fold_phone, split_street
from resolution.sites import SitePage, group_pages

MASSAGE_TAXONOMIES = frozenset(("225700000X",))
PAGE_ONLY = ("noindex: the page", "unreadable", "not a massage practice")  # holds of one page, not of its site
_SITE_ID = re.compile(r"(site-[0-9a-f]{20}(?:-[0-9a-f]{8})?)@\d+")
T = TypeVar("T")


class Observed(Protocol):
    """An observation as stored (records.observations) or as seen (directory.models)."""

    @property
    def source(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def payload(self) -> Payload: ...

    @property
    def url(self) -> str | None: ...


def derive_listings(observations: Iterable[Observed]) -> Iterator[Listing]:
    """The listings of all observations, each with a stable id.

    Pages of one site become one practice listing and one a practitioner, each once more for every further location
    (`find_base` tells what belongs together). Listings pass through, with the person and practice of their heading.
    NPI records of massage therapists become federal listings. Registers and exclusion lists become none.
    """
    pages: dict[str, list[tuple[SitePage, datetime | None]]] = defaultdict(list)
    for item in observations:
        if isinstance(item.payload, ExtractedPage):
            url = item.payload.url or item.url or item.key
            is_location = item.key.startswith(LOCATION_KEY)
            page = SitePage(source=item.source, url=url, page=item.payload, is_location=is_location)
            pages[item.source].append((page, _read_at(item)))
        elif isinstance(item.payload, Listing):
            yield _complete(item.payload, item)
        elif isinstance(item.payload, NpiRecord):
            yield from _derive_npi(item.payload, item)
    for source in sorted(pages):
        times = {page.url: read_at for page, read_at in pages[source]}
        for root, members in group_pages([page for page, _ in pages[source]]):
            known = [at for at in (times[member.url] for member in members) if at is not None]
            yield from _derive_site(source, root, members, max(known, default=None))


def find_base(listing_id: str) -> str:
    """The id that all locations of one derived listing share; every other id is its own base."""
    found = _SITE_ID.fullmatch(listing_id)
    return found[1] if found else listing_id


def make_site_id(source: str, root: str) -> str:
    """The id of the practice that a source's pages under one root speak of; those of its people begin with it."""
    return f"site-{hashlib.sha256(f'{source} {root}'.encode()).hexdigest()[:20]}"


def _read_at(item: Observed) -> datetime | None:
    value = getattr(item, "last_seen_at", None) or getattr(item, "read_at", None)
    return value if isinstance(value, datetime) else None


def _complete(listing: Listing, item: Observed) -> Listing:
    """A listing as given, its person and practice set apart where only a heading was found."""
    name, practice = find_names(listing)
    return replace(
        listing,
        name=listing.name or (name.raw if name else None),
        practice=listing.practice or (practice if practice != listing.name else None),
        url=listing.url or item.url,
        read_at=listing.read_at or _read_at(item),
    )


def _derive_npi(record: NpiRecord, item: Observed) -> Iterator[Listing]:
    if not record.active or not MASSAGE_TAXONOMIES & set(record.taxonomies):
        return
    person = record.kind is EntityKind.PERSON
    parts = " ".join(part for part in (record.given, record.middle, record.family) if part)
    name = parts or record.name
    numbers = [
        f"LMT {licence.number}" + (f" ({licence.region})" if licence.region else "")
        for licence in record.licences
        if licence.number and licence.taxonomy in MASSAGE_TAXONOMIES
    ]
    # NPPES corroborates and never verifies: its numbers are evidence of identity, not claims to be checked.
    evidence = tuple(
        PageEvidence(field=FEDERAL_LICENCE, value=number, snippet=number, where="NPPES") for number in numbers
    )
    yield Listing(
        listing_id=f"npi-{record.npi}",
        source=item.source,
        kind=record.kind,
        name=name if person else None,
        practice=None if person else record.name,
        street=record.street,
        city=record.city,
        region=record.region,
        postal_code=record.postal_code,
        country=record.country,
        phone=record.phone,
        npi=record.npi,
        evidence=evidence if person else (),
        tier=Tier.FEDERAL,
        url=item.url,
        read_at=_read_at(item),
    )


def _derive_site(source: str, root: str, members: Sequence[SitePage], read_at: datetime | None) -> Iterator[Listing]:
    pages = _leave_out_lone(
        [member.page for member in sorted(members, key=lambda member: (-_richness(member.page), member.url))]
    )
    base = make_site_id(source, root)
    practice = _make_practice(source, base, pages, members[0].url)
    practice = replace(practice, read_at=read_at)
    people = _gather_people([person for page in pages for person in page.practitioners])
    claims = tuple(dict.fromkeys(make_claim(claim) for page in pages for claim in page.credentials))
    locations = _gather_locations(pages)
    if len(people) != 1:
        practice = replace(practice, claims=claims)
    yield from _at_locations(practice, locations)
    for person in people:
        own = tuple(dict.fromkeys(make_claim(claim) for claim in person.credentials))
        mark = hashlib.sha256(fold(person.name).encode()).hexdigest()[:8]
        listing = replace(
            practice,
            listing_id=f"{base}-{mark}",
            kind=EntityKind.PERSON,
            name=person.name,
            title=None,
            claims=tuple(dict.fromkeys((*own, *claims))) if len(people) == 1 else own,
        )
        yield from _at_locations(listing, locations)


def _leave_out_lone(pages: list[ExtractedPage]) -> list[ExtractedPage]:
    """The pages without those whose hold concerns them alone, unless nothing else is left of the site.

    A contact page that never says "massage", or one that asks not to be listed, says nothing against its site;
    a page that says the whole thing is a student's work does.
    """
    kept = [page for page in pages if page.publish or not all(r.startswith(PAGE_ONLY) for r in page.hold_reasons)]
    return kept or pages


def make_claim(credential: PageCredential) -> str:
    """A page's credential as the words of one claim: its own text, with number and place where the text lacks them."""
    text = credential.text.strip()
    number, title = credential.number or "", credential.title or ""
    if number and number.lower() not in text.lower():
        text = f"{text or title} {number}"
    text = text or title
    place = credential.jurisdiction or ""
    return f"{text} ({place})" if place and not re.search(rf"\b{re.escape(place)}\b", text) else text


def _richness(page: ExtractedPage) -> int:
    """How much a page says of the practice; the richest page speaks first."""
    said = (page.name, page.phones, page.emails, page.locations, page.practitioners, page.summary, page.techniques)
    return sum(bool(value) for value in said) + 2 * bool(page.locations and page.locations[0].street)


def _first(values: Iterable[T | None], empty: T) -> T:
    return next((value for value in values if value is not None and value != empty), empty)


def _all(values: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(value for group in values for value in group))


def _make_practice(source: str, base: str, pages: Sequence[ExtractedPage], url: str) -> Listing:
    held = [page for page in pages if not page.publish and (page.phones or page.locations or page.emails or page.name)]
    if all(not page.publish for page in pages):
        held = list(pages)
    return Listing(
        listing_id=base,
        source=source,
        kind=EntityKind.PRACTICE,
        practice=_first((page.name for page in pages), None),
        email=_first((page.emails[0] for page in pages if page.emails), None),
        website=_first((page.website for page in pages), None) or url,
        techniques=_all(page.techniques for page in pages),
        conditions=_all(page.conditions for page in pages),
        practice_kind=_join_kinds(page.practice_kind for page in pages),
        setting=_first((page.setting for page in pages), Setting.UNKNOWN),
        referral=_first((page.referral for page in pages), Referral.NOT_STATED),
        accepts_insurance=_first((page.accepts_insurance for page in pages), Answer.UNKNOWN),
        opening_hours=_first((page.opening_hours for page in pages), None),
        booking_url=_first((page.booking_url for page in pages), None),
        prices=_all(page.prices for page in pages),
        languages=_all([*(page.languages for page in pages), *([page.language] for page in pages if page.language)]),
        accessibility=_all(page.accessibility for page in pages),
        summary=_first((page.summary for page in pages), None),
        publish=not held,
        hold_reasons=_all(page.hold_reasons for page in held),
        url=url,
        tier=Tier.OWN_SITE,
        evidence=_gather_evidence(pages),
    )


def _join_kinds(kinds: Iterable[PracticeKind]) -> PracticeKind:
    found = {kind for kind in kinds if kind is not PracticeKind.UNCLEAR}
    if len(found) == 1:
        return found.pop()
    return PracticeKind.MIXED if found else PracticeKind.UNCLEAR


def _gather_evidence(pages: Sequence[ExtractedPage]) -> tuple[PageEvidence, ...]:
    """Evidence of all pages, one piece a field and value, the richest page's words first."""
    kept: dict[tuple[str, str], PageEvidence] = {}
    for page in pages:
        for piece in page.evidence:
            kept.setdefault((piece.field, piece.value), piece)
    return tuple(kept.values())


def _gather_people(people: Sequence[PagePractitioner]) -> list[PagePractitioner]:
    """The people of a site, each once, under the fullest writing of the name, with all that is claimed for them."""
    groups: list[list[PagePractitioner]] = []
    for person in sorted(people, key=lambda person: (-len(parse_name(person.name).display), person.name)):
        for group in groups:
            if _is_same_person(group[0].name, person.name):
                group.append(person)
                break
        else:
            groups.append([person])
    order = {id(person): place for place, person in enumerate(people)}
    groups.sort(key=lambda group: min(order[id(person)] for person in group))
    return [replace(group[0], credentials=_all(person.credentials for person in group)) for group in groups]


def _is_same_person(one: str, other: str) -> bool:
    compared = compare_names(one, other)
    alone = not parse_name(other).is_full and compared.grade is NameGrade.WEAK and not compared.vetoes_merge
    return compared.grade in (NameGrade.STRONG, NameGrade.GOOD) or alone


def _gather_locations(pages: Sequence[ExtractedPage]) -> list[PageLocation]:
    """Every distinct place of a site, the richest page's first; the site's phone stands in where a place has none."""
    kept: dict[str, PageLocation] = {}
    for location in (location for page in pages for location in page.locations):
        number, street = split_street(location.street or "")
        key = f"{number} {street}" if street else f"{fold(location.city or '')} {location.postal_code or ''}"
        known = kept.get(key)
        kept[key] = location if known is None else _fill(known, location)
    streets = [place for place in kept.values() if place.street]
    cities = {fold(place.city or "") for place in streets}
    places = streets + [place for place in kept.values() if not place.street and fold(place.city or "") not in cities]
    phone = _first((page.phones[0] for page in pages if page.phones), None)
    places = places or [PageLocation()]
    return [replace(place, phone=place.phone or phone) for place in places]


def _fill(known: PageLocation, more: PageLocation) -> PageLocation:
    fields = ("city", "region", "postal_code", "country", "phone", "lat", "lon")
    return replace(known, **{name: getattr(more, name) for name in fields if getattr(known, name) is None})


def _at_locations(listing: Listing, locations: Sequence[PageLocation]) -> Iterator[Listing]:
    """The listing at each of its places: the first keeps its id, further ones are numbered by address."""
    for place, location in enumerate(locations):
        yield replace(
            listing,
            listing_id=listing.listing_id if place == 0 else f"{listing.listing_id}@{place + 1}",
            street=location.street,
            city=location.city,
            region=location.region,
            postal_code=location.postal_code,
            country=location.country,
            phone=location.phone if fold_phone(location.phone or "") or location.phone else None,
            lat=location.lat,
            lon=location.lon,
        )
