"""What a source's YAML says, and the check that it says all of it."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crawler.sources.directory import DirectoryPlan
from directory.errors import NotFoundError, SettingsError
from directory.models import Tier

FOLDER = Path(__file__).parent
LOOKUP_ONLY = "lookup_only"


class SourceKind(StrEnum):
    """What a source is read for."""

    REGISTER = "register"
    NPI = "npi"
    EXCLUSIONS = "exclusions"
    PLACES = "places"
    PRACTICE_SITES = "practice-sites"
    DIRECTORY = "directory"


class CommercialUse(StrEnum):
    ALLOWED = "allowed"
    CONDITIONS = "conditions"  # allowed, if what the note says is kept
    FORBIDDEN = "forbidden"


class Status(StrEnum):
    """What a board's word means; the word itself is always kept beside it."""

    ACTIVE = "active"
    PENDING = "pending"
    INACTIVE = "inactive"
    EXPIRED = "expired"
    SURRENDERED = "surrendered"
    VOID = "void"
    PROBATION = "probation"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Strict):
    """A column that has been read: kept as a field of ours, or ignored for a stated reason."""

    keep: str | None = None
    ignore: str | None = None
    optional: bool = True

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, value: object) -> object:
        return {"keep": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.keep is None) == (self.ignore is None):
            raise ValueError("a column is either kept under a name or ignored with a reason")
        return self


class NumberScheme(_Strict):
    """How the board writes its numbers."""

    prefixes: tuple[str, ...] = ()
    digits_min: int = Field(1, ge=1)
    digits_max: int = Field(12, ge=1)
    example: str


class Profession(_Strict):
    """Which rows of an all-profession register are ours: by a word that their type contains, or by its code."""

    column: str
    contains: tuple[str, ...] = ("massage",)
    equals: tuple[str, ...] = ()
    establishments: tuple[str, ...] = ()

    def includes(self, word: str) -> bool:
        """Whether a row of this type is ours."""
        folded = word.casefold().strip()
        return folded in {code.casefold() for code in self.equals} or any(part in folded for part in self.contains)

    def is_establishment(self, word: str) -> bool:
        """Whether the type is a licence of a place rather than of a person."""
        folded = word.casefold()
        return any(part in folded for part in self.establishments)


class Expected(_Strict):
    """The gates of a full read: outside these the source is quarantined."""

    min: int = Field(1, ge=0)
    max: int = Field(10_000_000, ge=1)
    max_drop_percent: float = Field(20.0, ge=0, le=100)
    fill: dict[str, float] = {}


class Table(_Strict):
    """A second table of the same publisher that completes the first."""

    dataset: str
    columns: dict[str, Column]


class Chain(_Strict):
    """A chain whose site map lists its locations: each page whose path fits the pattern is a practice of its own."""

    sitemap: str = Field(pattern=r"^https?://")
    pages: str
    max_maps: int = Field(50, ge=1)

    @field_validator("pages")
    @classmethod
    def _check_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"'{value}' is no regular expression: {error}") from error
        return value


class Source(_Strict):
    """One source: whose it is, what it may be used for, and how each of its columns is read."""

    id: str
    title: str
    publisher: str
    kind: SourceKind
    tier: Tier
    country: str | None = None
    jurisdiction: str | None = None
    licence: str
    terms_url: str
    attribution: str
    commercial_use: CommercialUse
    terms_note: str = ""
    terms_reviewed_on: date | None = None  # the day a person read the terms; None: nobody has yet
    unconfirmed: tuple[str, ...] = ()  # what stands here from memory and was in no sample that was seen
    enabled: bool = True
    authoritative: bool = False  # a full read closes the records it no longer holds
    live: bool = True  # false: comes as a saved file only (a sign-in or a key stands before it)
    live_note: str = ""
    base_url: str = ""
    dataset: str = ""
    metadata: bool = True
    where: str = ""
    page_size: int = Field(1000, ge=1, le=50_000)
    date_format: str = "%Y-%m-%d"
    cases_per_licence: bool = False
    status_from_expiry: bool = False
    person_name: str = "given-first"
    cadence_days: int = Field(ge=1)
    fresh_days: int = Field(ge=1)
    expected: Expected = Expected()
    profession: Profession | None = None
    number: NumberScheme | None = None
    types_by_prefix: dict[str, str] = {}  # the licence type where a file has no column for it
    statuses: dict[str, Status] = {}
    columns: dict[str, Column] = {}
    other_columns: dict[str, dict[str, Column]] = {}  # other shapes of the same data, by the shape's name
    discipline: Table | None = None
    start_urls: tuple[str, ...] = ()
    chains: tuple[Chain, ...] = ()
    directory: DirectoryPlan | None = None
    never_hosts: tuple[str, ...] = ()  # sites that must not be crawled, or that are nobody's own
    lookup_url: str = ""

    @model_validator(mode="after")
    def _check_directory(self) -> Self:
        if (self.directory is None) == (self.kind is SourceKind.DIRECTORY):
            raise ValueError("a source of kind directory, and no other, says under `directory` how its pages are read")
        if self.directory is not None:
            if self.tier not in {Tier.THIRD_PARTY, Tier.ASSOCIATION}:
                raise ValueError("a directory is of tier third-party or association: it verifies nothing")
            if not self.start_urls:
                raise ValueError("a directory needs start_urls")
            for url in self.start_urls:
                if note := find_never_crawled(url):
                    raise ValueError(f"{url} is never crawled: {note}")
        return self

    def normalise_status(self, word: str | None) -> Status | None:
        """What the board's word means, or None for a word nobody has read yet."""
        return self.statuses.get(" ".join((word or "").upper().split()))


class LookupOnly(_Strict):
    """A board that offers a look-up page alone: linked for a reviewer, never crawled."""

    country: str
    region: str
    name: str
    url: str
    note: str = ""


class NeverCrawled(_Strict):
    """A directory that shuts itself to crawlers, and how."""

    host: str
    note: str


def _load_yaml(path: Path) -> dict[str, object]:
    loaded = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path.name} is not a mapping of keys to values.")
    return loaded


def load_source(path: Path) -> Source:
    """The source a YAML file describes; raises `SettingsError` naming the file and the key that is wrong."""
    try:
        return Source.model_validate({"id": path.stem, **_load_yaml(path)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"Source file {path.name}: {where}: {first['msg']}.") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"Source file {path.name} is not YAML: {error}") from error


@cache
def _load_shipped() -> dict[str, Source]:
    paths = sorted(path for path in FOLDER.glob("*.yml") if path.stem != LOOKUP_ONLY)
    return {path.stem: load_source(path) for path in paths}


def load_sources(data_dir: Path | None = None) -> dict[str, Source]:
    """Every source by its id, in alphabetical order; the directories of `<data_dir>/sources/*.yml` among them."""
    sources = dict(_load_shipped())
    for path in sorted((data_dir / "sources").glob("*.yml")) if data_dir else ():
        source = load_source(path)
        if source.id in sources:
            raise SettingsError(
                f"Source file {path}: there is a source '{source.id}' already. Name the file otherwise."
            )
        if source.kind is not SourceKind.DIRECTORY:
            raise SettingsError(f"Source file {path}: only sources of kind directory can be added by a file alone.")
        sources[source.id] = source
    return dict(sorted(sources.items()))


def get_source(source_id: str, data_dir: Path | None = None) -> Source:
    """The source of this id; raises `NotFoundError` that lists the known ones."""
    sources = load_sources(data_dir)
    if source_id not in sources:
        raise NotFoundError(f"There is no source '{source_id}'. Known: {', '.join(sources)}.")
    return sources[source_id]


@cache
def load_lookup_only() -> tuple[LookupOnly, ...]:
    """The boards that offer a look-up page alone."""
    boards = _load_yaml(FOLDER / f"{LOOKUP_ONLY}.yml")["boards"]
    assert isinstance(boards, list)
    return tuple(LookupOnly.model_validate(board) for board in boards)


@cache
def load_never_crawled() -> tuple[NeverCrawled, ...]:
    """The directories that shut themselves to crawlers."""
    hosts = _load_yaml(FOLDER / f"{LOOKUP_ONLY}.yml")["never_crawled"]
    assert isinstance(hosts, list)
    return tuple(NeverCrawled.model_validate(host) for host in hosts)


def find_never_crawled(url: str) -> str | None:
    """Why a site is never crawled, or None."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    shut = (one for one in load_never_crawled() if host == one.host or host.endswith(f".{one.host}"))
    return next((one.note for one in shut), None)
