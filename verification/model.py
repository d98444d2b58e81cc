"""What a check is asked with and what it answers: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from directory.credentials import LicenceKey, ParsedClaim
from directory.models import Outcome, RegisterRecord
from directory.names import PersonName

TABLE_VERSION = "table-6"
STALE_AFTER_DAYS = 120


class Mode(StrEnum):
    """How much must agree beside number and name: in `strict` the city or the middle name too."""

    STRICT = "strict"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A register record a reviewer should look at, and why."""

    register_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one claim came to. `register_id` is set only where that record is the outcome's basis.

    `explanation` are sentences a patient can read; `reasons` the short phrases of what agreed and what did not.
    """

    claim: ParsedClaim | None
    outcome: Outcome
    rule: str
    explanation: tuple[str, ...]
    register_id: str | None = None
    grade: str | None = None
    reasons: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    record: RegisterRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A register record ready for comparing: its key, its names parsed, its city folded.

    `problem` says in plain words why no status may be read from the row.
    """

    record: RegisterRecord
    key: LicenceKey | None
    names: tuple[PersonName, ...]
    city: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corroboration:
    """What NPPES holds for one licence number: identity only, never standing."""

    npi: str
    name: PersonName
    city: str
    phone: str | None
    postal_code: str | None
