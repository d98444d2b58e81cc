"""A heading into the person and the practice it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from directory.names.fold import fold
from directory.names.model import PersonName, TitleParts
from directory.names.parse import parse_name, strip_title_phrases
from directory.names.tables import is_family, is_given
from directory.names.words import AMBIGUOUS_BUSINESS, BUSINESS, BUSINESS_ENDINGS, HONORIFICS, LETTERS, PARTICLES

_MARKS = re.compile(
    r"\s+[-–—/~]+\s+|\s*[|@·•;:‖›»]+\s*|\s*[–—]\s*|\s+-|-\s+|\s*\(\s*|\s*\)\s*|\s*\bd/?b/?a\b\.?\s*", re.IGNORECASE
)
_JOINTS = re.compile(r"\s+(?:with|by|at|of|from|for|chez|avec|par)\s+", re.IGNORECASE)
_PLACE_JOINTS = frozenset({"of", "from", "for", "at"})
_BRACKETED_NAME = re.compile(
    r"\([^)]*\b(?:née|nee|né|formerly|f/?k/?a|born)\b[^)]*\)|\(\s*[^\W\d_]+\s*\)", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"^[^\W\d_]+['’]s\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*\.?")

TRADE = BUSINESS - AMBIGUOUS_BUSINESS
CERTAIN, LIKELY, POSSIBLE, UNLIKELY = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    score: int  # how surely a person
    business: bool


@lru_cache(maxsize=200_000)
def split_title(text: str) -> TitleParts:
    """The person and the practice of a heading, each None where it names none.

    Splits on ` – | @ · ; with by at of dba` and decides by the words: credentials and given names make a person, trade
    words a practice. "Joy Massage" is a practice; "Massage by Ann Example" names a person too.
    """
    segments = [_judge(part) for part in _split_marks(" ".join(text.split()))]
    apart = any(segment.score >= LIKELY and not segment.business for segment in segments)
    segments = [piece for segment in segments for piece in _split_joints(segment, person_apart=apart)]
    if not segments:
        return TitleParts(None, None)
    person = _pick_person(segments)
    practices = [segment for segment in segments if segment is not person]
    practice = next((segment for segment in practices if segment.business), None)
    if practice is None:
        practice = next((segment for segment in practices if not _is_only_letters(segment.text)), None)
    rest = tuple(segment.text for segment in practices if segment is not practice)
    return TitleParts(person.text if person else None, practice.text if practice else None, rest)


def is_business_name(text: str) -> bool:
    """Whether a text that should be a person's name holds trade words that are nobody's surname."""
    words = _name_words(parse_name(text))
    return any(len(word) > 1 and word in TRADE and not is_family(word) for word in words)


def _split_marks(text: str) -> list[str]:
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\x00{len(held) - 1}\x00"

    masked = _BRACKETED_NAME.sub(hold, text)
    parts = [re.sub(r"\x00(\d+)\x00", lambda found: held[int(found[1])], part) for part in _MARKS.split(masked)]
    merged: list[str] = []
    for part in (part.strip(" ,.-–—") for part in parts):
        if not part:
            continue
        if merged and _is_only_letters(part):
            merged[-1] += f", {part}"
        else:
            merged.append(part)
    return [piece for part in merged for piece in _split_comma(part)]


def _split_comma(part: str) -> list[str]:
    """ "Ann Example, LMT, Serenity Massage" into the person with letters and the rest."""
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    if len(pieces) < 2 or not any(_is_business(piece) for piece in pieces):
        return [part]
    if all(_is_business(piece) or _is_only_letters(piece) for piece in pieces):
        return [part]
    groups: list[list[str]] = []
    for piece in pieces:
        joins = groups and (_is_only_letters(piece) or _is_business(piece) == _is_business(groups[-1][0]))
        if joins:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [", ".join(group) for group in groups]


def _split_joints(segment: _Segment, *, person_apart: bool) -> list[_Segment]:
    """Split at with, by, at, of … only where that sets a person apart from a business.

    `person_apart`: a person stands in a segment of their own, so that "Massage of Winter Park" names a place.
    """
    for found in _JOINTS.finditer(segment.text):
        if person_apart and segment.business and found[0].strip().lower() in _PLACE_JOINTS:
            continue
        left, right = _judge(segment.text[: found.start()]), _judge(segment.text[found.end() :])
        if left.score >= LIKELY and not left.business:
            return [left, *_split_joints(right, person_apart=person_apart)]
        if right.score >= LIKELY and not right.business and (left.business or right.score == CERTAIN):
            return [left, right]
        if right.score == POSSIBLE and left.business and found[0].strip().lower() in ("with", "by", "avec", "par"):
            return [left, right]
    return [segment]


def _pick_person(segments: list[_Segment]) -> _Segment | None:
    people = [segment for segment in segments if not segment.business]
    best = max(people, key=lambda segment: segment.score, default=None)
    if best is None or best.score == UNLIKELY:
        return None
    if best.score == POSSIBLE and not any(segment.business for segment in segments):
        return None if len(segments) > 1 and len(best.text.split()) == 1 else best
    return best


def _is_only_letters(text: str) -> bool:
    words = re.split(r"[\s,/&]+", strip_title_phrases(text).replace(".", "").lower().strip())
    return bool(words) and all(
        word.strip("()-") in LETTERS or any(char.isdigit() for char in word) for word in words if word
    )


def _is_business(text: str) -> bool:
    return _judge(text).business


@lru_cache(maxsize=200_000)
def _judge(text: str) -> _Segment:
    """How surely `text` is a person's name, and whether trade words make it a business."""
    text = text.strip(" ,.-–—")
    name = parse_name(text)
    left = _name_words(name)
    named = bool(name.given_key) and is_given(name.given_key.split()[0])
    last = name.family_keys[-1] if name.family_keys else ""
    surname = last if named and is_family(last) and last not in BUSINESS_ENDINGS else ""
    trade = any(len(word) > 1 and word != surname and word in TRADE for word in left)
    if left and (trade or _POSSESSIVE.match(text) or "&" in text or text[:1].isdigit()):
        couple = named and bool(name.family) and not trade and "&" in text
        return _Segment(text, LIKELY if couple else UNLIKELY, business=not couple)
    doubtful = sum(len(word) > 1 and word in AMBIGUOUS_BUSINESS for word in left)
    spelled_out = bool(name.letters or any(len(word) == 1 for word in left)) and len(left) > 1
    if (
        doubtful
        and not spelled_out
        and not (named and is_family(last) and last not in AMBIGUOUS_BUSINESS | BUSINESS_ENDINGS)
    ):
        plain_surname = named and doubtful == 1 and last in AMBIGUOUS_BUSINESS and is_family(last)
        if not plain_surname and len(left) > 1:
            return _Segment(text, UNLIKELY, business=True)
    if last in BUSINESS_ENDINGS and not (named and is_family(last)) and not name.letters:
        return _Segment(text, UNLIKELY, business=True)
    return _Segment(text, _score(text, name, left, named=named), business=False)


def _score(text: str, name: PersonName, left: list[str], *, named: bool) -> int:
    """How surely a text without trade words is a person."""
    last = name.family_keys[-1] if name.family_keys else ""
    if not left or len(left) > 5:
        return UNLIKELY
    if len(left) == 1:
        known = (named or is_family(left[0])) and left[0] not in AMBIGUOUS_BUSINESS
        return POSSIBLE if known or name.letters else UNLIKELY
    honorific = text.split(maxsplit=1)[0].lower().rstrip(".") in HONORIFICS
    if name.letters or (named and is_family(last)):
        return CERTAIN
    if named or honorific or is_family(last) or len(name.given_key) == 1 or is_given(last):
        return LIKELY
    capitalised = all(word[:1].isupper() for word in _WORD.findall(text) if fold(word) not in PARTICLES)
    return POSSIBLE if capitalised and len(left) <= 3 else UNLIKELY


def _name_words(name: PersonName) -> list[str]:
    text = " ".join((name.given, name.middle, *name.family))
    return [word for word in fold(text).split() if word]
