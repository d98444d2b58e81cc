"""Searches with graded answers over the made-up world: the grades follow from its truth by rule.

Grade 3: fits all that was asked, medical, with a current licence. 2: fits, and no register can or need confirm it yet.
1: fits, but the licence isn't current, or the place is for relaxation, or only one of several things asked
is offered, or only something narrower than what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import yaml

from demo.model import Person, Practice, World
from directory.places import Gazetteer, Place, distance_km
from directory.vocabularies import load_vocabulary
from directory.vocabularies.folding import fold_phrase
from search.narrower import find_narrower

RADIUS_KM = 25.0
INSURED = frozenset({"direct", "auto"})
REGISTERED = frozenset({"CO", "WA", "DE"})
ADVERSE = frozenset({"expired", "inactive", "disciplined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What the searcher means by the words typed; see the head of the judged file."""

    kind: str
    q: str
    near: str = ""
    conditions: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    place: str = ""
    radius_km: float = RADIUS_KM
    insurance: bool = False
    name: str = ""
    practice: str = ""
    words: bool = False
    candidates: tuple[str, ...] = ()
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """How a list of answers meets the grades: each from 0 to 1."""

    ndcg: float
    recall: float
    precision: float


def load_needs(path: Path) -> list[Need]:
    """The judged searches of a file."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    return [_make_need(kind, row) for kind, rows in raw.items() for row in rows]


def _make_need(kind: str, row: Mapping[str, object]) -> Need:
    lists = {"conditions", "techniques", "candidates"}
    values = {key: tuple(value) if key in lists and isinstance(value, list) else value for key, value in row.items()}
    return Need(kind=kind, **values)  # type: ignore[arg-type]  # the constructor refuses unknown keys


def grade_answers(world: World, need: Need, gazetteer: Gazetteer) -> dict[str, int]:
    """Grade of each person who answers the need, by full name; nobody else does."""
    if need.nobody:
        return {}
    place = gazetteer.resolve(need.place).place if need.place else None
    if need.place and place is None:
        raise ValueError(f"The judged search {need.q!r} names an unknown place: {need.place}.")
    grades: dict[str, int] = {}
    for practice, person in _list_people(world):
        if _is_meant(practice, person, need) and _is_near(practice, place, need.radius_km, gazetteer):
            grade = _grade(world, practice, person, need)
            grades[person.full_name] = max(grade, grades.get(person.full_name, 0))
    return {name: grade for name, grade in grades.items() if grade}


def _list_people(world: World) -> Iterator[tuple[Practice, Person]]:
    """Who may be shown, with where they work."""
    for practice in world.practices:
        if not practice.note:
            for person in practice.people:
                yield practice, person
    for practice in world.unsited:
        yield practice, Person(given="", family=practice.name)


def _is_meant(practice: Practice, person: Person, need: Need) -> bool:
    named = set(fold_phrase(person.full_name))
    wanted = {*need.conditions, *find_narrower(need.conditions)}
    by_name = {match.term.id for match in load_vocabulary().find_terms(practice.name)}
    return (
        set(fold_phrase(need.name)) <= named
        and (not need.practice or practice.name == need.practice)
        and (not need.insurance or practice.insurance in INSURED)
        and (not need.conditions or bool(wanted & {*practice.conditions, *by_name}))
        and (not need.techniques or bool(set(need.techniques) & {*practice.techniques, *by_name}))
    )


def _is_near(practice: Practice, place: Place | None, radius_km: float, gazetteer: Gazetteer) -> bool:
    at = gazetteer.find_postal(practice.postal_code, practice.town.country)
    if place is None or at is None:
        return place is None
    return distance_km(place.lat, place.lon, at.lat, at.lon) <= radius_km


def _grade(world: World, practice: Practice, person: Person, need: Need) -> int:
    partly = (set(need.conditions) - set(practice.conditions)) | (set(need.techniques) - set(practice.techniques))
    outcomes = next((case.outcomes for case in world.cases if case.practice == practice.slug), None)
    if partly or not practice.medical or (outcomes is not None and outcomes <= ADVERSE):
        return 1
    current = practice.town.region in REGISTERED if outcomes is None else outcomes == {"verified"}
    return 3 if current and person.claim else 2


def score_answers(grades: Mapping[str, int], answers: Sequence[str], limit: int = 10) -> Scores:
    """Ranking, completeness and purity of the first `limit` answers."""
    known = {name.casefold(): name for name in grades}
    shown = list(dict.fromkeys(known.get(name.casefold(), name) for name in answers))
    ideal = _discount(sorted(grades.values(), reverse=True)[:limit])
    gained = _discount([grades.get(name, 0) for name in shown[:limit]])
    found = [name for name in shown if name in grades]
    return Scores(
        ndcg=gained / ideal if ideal else float(not shown),
        recall=len(found) / len(grades) if grades else 1.0,
        precision=len(found) / len(shown) if shown else float(not grades),
    )


def _discount(grades: Sequence[int]) -> float:
    return sum((1.0, 3.0, 7.0)[grade - 1] / log2(rank + 2) for rank, grade in enumerate(grades) if grade)


def judge(
    world: World, needs: Sequence[Need], gazetteer: Gazetteer, ask: Callable[[Need], Sequence[str]]
) -> list[tuple[Need, dict[str, int], Sequence[str], Scores]]:
    """Each need with its grades, the names that `ask` answers with, and their scores."""
    judged = []
    for need in needs:
        grades, answers = grade_answers(world, need, gazetteer), ask(need)
        judged.append((need, grades, answers, score_answers(grades, answers)))
    return judged
