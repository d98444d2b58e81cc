"""Which records a reviewer is shown, and why; the true one should be among them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from directory.credentials import Family, LicenceKey
from directory.names import NameGrade
from verification.agreement import SURE, Match, match_all
from verification.lookup import RegisterLookup, is_neighbour
from verification.model import Suggestion
from verification.subject import Subject

LIMIT = 8


def suggest(subject: Subject, jurisdiction: str, key: LicenceKey | None, lookup: RegisterLookup) -> list[Suggestion]:
    """Records with the number, near the number under a like name, and under a like name; best first, at most eight."""
    if subject.name is None:
        found = lookup.find_by_key(key) if key else ()
        return [Suggestion(c.record.register_id, "the number is this record's") for c in found[:LIMIT]]
    name, city = subject.name, subject.city
    exact = match_all(name, city, lookup.find_by_key(key)) if key else []
    near = match_all(name, city, lookup.find_neighbours(key)) if key else []
    like = match_all(name, city, lookup.find_like_name(jurisdiction, name, city))
    like += match_all(name, city, lookup.find_same_name(jurisdiction, name))
    shown: dict[str, Suggestion] = {}
    for match in _in_order(exact, near, like):
        record = match.candidate.record
        if record.register_id not in shown:
            shown[record.register_id] = Suggestion(record.register_id, _why(match, key))
    return list(shown.values())[:LIMIT]


def suggest_anywhere(subject: Subject, number: str | None, lookup: RegisterLookup) -> list[Suggestion]:
    """For a listing without a region: records of any register under its name, not of another city."""
    if subject.name is None:
        return []
    digits = re.sub(r"\D", "", number or "")
    found: list[Match] = []
    for jurisdiction in lookup.jurisdictions():
        key = LicenceKey(jurisdiction, Family.MASSAGE, int(digits)) if 0 < len(digits) <= 10 else None
        candidates = [*(lookup.find_by_key(key) if key else ()), *lookup.find_same_name(jurisdiction, subject.name)]
        found += match_all(subject.name, subject.city, candidates)
    fitting = sorted((m for m in found if m.compatible and m.city is not False), key=lambda match: match.rank)
    shown = {m.candidate.record.register_id: Suggestion(m.candidate.record.register_id, _why(m, None)) for m in fitting}
    return list(shown.values())[:LIMIT]


def _in_order(exact: list[Match], near: list[Match], like: list[Match]) -> Iterable[Match]:
    good_near = [m for m in near if m.grade is not NameGrade.CONFLICT]
    yield from (m for m in exact if m.grade is not NameGrade.CONFLICT)
    yield from (m for m in good_near if m.grade in SURE)
    yield from (m for m in like if m.grade in SURE)
    yield from (m for m in good_near if m.compatible or m.city)
    yield from exact
    yield from sorted(
        (m for m in like if m.grade is not NameGrade.CONFLICT), key=lambda m: (m.city is not True, m.rank)
    )
    yield from good_near
    yield from (m for m in like if m.city)
    yield from (m for m in near if m.city)


def _why(match: Match, key: LicenceKey | None) -> str:
    parts = []
    other = match.candidate.key
    if key and other == key:
        parts.append("the same number")
    elif key and other and other.family is key.family and is_neighbour(other.number, key.number):
        parts.append("a number one keystroke away")
    parts.extend(match.comparison.reasons)
    if match.former_name:
        parts.append("under a former name")
    if match.city is True:
        parts.append("the same city")
    elif match.city is False:
        parts.append("another city")
    return "; ".join(parts)
