"""Words as the index knows them: folded, split and thinned in Python, once, for every backend.

Engines get ready-made tokens joined by spaces and only split on them, so that they cannot disagree about a word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_TOKENS = 24  # of a query; a longer one is an attack or a pasted page
MAX_TOKEN = 40
LONGEST_PREFIX = 10

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
STOP_WORDS = frozenset(
    (  # noqa: SIM905 - words read better in lines
        "a an and are at be by de des du el en et for from i in is it la las le les los me my near of on or our that"
        " the to un una une we with y your près cerca within"
    ).split()
)


def fold(text: str) -> str:
    """`text` in lower case without accents: what two spellings of one word have in common."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)


def stem(word: str) -> str:
    """A folded word without its plural ending."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word


def _split(text: str) -> list[str]:
    whole = _POSSESSIVE.sub("s", text) if "'" in text or "’" in text else text
    return _WORD.findall(fold(whole))


@lru_cache(maxsize=65_536)
def _make_token(word: str) -> str:
    """What a folded word counts as; nothing for a stop word."""
    return "" if word in STOP_WORDS else stem(word[:MAX_TOKEN])


def tokenize(text: str) -> list[str]:
    """The words of `text` that count, in order: folded, without plural endings and stop words."""
    return [token for word in _split(text) if (token := _make_token(word))]


def tokenize_names(text: str) -> list[str]:
    """The words of a name: folded and whole, nothing dropped."""
    return [word[:MAX_TOKEN] for word in _split(text)]


def tokenize_query(text: str) -> tuple[str, ...]:
    """The distinct words of a query, at most `MAX_TOKENS`."""
    return tuple(dict.fromkeys(tokenize(text)))[:MAX_TOKENS]


def count_needed(tokens: int) -> int:
    """How many of a query's words a document must hold: all of two, then about two in three."""
    return tokens if tokens <= 2 else -(-2 * tokens // 3)


def find_typo_distance(token: str) -> int:
    """How many wrong letters are forgiven in a word of this length."""
    return 0 if len(token) < 4 or token.isdigit() else 1 if len(token) < 8 else 2


def make_sort_key(name: str) -> str:
    """A name as lists are ordered by it."""
    return " ".join(tokenize_names(name))[:24].strip() or "~"
