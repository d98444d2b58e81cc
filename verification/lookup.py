"""What the rules may ask a register, and an index in memory that answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from rapidfuzz.distance import OSA

from directory.credentials import Family, LicenceKey, ParsedClaim, key_of_record, letters_of, load_schemes
from directory.models import RegisterRecord
from directory.names import PersonName, parse_name
from directory.names.tables import load_nicknames
from directory.regions import find_region
from resolution.features import fold_city
from verification.model import Candidate, Corroboration

_NONE: dict[int, list[Candidate]] = {}
_ADVERSE_NOTE = "the register has two rows for this licence that differ"


class RegisterLookup(Protocol):
    """A register (or several) as the rules see it. Answers are ordered by register id."""

    def holds(self, jurisdiction: str, family: Family) -> bool:
        """Whether rows of this register have been read at all."""

    def jurisdictions(self) -> Sequence[str]:
        """Every jurisdiction whose register has been read, in alphabetical order."""

    def find_by_key(self, key: LicenceKey) -> Sequence[Candidate]:
        """The records with exactly this number."""

    def find_neighbours(self, key: LicenceKey) -> Sequence[Candidate]:
        """The records whose number is one keystroke away."""

    def find_same_name(self, jurisdiction: str, name: PersonName) -> Sequence[Candidate]:
        """Every record that could grade strong against `name` (others may be among them)."""

    def find_like_name(self, jurisdiction: str, name: PersonName, city: str) -> Sequence[Candidate]:
        """Records worth showing to a reviewer of `name`: by surname, or by given name in the city."""

    def find_corroboration(self, key: LicenceKey) -> Sequence[Corroboration]:
        """What NPPES holds under this licence number."""


@lru_cache(maxsize=65536)
def neighbours_of(number: int) -> tuple[int, ...]:
    """Every number one keystroke away: a digit replaced, dropped, added, or two swapped."""
    digits = str(number)
    found: set[str] = set()
    for at in range(len(digits)):
        head, tail = digits[:at], digits[at + 1 :]
        found.add(head + tail)
        found.update(head + d + tail for d in "0123456789")
        if tail:
            found.add(head + tail[0] + digits[at] + tail[1:])
    for at in range(len(digits) + 1):
        found.update(digits[:at] + d + digits[at:] for d in "0123456789")
    return tuple(sorted({int(text) for text in found if text and text[0] != "0"} - {number}))


def is_neighbour(a: int, b: int) -> bool:
    """True if one keystroke makes one number of the other."""
    return a != b and OSA.distance(str(a), str(b), score_cutoff=1) == 1


def find_records(lookup: RegisterLookup, claim: ParsedClaim) -> Sequence[Candidate]:
    """The records a claim's number finds.

    Where two tiers of a board share their digits (Maryland's M01917 and R01917), the letters of the claim tell which.
    """
    found = lookup.find_by_key(claim.key) if claim.key else ()
    letters = letters_of(claim.number or "") if found else ""
    if claim.key is None or not letters:
        return found
    tiers = load_schemes().get(claim.key.jurisdiction, claim.key.family).tiers
    if letters in tiers:
        return [c for c in found if letters_of(c.record.number) == letters or letters_of(c.record.number) not in tiers]
    same = [candidate for candidate in found if letters_of(candidate.record.number) == letters]
    return same if len(same) == 1 and all(letters_of(c.record.number) for c in found) else found


def make_candidate(record: RegisterRecord, key: LicenceKey | None = None, problem: str | None = None) -> Candidate:
    """`record` ready for comparing; a former surname alone is read with the present given name."""
    main = parse_name(_name_text(record))
    former = []
    for text in record.former_names:
        name = parse_name(text)
        if not name.is_full and main.given:
            name = parse_name(" ".join((main.given, main.middle, text)))
        former.append(name)
    return Candidate(
        record=record,
        key=key or key_of_record(record),
        names=(main, *former),
        city=fold_city(record.city or ""),
        problem=problem,
    )


def _name_text(record: RegisterRecord) -> str:
    if record.family and record.given:
        return f"{record.family}, {record.given} {record.middle or ''} {record.suffix or ''}".strip()
    return record.full_name


class MemoryRegister:
    """Registers held in memory: one pass to build, a handful of look-ups a claim.

    Two rows under one register id that differ are kept as one record that no status may be read from.
    """

    def __init__(
        self,
        records: Iterable[RegisterRecord | Candidate],
        corroborations: Mapping[LicenceKey, Sequence[Corroboration]] | None = None,
    ):
        self._corroborations = corroborations or {}
        self._by_id: dict[tuple[str, str], Candidate] = {}
        for item in records:
            self._add(item if isinstance(item, Candidate) else make_candidate(item))
        self._by_key: dict[tuple[str, Family], dict[int, list[Candidate]]] = {}
        self._by_name: dict[tuple[str, str, str], list[Candidate]] = {}
        self._by_surname: dict[tuple[str, str], list[Candidate]] = {}
        self._by_given: dict[tuple[str, str, str], list[Candidate]] = {}
        self._ids = {place[1]: candidate for place, candidate in self._by_id.items()}
        for _, candidate in sorted(self._by_id.items(), key=lambda item: item[0]):
            self._index(candidate)
        self._by_id.clear()

    def _add(self, candidate: Candidate) -> None:
        place = (candidate.record.source, candidate.record.register_id)
        known = self._by_id.get(place)
        if known is None:
            self._by_id[place] = candidate
        elif known.record != candidate.record:
            either = candidate.record.discipline or known.record.discipline
            first = min((known, candidate), key=lambda c: repr(c.record))
            self._by_id[place] = replace(
                first, record=replace(first.record, discipline=either), problem=first.problem or _ADVERSE_NOTE
            )

    def _index(self, candidate: Candidate) -> None:
        if candidate.key is None:
            return
        key = candidate.key
        self._by_key.setdefault((key.jurisdiction, key.family), {}).setdefault(key.number, []).append(candidate)
        if key.family is not Family.MASSAGE:
            return
        names: set[tuple[str, str, str]] = set()
        surnames: set[tuple[str, str]] = set()
        givens: set[tuple[str, str, str]] = set()
        for name in candidate.names:
            given = name.given_key.replace(" ", "")
            for surname in (*name.family_keys, *name.maiden_keys, "".join(name.family_keys)):
                surnames.add((key.jurisdiction, surname))
                for called in (given, *name.given_key.split(), *name.nickname_keys, *joined_given(name)):
                    names.add((key.jurisdiction, surname, called))
            if given:
                givens.add((key.jurisdiction, candidate.city, given))
        for named in names:
            self._by_name.setdefault(named, []).append(candidate)
        for called_surname in surnames:
            self._by_surname.setdefault(called_surname, []).append(candidate)
        for called_given in givens:
            self._by_given.setdefault(called_given, []).append(candidate)

    def holds(self, jurisdiction: str, family: Family) -> bool:
        return (jurisdiction, family) in self._by_key

    def jurisdictions(self) -> Sequence[str]:
        return sorted({jurisdiction for jurisdiction, _ in self._by_key})

    def find_by_key(self, key: LicenceKey) -> Sequence[Candidate]:
        return self._by_key.get((key.jurisdiction, key.family), _NONE).get(key.number, ())

    def find_neighbours(self, key: LicenceKey) -> Sequence[Candidate]:
        held = self._by_key.get((key.jurisdiction, key.family), _NONE)
        return [candidate for number in neighbours_of(key.number) if number in held for candidate in held[number]]

    def find_same_name(self, jurisdiction: str, name: PersonName) -> Sequence[Candidate]:
        found: dict[str, Candidate] = {}
        surnames = dict.fromkeys((*name.family_keys, "".join(name.family_keys)))
        for given in called_of(name):
            for surname in surnames:
                for candidate in self._by_name.get((jurisdiction, surname, given), ()):
                    found[candidate.record.register_id] = candidate
        return [found[place] for place in sorted(found)]

    def find_like_name(self, jurisdiction: str, name: PersonName, city: str) -> Sequence[Candidate]:
        found: dict[str, Candidate] = {}
        surnames = dict.fromkeys((*name.family_keys, *name.maiden_keys, "".join(name.family_keys)))
        lists = [self._by_surname.get((jurisdiction, surname), ()) for surname in surnames]
        lists += [self._by_given.get((jurisdiction, city, given), ()) for given in called_of(name)]
        for candidates in lists:
            for candidate in candidates:
                found[candidate.record.register_id] = candidate
        return [found[place] for place in sorted(found)]

    def find_by_id(self, register_id: str | None) -> Candidate | None:
        """The record that its register calls `register_id`."""
        return self._ids.get(register_id or "")

    def find_corroboration(self, key: LicenceKey) -> Sequence[Corroboration]:
        return self._corroborations.get(key, ())


def joined_given(name: PersonName) -> tuple[str, ...]:
    """Given and first middle name as one word (Mary Ann as Maryann)."""
    return (name.given_key.replace(" ", "") + name.middle_keys[0],) if name.middle_keys and name.given_key else ()


@lru_cache(maxsize=65536)
def _nicknames_of(given: str) -> tuple[str, ...]:
    return tuple(sorted(load_nicknames().get(given, ())))


def called_of(name: PersonName) -> tuple[str, ...]:
    """Every given name that somebody of this name may go by."""
    given = name.given_key.replace(" ", "")
    own = (given, *name.given_key.split(), *name.nickname_keys, *joined_given(name))
    return tuple(dict.fromkeys(called for word in own if word for called in (word, *_nicknames_of(word))))


def normalise_jurisdiction(text: str) -> str:
    """Two letters where the region is known, else the text as given."""
    return find_region(text) or text.strip().upper()
