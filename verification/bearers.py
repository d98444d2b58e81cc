"""Who bears a name: every listing of a state or province under it, whatever it claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.names import PersonName
from directory.names.fold import fold
from directory.names.tables import count_given, load_family
from verification.contacts import digest_contact, make_use
from verification.lookup import called_of, joined_given
from verification.notes import Notes
from verification.subject import Subject

MOST = 64  # listings of a name more common than this tell nothing of one person
UNKNOWN_GIVEN = 20_000  # in a million, for a given name that the census of 1990 has not: it may be a young one


@dataclass(frozen=True, slots=True)
class _Row:
    """One listing under a name: its source, what of the name tells people apart, and digests of city and contacts."""

    source: int
    particulars: int
    city: int
    phone: int
    contacts: frozenset[int]


class Bearers:
    """All listings by the names they are under."""

    def __init__(self) -> None:
        self._notes = Notes()
        self._count = 0

    def add(self, subject: Subject, person: str | None = None) -> None:
        """Note a listing; one that names nobody or no region is passed over."""
        name = subject.name
        if name is None or not name.is_full or subject.region is None:
            return
        source, city = digest_contact("source", subject.source), digest_contact("city", subject.city)
        phone = digest_contact("phone", subject.phone)
        row = (self._count, source, _particulars_of(name), city, phone, *_contacts_of(subject, person))
        self._count += 1
        given = name.given_key.replace(" ", "")
        words = (given, *name.given_key.split(), *name.nickname_keys, *joined_given(name))
        for key in set(_keys_of(subject.region, name, words)):
            self._notes.add(key, row)

    def count_sources(self, subject: Subject, known: Iterable[PersonName]) -> int:
        """How many sources list the one bearer of this name in the listing's region; 0 if there may be another.

        `known` are the same person's names elsewhere: whoever could go by one of them is a bearer too. Listings that
        contacts tie to each other, or a city where no two telephones are against it, are one person's unless their
        middle names or generations differ.
        """
        names = [name for name in (subject.name, *known) if name is not None]
        rows = self._find_rows(subject.region or "", names)
        if not 0 < len(rows) <= MOST:
            return 0
        own, apart = _tie(rows, set(_contacts_of(subject, None)))
        if apart or not _are_alike(own, names):
            return 0
        return len({row.source for row in own})

    def _find_rows(self, region: str, names: Iterable[PersonName]) -> list[_Row]:
        """The rows under any of these names, or more than `MOST` of them if there are more."""
        found: dict[int, _Row] = {}
        for key in {key for name in names for key in _keys_of(region, name, called_of(name))}:
            for (number, source, particulars, city, phone, *contacts), _ in self._notes.find(key, MOST + 1):
                found[number] = _Row(source, particulars, city, phone, frozenset(contacts))
            if len(found) > MOST:
                break
        return list(found.values())


def estimate_bearers(subject: Subject, known: Iterable[PersonName]) -> float:
    """How many people in a million the census would expect to go by the listing's name or a known one.

    Of all given names and nicknames that could be meant, and of the rarest part of the surname.
    """
    if subject.name is None:
        return 0.0
    called = {word for name in (subject.name, *known) for word in called_of(name)}
    given = sum(map(count_given, called)) or UNKNOWN_GIVEN
    family = min((load_family().get(part, 0) for part in subject.name.family_keys), default=0)
    return family * given / 2 / 1e6  # a given name is counted among one sex


def _tie(rows: list[_Row], marks: set[int]) -> tuple[list[_Row], list[_Row]]:
    """The rows that these contacts lead to, one by one, and the rest."""
    own: list[_Row] = []
    apart = rows
    while found := [row for row in apart if marks & row.contacts] or _find_neighbours(own, apart):
        own += found
        apart = [row for row in apart if row not in found]
        marks = marks.union(*(row.contacts for row in found))
    return own, apart


def _find_neighbours(own: list[_Row], apart: list[_Row]) -> list[_Row]:
    """The rows of the same city, as long as no two telephones would then be one person's."""
    cities = {row.city for row in own} - {0}
    near = [row for row in apart if row.city in cities]
    phones = {row.phone for row in (*own, *near)} - {0}
    return near if len(phones) <= 1 else [row for row in near if not row.phone]


def _contacts_of(subject: Subject, person: str | None) -> tuple[int, ...]:
    """What ties a listing to others of its name, and to itself: of one name, street and practice need no city."""
    region = subject.region
    own = (
        digest_contact("listing", subject.listing_id),
        digest_contact("street in", subject.street and f"{subject.street}|{region}"),
        digest_contact("practice in", subject.practice and f"{fold(subject.practice)}|{region}"),
    )
    return (*make_use(subject, person).contacts, *(contact for contact in own if contact))


def _keys_of(region: str, name: PersonName, called: Iterable[str]) -> list[int]:
    surnames = dict.fromkeys((*name.family_keys, *name.maiden_keys, "".join(name.family_keys)))
    return [digest_contact("name", f"{region}|{word}|{surname}") for word in called for surname in surnames if word]


def _particulars_of(name: PersonName) -> int:
    """The middle initial and the generation in one number, each zero where it is not given."""
    return (ord(name.middle_keys[0][0]) if name.middle_keys else 0) << 32 | _generation_of(name)


def _generation_of(name: PersonName) -> int:
    return (digest_contact("generation", name.suffix) & 0xFFFF_FFFF) or 1 if name.suffix else 0


def _are_alike(rows: Iterable[_Row], names: Iterable[PersonName]) -> bool:
    """Whether no two of these rows and names give different middle initials or generations."""
    all_of = {row.particulars for row in rows} | {_particulars_of(name) for name in names}
    return len({one >> 32 for one in all_of} - {0}) <= 1 and len({one & 0xFFFF_FFFF for one in all_of} - {0}) <= 1
