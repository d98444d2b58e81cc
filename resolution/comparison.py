"""Two listings into a match weight: a sum of log2 likelihood ratios, one a field (Fellegi and Sunter).

For each field a level of agreement is found; its weight is log2(m / u): how often matches reach that level over how
often strangers do. For values, u is the value's own frequency. The m's were set on labelled pairs (docs/resolution.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from rapidfuzz.distance import OSA, JaroWinkler

from directory.models import EntityKind
from directory.names import Agreement, NameComparison, compare_names
from resolution.features import GENERAL_MAILBOXES, Features
from resolution.frequency import Frequencies, address_of


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
M_SAME = {Field.GIVEN: 0.75, Field.FAMILY: 0.85, Field.PHONE: 0.6, Field.EMAIL: 0.6, Field.SITE: 0.6, Field.STREET: 0.5,
          Field.CITY: 0.85, Field.POSTAL: 0.75, Field.PRACTICE: 0.5}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field's part in a match weight."""

    field: Field
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class PairScore:
    """The match weight of two listings, and whether anything besides the name agrees."""

    weight: float
    parts: tuple[FieldScore, ...]
    has_identifier: bool
    vetoed: str | None = None


def score_pair(a: Features, b: Features, frequencies: Frequencies, *, one_to_one: bool = False) -> PairScore:
    """How much more likely these two listings are of one person (or practice) than of two.

    `one_to_one`: no source lists anybody twice. Where besides the whole file has nothing but names and addresses, the
    place counts as an identifier, and another given name is weighed and no veto.
    """
    if a.kind is not b.kind:
        return PairScore(-99.0, (), has_identifier=False, vetoed="a person and a practice")
    parts: list[FieldScore] = []
    compared = compare_names(a.name, b.name) if a.name is not None and b.name is not None else None
    if compared is not None:
        parts += _score_names(a, b, compared, frequencies)
    parts += _score_practice(a, b, frequencies)
    parts += _score_contacts(a, b, frequencies)
    parts += _score_place(a, b, frequencies)
    parts += _score_numbers(a, b, frequencies)
    weight = frequencies.prior + sum(part.weight for part in parts)
    bare = frequencies.is_bare and one_to_one
    identifiers = IDENTIFIERS | {Field.CITY, Field.POSTAL} if bare else IDENTIFIERS
    elsewhere = bool(a.city and b.city) and a.city != b.city and a.postal != b.postal
    if a.kind is EntityKind.PRACTICE or elsewhere:  # a chain has the same name everywhere
        identifiers = identifiers - {Field.PRACTICE}
    agreeing = any(part.field in identifiers and part.weight > 2 for part in parts)
    names_decide = not bare
    weigh_only = not names_decide or len(a.marks & b.marks) > 1
    vetoed = find_veto(a, b, compared, names_decide=names_decide) or (None if weigh_only else _find_doubt(parts))
    return PairScore(weight, tuple(parts), has_identifier=agreeing, vetoed=vetoed)


def find_veto(
    a: Features, b: Features, compared: NameComparison | None = None, *, names_decide: bool = True
) -> str | None:
    """Why these two can never be one, however much else agrees; None if nothing forbids it."""
    if a.kind is not b.kind:
        return "a person and a practice"
    if names_decide and a.name is not None and b.name is not None and not a.marks & b.marks:
        compared = compared or compare_names(a.name, b.name)
        unlike = compared.given is Agreement.DIFFERENT and _is_unlike(a.given, b.given) and not _is_swapped(a, b)
        if compared.vetoes_merge or unlike:
            return ", ".join(compared.reasons)
    if a.npi and b.npi and a.npi != b.npi:
        return "two NPIs"
    if a.licences and b.licences and not a.licences & b.licences:
        for one in a.licences:
            for other in b.licences:
                same_board = (one.jurisdiction, one.family) == (other.jurisdiction, other.family)
                if same_board and OSA.distance(str(one.number), str(other.number), score_cutoff=1) > 1:
                    return "two licence numbers of one board"
    return None


def _is_unlike(given: str, other: str) -> bool:
    """Whether two given names are too far apart for misspellings of one (an initial is never)."""
    return min(len(given), len(other)) > 1 and JaroWinkler.similarity(given, other) < 0.75


def _find_doubt(parts: Sequence[FieldScore]) -> str | None:
    """Why this pair alone may not merge: another surname, or a lone name, needs something of the person's own."""
    levels = {part.field: part.level for part in parts}
    family_differs = levels.get(Field.FAMILY) == Agreement.DIFFERENT
    own = any(
        part.field in (Field.LICENCE, Field.NPI, Field.MARK, Field.EMAIL) and part.level == "same" for part in parts
    )
    if levels.get(Field.PRACTICE) == "different" and not own and levels.get(Field.SITE) != "same":
        return "another practice name, and neither site nor e-mail agrees"
    if family_differs and levels.get(Field.GIVEN) == Agreement.MISSING:
        return "the lone name agrees with neither"
    if family_differs and not own:
        return "another surname, and nothing of the person's own agrees"
    return None


def _same(field: Field, share: float, level: str = "same") -> FieldScore:
    return FieldScore(field, level, log2(M_SAME[field] / share))


def _score_names(a: Features, b: Features, compared: NameComparison, frequencies: Frequencies) -> list[FieldScore]:
    if compared.family is Agreement.DIFFERENT and _is_swapped(a, b):
        return [FieldScore(Field.GIVEN, "changes place", 6.0), FieldScore(Field.FAMILY, "changes place", 6.0)]
    parts = [_score_given(a, b, compared, frequencies), _score_family(a, b, compared.family, frequencies)]
    if compared.middle is not Agreement.MISSING:
        weight = 3.0 if compared.middle is Agreement.SAME else -6.0
        parts.append(FieldScore(Field.MIDDLE, compared.middle.value, weight))
    return parts


def _is_swapped(a: Features, b: Features) -> bool:
    """Whether given name and surname change places, a typo in either forgiven."""
    return (
        bool(a.given and a.family and b.given and b.family)
        and JaroWinkler.similarity(a.given, b.family, score_cutoff=0.88) > 0
        and JaroWinkler.similarity(a.family, b.given, score_cutoff=0.88) > 0
    )


def _score_given(a: Features, b: Features, compared: NameComparison, frequencies: Frequencies) -> FieldScore:
    agreement = compared.given
    if agreement is Agreement.SAME:
        share = min(frequencies.of_given(given) for given in (a.given or b.given, b.given or a.given))
        return _same(Field.GIVEN, share)
    if agreement is Agreement.DIFFERENT and not compared.both_real and a.given and b.given:
        likeness = JaroWinkler.similarity(a.given, b.given)
        if likeness >= 0.85:
            return FieldScore(Field.GIVEN, "alike", 4.0)
        return FieldScore(Field.GIVEN, "misspelled", 0.0 if likeness >= 0.7 else -4.0)
    return FieldScore(Field.GIVEN, agreement.value, GIVEN_WEIGHTS[agreement])


def _score_family(a: Features, b: Features, agreement: Agreement, frequencies: Frequencies) -> FieldScore:
    if agreement is Agreement.SAME:
        share = min(frequencies.of_family(family) for family in (a.family, b.family) if family)
        return _same(Field.FAMILY, share)
    if agreement is Agreement.DIFFERENT:
        likeness = JaroWinkler.similarity(a.family, b.family)
        if likeness >= 0.88:
            return FieldScore(Field.FAMILY, "alike", 4.0)
    return FieldScore(Field.FAMILY, agreement.value, FAMILY_WEIGHTS[agreement])


def _score_practice(a: Features, b: Features, frequencies: Frequencies) -> list[FieldScore]:
    if not a.practice or not b.practice:
        return []
    if a.practice == b.practice or a.practice.replace(" ", "") == b.practice.replace(" ", ""):
        return [_same(Field.PRACTICE, max(frequencies.of("practice", a.practice), 3e-4))]
    if a.kind is EntityKind.PERSON:
        return []  # people work at several practices
    ones, others = set(a.practice.split()), set(b.practice.split())
    shared = len(ones & others) / len(ones | others)
    likeness = JaroWinkler.similarity(a.practice, b.practice)
    if shared >= 0.6 or likeness >= 0.93:
        return [FieldScore(Field.PRACTICE, "alike", 8.0)]
    within = (ones <= others or others <= ones) and min(len(ones), len(others)) >= 2
    if within or shared >= 0.34 or likeness >= 0.85:
        return [
            FieldScore(Field.PRACTICE, "one within the other" if within else "partly alike", 6.0 if within else 2.0)
        ]
    return [FieldScore(Field.PRACTICE, "different", -8.0)]


def _score_contacts(a: Features, b: Features, frequencies: Frequencies) -> list[FieldScore]:
    parts = []
    if a.phone and b.phone:
        if a.phone == b.phone:
            parts.append(_same(Field.PHONE, frequencies.of("phone", a.phone)))
        elif OSA.distance(a.phone, b.phone, score_cutoff=1) == 1:
            parts.append(FieldScore(Field.PHONE, "one digit apart", 6.0))
        else:
            parts.append(FieldScore(Field.PHONE, "different", -1.0))
    if a.email and b.email:
        parts.append(_score_email(a, b, frequencies))
    if a.site and b.site:
        same = a.site == b.site
        parts.append(
            _same(Field.SITE, frequencies.of("site", a.site)) if same else FieldScore(Field.SITE, "different", -0.7)
        )
    return parts


def _score_email(a: Features, b: Features, frequencies: Frequencies) -> FieldScore:
    if a.email == b.email:
        general = a.email.split("@")[0] in GENERAL_MAILBOXES
        score = _same(
            Field.EMAIL, frequencies.of("email", a.email), "same mailbox of a business" if general else "same"
        )
        return FieldScore(Field.EMAIL, score.level, score.weight - 2) if general else score
    if OSA.distance(a.email, b.email, score_cutoff=1) == 1:
        return FieldScore(Field.EMAIL, "one letter apart", 7.0)
    return FieldScore(Field.EMAIL, "different", -0.7)


def _score_place(a: Features, b: Features, frequencies: Frequencies) -> list[FieldScore]:
    """Street, city and postal code; they hang together, so a same street takes most of what the others would add."""
    parts = [_score_street(a, b, frequencies)] if (a.street and b.street) or (a.number and b.number) else []
    street_same = bool(parts) and parts[0].weight > 2
    if a.city and b.city:
        parts.append(_score_city(a, b, frequencies, discount=0.4 if street_same else 1.0))
    if a.postal and b.postal:
        parts.append(_score_postal(a, b, frequencies, discount=0.4 if street_same else 0.6))
    if a.region and b.region and a.region != b.region:
        parts.append(FieldScore(Field.REGION, "different", -3.0))
    return parts


def _score_street(a: Features, b: Features, frequencies: Frequencies) -> FieldScore:
    number_same = bool(a.number) and a.number == b.number
    number_near = bool(a.number and b.number) and OSA.distance(a.number, b.number, score_cutoff=1) <= 1
    postal_same = bool(a.postal) and a.postal == b.postal
    if not a.street or not b.street:
        near = number_same and postal_same
        return FieldScore(Field.STREET, "same number and postal code" if near else "missing", 4.5 if near else 0.0)
    if a.street == b.street:
        if number_same:
            place_differs = bool(a.postal and b.postal and a.postal != b.postal and a.city != b.city)
            weight = log2(M_SAME[Field.STREET] / frequencies.of("address", address_of(a)))
            return FieldScore(Field.STREET, "same", weight / 2 if place_differs else min(weight, 13.0))
        missing = not a.number or not b.number
        return FieldScore(
            Field.STREET,
            "same street" if missing else "same street, other number",
            6.0 if missing or number_near else 2.5,
        )
    likeness = JaroWinkler.similarity(a.street.replace(" ", ""), b.street.replace(" ", ""))
    if likeness >= 0.88:
        return FieldScore(Field.STREET, "alike", 8.5 if number_same else 4.5 if number_near else 3.0)
    if number_same and (likeness >= 0.7 or postal_same):
        return FieldScore(Field.STREET, "same number, street partly alike", 4.0 if likeness >= 0.7 else 2.5)
    return FieldScore(Field.STREET, "different", -0.5 if number_same else -1.5)


def _score_city(a: Features, b: Features, frequencies: Frequencies, *, discount: float) -> FieldScore:
    if a.city == b.city:
        return FieldScore(
            Field.CITY,
            "same",
            discount * log2(M_SAME[Field.CITY] / frequencies.of_place("city", f"{a.city} {a.region}")),
        )
    if JaroWinkler.similarity(a.city, b.city) >= 0.9:
        return FieldScore(Field.CITY, "alike", 5.0 * discount)
    return FieldScore(Field.CITY, "different", -2.5)


def _score_postal(a: Features, b: Features, frequencies: Frequencies, *, discount: float) -> FieldScore:
    if a.postal == b.postal:
        share = frequencies.of_place("postal", a.postal)
        return FieldScore(Field.POSTAL, "same", min(discount * log2(M_SAME[Field.POSTAL] / share), 6.0))
    if OSA.distance(a.postal, b.postal, score_cutoff=1) == 1:
        return FieldScore(Field.POSTAL, "one character apart", 3.0 * discount)
    return FieldScore(Field.POSTAL, "different", -1.0)


def _score_numbers(a: Features, b: Features, frequencies: Frequencies) -> list[FieldScore]:
    parts = [
        FieldScore(Field.MARK, "same", log2(0.6 / frequencies.of("mark", mark))) for mark in sorted(a.marks & b.marks)
    ]
    if a.licences & b.licences:
        parts.append(FieldScore(Field.LICENCE, "same", 13.0))
    elif a.licences and b.licences:
        near = _any_near(a, b)
        parts.append(FieldScore(Field.LICENCE, "one keystroke apart" if near else "different", 1.0 if near else -1.5))
    if a.npi and a.npi == b.npi:
        parts.append(FieldScore(Field.NPI, "same", 20.0))
    return parts


def _any_near(a: Features, b: Features) -> bool:
    near: Callable[[int, int], bool] = lambda one, other: OSA.distance(str(one), str(other), score_cutoff=1) <= 1  # noqa: E731
    return any(
        one.jurisdiction == other.jurisdiction and near(one.number, other.number)
        for one in a.licences
        for other in b.licences
    )
