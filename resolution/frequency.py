"""How common each value is among the listings: agreeing on Smith says less than agreeing on a rare name."""

from __future__ import annotations

from functools import cached_property
from math import log2

import numpy as np
import numpy.typing as npt

from directory.names.tables import count_given, load_family
from resolution.table import Column, FeatureTable, Weights

PRIOR_WEIGHT = 5000  # listings that the national name counts stand for beside the file's own
LEAST_POPULATION = 20_000  # a small file is a sample of a directory, not all there is


class Frequencies:
    """Term frequencies of one set of listings, steadied by national ones where the set is small."""

    def __init__(self, table: FeatureTable) -> None:
        self._table = table
        self._known: dict[str, dict[str, int]] = {}
        self.total = len(table)
        self.is_bare = bool(table.is_bare.all())  # names and addresses alone: then these must decide
        self.population = max(self.total, LEAST_POPULATION)
        self.prior = -log2(self.population)

    def of_given(self, names: Column) -> Weights:
        """Share of people with each of these given names; one for none."""
        return self._smooth("given", names, [max(count_given(text), 30) for text in names.texts])

    def of_family(self, names: Column) -> Weights:
        """Share of people with each of these surnames; one for none."""
        families = load_family()
        return self._smooth("family", names, [max(families.get(text, 0), 10) for text in names.texts])

    def of(self, field: str, values: Column) -> Weights:
        """Share of listings with each value, as if the directory were at least `LEAST_POPULATION` listings."""
        return np.maximum(self._count(field, values), 2) / self.population

    def of_place(self, field: str, values: Column) -> Weights:
        """Share of listings in each of these cities or postal codes."""
        return (self._count(field, values) + 1) / (self.total + 200)

    @cached_property
    def marks(self) -> dict[str, int]:
        """How many listings claim each number that no register's scheme reads."""
        _, marks = self._table.marks.split(";")
        return dict(zip(marks.texts, marks.counts.tolist(), strict=True))

    def of_mark(self, mark: str) -> float:
        """Share of listings that claim this number."""
        return max(self.marks.get(mark, 0), 2) / self.population

    def _smooth(self, field: str, names: Column, per_million: list[int]) -> Weights:
        national = np.array(per_million) / 1e6
        shares = (self._count(field, names) + PRIOR_WEIGHT * national) / (self.total + PRIOR_WEIGHT)
        shares[0] = 1.0
        return shares

    def _count(self, field: str, values: Column) -> npt.NDArray[np.int64]:
        """The counts of a column's values here, be it of these listings or of others."""
        own: Column = getattr(self._table, field)
        if own is values:
            return own.counts
        if field not in self._known:
            self._known[field] = dict(zip(own.texts, own.counts.tolist(), strict=True))
        known = self._known[field]
        return np.array([known.get(text, 0) for text in values.texts])
