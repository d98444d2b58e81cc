"""Folding for comparison only: accents, case and punctuation go, the printed name stays as it is elsewhere."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from directory.names.words import PARTICLES

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile("['’‘`´ʻʼ]")
_SAINTS = {"st": "saint", "ste": "sainte"}
_NOT_LETTERS = re.compile(r"[^\w]+|_")


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """`text` in lower case without accents; apostrophes vanish, other punctuation becomes one space."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
        text = "".join(char for char in text if not unicodedata.combining(char))
    if text.isalpha():
        return text
    return _NOT_LETTERS.sub(" ", _APOSTROPHES.sub("", text)).strip()


@lru_cache(maxsize=100_000)
def surname_keys(part: str) -> tuple[str, ...]:
    """A surname part folded: Smith-Jones is two keys; St-Pierre, de la Cruz, O'Brien and Mc Donald are one."""
    keys: list[str] = []
    held = ""
    words = fold(part).split()
    for index, word in enumerate(words):
        held += _SAINTS.get(word, word)
        if index == len(words) - 1 or word not in PARTICLES:
            keys.append(held)
            held = ""
    return tuple(keys)


_SOUNDS = (
    ("stephen", "steven"),
    ("stephan", "stefan"),
    ("sch", "sh"),
    ("tch", "ch"),
    ("ph", "f"),
    ("ch", "X"),  # kept apart from c, which may be k
    ("ck", "k"),
    ("qu", "k"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("X", "ch"),
    ("kh", "k"),
    ("th", "t"),
    ("gh", "g"),
    ("z", "s"),
    ("oh", "o"),
    ("ah", "a"),
    ("eigh", "ei"),
    ("ay", "ei"),
    ("ai", "ei"),
    ("ey", "i"),
    ("ie", "i"),
    ("ee", "i"),
    ("y", "i"),
)
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=50_000)
def sound(key: str) -> str:
    """A folded name by its sound: equal for Sara/Sarah, Cathy/Kathy, Ann/Anne, Bryan/Brian, not for Julie/Julia."""
    if key.endswith("nne"):  # Anne, Joanne; other names change with a final e (Louise, Danielle)
        key = key[:-1]
    for spelled, spoken in _SOUNDS:
        key = key.replace(spelled, spoken)
    return _DOUBLED.sub(r"\1", key)
