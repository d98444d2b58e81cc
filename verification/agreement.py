"""How a listing's person agrees with a register record: name grade, city, middle name, generation, namesakes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from directory.names import NameComparison, NameGrade, PersonName, compare_names
from directory.names.model import Agreement
from verification.lookup import RegisterLookup
from verification.model import Candidate
from verification.subject import Subject

_ORDER = {grade: place for place, grade in enumerate(NameGrade)}
SURE = (NameGrade.STRONG, NameGrade.GOOD)


@dataclass(frozen=True, slots=True)
class Match:
    """A record held against a listing's name: the best of its present and former names counts."""

    candidate: Candidate
    comparison: NameComparison
    city: bool | None
    former_name: bool = False
    generation_differs: bool = False  # one side says Jr, Sr or a number, the other does not

    @property
    def grade(self) -> NameGrade:
        return self.comparison.grade

    @property
    def middle(self) -> bool:
        """Whether both give a middle name (or its initial) and they agree."""
        return self.comparison.middle is Agreement.SAME

    @property
    def slip(self) -> bool:
        """Whether the names are one but for a single slip of the pen, or one part of a double surname."""
        slips = (Agreement.TYPO, Agreement.SPELLING)
        given, family = self.comparison.given, self.comparison.family
        part = family in (*slips, Agreement.PART, Agreement.FORMER)
        return (given in slips and family is Agreement.SAME) or (given is Agreement.SAME and part)

    @property
    def full(self) -> bool:
        """Whether both names have a given name and a surname."""
        return self.comparison.given is not Agreement.MISSING and self.comparison.family is not Agreement.MISSING

    @property
    def compatible(self) -> bool:
        """Whether these could be one person: strong or good, or a bare initial or lone name in the same city."""
        if self.grade in SURE:
            return True
        lone = self.comparison.given in (Agreement.INITIAL, Agreement.MISSING) or (
            self.comparison.family is Agreement.MISSING
        )
        return self.grade is NameGrade.WEAK and lone and self.city is True

    @property
    def rank(self) -> tuple[int, int, str]:
        """Best first: grade, then city, then id."""
        place = 0 if self.city else 1 if self.city is None else 2
        return (_ORDER[self.grade], place, self.candidate.record.register_id)


def compare_cities(one: str, other: str) -> bool | None:
    """Whether two folded cities are one (a slip of one key in a long name is forgiven); None if one is missing."""
    if not one or not other:
        return None
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    return min(len(one), len(other)) >= 6 and OSA.distance(one, other, score_cutoff=1) <= 1


def match_record(name: PersonName, city: str, candidate: Candidate) -> Match:
    """`candidate` held against a name and city."""
    comparisons = [compare_names(name, known) for known in candidate.names]
    best = min(range(len(comparisons)), key=lambda at: (_ORDER[comparisons[at].grade], at))
    return Match(
        candidate,
        comparisons[best],
        compare_cities(city, candidate.city),
        former_name=best > 0,
        generation_differs=name.suffix != candidate.names[0].suffix,
    )


def match_all(name: PersonName, city: str, candidates: Iterable[Candidate]) -> list[Match]:
    """Every candidate held against a name, best first."""
    return sorted((match_record(name, city, c) for c in candidates), key=lambda match: match.rank)


def find_namesakes(subject: Subject, match: Match, lookup: RegisterLookup) -> list[Match]:
    """The other records of the same register that this name would fit as well."""
    if subject.name is None or match.candidate.key is None:
        return []
    found = lookup.find_same_name(match.candidate.key.jurisdiction, subject.name)
    own = match.candidate.record.register_id
    others = match_all(subject.name, subject.city, (c for c in found if c.record.register_id != own))
    return [other for other in others if other.grade is NameGrade.STRONG]


def are_one_person(one: Candidate, other: Candidate) -> bool:
    """Whether two records of a register are surely of one name, and of one city or middle name: old and new licence."""
    names = compare_names(one.names[0], other.names[0])
    if names.grade is not NameGrade.STRONG or one.names[0].suffix != other.names[0].suffix:
        return False
    return compare_cities(one.city, other.city) is True or (
        names.middle is Agreement.SAME and compare_cities(one.city, other.city) is None
    )


def singles_out(subject: Subject, match: Match, namesakes: Sequence[Match]) -> bool:
    """Whether this record alone agrees by middle name or generation, or every namesake is known to be elsewhere."""
    if match.middle and not any(other.middle for other in namesakes):
        return True
    if match.city is None and all(other.city is False for other in namesakes):
        return True
    suffix = subject.name.suffix if subject.name else ""
    return bool(suffix) and any(name.suffix == suffix for name in match.candidate.names)
