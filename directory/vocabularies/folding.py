"""Text to comparable words: case, accents, hyphens, elisions and plurals folded, places in the original kept."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Gap(IntEnum):
    """What stands between a word and the one before it, from weakest to strongest."""

    SPACE = 0
    SLASH = 1
    COMMA = 2
    STOP = 3


class Word(NamedTuple):
    """A folded word, its span in the original text, and what parts it from the word before.

    `after_small_word` tells that articles or prepositions stood in between ("pain in my neck").
    """

    folded: str
    start: int
    end: int
    gap: Gap
    after_small_word: bool


# Articles, possessives and prepositions that say nothing of the meaning: "pain in my neck" = "pain neck".
_SMALL_WORDS_TEXT = """
the my your our his her their a an in of
de du des la le les au aux mon ma mes votre vos notre nos dans un une
el los las lo del en una mi mis su sus al
"""
SMALL_WORDS = frozenset(_SMALL_WORDS_TEXT.split())
_ELISIONS = frozenset({"l", "d", "j", "qu", "n", "s", "m", "t", "c"})
# One class of characters runs several times faster than an alternation without "_": that is blanked out beforehand.
_WORD = re.compile(r"([&+]|[\w\u0300-\u036f]+(?:['’ʼ][\w\u0300-\u036f]+)*)")
_ASCII_WORD = re.compile(r"([&+]|[a-zA-Z0-9]+(?:'[a-zA-Z0-9]+)*)")  # the same for text in ASCII, at half the cost
_STOP = re.compile(r"[.;:!?|•·()\[\]{}\"“”«»<>—–*\t]|\n\s*\n|\s-\s")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """The word without case, accents and plural ending; equal for any two writings that count as the same word."""
    plain = strip_accents(word)
    if plain in ("&", "+"):
        return "and"
    plural_s = len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is"))
    if plural_s or (len(plain) > 4 and plain.endswith("oux")):
        plain = plain[:-1]
    if len(plain) > 4 and plain.endswith("ie"):
        plain = plain[:-2] + "y"
    return plain


def strip_accents(text: str) -> str:
    """The text in lower case without accents and ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def _trim_apostrophe(raw: str) -> tuple[str, int, int]:
    """The word within `raw` without elided article or possessive s, and how much was cut at either end."""
    if "'" not in raw and "’" not in raw and "ʼ" not in raw:
        return raw, 0, 0
    parts = re.split("['’ʼ]", raw)
    cut_start = cut_end = 0
    if parts[0].lower() in _ELISIONS and len(parts) > 1:
        cut_start = len(parts[0]) + 1
        parts = parts[1:]
    if len(parts) > 1 and parts[-1].lower() == "s":
        cut_end = 2
        parts = parts[:-1]
    return "".join(parts), cut_start, cut_end


@lru_cache(maxsize=4096)
def _find_gap(between: str) -> Gap:
    if between in (" ", "-", ""):
        return Gap.SPACE
    if _STOP.search(between):
        return Gap.STOP
    if "," in between:
        return Gap.COMMA
    return Gap.SLASH if "/" in between else Gap.SPACE


@lru_cache(maxsize=65536)
def _fold_raw(raw: str) -> tuple[str, int, int]:
    """The folded word within `raw`, and how much was cut at either end."""
    word, cut_start, cut_end = _trim_apostrophe(raw)
    return fold_word(word), cut_start, cut_end


@lru_cache(maxsize=65536)
def _fold_telling(raw: str) -> str:
    """The folded word, empty where it is a small one."""
    folded = _fold_raw(raw)[0]
    return "" if folded in SMALL_WORDS else folded


class FoldedText:
    """A text cut into words once: what it can name is asked of the folded words, their places come when needed."""

    __slots__ = ("_parts", "_words", "folded", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        # what stands between, a word, what stands between, a word, …
        self._parts = (_ASCII_WORD if text.isascii() else _WORD).split(text.replace("_", " "))
        self.folded = list(filter(None, map(_fold_telling, self._parts[1::2])))
        self._words: list[Word] | None = None

    @property
    def words(self) -> list[Word]:
        """The folded words with their spans; small words are left out but noted."""
        if self._words is None:
            self._words = self._place_words()
        return self._words

    def _place_words(self) -> list[Word]:
        words: list[Word] = []
        add, make, space = words.append, tuple.__new__, Gap.SPACE
        parts = iter(self._parts)
        end = 0
        gap = Gap.STOP
        small = False
        for between, raw in zip(parts, parts, strict=False):  # the last part has no word after it
            start = end + len(between)
            if between != " ":  # a single space changes nothing
                gap = max(gap, _find_gap(self.text[end:start]))
            end = start + len(raw)
            folded, cut_start, cut_end = _fold_raw(raw)
            if folded in SMALL_WORDS:
                small = True
            elif folded:
                add(make(Word, (folded, start + cut_start, end - cut_end, gap, small or cut_start > 0)))
                gap, small = space, False
        return words


def split_words(text: str) -> list[Word]:
    """The folded words of `text` with their spans; small words are left out but noted."""
    return FoldedText(text).words


def fold_phrase(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase: its key for comparison."""
    return tuple(word.folded for word in split_words(phrase))
