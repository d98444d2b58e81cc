"""Where on the page a word stands, so that a pattern is only tried on the lines that can hold it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from ahocorasick_rs import AhoCorasick, Implementation

from crawler.extraction.document import Line, Section

LETTERS = 4  # words are kept by their first letters, enough to tell stems apart
_STEM = re.compile(rf"([^\W\d_]{{1,{LETTERS}}})[^\W\d_]*")
_PLAIN_STEM = re.compile(rf"([a-z]{{1,{LETTERS}}})[a-z]*")  # the same for text in ASCII, at half the cost
_NOT_OWN = frozenset({Section.TESTIMONIAL, Section.BLOG})
_SOUGHT: dict[str, int] = {}  # every piece of text that a reader looks for, gathered as the readers' modules load


def sought(*pieces: str) -> frozenset[int]:
    """Pieces of text in lower case, as `Cues.holding` asks for them: all are looked for in one pass over a page."""
    return frozenset(_SOUGHT.setdefault(piece, len(_SOUGHT)) for piece in pieces)


@lru_cache(maxsize=1)
def _make_finder(count: int) -> AhoCorasick:
    """The automaton of the first `count` pieces sought: made anew when a module loads late."""
    return AhoCorasick([*_SOUGHT][:count], implementation=Implementation.DFA)


class Cues:
    """The page's own lines (no testimonials, no blog) by the first letters of their words."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        index: defaultdict[str, list[int]] = defaultdict(list)
        self._numbers = [n for n, line in enumerate(lines) if line.text and line.section not in _NOT_OWN]
        self._starts: list[int] = []
        texts = [lines[number].low for number in self._numbers]
        room = 0
        for number, low in zip(self._numbers, texts, strict=True):
            self._starts.append(room)
            room += len(low) + 1
            for stem in set((_PLAIN_STEM if low.isascii() else _STEM).findall(low)):
                index[stem].append(number)
        self._index = dict(index)
        self._text = "\n".join(texts)
        self._held: dict[int, list[int]] | None = None

    def has(self, stems: Iterable[str]) -> bool:
        """Whether any of the stems begins a word."""
        return any(stem in self._index for stem in stems)

    def numbers(self, stems: Iterable[str]) -> Sequence[int]:
        """Numbers of the lines with a word of one of the stems, in page order."""
        index = self._index
        found = [index[stem] for stem in stems if stem in index]
        return found[0] if len(found) == 1 else sorted(set(chain.from_iterable(found)))

    def number_set(self, stems: Iterable[str]) -> set[int]:
        """Numbers of the lines with a word of one of the stems, in no order."""
        index = self._index
        return set(chain.from_iterable([index[stem] for stem in stems if stem in index]))

    def find(self, stems: Iterable[str]) -> Iterator[Line]:
        """The lines with a word of one of the stems, in page order."""
        return (self.lines[number] for number in self.numbers(stems))

    def holding(self, pieces: frozenset[int]) -> set[int]:
        """Numbers of the lines that hold one of the pieces sought, anywhere in a word."""
        if self._held is None:
            self._held = self._find_pieces()
        return set(chain.from_iterable([self._held[piece] for piece in self._held.keys() & pieces]))

    def passing(self, gate: Gated) -> Iterator[Line]:
        """The lines that a pattern may match, in page order."""
        return (self.lines[number] for number in sorted(self.holding(gate.pieces)))

    def matches(self, gate: Gated) -> Iterator[tuple[Line, re.Match[str]]]:
        """The lines that a pattern for lower case matches, each with its first match there."""
        for line in self.passing(gate):
            found = gate.pattern.search(line.low)
            if found:
                yield line, found

    def _find_pieces(self) -> dict[int, list[int]]:
        """Numbers of the lines by the pieces that stand in them."""
        held: defaultdict[int, list[int]] = defaultdict(list)
        starts, numbers = self._starts, self._numbers
        for piece, at, _ in _make_finder(len(_SOUGHT)).find_matches_as_indexes(self._text, overlapping=True):
            held[piece].append(numbers[bisect_right(starts, at) - 1])
        return dict(held)


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in the text, wherever."""
    for word in words:  # noqa: SIM110 (any() over a generator takes twice the time)
        if word in text:
            return True
    return False


class Gated:
    """A pattern that is tried only on text that holds one of some words in lower case, one of which each match has."""

    def __init__(self, pattern: re.Pattern[str], *words: str) -> None:
        self.pattern = pattern
        self.words = words
        self.pieces = sought(*words)

    def may_match(self, low: str) -> bool:
        """Whether text, given in lower case, holds one of the words: a few times cheaper than the pattern."""
        return holds_any(low, self.words)

    def search(self, text: str, low: str | None = None) -> re.Match[str] | None:
        """The first match in the text; `low` is the same in lower case, where it is not so already."""
        return self.pattern.search(text) if self.may_match(text if low is None else low) else None

    def finditer(self, text: str, low: str | None = None) -> Iterator[re.Match[str]]:
        """All matches in the text."""
        return self.pattern.finditer(text) if self.may_match(text if low is None else low) else iter(())


_CASED = re.compile(r"\\.|\(\?P|[A-ZÀ-Ý]")


def loose(pattern: str) -> re.Pattern[str]:
    """The pattern compiled for text in lower case, whatever the case it is written in."""
    return re.compile(_CASED.sub(lambda m: m[0].lower() if len(m[0]) == 1 else m[0], pattern))


def stems(words: str) -> tuple[str, ...]:
    """The stems of a list of words, as the index keeps them."""
    return tuple(dict.fromkeys(word[:LETTERS] for word in words.lower().split()))
