"""Who a listing speaks of, ready for comparing: names parsed, city folded, contacts normalised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from directory.models import EntityKind, Listing
from directory.names import PersonName, parse_name, split_title
from directory.names.fold import fold
from directory.regions import find_region

_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_CITY_WORDS = {
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "mtn": "mountain", "pt": "port", "n": "north",
    "s": "south", "e": "east", "w": "west", "hts": "heights", "spgs": "springs", "bch": "beach",
}  # fmt: skip


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


@lru_cache(maxsize=65536)
def fold_city(text: str | None) -> str:
    """A city for comparing: accents and case gone, St/Ft/Mt written out."""
    words = fold(text or "").split()
    return " ".join(_CITY_WORDS.get(word, word) for word in words)


@lru_cache(maxsize=65536)
def fold_phone(text: str | None) -> str | None:
    """Ten digits of a North American number; None for others and for toll-free ones, which say nothing of who."""
    digits = re.sub(r"\D", "", (text or "").split("x")[0])
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return None if len(digits) != 10 or digits[:3] in _TOLL_FREE else digits


def fold_site(text: str | None) -> str | None:
    """The host of a web address without `www.`, with its path; None if there is none."""
    plain = re.sub(r"^https?://", "", (text or "").strip().casefold()).removeprefix("www.").rstrip("/")
    return plain or None


def fold_postal(text: str | None) -> str | None:
    """Five digits of a ZIP, or six characters of a Canadian code."""
    plain = re.sub(r"[^0-9A-Z]", "", (text or "").upper())
    return (plain[:5] if plain[:5].isdigit() else plain[:6]) or None


def make_subject(listing: Listing) -> Subject:
    """The subject of a listing; a name set apart is preferred to the heading's if it is as full."""
    title = split_title(listing.title) if listing.title else None
    names = [parse_name(text) for text in (listing.name, title.person if title else None) if text]
    named = [name for name in names if name.given or name.family]
    full = next((name for name in named if name.is_full), None)
    is_practice = listing.kind is EntityKind.PRACTICE
    return Subject(
        listing_id=listing.listing_id,
        source=listing.source,
        name=None if is_practice else full or (named[0] if named else None),
        practice=listing.practice or (title.practice if title else None),
        city=fold_city(listing.city),
        region=find_region(listing.region),
        country=listing.country,
        phone=fold_phone(listing.phone),
        email=(listing.email or "").strip().casefold() or None,
        website=fold_site(listing.website),
        street=fold(listing.street or "") or None,
        postal_code=fold_postal(listing.postal_code),
        is_practice=is_practice,
    )
