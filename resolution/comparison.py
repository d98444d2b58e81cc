"""Pairs of listings into match weights: a sum of log2 likelihood ratios, one a field (Fellegi and Sunter).

For each field a level of agreement is found; its weight is log2(m / u): how often matches reach that level over how
often strangers do. For values, u is the value's own frequency. The m's were set on labelled pairs (docs/resolution.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import log2

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler

from directory.names import Agreement
from resolution.frequency import Frequencies
from resolution.pairs import CODE, Pairs
from resolution.table import Column, FeatureTable, Mask, Rows, Weights
from resolution.vetoes import describe_veto, find_vetoes


class Field(StrEnum):
    GIVEN = "given name"
    FAMILY = "surname"
    MIDDLE = "middle name"
    PRACTICE = "practice name"
    PHONE = "phone"
    EMAIL = "e-mail"
    SITE = "site"
    STREET = "street"
    CITY = "city"
    POSTAL = "postal code"
    REGION = "region"
    LICENCE = "licence"
    NPI = "NPI"
    MARK = "claimed number"


IDENTIFIERS = frozenset(
    (Field.PHONE, Field.EMAIL, Field.SITE, Field.STREET, Field.LICENCE, Field.NPI, Field.MARK, Field.PRACTICE)
)

# log2(m/u) where the level's u is no value's frequency, and the m of levels that have one.
GIVEN_WEIGHTS = {
    Agreement.NICKNAME: 5.0, Agreement.SPELLING: 5.0, Agreement.SHORT: 3.5, Agreement.MIDDLE: 3.5, Agreement.PART: 4.0,
    Agreement.TYPO: 5.5, Agreement.INITIAL: 2.5, Agreement.MISSING: 0.0, Agreement.DIFFERENT: -5.0,
}  # fmt: skip
FAMILY_WEIGHTS = {
    Agreement.SPELLING: 6.0, Agreement.PART: 6.0, Agreement.FORMER: 7.0, Agreement.TYPO: 6.5, Agreement.MISSING: 0.0,
    Agreement.DIFFERENT: -4.6,
}  # fmt: skip
PRACTICE_WEIGHTS = {"alike": 8.0, "one within the other": 6.0, "partly alike": 2.0, "different": -8.0}
LICENCE_WEIGHTS = {"same": 13.0, "one keystroke apart": 1.0, "different": -1.5}
M_SAME = {Field.GIVEN: 0.75, Field.FAMILY: 0.85, Field.PHONE: 0.6, Field.EMAIL: 0.6, Field.SITE: 0.6, Field.STREET: 0.5,
          Field.CITY: 0.85, Field.POSTAL: 0.75, Field.PRACTICE: 0.5}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field's part in the weight of one pair."""

    field: Field
    level: str
    weight: float


class FieldScores:
    """One field's part in the weights of some pairs: for each the first level that was found to fit, and its weight."""

    def __init__(self, field: Field, size: int, compared: Mask | None = None) -> None:
        self.field = field
        self.labels = [""]  # level 0: not compared
        self.levels = np.zeros(size, np.int8)
        self.weights = np.zeros(size)
        self.open = np.ones(size, np.bool_) if compared is None else compared.copy()

    def put(self, label: str, where: Mask, weight: Weights | float) -> None:
        """Pairs in `where` that have no level yet reach this one."""
        where = where & self.open
        self.open &= ~where
        self.labels.append(label)
        self.levels[where] = len(self.labels) - 1
        self.weights[where] = weight[where] if isinstance(weight, np.ndarray) else weight

    def put_rest(self, label: str, weight: float) -> None:
        """What is compared and has no level yet reaches this one."""
        self.put(label, self.open, weight)

    def reaches(self, label: str) -> Mask:
        """Where the level is this one."""
        levels = [level for level, known in enumerate(self.labels) if known == label]
        return np.isin(self.levels, levels)


@dataclass(frozen=True)
class PairScores:
    """The match weights of some pairs, and whether anything besides the name agrees; what forbids a merge."""

    weights: Weights
    parts: tuple[FieldScores, ...]
    has_identifier: Mask
    vetoes: npt.NDArray[np.int8]  # positions in vetoes.REASONS; 0: none
    doubts: npt.NDArray[np.int8]  # positions in DOUBTS; 0: none
    pairs: Pairs

    def of(self, place: int) -> list[FieldScore]:
        """The parts of one pair's weight."""
        compared = [part for part in self.parts if part.levels[place]]
        return [
            FieldScore(part.field, part.labels[part.levels[place]], float(part.weights[place])) for part in compared
        ]

    def why_not(self, place: int) -> str:
        """What forbids that one pair merges, in words; empty if nothing does."""
        veto = self.vetoes[place]
        return describe_veto(self.pairs, place, veto) if veto else DOUBTS[self.doubts[place]]


# Why a pair alone may not merge: it needs something of the person's own.
DOUBTS = (
    "",
    "another practice name, and neither site nor e-mail agrees",
    "the lone name agrees with neither",
    "another surname, and nothing of the person's own agrees",
    "only one says which generation, and nothing of the person's own agrees",
)


class Weigher:
    """Weighs pairs of one table's rows.

    `one_to_one`: no source lists anybody twice. Where besides the whole file has nothing but names and addresses, the
    place counts as an identifier, and another given name is weighed and no veto.
    """

    def __init__(self, table: FeatureTable, frequencies: Frequencies, *, one_to_one: bool = False) -> None:
        self.table = table
        self.is_bare = frequencies.is_bare and one_to_one
        self._frequencies = frequencies
        shares = {
            Field.GIVEN: frequencies.of_given(table.given),
            Field.FAMILY: frequencies.of_family(table.family),
            Field.PRACTICE: np.maximum(frequencies.of("practice", table.practice), 3e-4),
            Field.PHONE: frequencies.of("phone", table.phone),
            Field.EMAIL: frequencies.of("email", table.email),
            Field.SITE: frequencies.of("site", table.site),
            Field.STREET: frequencies.of("address", table.address),
            Field.CITY: frequencies.of_place("town", table.town),
            Field.POSTAL: frequencies.of_place("postal", table.postal),
        }
        self._same = {field: np.log2(M_SAME[field] / share) for field, share in shares.items()}

    def weigh(self, left: Rows, right: Rows) -> PairScores:
        """How much more likely each two listings are of one person (or practice) than of two."""
        pairs = Pairs(self.table, left, right)
        parts = [*self._weigh_names(pairs), self._weigh_practices(pairs), *self._weigh_contacts(pairs)]
        parts += [*self._weigh_places(pairs), *self._weigh_numbers(pairs)]
        weights = self._frequencies.prior + np.sum([part.weights for part in parts], axis=0)
        fields = {part.field: part for part in parts}
        vetoes = find_vetoes(pairs, names_decide=not self.is_bare)
        agrees, doubts = self._find_identifiers(pairs, fields), self._doubt(pairs, fields)
        return PairScores(weights, tuple(parts), agrees, vetoes, doubts, pairs)

    def _find_identifiers(self, pairs: Pairs, parts: dict[Field, FieldScores]) -> Mask:
        table = self.table
        agreeing = {field: part.weights > 2 for field, part in parts.items()}
        elsewhere = pairs.both(table.city) & pairs.unlike(table.city) & pairs.unlike(table.postal)
        agreeing[Field.PRACTICE] &= table.is_person[pairs.left] & ~elsewhere  # a chain has the same name everywhere
        identifiers = IDENTIFIERS | {Field.CITY, Field.POSTAL} if self.is_bare else IDENTIFIERS
        found: Mask = np.logical_or.reduce([agreeing[field] for field in sorted(identifiers)])
        return found

    def _doubt(self, pairs: Pairs, parts: dict[Field, FieldScores]) -> npt.NDArray[np.int8]:
        doubts = np.zeros(len(pairs), np.int8)
        if self.is_bare:
            return doubts
        own = [parts[field].reaches("same") for field in (Field.LICENCE, Field.NPI, Field.MARK, Field.EMAIL)]
        no_own = ~np.logical_or.reduce(own)
        one_generation = pairs.unlike(self.table.generation) & pairs.both(self.table.name)
        doubts[one_generation & no_own] = 4
        family_differs = parts[Field.FAMILY].reaches(Agreement.DIFFERENT)
        doubts[family_differs & no_own] = 3
        doubts[family_differs & parts[Field.GIVEN].reaches(Agreement.MISSING)] = 2
        doubts[no_own & parts[Field.PRACTICE].reaches("different") & ~parts[Field.SITE].reaches("same")] = 1
        doubts[pairs.shared_marks > 1] = 0
        return doubts

    def _agreeing(self, field: Field, column: Column, pairs: Pairs) -> Weights:
        """The weight of each pair's agreeing on its left value."""
        weights: Weights = self._same[field][column.codes[pairs.left]]
        return weights

    def _rarer(self, field: Field, column: Column, pairs: Pairs) -> Weights:
        """The weight of agreeing on the rarer of the two values."""
        return np.maximum(self._agreeing(field, column, pairs), self._same[field][column.codes[pairs.right]])

    def _weigh_names(self, pairs: Pairs) -> list[FieldScores]:
        table, names, size = self.table, pairs.names, len(pairs)
        compared = pairs.both(table.name)
        swapped = compared & (names.family == CODE[Agreement.DIFFERENT]) & pairs.change_places
        given, family = FieldScores(Field.GIVEN, size, compared), FieldScores(Field.FAMILY, size, compared)
        middle = FieldScores(Field.MIDDLE, size, compared & ~swapped & (names.middle != CODE[Agreement.MISSING]))
        for part in (given, family):
            part.put("changes place", swapped, 6.0)
        given.put("same", names.given == CODE[Agreement.SAME], self._rarer(Field.GIVEN, table.given, pairs))
        unreal = (names.given == CODE[Agreement.DIFFERENT]) & ~names.both_real & pairs.both(table.given)
        likeness = pairs.alike(table.given, unreal)
        given.put("alike", likeness >= 0.85, 4.0)
        given.put("misspelled", likeness >= 0.7, 0.0)
        given.put("misspelled", unreal, -4.0)
        for agreement, weight in GIVEN_WEIGHTS.items():
            given.put(agreement, names.given == CODE[agreement], weight)
        family.put("same", names.family == CODE[Agreement.SAME], self._rarer(Field.FAMILY, table.family, pairs))
        different = names.family == CODE[Agreement.DIFFERENT]
        family.put("alike", pairs.alike(table.family, different) >= 0.88, 4.0)
        for agreement, weight in FAMILY_WEIGHTS.items():
            family.put(agreement, names.family == CODE[agreement], weight)
        middle.put("same", names.middle == CODE[Agreement.SAME], 3.0)
        middle.put_rest("different", -6.0)
        return [given, family, middle]

    def _weigh_practices(self, pairs: Pairs) -> FieldScores:
        table = self.table
        practice = FieldScores(Field.PRACTICE, len(pairs), pairs.both(table.practice))
        practice.put("same", pairs.same(table.practice_plain), self._agreeing(Field.PRACTICE, table.practice, pairs))
        businesses = practice.open & ~table.is_person[pairs.left]  # people work at several practices
        likeness = pairs.judge(table.practice, businesses, _compare_practices)
        for label, weight in PRACTICE_WEIGHTS.items():
            practice.put(label, likeness == weight, weight)
        return practice

    def _weigh_contacts(self, pairs: Pairs) -> list[FieldScores]:
        table = self.table
        columns = {Field.PHONE: table.phone, Field.EMAIL: table.email, Field.SITE: table.site}
        parts = {field: FieldScores(field, len(pairs), pairs.both(column)) for field, column in columns.items()}
        phone, email, site = parts.values()
        own = self._agreeing(Field.EMAIL, table.email, pairs)
        email.put(
            "same mailbox of a business", pairs.same(table.email) & table.is_general_mailbox[pairs.left], own - 2.0
        )
        for field, column in columns.items():
            parts[field].put("same", pairs.same(column), self._agreeing(field, column, pairs))
        phone.put("one digit apart", pairs.near(table.phone, phone.open), 6.0)
        email.put("one letter apart", pairs.near(table.email, email.open), 7.0)
        phone.put_rest("different", -1.0)
        email.put_rest("different", -0.7)
        site.put_rest("different", -0.7)
        return [phone, email, site]

    def _weigh_places(self, pairs: Pairs) -> list[FieldScores]:
        """Street, city and postal code; they hang together: a same street takes most of what these would add."""
        table, size = self.table, len(pairs)
        street = self._weigh_streets(pairs)
        street_same = street.weights > 2
        city = FieldScores(Field.CITY, size, pairs.both(table.city))
        discount = np.where(street_same, 0.4, 1.0)
        city.put("same", pairs.same(table.city), discount * self._agreeing(Field.CITY, table.town, pairs))
        city.put("alike", pairs.alike(table.city, city.open) >= 0.9, 5.0 * discount)
        city.put_rest("different", -2.5)
        postal = FieldScores(Field.POSTAL, size, pairs.both(table.postal))
        discount = np.where(street_same, 0.4, 0.6)
        same = np.minimum(discount * self._agreeing(Field.POSTAL, table.postal, pairs), 6.0)
        postal.put("same", pairs.same(table.postal), same)
        postal.put("one character apart", pairs.near(table.postal, postal.open), 3.0 * discount)
        postal.put_rest("different", -1.0)
        region = FieldScores(Field.REGION, size, pairs.both(table.region) & ~pairs.same(table.region))
        region.put_rest("different", -3.0)
        return [street, city, postal, region]

    def _weigh_streets(self, pairs: Pairs) -> FieldScores:
        table = self.table
        both_streets, same_street = pairs.both(table.street), pairs.same(table.street)
        both_numbers, same_number = pairs.both(table.number), pairs.same(table.number)
        same_postal = pairs.same(table.postal)
        street = FieldScores(Field.STREET, len(pairs), both_streets | both_numbers)
        street.put("same number and postal code", ~both_streets & same_number & same_postal, 4.5)
        street.put("missing", ~both_streets, 0.0)
        elsewhere = pairs.both(table.postal) & ~same_postal & pairs.unlike(table.city)
        weight = self._agreeing(Field.STREET, table.address, pairs)
        street.put("same", same_street & same_number, np.where(elsewhere, weight / 2, np.minimum(weight, 13.0)))
        street.put("same street", same_street & ~both_numbers, 6.0)
        near_number = same_number | pairs.near(table.number, street.open & both_numbers & ~same_number)
        street.put("same street, other number", same_street, np.where(near_number, 6.0, 2.5))
        likeness = pairs.alike(table.street_plain, street.open)
        street.put("alike", likeness >= 0.88, np.select([same_number, near_number], [8.5, 4.5], 3.0))
        partly = same_number & ((likeness >= 0.7) | same_postal)
        street.put("same number, street partly alike", partly, np.where(likeness >= 0.7, 4.0, 2.5))
        street.put("different", same_number, -0.5)
        street.put_rest("different", -1.5)
        return street

    def _weigh_numbers(self, pairs: Pairs) -> list[FieldScores]:
        table, size = self.table, len(pairs)
        mark = FieldScores(Field.MARK, size)
        mark.put("same", pairs.shared_marks > 0, pairs.judge(table.marks, pairs.shared_marks > 0, self._add_marks))
        licence = FieldScores(Field.LICENCE, size, pairs.both(table.licences))
        licence.put("same", pairs.same(table.licences), 13.0)
        likeness = pairs.judge(table.licences, licence.open, _compare_licences)
        for label, weight in LICENCE_WEIGHTS.items():
            licence.put(label, likeness == weight, weight)
        npi = FieldScores(Field.NPI, size, pairs.same(table.npi))
        npi.put_rest("same", 20.0)
        return [mark, licence, npi]

    def _add_marks(self, marks: str, others: str) -> float:
        shared = set(marks.split(";")) & set(others.split(";"))
        return sum(log2(0.6 / self._frequencies.of_mark(mark)) for mark in sorted(shared))


def _compare_practices(practice: str, other: str) -> float:
    """The weight of two names of businesses that are not the same."""
    ones, others = set(practice.split()), set(other.split())
    shared = len(ones & others) / len(ones | others)
    likeness = JaroWinkler.similarity(practice, other)
    if shared >= 0.6 or likeness >= 0.93:
        return PRACTICE_WEIGHTS["alike"]
    if (ones <= others or others <= ones) and min(len(ones), len(others)) >= 2:
        return PRACTICE_WEIGHTS["one within the other"]
    partly = shared >= 0.34 or likeness >= 0.85
    return PRACTICE_WEIGHTS["partly alike" if partly else "different"]


def _compare_licences(licences: str, others: str) -> float:
    """The weight of two listings' licences, each a list of jurisdiction, family and number."""
    ones, twos = (set(text.split(";")) for text in (licences, others))
    if ones & twos:
        return LICENCE_WEIGHTS["same"]
    for one in ones:
        for two in twos:
            place, number, other_place, other_number = (*one.split(" ")[::2], *two.split(" ")[::2])
            if place == other_place and OSA.distance(number, other_number, score_cutoff=1) <= 1:
                return LICENCE_WEIGHTS["one keystroke apart"]
    return LICENCE_WEIGHTS["different"]
