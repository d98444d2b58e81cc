"""Where on the page a word stands, so that a pattern is only tried on the lines that can hold it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from crawler.extraction.document import Line, Section

LETTERS = 4  # words are kept by their first letters, enough to tell stems apart
_STEM = re.compile(rf"([^\W\d_]{{1,{LETTERS}}})[^\W\d_]*")
_PLAIN_STEM = re.compile(rf"([a-z]{{1,{LETTERS}}})[a-z]*")  # the same for text in ASCII, at half the cost
_NOT_OWN = frozenset({Section.TESTIMONIAL, Section.BLOG})


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
        self._holding: dict[str, set[int]] = {}

    def has(self, stems: Iterable[str]) -> bool:
        """Whether any of the stems begins a word."""
        return any(stem in self._index for stem in stems)

    def numbers(self, stems: Iterable[str]) -> list[int]:
        """Numbers of the lines with a word of one of the stems, in page order."""
        return sorted({number for stem in stems for number in self._index.get(stem, ())})

    def find(self, stems: Iterable[str]) -> Iterator[Line]:
        """The lines with a word of one of the stems, in page order."""
        return (self.lines[number] for number in self.numbers(stems))

    def holding(self, pieces: Iterable[str]) -> set[int]:
        """Numbers of the lines that hold one of the pieces of text, in lower case, anywhere in a word."""
        found: set[int] = set()
        for piece in pieces:
            known = self._holding.get(piece)
            if known is None:
                known = self._holding[piece] = self._find_piece(piece)
            found |= known
        return found

    def _find_piece(self, piece: str) -> set[int]:
        found: set[int] = set()
        at = self._text.find(piece)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            found.add(self._numbers[place])
            if place + 1 == len(self._starts):
                break
            at = self._text.find(piece, self._starts[place + 1])
        return found


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
