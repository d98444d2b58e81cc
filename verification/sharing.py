"""Licence numbers that listings of different people use: told by contacts that never meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from directory.credentials import LicenceKey
from verification.subject import Subject


@dataclass(frozen=True, slots=True)
class Use:
    """One listing's use of a number, by the contacts it gives."""

    phone: str | None
    contacts: tuple[str, ...]


def make_use(subject: Subject, person: str | None = None) -> Use:
    """The contacts of a listing that can tie it to another of the same person."""
    contacts = [
        text
        for text in (
            person and f"i:{person}",
            subject.phone and f"p:{subject.phone}",
            subject.email and f"e:{subject.email}",
            subject.website and f"w:{subject.website}",
            subject.street and f"s:{subject.street}|{subject.postal_code or subject.city}",
        )
        if text
    ]
    return Use(subject.phone, tuple(contacts))


@dataclass
class Sharing:
    """Who uses which number. Only numbers used with more than one phone are kept in full."""

    uses: dict[LicenceKey, set[Use]] = field(default_factory=dict)

    def add(self, key: LicenceKey, subject: Subject, person: str | None = None) -> None:
        """Note that this listing uses `key`; listings of one `person` (an entity's id) are tied together."""
        self.uses.setdefault(key, set()).add(make_use(subject, person))

    def is_shared(self, key: LicenceKey) -> bool:
        """Whether listings with different phones, and nothing else in common, use this number."""
        uses = self.uses.get(key)
        return uses is not None and count_groups(uses) > 1


def count_groups(uses: Iterable[Use]) -> int:
    """How many groups with a phone of their own remain once every shared contact has tied listings together."""
    groups: list[tuple[set[str], bool]] = []
    for use in uses:
        contacts, phoned = set(use.contacts), use.phone is not None
        apart = []
        for known, has_phone in groups:
            if known & contacts:
                contacts |= known
                phoned = phoned or has_phone
            else:
                apart.append((known, has_phone))
        groups = [*apart, (contacts, phoned)]
    return sum(phoned for _, phoned in groups)
