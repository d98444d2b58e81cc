"""Pairs of listings side by side: whether their values agree, how alike they are, and how their names compare.

Everything is computed for many pairs at once; what needs Python runs once for each distinct pair of values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from directory.names import Agreement, NameComparison, PersonName, compare_names
from resolution.table import Column, FeatureTable, Mask, Rows, Weights, unpack_name

AGREEMENTS = tuple(Agreement)
CODE = {agreement: code for code, agreement in enumerate(AGREEMENTS)}

Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class NameLevels:
    """How the names of each pair agree, part by part, as positions in `AGREEMENTS`; missing where one has none."""

    given: Levels
    family: Levels
    middle: Levels
    vetoes: Mask  # two people however much else agrees
    both_real: Mask


class Pairs:
    """Pairs (left, right) of rows of one table."""

    def __init__(self, table: FeatureTable, left: Rows, right: Rows) -> None:
        self.table = table
        self.left = left
        self.right = right

    def __len__(self) -> int:
        return len(self.left)

    def take(self, where: Mask) -> Pairs:
        """The pairs in `where`."""
        return Pairs(self.table, self.left[where], self.right[where])

    def same(self, column: Column) -> Mask:
        """Where both have the same value."""
        left = column.codes[self.left]
        same: Mask = (left == column.codes[self.right]) & (left > 0)
        return same

    def unlike(self, column: Column) -> Mask:
        """Where the values are not the same; none differs from one."""
        unlike: Mask = column.codes[self.left] != column.codes[self.right]
        return unlike

    def both(self, column: Column) -> Mask:
        """Where both have a value."""
        filled: Mask = (column.codes[self.left] > 0) & (column.codes[self.right] > 0)
        return filled

    def may_share(self, column: Column) -> Mask:
        """Where both have lists of values that are the same, or of which one has several."""
        several = column.several[self.left] | column.several[self.right]
        return self.same(column) | (self.both(column) & several)

    def alike(self, column: Column, where: Mask, other: Column | None = None) -> Weights:
        """The Jaro-Winkler similarity of the values (of the right one's `other` column); 0 outside `where`."""
        found = np.zeros(len(self))
        found[where] = process.cpdist(
            column.texts[column.codes[self.left[where]]],
            (other or column).texts[(other or column).codes[self.right[where]]],
            scorer=JaroWinkler.similarity,
            dtype=np.float64,
        )
        return found

    def near(self, column: Column, where: Mask) -> Mask:
        """Where the values are at most one keystroke apart; false outside `where`."""
        found = np.zeros(len(self), np.bool_)
        found[where] = (
            process.cpdist(
                column.texts[column.codes[self.left[where]]],
                column.texts[column.codes[self.right[where]]],
                scorer=OSA.distance,
                score_cutoff=1,
            )
            <= 1
        )
        return found

    def judge(self, column: Column, where: Mask, decide: Callable[[str, str], float]) -> Weights:
        """What `decide` says of the two values, asked once for each distinct pair of them; 0 outside `where`."""
        found = np.zeros(len(self))
        left, right = column.codes[self.left[where]], column.codes[self.right[where]]
        pairs, places = _distinct(left, right)
        texts = column.texts
        answers = [decide(texts[pair >> 32], texts[pair & 0xFFFFFFFF]) for pair in pairs.tolist()]
        found[where] = np.array(answers, np.float64)[places]
        return found

    @cached_property
    def names(self) -> NameLevels:
        """How the names agree."""
        table, size = self.table, len(self)
        given, family, middle = (np.full(size, CODE[Agreement.MISSING], np.int8) for _ in range(3))
        vetoes, both_real = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        rest = self.both(table.name)
        # By far the commonest: same given name and surname, and nothing further on one side that could differ.
        plain = rest & self.same(table.given) & self.same(table.family) & ~self.both(table.middle)
        plain &= ~self.both(table.extra)
        given[plain] = family[plain] = CODE[Agreement.SAME]
        rest &= ~plain
        left, right = table.name.codes[self.left[rest]], table.name.codes[self.right[rest]]
        pairs, places = _distinct(np.minimum(left, right), np.maximum(left, right))
        compared = np.zeros((len(pairs), 5), np.int8)
        names = _Names(table.name)
        for place, pair in enumerate(pairs.tolist()):
            found = names.compare(pair >> 32, pair & 0xFFFFFFFF)
            compared[place] = (CODE[found.given], CODE[found.family], CODE[found.middle], found.vetoes_merge,
                               found.both_real)  # fmt: skip
        given[rest], family[rest], middle[rest] = compared[places, :3].T
        vetoes[rest], both_real[rest] = compared[places, 3:].T
        return NameLevels(given, family, middle, vetoes, both_real)

    def compare_one(self, place: int) -> NameComparison:
        """The comparison of one pair's names, with its reasons."""
        codes = self.table.name.codes
        return _Names(self.table.name).compare(codes[self.left[place]], codes[self.right[place]])

    @cached_property
    def change_places(self) -> Mask:
        """Whether given name and surname change places, a typo in either forgiven."""
        table = self.table
        different = CODE[Agreement.DIFFERENT]
        where = (self.names.given == different) | (self.names.family == different)
        where &= self.both(table.given) & self.both(table.family)
        there = self.alike(table.given, where, table.family) >= 0.88
        return there & (self.alike(table.family, there, table.given) >= 0.88)

    @cached_property
    def shared_marks(self) -> Weights:
        """How many of the claimed numbers are shared."""
        marks = self.table.marks
        return self.judge(marks, self.both(marks), lambda one, other: len(set(one.split(";")) & set(other.split(";"))))


class _Names(dict[int, PersonName]):
    """Distinct names by their code, unpacked when first asked for."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._texts = column.texts

    def __missing__(self, code: int) -> PersonName:
        given, middle, family, maiden, suffix, nicknames = unpack_name(self._texts[code])
        name = self[code] = PersonName(
            given=given,
            middle=middle,
            family=tuple(family.split()),
            maiden=tuple(maiden.split()),
            suffix=suffix,
            nicknames=tuple(filter(None, nicknames.split(","))),
        )
        return name

    def compare(self, one: int, other: int) -> NameComparison:
        """The two names compared, in an order that the texts alone decide: a surname alone comes first."""
        if self._texts[one] < self._texts[other]:
            one, other = other, one
        return compare_names(self[one], self[other])


def _distinct(left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> tuple[Rows, Rows]:
    """The distinct pairs of codes, each packed into one number, and where each pair's is among them."""
    packed = (left.astype(np.int64) << 32) | right
    pairs, places = np.unique(packed, return_inverse=True)
    return pairs, places
