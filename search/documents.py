"""Search documents made from the records: one a practitioner, and one a practice that names nobody.

What was held, lies elsewhere or nowhere, or has no name is not published; it is counted by reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from directory.clock import Clock
from directory.jurisdictions import Jurisdictions, load_jurisdictions
from directory.models import Answer, EntityKind, Listing, PracticeKind, Referral, Setting, Tier
from directory.names import parse_name
from directory.places import Gazetteer, load_gazetteer
from directory.settings import Settings
from records import entities, ledger
from records.database import Session
from records.entities import Entity
from records.ledger import LedgerRow
from resolution.listings import find_base
from resolution.run import load_listings
from search.interface import DocumentEvidence, DocumentLocation, TherapistDocument
from search.placing import OutOfTerritoryError, UnplacedError, place_listing
from search.standing import find_lasting, find_referral, find_speaking, make_credentials

T = TypeVar("T")

TIER_ORDER = {tier: place for place, tier in enumerate((Tier.OWN_SITE, *(t for t in Tier if t is not Tier.OWN_SITE)))}
ATTRIBUTIONS = {"osm": "© OpenStreetMap contributors (ODbL)", "overture": "© Overture Maps Foundation (CDLA)"}
MAX_SUMMARY = 600
_WRITTEN_SO = {
    **{
        word: word
        for word in ("LLC", "PLLC", "LLP", "PC", "LMT", "RMT", "CMT", "LMP", "MLD", "NMT", "II", "III", "USA")
    },
    **{word: word.lower() for word in ("AND", "OF", "THE", "FOR", "BY", "AT", "IN")},
}
_PERSON_OF_SITE = re.compile(r"(site-[0-9a-f]{20})-[0-9a-f]{8}")


@dataclass
class Counts:
    """How many documents were made, and how many entities were held back, by reason."""

    published: int = 0
    held: Counter[str] = field(default_factory=Counter)


def make_documents(
    session: Session,
    *,
    settings: Settings,  # noqa: ARG001 - the seam: what is published may come to depend on them
    clock: Clock,
    ids: Collection[str] | None = None,
    counts: Counts | None = None,
) -> Iterator[TherapistDocument]:
    """The documents of all live entities, or of those in `ids`, ordered by id; `counts` is filled as they are made."""
    maker = _Maker(session, clock.today())
    counts = Counts() if counts is None else counts
    if ids is None:
        rows: Mapping[str, Sequence[LedgerRow]] = _group(ledger.latest_all(session))
        chosen: Iterable[Entity] = entities.load_all(session)
    else:
        live = {entity.id: entity for entity in entities.load_all(session)} if ids else {}
        chosen = [live[entity_id] for entity_id in sorted(ids) if entity_id in live]
        rows = {entity.id: ledger.load(session, entity.id) for entity in chosen}
    for entity in chosen:
        made = maker.make(entity, rows.get(entity.id, ()))
        if isinstance(made, str):
            counts.held[made] += 1
        else:
            counts.published += 1
            yield made


def _group(rows: Iterable[LedgerRow]) -> dict[str, list[LedgerRow]]:
    grouped: dict[str, list[LedgerRow]] = defaultdict(list)
    for row in rows:
        grouped[row.entry.entity_id].append(row)
    return grouped


class _Maker:
    """Turns entities into documents, with the listings and tables that takes."""

    def __init__(self, session: Session, on: date) -> None:
        self._on = on
        self._listings = {listing.listing_id: listing for listing in load_listings(session)}
        self._gazetteer: Gazetteer = load_gazetteer()
        self._jurisdictions: Jurisdictions = load_jurisdictions()
        self._named_sites = {
            match[1]
            for listing in self._listings.values()
            if listing.publish and (match := _PERSON_OF_SITE.fullmatch(find_base(listing.listing_id)))
        }

    def make(self, entity: Entity, rows: Sequence[LedgerRow]) -> TherapistDocument | str:
        """The entity's document, or why it has none."""
        members = [self._listings[key] for key in entity.members if key in self._listings]
        listings = sorted(
            (listing for listing in members if listing.publish),
            key=lambda listing: (TIER_ORDER[listing.tier], listing.listing_id),
        )
        if not listings:
            return "held by its source" if members else "without a listing"
        if entity.kind is EntityKind.PRACTICE and self._named_sites.intersection(
            find_base(x.listing_id) for x in listings
        ):
            return "shown under the people who work there"
        name = _find_name(entity.kind, listings)
        if not name:
            return "without a name"
        try:
            locations = self._place(listings)
        except OutOfTerritoryError:
            return "outside the United States and Canada"
        except UnplacedError:
            return "without a place"
        return self._assemble(entity, name, listings, locations, rows)

    def _place(self, listings: Sequence[Listing]) -> tuple[DocumentLocation, ...]:
        """Each distinct place of practice, the best source's first; raises where there is none."""
        kept: dict[tuple[str | None, ...], DocumentLocation] = {}
        problem: Exception = UnplacedError()
        for listing in listings:
            try:
                place = place_listing(listing, self._gazetteer)
            except (OutOfTerritoryError, UnplacedError) as error:
                problem = error if isinstance(error, OutOfTerritoryError) else problem
                continue
            key = (place.country, place.region, (place.city or "").casefold())
            if place.street:
                kept.setdefault((*key, place.street.casefold()), place)
            elif not any(known[:3] == key for known in kept):
                kept[key] = place
        if not kept:
            raise problem
        streets = {known[:3] for known in kept if len(known) == 4}
        return tuple(place for known, place in kept.items() if len(known) == 4 or known not in streets)

    def _assemble(
        self,
        entity: Entity,
        name: str,
        listings: Sequence[Listing],
        locations: tuple[DocumentLocation, ...],
        rows: Sequence[LedgerRow],
    ) -> TherapistDocument:
        credentials = make_credentials(rows, listings)
        verified_until, verified_on = find_lasting(
            find_speaking(entity.kind, credentials), (place.region for place in locations)
        )
        may_refer, referral_rule = find_referral(credentials, locations, self._jurisdictions, self._on)
        names = _distinct(_list_names(entity.kind, listings), without=name)
        seen = [listing.read_at for listing in listings if listing.read_at]
        document = TherapistDocument(
            id=entity.id,
            kind=entity.kind,
            name=name,
            other_names=names,
            practice_names=_distinct((show_practice(listing.practice) for listing in listings), without=name),
            locations=locations,
            credentials=credentials,
            verified_until=verified_until,
            verified_on=verified_on,
            may_take_referral=may_refer,
            referral_rule=referral_rule,
            conditions=_gather(listing.conditions for listing in listings),
            techniques=_gather(listing.techniques for listing in listings),
            practice_kind=_first((listing.practice_kind for listing in listings), PracticeKind.UNCLEAR),
            practice_kind_reason=_find_reason(listings),
            setting=_first((listing.setting for listing in listings), Setting.UNKNOWN),
            referral=_first((listing.referral for listing in listings), Referral.NOT_STATED),
            accepts_insurance=_first((listing.accepts_insurance for listing in listings), Answer.UNKNOWN),
            languages=_gather(listing.languages for listing in listings),
            gender=_first((listing.gender for listing in listings), None),
            npi=_first((listing.npi for listing in listings), None),
            phones=_distinct(listing.phone for listing in listings),
            emails=_distinct(listing.email for listing in listings),
            website=_first((listing.website for listing in listings), None),
            booking_url=_first((listing.booking_url for listing in listings), None),
            opening_hours=_first((listing.opening_hours for listing in listings), None),
            prices=_gather(listing.prices for listing in listings),
            accessibility=_gather(listing.accessibility for listing in listings),
            summary=(_first((listing.summary for listing in listings), None) or "")[:MAX_SUMMARY] or None,
            evidence=_list_evidence(listings),
            sources=_distinct(listing.source for listing in listings),
            tiers=_distinct(listing.tier.value for listing in listings),
            listing_ids=tuple(sorted(listing.listing_id for listing in listings)),
            attributions=_distinct(ATTRIBUTIONS.get(listing.source) for listing in listings),
            first_seen_at=entity.created_at,
            last_seen_at=max(seen, default=None),
            contact_checked_on=max((at.date() for at in seen), default=None),
            version=entity.version,
        )
        return _with_completeness(document)


def _find_name(kind: EntityKind, listings: Sequence[Listing]) -> str | None:
    return next((name for name in _list_names(kind, listings) if name), None)


def _list_names(kind: EntityKind, listings: Sequence[Listing]) -> list[str | None]:
    if kind is EntityKind.PERSON:
        return [show_name(listing.name or listing.title or "") for listing in listings]
    return [show_practice(listing.practice or listing.name or listing.title) for listing in listings]


def show_name(name: str) -> str:
    """A person's name as it is shown: without letters after it, and not in capitals throughout."""
    letters = parse_name(name).letters
    if letters:
        name = re.split(rf"[,\s(]+{re.escape(letters[0])}\b", name)[0]
    if name.isupper():
        name = _write_small(name)
    return " ".join(name.split())


def show_practice(name: str | None) -> str | None:
    """A practice's name as it is shown: one in capitals throughout, as registers write, in small letters but initials.

    A single short word stays ("YMCA"), as do known abbreviations after the first word.
    """
    if not name or not name.isupper() or (len(name) <= 5 and " " not in name):
        return name
    words = _write_small(name).split()
    return " ".join(words[:1] + [_WRITTEN_SO.get(word.upper(), word) for word in words[1:]])


def _write_small(name: str) -> str:
    return re.sub(r"[^\W\d_]+(?:['’]S\b)?", lambda word: word[0].capitalize(), name)


def _distinct(values: Iterable[str | None], *, without: str | None = None) -> tuple[str, ...]:
    """The values in order, each once however it is capitalised."""
    kept: dict[str, str] = {}
    for value in values:
        if value and value.casefold() != (without or "").casefold():
            kept.setdefault(value.casefold(), value)
    return tuple(kept.values())


def _gather(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))


def _first(values: Iterable[T | None], empty: T) -> T:
    return next((value for value in values if value is not None and value != empty), empty)


def _list_evidence(listings: Sequence[Listing]) -> tuple[DocumentEvidence, ...]:
    kept: dict[tuple[str, str], DocumentEvidence] = {}
    for listing in listings:
        for piece in listing.evidence:
            kept.setdefault(
                (piece.field, piece.value),
                DocumentEvidence(
                    field=piece.field,
                    value=piece.value,
                    snippet=piece.snippet,
                    url=listing.url,
                    read_on=listing.read_at.date() if listing.read_at else None,
                    source=listing.source,
                ),
            )
    return tuple(kept.values())


def _find_reason(listings: Sequence[Listing]) -> str | None:
    snippets = (piece.snippet for listing in listings for piece in listing.evidence if piece.field == "practice_kind")
    return next(snippets, None)


def _with_completeness(document: TherapistDocument) -> TherapistDocument:
    """The document with the share of what a patient looks for that it can tell."""
    d = document
    told: tuple[object, ...] = (
        d.phones or d.emails,
        d.website,
        d.summary,
        d.conditions,
        d.techniques,
        d.credentials,
        d.opening_hours,
        d.setting is not Setting.UNKNOWN,
        d.practice_kind is not PracticeKind.UNCLEAR,
        any(place.street for place in d.locations),
    )
    return replace(document, completeness=round(sum(bool(value) for value in told) / len(told), 2))
