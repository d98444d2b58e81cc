"""What the made-up world is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Shape(StrEnum):
    """How a practice's site is built."""

    GRAPH_SITE = "json-ld @graph over several pages"
    PLAIN_SITE = "plain HTML over several pages"
    MICRODATA = "one page with microdata"
    ONE_PAGE = "one plain page"
    SHELL = "a script-built page whose body is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    name: str
    region: str
    country: str
    area_code: str
    postal_codes: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A practitioner as the site presents them; `claim` is the credential line in the site's words."""

    given: str
    family: str
    middle: str = ""
    letters: str = ""
    claim: str = ""

    @property
    def full_name(self) -> str:
        """Given name first, as on a page."""
        return " ".join(filter(None, (self.given, self.middle, self.family)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """A practice and its site; techniques and conditions are vocabulary ids."""

    slug: str
    name: str
    town: Town
    street: str
    postal_code: str
    phone: str
    email: str
    people: tuple[Person, ...]
    shape: Shape
    techniques: tuple[str, ...]
    conditions: tuple[str, ...]
    medical: bool = True
    insurance: str = ""
    hours: tuple[tuple[str, str, str], ...] = ()
    rates: tuple[tuple[int, int], ...] = ()
    languages: tuple[str, ...] = ("English",)
    language: str = "en"  # of the page itself
    note: str = ""  # a last line of every page


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A row of a made-up register."""

    jurisdiction: str
    number: int
    person: Person
    town: str
    status: str
    issued_on: date
    expires_on: date
    licence_type: str = ""
    former_family: str = ""
    discipline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A planted case: who it is about, the outcomes of verification that are right, and whether they may be shown."""

    name: str
    practice: str
    person: str
    outcomes: frozenset[str]
    why: str
    published: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that the made-up world publishes, and the truth about its planted cases."""

    on: date
    practices: tuple[Practice, ...]
    licences: tuple[Licence, ...]
    npis: tuple[dict[str, object], ...]
    exclusions: str
    listings_file: str
    cases: tuple[Case, ...] = ()
    unsited: tuple[Practice, ...] = ()  # known from the partner's listings alone
