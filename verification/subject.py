"""Who a listing speaks of, ready for comparing: names parsed, city folded, contacts normalised."""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.models import EntityKind, Listing
from directory.names import PersonName
from directory.names.fold import fold
from directory.regions import find_country, find_region, region_of_postal
from resolution.features import find_names, fold_city, fold_phone, fold_postal, fold_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The person or practice of one listing. `name` is None where the listing names nobody."""

    listing_id: str
    source: str
    name: PersonName | None
    practice: str | None
    city: str
    region: str | None
    country: str | None
    phone: str | None
    email: str | None
    website: str | None
    street: str | None
    postal_code: str | None
    is_practice: bool = False

    @property
    def is_abroad(self) -> bool:
        """Whether the listing says that it is outside the US and Canada."""
        return bool(self.country) and find_country(self.country) is None


def make_subject(listing: Listing) -> Subject:
    """The subject of a listing: the name resolution would read; a printed region before the postal code's."""
    name, practice = find_names(listing)
    is_practice = listing.kind is EntityKind.PRACTICE
    return Subject(
        listing_id=listing.listing_id,
        source=listing.source,
        name=None if is_practice else name,
        practice=practice,
        city=_read_city(listing.city or ""),
        region=find_region(listing.region) or _region_of_postal(listing),
        country=listing.country,
        phone=fold_phone(listing.phone or "", listing.country) or None,
        email=(listing.email or "").strip().casefold() or None,
        website=fold_site(listing.website or "") or None,
        street=fold(listing.street or "") or None,
        postal_code=fold_postal(listing.postal_code or "") or None,
        is_practice=is_practice,
    )


def _read_city(text: str) -> str:
    """The city alone, folded, without a region, code or country behind a comma (Dallas, TX 75201, USA)."""
    city, *rest = text.split(",")
    places = (re.sub(r"[\d-]+$", "", part.strip()).strip() for part in rest)
    if all(not place or find_region(place) or find_country(place) for place in places):
        return fold_city(city)
    return fold_city(text)


def _region_of_postal(listing: Listing) -> str | None:
    """The region of the postal code where none is printed; never for a place outside the US and Canada."""
    abroad = listing.country and find_country(listing.country) is None
    return None if listing.region or abroad else region_of_postal(listing.postal_code)
