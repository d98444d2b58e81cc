"""Licence numbers that listings of different people use: told by contacts that never meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.credentials import ParsedClaim
from directory.names import NameGrade
from verification.agreement import match_record
from verification.bearers import Bearers
from verification.contacts import Use, digest_contact, make_use
from verification.lookup import RegisterLookup, find_records
from verification.model import Candidate
from verification.notes import Notes
from verification.subject import Subject


@dataclass(frozen=True, slots=True)
class Group:
    """Listings of one number that something ties together."""

    marks: frozenset[int]
    phones: frozenset[int]
    anchored: bool
    listings: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a listing stands among all that use its number."""

    shared: bool = False  # different phones, and neither a contact nor a name in one city in common
    strangers: bool = False  # some use it that have no contact in common with this one
    misused: bool = False  # some use it under certainly another name
    phones: frozenset[int] = frozenset()  # digests: of the listings tied to this one
    anchored: bool = False  # one of those is certainly the register's person
    rivalled: bool = False  # as many listings or more, tied to each other and not to this one, fit as well


class Sharing:
    """Who uses which record's number; and in `bearers` who bears which name. Memory grows with neither."""

    def __init__(self, lookup: RegisterLookup):
        self.bearers = Bearers()
        self._lookup = lookup
        self._uses = Notes()
        self._misused: set[int] = set()

    def add(self, claim: ParsedClaim, subject: Subject, person: str | None = None) -> None:
        """Note that this listing makes `claim`.

        Passed over where no record or several have the number. A listing whose name is certainly another than the
        record's is no rival of those that bear its name; that there is one is kept.
        """
        found = find_records(self._lookup, claim)
        if len(found) != 1:
            return
        place = _place_of(found[0])
        match = match_record(subject.name, subject.city, found[0]) if subject.name else None
        if match is not None and match.grade is NameGrade.CONFLICT:
            self._misused.add(place)
            return
        alike = match is not None and match.grade is NameGrade.STRONG and not match.generation_differs
        anchored = match is not None and match.grade is NameGrade.STRONG and bool(match.city or match.middle)
        use = make_use(subject, person, anchored=anchored, named_alike=alike)
        self._uses.add(place, (use.anchored, use.phone, use.likely, *use.contacts))

    def _find_uses(self, place: int) -> dict[Use, int]:
        return {
            Use(phone, tuple(contacts), likely, bool(anchored)): times
            for (anchored, phone, likely, *contacts), times in self._uses.find(place)
        }

    def find_standing(self, candidate: Candidate, subject: Subject) -> Standing:
        """How `subject` stands among the users of the candidate's number."""
        place = _place_of(candidate)
        uses = self._find_uses(place)
        misused = place in self._misused
        if len(uses) < 2:
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


def _place_of(candidate: Candidate) -> int:
    return digest_contact("record", f"{candidate.record.source}|{candidate.record.register_id}")


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
        marks = frozenset({*use.contacts, use.likely} - {0}) if likely else frozenset(use.contacts)
        joined = Group(marks, frozenset({use.phone} - {0}), use.anchored, listings)
        apart = []
        for group in groups:
            if group.marks & joined.marks:
                joined = _join(joined, group)
            else:
                apart.append(group)
        groups = [*apart, joined]
    return groups
