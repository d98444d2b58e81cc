"""How common each value is among the listings: agreeing on Smith says less than agreeing on a rare name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log2

from directory.names.tables import count_given, load_family
from resolution.features import Features

PRIOR_WEIGHT = 5000  # listings that the national name counts stand for beside the file's own
LEAST_POPULATION = 20_000  # a small file is a sample of a directory, not all there is
FIELDS = ("given", "family", "phone", "email", "site", "address", "city", "postal", "practice", "number", "mark")


class Frequencies:
    """Term frequencies of one set of listings, steadied by national ones where the set is small."""

    def __init__(self, features: Iterable[Features]) -> None:
        self._counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
        self.total = 0
        self.is_bare = True  # nothing but names and addresses anywhere: then these must decide alone
        for item in features:
            self.total += 1
            self.is_bare = self.is_bare and item.is_bare
            for field, value in _values(item):
                if value:
                    self._counts[field][value] += 1
            self._counts["mark"].update(item.marks)
        self.population = max(self.total, LEAST_POPULATION)
        self.prior = -log2(self.population)

    def of_given(self, key: str) -> float:
        """Share of people with this given name."""
        return self._smooth("given", key, max(count_given(key), 30) / 1e6)

    def of_family(self, key: str) -> float:
        """Share of people with this surname."""
        return self._smooth("family", key, max(load_family().get(key, 0), 10) / 1e6)

    def of(self, field: str, value: str) -> float:
        """Share of listings with this value, as if the directory were at least `LEAST_POPULATION` listings."""
        return max(self._counts[field][value], 2) / self.population

    def of_place(self, field: str, value: str) -> float:
        """Share of listings in this city or postal code."""
        return (self._counts[field][value] + 1) / (self.total + 200)

    def count(self, field: str, value: str) -> int:
        """How many listings have this value."""
        return self._counts[field][value]

    def _smooth(self, field: str, key: str, national: float) -> float:
        return (self._counts[field][key] + PRIOR_WEIGHT * national) / (self.total + PRIOR_WEIGHT)


def address_of(item: Features) -> str:
    """House number, street and place as one value."""
    return f"{item.number} {item.street} {item.postal or item.city}" if item.number and item.street else ""


def _values(item: Features) -> tuple[tuple[str, str], ...]:
    return (
        ("given", item.given),
        ("family", item.family),
        ("phone", item.phone),
        ("email", item.email),
        ("site", item.site),
        ("address", address_of(item)),
        ("city", f"{item.city} {item.region}" if item.city else ""),
        ("postal", item.postal),
        ("practice", item.practice),
        ("number", item.number),
    )
