"""The search interface: what may be asked, what comes back, in the directory's own words.

No engine's query language crosses this module. Both backends keep the same promises (tests/contract/).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from directory.models import Answer, EntityKind, PracticeKind, Referral, Setting


@dataclass(frozen=True, slots=True)
class GeoCircle:
    """Everything within `radius_km` of a point (degrees, WGS 84)."""

    lat: float
    lon: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class GeoBox:
    """A map's view; `west` may be greater than `east` across the date line."""

    south: float
    west: float
    north: float
    east: float


class Sort(StrEnum):
    RELEVANCE = "relevance"
    DISTANCE = "distance"
    NAME = "name"
    RECENT = "recent"  # most recently verified first


# What results can be counted by; `verified` counts those whose licence is verified and current on the day asked for.
FACETS = (
    "kind",
    "condition",
    "technique",
    "credential",
    "practice_kind",
    "setting",
    "referral",
    "insurance",
    "may_take_referral",
    "language",
    "gender",
    "region",
    "verified",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One search. Several values in a field mean any of them; different fields must all hold.

    `near` filters and measures. `on` is the day on which "verified" is asked.
    `after` is the cursor of the previous page; `limit` 1 to 200; `facets` are names of `FACETS`. Where no document
    holds enough of the text's words as they are written, typos are forgiven.
    """

    on: date
    text: str = ""
    name: str = ""
    near: GeoCircle | None = None
    box: GeoBox | None = None
    conditions: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()  # conditions that are found as well, after those of `conditions`
    techniques: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # "US-CO", or a whole country: "CA"
    practice_kinds: tuple[PracticeKind, ...] = ()
    settings: tuple[Setting, ...] = ()
    referrals: tuple[Referral, ...] = ()
    languages: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    kinds: tuple[EntityKind, ...] = ()
    insurance: bool | None = None
    verified: bool = False
    may_take_referral: bool = False
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    after: str | None = None
    facets: tuple[str, ...] = ()
    explain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLocation:
    """A place of practice. `street` only where the practice's own page prints it."""

    lat: float | None = None
    lon: float | None = None
    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    label: str | None = None
    accessible: bool | None = None
    region_inferred: bool = False
    point_source: str | None = None  # page | postal-code | city


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCredential:
    """A credential with its standing as published; dates, not verdicts, so that a badge lapses by itself.

    `outcome` is the published one (mismatch and discipline only once a person confirmed them).
    """

    title: str
    kind: str  # licence | registration | certification | association-title | certificate | membership | none
    text: str = ""
    jurisdiction: str | None = None
    number: str | None = None
    outcome: str = "review"
    verified_on: date | None = None  # date of the check at the primary source
    expires_on: date | None = None
    verified_until: date | None = None
    source: str | None = None
    rule: str | None = None
    explanation: str = ""
    verification_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvidence:
    field: str
    value: str
    snippet: str
    url: str | None
    read_on: date | None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistDocument:
    """One practitioner, or a practice without a named person: everything the site shows of them."""

    id: str
    kind: EntityKind
    name: str
    other_names: tuple[str, ...] = ()
    practice_names: tuple[str, ...] = ()
    locations: tuple[DocumentLocation, ...] = ()
    credentials: tuple[DocumentCredential, ...] = ()
    verified_until: date | None = None
    verified_on: date | None = None
    may_take_referral: Answer = Answer.UNKNOWN
    referral_rule: str | None = None
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    practice_kind: PracticeKind = PracticeKind.UNCLEAR
    practice_kind_reason: str | None = None
    setting: Setting = Setting.UNKNOWN
    referral: Referral = Referral.NOT_STATED
    accepts_insurance: Answer = Answer.UNKNOWN
    insurance: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    gender: str | None = None
    npi: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    website: str | None = None
    booking_url: str | None = None
    opening_hours: str | None = None
    prices: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    summary: str | None = None
    evidence: tuple[DocumentEvidence, ...] = ()
    sources: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    listing_ids: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    contact_checked_on: date | None = None
    completeness: float = 0.0
    version: int = 1  # grows with every change of the entity: the newer one wins


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: the document without its evidence, its nearest location and how far that is (km, unrounded)."""

    document: TherapistDocument
    score: float
    distance_km: float | None = None
    location: DocumentLocation | None = None
    explanation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A page of hits; `total` counts all; `facets` exclude each field's own filter; `after` fetches the next page.

    `snapshot_at`: the engine was away, and this comes from the copy kept of the build of that time.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    after: str | None = None
    snapshot_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A map cell with its count and the mean of its points."""

    lat: float
    lon: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    kind: str  # condition | technique | person | practice | place
    id: str
    label: str
    text: str


class Reader(Protocol):
    """Answers searches from the live index. Raises `EngineUnavailableError` when the engine is away."""

    @property
    def snapshot_at(self) -> datetime | None:
        """Set while the engine is away and answers come from the copy kept of the build begun then."""
        ...

    def search(self, request: SearchRequest) -> SearchPage: ...

    def get(self, document_id: str) -> TherapistDocument:
        """The document; raises `NotFoundError`."""
        ...

    def get_many(self, ids: Collection[str]) -> Mapping[str, TherapistDocument]:
        """The documents that are there, by id."""
        ...

    def list_ids(self) -> set[str]:
        """Every document's id: for comparing a whole index with the records."""
        ...

    def suggest(self, text: str, *, limit: int = 10) -> Sequence[Suggestion]:
        """People and practices whose name begins like `text`, one typo forgiven."""
        ...

    def cells(self, request: SearchRequest, *, zoom: int) -> Sequence[Cell]: ...

    def count(self) -> int: ...

    def read_version(self) -> str:
        """What changes with every change of what is found here, late by a second at most: cheaper than a search."""
        ...

    def close(self) -> None: ...


class Build(Protocol):
    """One new index being filled; not visible until it is published."""

    @property
    def name(self) -> str: ...

    def add(self, documents: Iterable[TherapistDocument]) -> int:
        """Documents written."""
        ...

    def finish(self) -> None:
        """Make everything added searchable inside this build."""
        ...

    def reader(self) -> Reader:
        """A reader of this very build, for its gates."""
        ...


class Engine(Protocol):
    """An engine that keeps versioned builds and one live pointer."""

    def open_reader(self) -> Reader: ...

    def start_build(self, name: str) -> Build: ...

    def publish(self, name: str) -> None:
        """Point the public name at the build `name`, in one step."""
        ...

    def live(self) -> str | None:
        """Name of the live build."""
        ...

    def builds(self) -> Sequence[str]:
        """Names of all finished builds, oldest first by their parsed time."""
        ...

    def unfinished(self) -> Sequence[str]:
        """Names of builds that were begun and not finished: under way, or left by a killed process."""
        ...

    def lock(self, owner: str, *, until: datetime, now: datetime) -> None:
        """Take or renew the one lock on building; raises `LockedError` while another owner's has not expired."""
        ...

    def unlock(self, owner: str) -> None:
        """Give the lock back, if `owner` still holds it."""
        ...

    def drop(self, name: str) -> None: ...

    def upsert(self, documents: Iterable[TherapistDocument]) -> None:
        """Write to the live build unless it holds a newer version; searchable when this returns."""
        ...

    def delete(self, versions: Mapping[str, int]) -> None:
        """Remove documents by id from the live build, unless a newer version is there."""
        ...

    def ping(self) -> bool: ...
