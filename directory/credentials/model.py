"""What a credential claim is, once read: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PARSER_VERSION = "claims-2"


class CredentialKind(StrEnum):
    """What the words claim; only a licence, registration or certification by law can be checked in a register."""

    LICENCE = "licence"
    REGISTRATION = "registration"
    CERTIFICATION = "certification"
    CERTIFICATE = "certificate"
    EXAM = "exam"
    MEMBERSHIP = "membership"
    DEGREE = "degree"
    STUDENT = "student"
    ESTABLISHMENT = "establishment"
    IDENTIFIER = "identifier"
    OTHER_PROFESSION = "other-profession"


class Family(StrEnum):
    """Numbers of different families never meet, though a board may use the same digits in each."""

    MASSAGE = "massage"
    ESTABLISHMENT = "establishment"
    OTHER = "other"


REGISTER_KINDS = frozenset(
    {CredentialKind.LICENCE, CredentialKind.REGISTRATION, CredentialKind.CERTIFICATION, CredentialKind.ESTABLISHMENT}
)


@dataclass(frozen=True, slots=True, order=True)
class LicenceKey:
    """What a register is asked for: equal or not, never near."""

    jurisdiction: str
    family: Family
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedClaim:
    """A claim as read. `rejected` says in plain words why its number may not be looked up; then `key` is None.

    `printed_jurisdiction` is true when the claim itself names the place, so that it outweighs the listing's address.
    """

    raw: str
    title: str | None = None
    kind: CredentialKind = CredentialKind.LICENCE
    family: Family = Family.MASSAGE
    jurisdiction: str | None = None
    printed_jurisdiction: bool = False
    number: str | None = None
    key: LicenceKey | None = None
    issuer: str | None = None
    rejected: str | None = None
    parser_version: str = PARSER_VERSION


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """A claim found in running text: `text[start:end]` are its words."""

    start: int
    end: int
    text: str
    claim: ParsedClaim


@dataclass(frozen=True, slots=True)
class Title:
    """One entry of titles.yml."""

    id: str
    kind: CredentialKind
    label: str
    letters: tuple[str, ...]
    phrases: tuple[str, ...]
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class NumberScheme:
    """How one register writes the numbers of one family (schemes.yml); more than `most` digits are refused.

    `tiers` are the prefixes of licences that differ in law and share their digits.
    """

    jurisdiction: str
    family: Family
    mark: str
    digits: int
    most: int
    prefixes: tuple[str, ...] = ()
    numeric: str = ""
    patterns: tuple[str, ...] = ()
    separated: bool = False
    tiers: tuple[str, ...] = ()
    write: str = "{n}"
    samples: tuple[tuple[str, int], ...] = ()
