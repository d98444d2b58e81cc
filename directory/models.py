"""The things Palpate speaks of: pages, listings, register rows, exclusions and outcomes.

All are frozen; dates are `date`, times are aware UTC. `to_json` and `from_json` turn any of them to plain JSON values
and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


class EntityKind(StrEnum):
    """A person practises; a practice is a business or place where people practise."""

    PERSON = "person"
    PRACTICE = "practice"


class PracticeKind(StrEnum):
    MEDICAL = "medical"
    RELAXATION = "relaxation"
    MIXED = "mixed"
    UNCLEAR = "unclear"


class Setting(StrEnum):
    CLINIC = "clinic"
    HOSPITAL = "hospital"
    MEDICAL_OFFICE = "medical-office"
    PRIVATE_PRACTICE = "private-practice"
    SPA = "spa"
    RESORT = "resort"
    MOBILE = "mobile"
    UNKNOWN = "unknown"


class Referral(StrEnum):
    """What the practice says about physicians' referrals (not what the law allows)."""

    ACCEPTS = "accepts"
    REQUIRES = "requires"
    NOT_STATED = "not-stated"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What a claim came to when it was checked (contracts.md, 'Verified')."""

    VERIFIED = "verified"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    DISCIPLINED = "disciplined"
    NAME_MISMATCH = "name_mismatch"
    NOT_FOUND = "not_found"
    STALE = "stale"
    REVIEW = "review"
    NO_REGISTER = "no_register"
    NO_CLAIM = "no_claim"


class Tier(StrEnum):
    """Where a fact comes from; only `register` (and an issuer for its own certificate) verifies."""

    REGISTER = "register"
    ISSUER = "issuer"
    FEDERAL = "federal"
    ASSOCIATION = "association"
    OWN_SITE = "own-site"
    THIRD_PARTY = "third-party"


class ObservationKind(StrEnum):
    """Which of the payloads below an observation carries."""

    PAGE = "page"  # ExtractedPage
    LISTING = "listing"  # Listing
    REGISTER = "register"  # RegisterRecord
    NPI = "npi"  # NpiRecord
    EXCLUSION = "exclusion"  # Exclusion


# --- what a page states (contracts.md, 'Extracted page') -------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCredential:
    """A credential as claimed on a page, in the page's words."""

    title: str | None = None
    number: str | None = None
    jurisdiction: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePractitioner:
    name: str
    credentials: tuple[PageCredential, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLocation:
    """An address as printed: region in two letters, country ISO-2, phone E.164."""

    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvidence:
    """The words a value was read from, and where on the page they stood."""

    field: str
    value: str
    snippet: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedPage:
    """What one page states; a field that the page does not state is None or empty."""

    file: str | None = None
    url: str | None = None
    language: str | None = None
    name: str | None = None
    practitioners: tuple[PagePractitioner, ...] = ()
    locations: tuple[PageLocation, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    website: str | None = None
    credentials: tuple[PageCredential, ...] = ()
    techniques: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    practice_kind: PracticeKind = PracticeKind.UNCLEAR
    setting: Setting = Setting.UNKNOWN
    referral: Referral = Referral.NOT_STATED
    accepts_insurance: Answer = Answer.UNKNOWN
    opening_hours: str | None = None
    booking_url: str | None = None
    prices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    summary: str | None = None
    publish: bool = True
    hold_reasons: tuple[str, ...] = ()
    evidence: tuple[PageEvidence, ...] = ()


# --- listings ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one source says of one person or practice (contracts.md, 'Listings file').

    `title` is the heading as found when the person's name isn't set apart; `name` may be a given name or surname alone.
    """

    listing_id: str
    source: str
    title: str | None = None
    name: str | None = None
    practice: str | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    claims: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    techniques: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    practice_kind: PracticeKind = PracticeKind.UNCLEAR
    setting: Setting = Setting.UNKNOWN
    referral: Referral = Referral.NOT_STATED
    accepts_insurance: Answer = Answer.UNKNOWN
    opening_hours: str | None = None
    booking_url: str | None = None
    prices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    gender: str | None = None
    npi: str | None = None
    summary: str | None = None
    kind: EntityKind | None = None  # known when the source says so (a page's practitioner, an NPI of type 2)
    region_inferred: bool = False
    publish: bool = True
    hold_reasons: tuple[str, ...] = ()
    url: str | None = None
    read_at: datetime | None = None
    tier: Tier = Tier.THIRD_PARTY
    evidence: tuple[PageEvidence, ...] = ()


# --- registers, NPPES, exclusions --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRecord:
    """One licence in a board's register, stripped of what may not be kept.

    `number` as the board writes it; `status` the board's own word; `city` None where the register has none.
    """

    register_id: str
    source: str
    jurisdiction: str
    licence_type: str
    number: str
    full_name: str
    kind: EntityKind = EntityKind.PERSON
    given: str | None = None
    middle: str | None = None
    family: str | None = None
    suffix: str | None = None
    former_names: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    status: str | None = None
    status_derived: bool = False  # worked out from the expiry date: the register has no status of its own
    issued_on: date | None = None
    expires_on: date | None = None
    discipline: bool = False
    discipline_note: str | None = None
    url: str | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NpiLicence:
    """A licence as the provider typed it into NPPES: corroborates, never verifies."""

    number: str | None
    region: str | None
    taxonomy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NpiRecord:
    """One NPI: practice location only, never the mailing address or an authorised official."""

    npi: str
    kind: EntityKind
    active: bool = True
    name: str | None = None
    given: str | None = None
    middle: str | None = None
    family: str | None = None
    credential: str | None = None
    other_names: tuple[str, ...] = ()
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    taxonomies: tuple[str, ...] = ()
    licences: tuple[NpiLicence, ...] = ()
    sole_proprietor: bool = False
    updated_on: date | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """One row of an exclusion list. Staff only: a name alone never marks a person."""

    exclusion_id: str
    source: str
    kind: EntityKind
    full_name: str
    given: str | None = None
    middle: str | None = None
    family: str | None = None
    former_names: tuple[str, ...] = ()
    npi: str | None = None
    city: str | None = None
    region: str | None = None
    specialty: str | None = None
    basis: str | None = None
    excluded_on: date | None = None
    reinstated_on: date | None = None
    ends_on: date | None = None
    read_on: date | None = None


Payload = ExtractedPage | Listing | RegisterRecord | NpiRecord | Exclusion

PAYLOADS: dict[ObservationKind, type[Payload]] = {
    ObservationKind.PAGE: ExtractedPage,
    ObservationKind.LISTING: Listing,
    ObservationKind.REGISTER: RegisterRecord,
    ObservationKind.NPI: NpiRecord,
    ObservationKind.EXCLUSION: Exclusion,
}


LOCATION_KEY = "location "  # begins the key of a page that a chain's site map lists as a practice of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something seen at a source: what, where, when, and the hash of the bytes it was read from.

    `key` is the source's own key for the thing (a URL, a licence number, an NPI); only its digest becomes an id.
    `read_on` is the date of the check that the source vouches for; `content_hash` is of what was fetched, stripped.
    """

    source: str
    kind: ObservationKind
    key: str
    payload: Payload
    read_at: datetime
    read_on: date
    url: str | None = None
    content_hash: str = ""
    snapshot: bytes | None = None  # raw page, practice pages only


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(value: Any) -> Any:
    """`value` (any model above) as plain JSON values."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_json(kind: type[T], data: Any) -> T:
    """A `kind` from plain JSON values; raises pydantic's ValidationError where they do not fit."""
    result: T = _adapter(kind).validate_python(data)
    return result
