"""Exclusion lists (LEIE, SAM): an NPI decides, a name only makes a candidate for the staff; nothing here is public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from directory.models import Exclusion
from directory.names import NameGrade, PersonName, compare_names, parse_name
from directory.regions import find_region
from verification.lookup import called_of


@dataclass(frozen=True, slots=True)
class ExclusionHit:
    """An excluded person that may be this one. `decided` only where the NPI is the same."""

    exclusion: Exclusion
    decided: bool
    why: str


class ExclusionIndex:
    """Exclusion rows found by NPI, or by any surname they were ever known under."""

    def __init__(self, exclusions: Iterable[Exclusion]):
        self._by_npi: dict[str, list[Exclusion]] = {}
        self._by_name: dict[tuple[str, str], list[tuple[Exclusion, PersonName]]] = {}
        for exclusion in sorted(exclusions, key=lambda row: (row.source, row.exclusion_id)):
            if exclusion.npi:
                self._by_npi.setdefault(exclusion.npi, []).append(exclusion)
            for name in names_of(exclusion):
                for surname in surname_forms(name):
                    self._by_name.setdefault((surname, name.given_key), []).append((exclusion, name))

    def find(
        self, names: Sequence[PersonName], *, npi: str | None, regions: Iterable[str], on: date
    ) -> list[ExclusionHit]:
        """Every row in force on the day `on` that could be this person, those decided by NPI first."""
        hits: dict[tuple[str, str], ExclusionHit] = {}
        for exclusion in self._by_npi.get(npi or "", ()):
            if is_in_force(exclusion, on):
                hits[_place(exclusion)] = ExclusionHit(exclusion, True, "the same NPI")
        here = set(regions)
        for name in names:
            for exclusion, known in self._candidates(name):
                if _place(exclusion) in hits or not is_in_force(exclusion, on) or _is_other_npi(exclusion, npi):
                    continue
                why = _compare(name, known, find_region(exclusion.region), here)
                if why:
                    hits[_place(exclusion)] = ExclusionHit(exclusion, False, why)
        return sorted(hits.values(), key=lambda hit: (not hit.decided, _place(hit.exclusion)))

    def _candidates(self, name: PersonName) -> Iterable[tuple[Exclusion, PersonName]]:
        for surname in surname_forms(name):
            for given in called_of(name):
                yield from self._by_name.get((surname, given), ())


def names_of(exclusion: Exclusion) -> tuple[PersonName, ...]:
    """The names of an excluded person: as excluded, and every former one."""
    main = (
        parse_name(f"{exclusion.family}, {exclusion.given} {exclusion.middle or ''}")
        if exclusion.family and exclusion.given
        else parse_name(exclusion.full_name)
    )
    former = (parse_name(text) for text in exclusion.former_names)
    return tuple(name for name in (main, *former) if name.is_full)


def surname_forms(name: PersonName) -> tuple[str, ...]:
    """The whole surname, each half of a double one, and maiden names."""
    whole = "".join(name.family_keys)
    return tuple(dict.fromkeys(form for form in (whole, *name.family_keys, *name.maiden_keys) if form))


def is_in_force(exclusion: Exclusion, on: date) -> bool:
    """Whether the exclusion holds on a day: begun, not reinstated, not ended."""
    if exclusion.excluded_on and exclusion.excluded_on > on:
        return False
    if exclusion.reinstated_on and exclusion.reinstated_on <= on:
        return False
    return exclusion.ends_on is None or exclusion.ends_on >= on


def _is_other_npi(exclusion: Exclusion, npi: str | None) -> bool:
    """Two NPIs that differ are two people, whatever their names."""
    return bool(npi and exclusion.npi and npi != exclusion.npi)


def _compare(name: PersonName, known: PersonName, region: str | None, here: set[str]) -> str | None:
    """Why a reviewer should look at this pair; None if the names do not call for it."""
    comparison = compare_names(name, known)
    same_region = region is None or not here or region in here
    wanted = (NameGrade.STRONG, NameGrade.GOOD) if same_region else (NameGrade.STRONG,)
    if comparison.grade not in wanted:
        return None
    place = "the same state" if region in here else "another state" if not same_region else "no state to compare"
    return f"{'; '.join(comparison.reasons)}; {place}; no NPI in common"


def _place(exclusion: Exclusion) -> tuple[str, str]:
    return exclusion.source, exclusion.exclusion_id
