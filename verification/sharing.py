"""Licence numbers that listings of different people use: told by contacts that never meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.credentials import LicenceKey
from directory.names import NameGrade
from directory.names.fold import fold
from verification.agreement import match_record
from verification.lookup import RegisterLookup
from verification.subject import Subject


@dataclass(frozen=True, slots=True)
class Use:
    """One listing's use of a number: the contacts it gives, and the name and city it is under.

    A shared contact ties two listings to one person; a shared name in one city only makes it likely. `anchored`: its
    name is the register's, and its city or middle name too.
    """

    phone: str | None
    contacts: tuple[str, ...]
    likely: str
    anchored: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Listings of one number that something ties together."""

    marks: frozenset[str]
    phones: frozenset[str]
    anchored: bool
    listings: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a listing stands among all that use its number."""

    shared: bool = False  # different phones, and neither a contact nor a name in one city in common
    strangers: bool = False  # some use it that have no contact in common with this one
    misused: bool = False  # some use it under certainly another name
    phones: frozenset[str] = frozenset()  # of the listings tied to this one
    anchored: bool = False  # one of those is certainly the register's person
    rivalled: bool = False  # as many listings or more, tied to each other and not to this one, fit as well


def make_use(subject: Subject, person: str | None = None, *, anchored: bool = False) -> Use:
    """How a listing uses a number; listings of one `person` (an entity's id) are tied together."""
    name, city = subject.name, subject.city
    contacts = (
        person and f"i:{person}",
        subject.phone and f"p:{subject.phone}",
        subject.email and f"e:{subject.email}",
        subject.website and f"w:{subject.website}",
        subject.street and f"s:{subject.street}|{subject.postal_code or city}",
        subject.practice and city and f"b:{fold(subject.practice)}|{city}",
    )
    named = name is not None and name.is_full and bool(city)
    likely = f"n:{name.given_key}|{' '.join(name.family_keys)}|{city}" if name and named else ""
    return Use(subject.phone, tuple(contact for contact in contacts if contact), likely, anchored)


class Sharing:
    """Who uses which number of a register."""

    def __init__(self, lookup: RegisterLookup):
        self._lookup = lookup
        self._uses: dict[LicenceKey, Counter[Use]] = {}
        self._misused: set[LicenceKey] = set()

    def add(self, key: LicenceKey, subject: Subject, person: str | None = None) -> None:
        """Note that this listing uses `key`.

        Passed over where no record or several have the number. A listing whose name is certainly another than the
        record's is no rival of those that bear its name; that there is one is kept.
        """
        found = self._lookup.find_by_key(key)
        if len(found) != 1:
            return
        match = match_record(subject.name, subject.city, found[0]) if subject.name else None
        if match is not None and match.grade is NameGrade.CONFLICT:
            self._misused.add(key)
            return
        anchored = match is not None and match.grade is NameGrade.STRONG and bool(match.city or match.middle)
        self._uses.setdefault(key, Counter())[make_use(subject, person, anchored=anchored)] += 1

    def find_standing(self, key: LicenceKey, subject: Subject) -> Standing:
        """How `subject` stands among the users of `key`."""
        uses = self._uses.get(key)
        misused = key in self._misused
        if uses is None or len(uses) < 2:
            return Standing(misused=misused)
        groups = group_uses(uses, likely=False)
        marks = set(make_use(subject).contacts)
        own = [group for group in groups if group.marks & marks]
        others = [group for group in groups if group not in own and group.phones]
        size = sum(group.listings for group in own)
        return Standing(
            shared=_count_phoned(group_uses(uses, likely=True)) > 1,
            strangers=bool(others),
            misused=misused,
            phones=frozenset(phone for group in own for phone in group.phones),
            anchored=any(group.anchored for group in own),
            rivalled=any(group.anchored and group.listings >= size for group in others),
        )


def _count_phoned(groups: Iterable[Group]) -> int:
    return sum(bool(group.phones) for group in groups)


def _join(one: Group, other: Group) -> Group:
    return Group(
        one.marks | other.marks,
        one.phones | other.phones,
        one.anchored or other.anchored,
        one.listings + other.listings,
    )


def group_uses(uses: Mapping[Use, int], *, likely: bool) -> list[Group]:
    """The groups that remain once every common contact (and name in a city, if `likely`) has tied listings together."""
    groups: list[Group] = []
    for use, listings in uses.items():
        marks = frozenset({*use.contacts, use.likely} - {""}) if likely else frozenset(use.contacts)
        joined = Group(marks, frozenset({use.phone} if use.phone else ()), use.anchored, listings)
        apart = []
        for group in groups:
            if group.marks & joined.marks:
                joined = _join(joined, group)
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups
