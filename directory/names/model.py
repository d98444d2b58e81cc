"""What a name is made of, and how two names agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from directory.names.fold import fold, surname_keys


class NameGrade(StrEnum):
    """How well two names agree; only `strong` and `good` can ever carry a status."""

    STRONG = "strong"
    GOOD = "good"
    WEAK = "weak"
    SURNAME_CHANGED = "surname-changed"
    CONFLICT = "conflict"


class Agreement(StrEnum):
    """How one part of two names agrees, best first."""

    SAME = "same"
    NICKNAME = "nickname"
    SPELLING = "spelling"  # Sara/Sarah: two spellings that sound the same
    SHORT = "short"  # one is the beginning of the other
    MIDDLE = "middle"  # goes by the middle name
    PART = "part"  # one part of a double name
    FORMER = "former"  # a maiden or former name
    TYPO = "typo"
    INITIAL = "initial"
    MISSING = "missing"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """One person's name, parts spelled as found; the `_key` fields are folded for comparing only.

    A given name or a surname alone leaves the other empty. `letters` are the credentials that were stripped.
    """

    given: str = ""
    middle: str = ""
    family: tuple[str, ...] = ()
    maiden: tuple[str, ...] = ()
    suffix: str = ""
    nicknames: tuple[str, ...] = ()
    raw: str = ""
    letters: tuple[str, ...] = ()
    given_key: str = field(init=False, compare=False, repr=False)
    middle_keys: tuple[str, ...] = field(init=False, compare=False, repr=False)
    family_keys: tuple[str, ...] = field(init=False, compare=False, repr=False)
    maiden_keys: tuple[str, ...] = field(init=False, compare=False, repr=False)
    nickname_keys: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keys = {
            "given_key": fold(self.given),
            "middle_keys": tuple(fold(self.middle).split()),
            "family_keys": tuple(key for part in self.family for key in surname_keys(part)),
            "maiden_keys": tuple(key for part in self.maiden for key in surname_keys(part)),
            "nickname_keys": tuple(fold(part) for part in self.nicknames),
        }
        for name, value in keys.items():
            object.__setattr__(self, name, value)

    @property
    def family_text(self) -> str:
        """The surname as one text."""
        return " ".join(self.family)

    @property
    def display(self) -> str:
        """The name as shown to readers: given, middle, surname, generation."""
        return " ".join(part for part in (self.given, self.middle, *self.family, self.suffix) if part)

    @property
    def is_full(self) -> bool:
        """Whether both a given name (an initial counts) and a surname are there."""
        return bool(self.given and self.family)


@dataclass(frozen=True, slots=True)
class TitleParts:
    """A heading split into the person and the practice it names; `rest` is neither."""

    person: str | None
    practice: str | None
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameComparison:
    """The grade of two names, each reason as a short phrase, and how the parts agree."""

    grade: NameGrade
    reasons: tuple[str, ...]
    given: Agreement
    family: Agreement
    middle: Agreement
    generation_conflict: bool = False
    both_real: bool = False  # both given names are real ones

    @property
    def vetoes_merge(self) -> bool:
        """Whether these are two people however much else agrees: real but other given names, middles, generations."""
        different = self.given is Agreement.DIFFERENT and self.both_real
        return different or self.generation_conflict or self.middle is Agreement.DIFFERENT
