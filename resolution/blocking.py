"""Which pairs of listings are worth comparing: those that share one exact or near key.

A merge needs a second agreeing identifier, so every identifier is a key; a name with a place finds those whose
identifiers were mistyped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from directory.models import EntityKind
from directory.names import fold, sound
from resolution.features import Features

MAX_BLOCK = 80  # a larger block (a call centre's phone, a common name) is split by surname, then given name


def make_keys(features: Features) -> Iterator[tuple[str, str]]:
    """The blocking keys of one listing, each with the kind of key it is."""
    kind = features.kind.value
    if features.phone:
        yield "phone", f"{kind} {features.phone}"
    if features.email:
        yield "email", f"{kind} {features.email}"
    if features.site:
        yield "site", f"{kind} {features.site}"
    for licence in features.licences:
        yield "licence", f"{kind} {licence.jurisdiction} {licence.family} {licence.number}"
    for mark in features.marks:
        yield "mark", f"{kind} {mark}"
    if features.npi:
        yield "npi", features.npi
    place = features.postal or features.city
    if features.number and features.street:
        yield "street", f"{kind} {features.number} {sound(features.street.split()[0])} {place[:3]}"
    if features.kind is EntityKind.PERSON:
        yield from _make_name_keys(features)
    elif features.practice:
        words = sorted(features.practice.split())
        yield "practice", f"{words} {features.city}"
        yield "practice place", f"{features.practice[:6]} {features.postal or features.city}"
        if features.number:
            yield "practice number", f"{features.number} {features.postal}"


def _make_name_keys(features: Features) -> Iterator[tuple[str, str]]:
    given, family = sound(features.given.replace(" ", "")), sound(features.family)
    if given and family:
        yield "name", f"{min(given, family)} {max(given, family)}"
    for part in features.name.family_keys if features.name else ():
        for place in filter(None, (features.postal, features.city)):
            yield "surname place", f"{sound(part)} {place}"
    if given and features.postal:
        yield "given place", f"{given} {features.postal}"
    if features.number and family:
        yield "number surname", f"{features.number} {family}"
    if features.number and given and features.is_bare:
        yield "number given", f"{features.number} {given}"
    for place in filter(None, (features.postal, features.city)) if features.is_bare else ():
        yield "initials place", f"{''.join(sorted(given[:1] + family[:1]))} {place}"
        if features.street:
            yield "street place", f"{features.street.replace(' ', '')[:5]} {place}"
        if features.number:
            yield "number place", f"{features.number} {place}"
    if features.street and given and family:
        yield "street initials", f"{sound(features.street.split()[0])} {given[:2]} {family[:2]}"
    if features.phone and family:
        yield "phone end", f"{features.phone[-4:]} {family[:3]}"


def find_pairs(features: Sequence[Features], *, one_per_source: bool = False) -> set[tuple[int, int]]:
    """Pairs of positions (low, high) that share a key; blocks too large to mean anything are split by the name."""
    blocks: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, item in enumerate(features):
        for key in set(make_keys(item)):
            blocks[key].append(position)
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        for part in _split(features, block):
            for low, high in combinations(part, 2):
                if not (one_per_source and features[low].source == features[high].source):
                    pairs.add((low, high))
    return pairs


def _split(features: Sequence[Features], block: list[int]) -> Iterable[list[int]]:
    if len(block) <= MAX_BLOCK:
        return (block,)
    finer: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position in block:
        item = features[position]
        if item.kind is EntityKind.PRACTICE:
            finer["practice", item.practice].append(position)
            continue
        finer["family", sound(item.family)].append(position)
        if item.given:
            finer["given", f"{sound(fold(item.given))} {item.family[:1]}"].append(position)
    parts = []
    for (kind, _), part in finer.items():
        if len(part) <= MAX_BLOCK:
            parts.append(part)
        elif kind == "family":
            finest: defaultdict[str, list[int]] = defaultdict(list)
            for position in part:
                finest[features[position].given[:2]].append(position)
            parts.extend(one for one in finest.values() if len(one) <= MAX_BLOCK * 4)
    return parts
