"""Two names into a grade, with the reasons.

A typo counts only if one side is not a real name: Joan and John, Maria and Mario are different people.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from directory.names.fold import sound
from directory.names.model import Agreement, NameComparison, NameGrade, PersonName
from directory.names.parse import parse_name
from directory.names.tables import (
    count_given,
    is_family,
    is_given,
    load_family,
    load_given,
    load_nicknames,
    load_siblings,
)
from directory.names.words import word_set

_SURE = frozenset((Agreement.SAME, Agreement.NICKNAME))
_LIKELY = frozenset((Agreement.SPELLING, Agreement.SHORT, Agreement.MIDDLE, Agreement.PART, Agreement.TYPO))
_FEMININE = word_set("a e ia ie na ne ina ine la le lla elle ella ette etta ita iana anne ann anna")

_GIVEN_REASONS = {
    Agreement.NICKNAME: "a nickname of the given name",
    Agreement.SPELLING: "the given name in another spelling",
    Agreement.SHORT: "a short form of the given name",
    Agreement.MIDDLE: "goes by the middle name",
    Agreement.PART: "one part of a double given name",
    Agreement.TYPO: "the given name one keystroke apart, and one spelling is no real name",
    Agreement.INITIAL: "only an initial for the given name",
    Agreement.MISSING: "no given name on one side",
    Agreement.DIFFERENT: "another given name",
}
_FAMILY_REASONS = {
    Agreement.SPELLING: "the surname in another spelling",
    Agreement.PART: "one part of a double surname",
    Agreement.FORMER: "a former or maiden name",
    Agreement.TYPO: "the surname one keystroke apart, and one spelling is no known surname",
    Agreement.MISSING: "no surname on one side",
    Agreement.DIFFERENT: "another surname",
}


def compare_names(a: PersonName | str, b: PersonName | str) -> NameComparison:
    """How well two names agree; the order of the two does not matter."""
    a = parse_name(a) if isinstance(a, str) else a
    b = parse_name(b) if isinstance(b, str) else b
    return _compare(a, b) if (a.raw, a.given) <= (b.raw, b.given) else _compare(b, a)


@lru_cache(maxsize=100_000)
def _compare(a: PersonName, b: PersonName) -> NameComparison:
    generation_conflict = bool(a.suffix and b.suffix and a.suffix != b.suffix)
    given = compare_given(a, b)
    family = compare_family(a, b)
    middle = _compare_middle(a, b, given)
    swapped = given is not Agreement.SAME and family is Agreement.DIFFERENT and _is_swapped(a, b)
    if swapped:
        given = family = Agreement.SAME
        middle = Agreement.MISSING
    if not (a.is_full and b.is_full):
        given, family = _compare_lone(a, b, family)
    grade = _grade(given, family, middle)
    if grade in (NameGrade.STRONG, NameGrade.GOOD) and generation_conflict:
        grade = NameGrade.WEAK
    elif swapped and grade is NameGrade.STRONG:
        grade = NameGrade.GOOD
    reasons = _explain(given, family, middle, generation_conflict=generation_conflict, swapped=swapped)
    return NameComparison(
        grade=grade,
        reasons=reasons,
        given=given,
        family=family,
        middle=middle,
        generation_conflict=generation_conflict,
        both_real=_is_real(a) and _is_real(b),
    )


def _grade(given: Agreement, family: Agreement, middle: Agreement) -> NameGrade:
    """The grade of the parts: at most one of them may be less than sure for `good`."""
    middle_differs = middle is Agreement.DIFFERENT
    if family is Agreement.SAME:
        grade = NameGrade.STRONG if given in _SURE else NameGrade.GOOD if given in _LIKELY else NameGrade.WEAK
        return NameGrade.WEAK if middle_differs else grade
    if family is Agreement.DIFFERENT:
        changed = (given in _SURE or given is Agreement.SPELLING) and not middle_differs
        return NameGrade.SURNAME_CHANGED if changed else NameGrade.CONFLICT
    if given is Agreement.DIFFERENT:
        return NameGrade.WEAK if family in (Agreement.PART, Agreement.FORMER) else NameGrade.CONFLICT
    sure = given in _SURE and family is not Agreement.MISSING and not middle_differs
    return NameGrade.GOOD if sure else NameGrade.WEAK


def _explain(
    given: Agreement, family: Agreement, middle: Agreement, *, generation_conflict: bool, swapped: bool
) -> tuple[str, ...]:
    if swapped:
        return ("given name and surname change places",)
    reasons = [_GIVEN_REASONS[given]] if given in _GIVEN_REASONS else []
    if family in _FAMILY_REASONS:
        reasons.append(_FAMILY_REASONS[family])
    if middle is Agreement.DIFFERENT:
        reasons.append("another middle name")
    if generation_conflict:
        reasons.append("another generation (Jr, Sr, II, III)")
    return tuple(reasons) or ("given name and surname are the same",)


def compare_given(a: PersonName, b: PersonName) -> Agreement:  # noqa: PLR0911 (a cascade: the best agreement wins)
    """How the given names agree, with nicknames, initials and middle names in use."""
    one, other = a.given_key, b.given_key
    if not one or not other:
        return Agreement.MISSING
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return Agreement.SAME
    if _joins_middle(a, b) or _joins_middle(b, a):
        return Agreement.SAME
    if one in b.nickname_keys or other in a.nickname_keys or set(a.nickname_keys) & set(b.nickname_keys):
        return Agreement.NICKNAME
    if len(one) == 1 or len(other) == 1 or _are_initials(one) or _are_initials(other):
        return _compare_initial(a, b)
    agreement = compare_tokens(one, other)
    if agreement is not Agreement.DIFFERENT:
        return agreement
    if _in_middle(one, b) != _in_middle(other, a):  # both ways round, they may be two people
        return Agreement.MIDDLE
    ones, others = one.split(), other.split()
    if (len(ones) > 1 or len(others) > 1) and (
        ones[0] == others[0] or (min(len(ones), len(others)) == 1 and set(ones) & set(others))
    ):
        return Agreement.PART if len(ones) != len(others) else Agreement.DIFFERENT
    return Agreement.DIFFERENT


def compare_tokens(one: str, other: str) -> Agreement:
    """How two folded given names agree, taken alone."""
    if one == other:
        return Agreement.SAME
    if other in load_nicknames().get(one, ()):
        return Agreement.NICKNAME
    if min(len(one), len(other)) >= 3 and sound(one) == sound(other):
        return Agreement.SPELLING
    if other in load_siblings().get(one, ()) or _is_short_form(one, other):
        return Agreement.SHORT
    return Agreement.TYPO if _is_given_typo(one, other) else Agreement.DIFFERENT


def _joins_middle(a: PersonName, b: PersonName) -> bool:
    """Mary Ann against Maryann, Jean François against Jean-François."""
    return bool(a.middle_keys) and a.given_key.replace(" ", "") + a.middle_keys[0] == b.given_key.replace(" ", "")


def _are_initials(key: str) -> bool:
    return all(len(part) == 1 for part in key.split())


def _compare_initial(a: PersonName, b: PersonName) -> Agreement:
    short, long = (a, b) if len(a.given_key) <= len(b.given_key) else (b, a)
    if long.given_key in short.middle_keys:
        return Agreement.MIDDLE
    letters = short.given_key.replace(" ", "")
    initials = [part[0] for part in (*long.given_key.split(), *long.middle_keys, *long.nickname_keys)]
    return Agreement.INITIAL if letters[0] in initials else Agreement.DIFFERENT


def _in_middle(key: str, name: PersonName) -> bool:
    return any(
        len(middle) > 2 and (middle == key or key in load_nicknames().get(middle, ()) or _is_given_typo(middle, key))
        for middle in name.middle_keys
    )


def _is_short_form(one: str, other: str) -> bool:
    """Chris for Christopher, but not Paul for Paula: a feminine form is another name."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) < 3 or len(long) - len(short) < 2 or not long.startswith(short):
        return False
    if " " in long:
        return False
    ending = long[len(short) :]
    return not (is_given(short) and (ending in _FEMININE or ending.lstrip(short[-1]) in _FEMININE))


def _is_given_typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 3:
        return False
    distance = OSA.distance(one, other, score_cutoff=2)
    if distance > (2 if min(len(one), len(other)) >= 8 else 1):
        return False
    if not (is_given(one) and is_given(other)):
        return True
    rare, common = sorted((count_given(one), count_given(other)))
    if distance != 1 or not rare or not _is_same_sex(one, other):
        return False
    return common > 15 * rare if sorted(one) == sorted(other) else common > 200 * rare  # Micheal, Margart


def _is_same_sex(one: str, other: str) -> bool:
    (female, male), (other_female, other_male) = load_given()[one], load_given()[other]
    return (female > male) == (other_female > other_male)


def _compare_middle(a: PersonName, b: PersonName, given: Agreement) -> Agreement:
    ones, others = list(a.middle_keys), list(b.middle_keys)
    if given is Agreement.MIDDLE or (given is Agreement.SAME and a.given_key != b.given_key):
        used = {a.given_key, b.given_key, *a.given_key.split(), *b.given_key.split()}
        ones, others = [key for key in ones if key not in used], [key for key in others if key not in used]
    if not ones or not others:
        return Agreement.MISSING
    surnames = {*a.family_keys, *b.family_keys, *a.maiden_keys, *b.maiden_keys}
    for one in ones:
        for other in others:
            if one[0] == other[0] and 1 in (len(one), len(other)):
                return Agreement.SAME
            if compare_tokens(one, other) is not Agreement.DIFFERENT:
                return Agreement.SAME
    if surnames & {*ones, *others} or any(
        one[:1] == key[:1] for one in (*ones, *others) if len(one) == 1 for key in surnames
    ):
        return Agreement.MISSING
    return Agreement.DIFFERENT


def compare_family(a: PersonName, b: PersonName) -> Agreement:  # noqa: PLR0911 (a cascade: the best agreement wins)
    """How the surnames agree, with double, former and misspelled ones."""
    if not a.family_keys or not b.family_keys:
        return Agreement.MISSING
    ones, others = set(a.family_keys), set(b.family_keys)
    joined, joined_other = "".join(a.family_keys), "".join(b.family_keys)
    if ones == others or joined == joined_other:
        return Agreement.SAME
    if ones & others or ones & set(b.middle_keys) or others & set(a.middle_keys):
        return Agreement.PART
    if ones & set(b.maiden_keys) or others & set(a.maiden_keys) or set(a.maiden_keys) & set(b.maiden_keys):
        return Agreement.FORMER
    if len(joined) > 2 and len(joined_other) > 2 and sound(joined) == sound(joined_other):
        return Agreement.SPELLING
    if any(_is_family_typo(one, other) for one in (*ones, joined) for other in (*others, joined_other)):
        return Agreement.TYPO
    return Agreement.DIFFERENT


def _is_family_typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4:
        return False
    distance = OSA.distance(one, other, score_cutoff=2)
    if distance > (2 if min(len(one), len(other)) >= 9 else 1):
        return False
    if not (is_family(one) and is_family(other)):
        return True
    rare, common = sorted((load_family()[one], load_family()[other]))
    return distance == 1 and common > (15 if sorted(one) == sorted(other) else 100) * rare


def _is_swapped(a: PersonName, b: PersonName) -> bool:
    return (
        bool(a.is_full and b.is_full)
        and (a.given_key.replace(" ", ""),) == b.family_keys
        and (b.given_key.replace(" ", ""),) == a.family_keys
    )


def _compare_lone(a: PersonName, b: PersonName, family: Agreement) -> tuple[Agreement, Agreement]:
    """A lone word may be a given name or a surname: it agrees if it agrees as either."""
    lone, full = (a, b) if not a.is_full else (b, a)
    word = lone.given_key or "".join(lone.family_keys)
    if not word or not (full.given_key or full.family_keys):
        return Agreement.MISSING, Agreement.MISSING
    if word in full.family_keys or word == "".join(full.family_keys):
        return Agreement.MISSING, Agreement.SAME
    if any(_is_family_typo(word, key) for key in full.family_keys):
        return Agreement.MISSING, Agreement.TYPO
    as_given = compare_tokens(word, full.given_key) if full.given_key else Agreement.DIFFERENT
    if as_given is not Agreement.DIFFERENT:
        return as_given, Agreement.MISSING
    if lone.given_key:
        return Agreement.DIFFERENT, Agreement.MISSING
    return Agreement.MISSING, family if family is not Agreement.MISSING else Agreement.DIFFERENT


def _is_real(name: PersonName) -> bool:
    return len(name.given_key) > 1 and is_given(name.given_key.split()[0])
