"""What of a listing is compared: parsed once, folded for comparing, nothing printed from it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from directory.credentials import Family, LicenceKey, parse_claim
from directory.models import EntityKind, Listing
from directory.names import PersonName, fold, is_business_name, parse_name, split_title
from directory.names.words import word_set

TOLL_FREE = frozenset(("800", "833", "844", "855", "866", "877", "888"))
# Hosts where many unrelated people have a page: only with the path do they say who.
SHARED_HOSTS = word_set(
    """facebook.com m.facebook.com instagram.com linkedin.com yelp.com yelp.ca massagebook.com vagaro.com square.site
    squareup.com book.squareup.com google.com sites.google.com maps.google.com wixsite.com wordpress.com weebly.com
    linktr.ee janeapp.com noterro.com schedulicity.com styleseat.com mindbodyonline.com amtamassage.org abmp.com
    massagetherapy.com healthgrades.com thumbtack.com groupon.com booksy.com fresha.com acuityscheduling.com x.com
    twitter.com tiktok.com youtube.com yellowpages.com yellowpages.ca pinterest.com about.me godaddysites.com
    business.site clinicsense.com"""
)
MARK_DIGITS = 5
FEDERAL_LICENCE = "federal licence"  # evidence: a number that the provider typed into NPPES
# Mailboxes of a business rather than of one person.
GENERAL_MAILBOXES = word_set(
    "info contact hello office admin booking bookings reception appointments mail frontdesk clinic spa massage"
)

_STREET_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr", "lane": "ln",
    "court": "ct", "place": "pl", "terrace": "ter", "highway": "hwy", "parkway": "pkwy", "square": "sq",
    "circle": "cir", "crescent": "cres", "trail": "trl", "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw", "saint": "st", "mount": "mt",
    "fort": "ft", "chemin": "ch", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
    "route": "rte", "ouest": "w", "est": "e", "nord": "n", "sud": "s",
}  # fmt: skip
_UNIT = re.compile(
    r"(?:^|[\s,]+)(?:#|\b(?:suite|ste|unit|apt|apartment|room|rm|floor|fl|bldg|building|bureau|no)\b\.?)\s*#?\s*[\w-]+.*$",
    re.IGNORECASE,
)
_LEADING_UNIT = re.compile(r"^\s*(?:suite|ste|unit|apt|#)\.?\s*[\w-]+\s*[,-]\s*", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(?:[\w]{1,5}\s*-\s*)?(\d+[a-z]?)(?:\s*-\s*\d+)?\b\s*", re.IGNORECASE)
_LEGAL = re.compile(
    r"\b(?:llc|l l c|pllc|inc|incorporated|ltd|limited|corp|corporation|co|company|pc|p c|lp|llp|the|and)\b"
)
_CITY_WORDS = {
    "st": "saint",
    "ste": "sainte",
    "ft": "fort",
    "mt": "mount",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One listing ready for comparing; None or empty where it says nothing."""

    listing_id: str
    source: str
    kind: EntityKind
    name: PersonName | None = None
    practice: str = ""
    phone: str = ""
    email: str = ""
    site: str = ""
    number: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal: str = ""
    country: str = ""
    licences: frozenset[LicenceKey] = frozenset()
    marks: frozenset[str] = frozenset()  # numbers claimed that no register scheme reads: identity all the same
    npi: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing but a name and an address."""
        return not (self.phone or self.email or self.site or self.licences or self.marks or self.npi)

    @property
    def given(self) -> str:
        """The folded given name."""
        return self.name.given_key if self.name else ""

    @property
    def family(self) -> str:
        """The folded surname as one word."""
        return "".join(self.name.family_keys) if self.name else ""


def make_features(listing: Listing) -> Features:
    """The features of a listing; what it is (person or practice) is told by its names unless its source says so."""
    name, practice = find_names(listing)
    kind = listing.kind or (EntityKind.PERSON if name or not practice else EntityKind.PRACTICE)
    number, street = split_street(listing.street or "")
    licences, marks = _read_claims(listing)
    return Features(
        listing_id=listing.listing_id,
        source=listing.source,
        kind=kind,
        name=name if kind is EntityKind.PERSON else None,
        practice=fold_practice(practice or ("" if kind is EntityKind.PERSON else listing.name or listing.title or "")),
        phone=fold_phone(listing.phone or "", listing.country),
        email=(listing.email or "").strip().lower().removeprefix("mailto:"),
        site=fold_site(listing.website or ""),
        number=number,
        street=street,
        city=fold_city(listing.city or ""),
        region=fold(listing.region or ""),
        postal=fold_postal(listing.postal_code or ""),
        country=(listing.country or "").upper(),
        licences=licences,
        marks=marks,
        npi=listing.npi or "",
    )


def find_names(listing: Listing) -> tuple[PersonName | None, str | None]:
    """The person and the practice a listing names, from its own fields first and else from its heading."""
    title = split_title(listing.title) if listing.title else None
    names = []
    for text in (listing.name, title.person if title else None):
        if text and (text is not listing.name or listing.kind is EntityKind.PERSON or not is_business_name(text)):
            name = parse_name(text)
            if name.given or name.family:
                names.append(name)
    practice = listing.practice or (title.practice if title else None)
    if not practice and listing.name and not names:
        practice = listing.name
    full = next((name for name in names if name.is_full), None)
    return full or (names[0] if names else None), practice


def _read_claims(listing: Listing) -> tuple[frozenset[LicenceKey], frozenset[str]]:
    """The licence keys claimed, and the long numbers among the claims that are none."""
    keys, marks = set(), set()
    federal = (piece.value for piece in listing.evidence if piece.field == FEDERAL_LICENCE)
    for claim in (*listing.claims, *federal):
        key = parse_claim(claim, listing.region, listing.country).key
        if key is not None and key.family is not Family.OTHER:
            keys.add(key)
        elif key is None and sum(char.isdigit() for char in claim) >= MARK_DIGITS:
            marks.add(re.sub(r"[^a-z0-9]", "", fold(claim)))
    return frozenset(keys), frozenset(marks)


@lru_cache(maxsize=200_000)
def fold_practice(text: str) -> str:
    """A practice's name without legal forms and punctuation."""
    return " ".join(_LEGAL.sub(" ", fold(text)).split())


@lru_cache(maxsize=200_000)
def fold_phone(text: str, country: str | None = None) -> str:
    """The digits of a phone number with country code; empty for toll-free, premium and impossible ones."""
    digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:x|ext)", text, maxsplit=1)[0])
    if country in (None, "", "US", "CA") or text.strip().startswith("+1"):
        digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
        if len(digits) == 10:
            return "" if digits[:3] in TOLL_FREE or digits[:3] == "900" or len(set(digits[3:])) == 1 else f"1{digits}"
    return digits if 7 <= len(digits) <= 15 else ""


@lru_cache(maxsize=200_000)
def fold_site(text: str) -> str:
    """The host of a web address, with its path where many share the host; empty for a shared host alone."""
    text = text.strip().lower()
    if not text:
        return ""
    parts = urlsplit(text if "//" in text else f"//{text}")
    host = (parts.hostname or "").removeprefix("www.")
    if not is_shared_host(host):
        return host
    path = parts.path.rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}" if path else ""


@lru_cache(maxsize=10_000)
def is_shared_host(host: str) -> bool:
    """Whether many unrelated practices may have pages there: directories, site builders, bare addresses."""
    if host in SHARED_HOSTS or host == "localhost" or not host:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=200_000)
def split_street(text: str) -> tuple[str, str]:
    """House number and street name in one writing, units left out."""
    text = _LEADING_UNIT.sub("", text.strip())
    found = _NUMBER.match(text)
    number = found[1].lower().lstrip("0") if found else ""
    rest = text[found.end() :] if found else text
    rest = _UNIT.sub("", rest)
    return number, " ".join(_STREET_WORDS.get(word, word) for word in fold(rest.split(",")[0]).split())


@lru_cache(maxsize=100_000)
def fold_city(text: str) -> str:
    """A city for comparing: accents and case gone, St and Ft written out."""
    return " ".join(_CITY_WORDS.get(word, word) for word in fold(text).split())


@lru_cache(maxsize=100_000)
def fold_postal(text: str) -> str:
    """Five digits of a ZIP, six characters of a Canadian code, else what is there without blanks."""
    plain = re.sub(r"[^0-9a-z]", "", text.lower())
    return plain[:5] if len(plain) in (5, 9) and plain.isdigit() else plain
