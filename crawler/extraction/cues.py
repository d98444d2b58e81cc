"""Where on the page a word stands, so that a pattern is only tried on the lines that can hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.extraction.document import Line, Section

LETTERS = 4  # words are kept by their first letters, enough to tell stems apart
_WORD = re.compile(r"[^\W\d_]+")
_NOT_OWN = frozenset({Section.TESTIMONIAL, Section.BLOG})


class Cues:
    """The page's own lines (no testimonials, no blog) by the first letters of their words."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._index: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            if line.section in _NOT_OWN or not line.text:
                continue
            for stem in {word[:LETTERS] for word in _WORD.findall(line.low)}:
                self._index.setdefault(stem, []).append(number)

    def has(self, stems: Iterable[str]) -> bool:
        """Whether any of the stems begins a word."""
        return any(stem in self._index for stem in stems)

    def numbers(self, stems: Iterable[str]) -> list[int]:
        """Numbers of the lines with a word of one of the stems, in page order."""
        return sorted({number for stem in stems for number in self._index.get(stem, ())})

    def find(self, stems: Iterable[str]) -> Iterator[Line]:
        """The lines with a word of one of the stems, in page order."""
        return (self.lines[number] for number in self.numbers(stems))


_CASED = re.compile(r"\\.|\(\?P|[A-ZÀ-Ý]")


def loose(pattern: str) -> re.Pattern[str]:
    """The pattern compiled for text in lower case, whatever the case it is written in."""
    return re.compile(_CASED.sub(lambda m: m[0].lower() if len(m[0]) == 1 else m[0], pattern))


def stems(words: str) -> tuple[str, ...]:
    """The stems of a list of words, as the index keeps them."""
    return tuple(dict.fromkeys(word[:LETTERS] for word in words.lower().split()))
