"""A place that is named without "near" or "in": which of the words left over are one, and how surely.

A town may be called like a person, a practice or a plain word, so what stands around it decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from directory.places import Gazetteer, PlaceAnswer, PlaceKind, find_country, find_region
from search import analysis

LARGE = 100_000  # people: the bare name of such a city means it
SMALL = 5_000  # a smaller town is meant only where it is written with a capital
LONGEST = 5  # words
BLANK = "\x00"
# Plain words in such a search that are large towns too.
PLAIN_WORDS = frozenset(("mobile", "surprise", "paradise", "enterprise", "independence", "reading", "hope", "orange"))


# A town after such a word is part of a name: "Masaje del Puente".
LINKS = frozenset(("del", "du", "des", "the"))


class Sureness(IntEnum):
    """How surely words name a place; an `UNLIKELY` one counts only if nobody matches them as words."""

    UNLIKELY = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class BarePlace:
    """Words from `start` to `end` that may be a place; `is_full`: with its region or country.

    `may_be_words`: they may as well be part of a name, so that both readings are worth a try.
    """

    start: int
    end: int
    answer: PlaceAnswer
    sureness: Sureness
    is_full: bool
    may_be_words: bool


@dataclass(frozen=True)
class PlaceFinder:
    """The words left in `text`, where what was understood is blanked out.

    `understood_more`: a condition, a technique or the like was asked for as well.
    """

    text: str
    words: Sequence[re.Match[str]]
    gazetteer: Gazetteer
    country: str | None
    is_common: Callable[[str], bool]
    understood_more: bool

    def find(self) -> BarePlace | None:
        """The likeliest place: the surest, then a capitalised, the longest, the last; None if there is none."""
        found: list[tuple[tuple[int, ...], BarePlace]] = []
        for first, last in self._list_spans():
            start, end = self.words[first].start(), self.words[last].end()
            answer = self.gazetteer.resolve(self.text[start:end], self.country)
            if (answer.place or answer.candidates) and (place := self._weigh(first, last, answer)):
                key = (place.sureness, place.is_full, _is_capital(self.text[start:]), last - first, end)
                found.append((key, place))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def _list_spans(self) -> Iterator[tuple[int, int]]:
        for first in range(len(self.words)):
            for last in range(first, min(first + LONGEST, len(self.words))):
                if BLANK in self.text[self.words[first].start() : self.words[last].end()]:
                    break
                if self._may_be_place(first, last):
                    yield first, last

    def _may_be_place(self, first: int, last: int) -> bool:
        """Whether a place may be written so: "Denver in the" holds no Indiana, while "Gary in" may end a query."""
        head, tail = self.words[first].group(), self.words[last].group()
        if self.is_common(head) and (first == last or not _is_stop(head)):
            return len(head) == 2 and head.isupper() and first == last  # a region alone: "DE"
        return first == last or not _is_stop(tail) or tail.isupper() or last == len(self.words) - 1

    def _weigh(self, first: int, last: int, answer: PlaceAnswer) -> BarePlace | None:
        start, end = self.words[first].start(), self.words[last].end()
        span = self.text[start:end]
        places = (answer.place,) if answer.place else answer.candidates
        is_wide = any(place.kind in (PlaceKind.REGION, PlaceKind.COUNTRY) for place in places)
        if is_wide and len(span) <= 3 and not span.isupper():  # "us" and "can" are words
            return None
        size = max(place.population if place.kind is PlaceKind.CITY else LARGE for place in places)
        rest = [*self.words[:first], *self.words[last + 1 :]]
        is_alone = all(self.is_common(word.group()) for word in rest)
        before, after = self._find_neighbours(first, last)
        # "Wildrose Clinical" is a practice; "Denver Massage" is any in Denver.
        in_name = bool(after) if size < SMALL else _is_capital(after) and not self.is_common(after)
        after_name = _is_capital(before) and not self.is_common(before)
        is_written = _is_capital(span) or size >= SMALL  # as a place is
        is_last = last == len(self.words) - 1
        is_full = not is_wide and _names_region(span, answer)
        if is_full:
            sureness = Sureness.SURE
        elif analysis.fold(before) in LINKS and size < LARGE:
            sureness = Sureness.UNLIKELY
        elif analysis.fold(span) in PLAIN_WORDS and not (is_alone and _is_capital(span) and not self.understood_more):
            return None
        elif is_alone and not in_name and (is_written or not self.understood_more):
            sureness = Sureness.SURE
        elif (size >= LARGE and not in_name) or (is_last and self.understood_more and is_written and not after_name):
            sureness = Sureness.LIKELY
        elif is_written:
            sureness = Sureness.UNLIKELY
        else:
            return None
        may_be_words = not is_full and (size < SMALL or not (is_alone or self.understood_more))
        return BarePlace(start, end, answer, sureness, is_full, may_be_words)

    def _find_neighbours(self, first: int, last: int) -> tuple[str, str]:
        """The word right before and the one right after; empty where something understood stands there."""
        before = after = ""
        if first and BLANK not in self.text[self.words[first - 1].end() : self.words[first].start()]:
            before = self.words[first - 1].group()
        if last + 1 < len(self.words) and BLANK not in self.text[self.words[last].end() : self.words[last + 1].start()]:
            after = self.words[last + 1].group()
        return before, after


def _is_stop(word: str) -> bool:
    return analysis.fold(word) in analysis.STOP_WORDS


def _is_capital(word: str) -> bool:
    return word[:1].isupper()


def _names_region(span: str, answer: PlaceAnswer) -> bool:
    """Whether the place is told from others of its name: "Denver CO", "Wilmington, Delaware", a postal code."""
    if answer.place is None or answer.place.kind is not PlaceKind.CITY:
        return answer.place is not None
    parts = [part for part in re.split(r"[\s,]+", span) if part]
    if analysis.fold(" ".join(parts)) == analysis.fold(answer.place.city or ""):
        return False
    tails = (" ".join(parts[-size:]) for size in range(1, min(4, len(parts) - 1) + 1))
    return any(find_region(tail) or find_country(tail) or tail == "CA" for tail in tails)
