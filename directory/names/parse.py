"""From the text of a name to its parts.

Plain forms are read here in a few microseconds; every form the directory meets is plain once credentials, honorifics,
maiden names and quoted nicknames are lifted out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from directory.names.fold import fold
from directory.names.model import PersonName
from directory.names.tables import count_given, is_family, is_given, load_family
from directory.names.words import (
    DOUBTFUL_LETTERS,
    GENERATIONS,
    HONORIFICS,
    LETTERS,
    PARTICLES,
    SHORT_SURNAMES,
    TITLE_PHRASES,
    VIETNAMESE_MIDDLES,
    VIETNAMESE_SURNAMES,
)

MAX_LENGTH = 200

_SPACES = re.compile(r"\s+")
_MAIDEN = re.compile(
    r"[(\[,]?\s*\b(?:née|nee|né|formerly(?:\s+known\s+as)?|f\.?/?k\.?/?a\.?|born|maiden(?:\s+name)?)\b[:.\s]+([^)\],]+)[)\]]?",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[\"“”«»]\s*([^\"“”«»]{1,30}?)\s*[\"“”«»]|(?<!\w)['‘’]([^'‘’]{2,30})['‘’](?!\w)|\(([^()]{1,30})\)"
)
_PHRASES = re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase in TITLE_PHRASES), re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:\b(?:lic(?:ense|ence)?|no|nr|reg(?:istration)?)\b\.?\s*)?[#№]?\s*[A-Za-z]{0,4}[-.#]?\d[\w./-]*", re.IGNORECASE
)
_ORDINALS = {"2nd": "II", "second": "II", "3rd": "III", "third": "III", "4th": "IV", "fourth": "IV"}
_ORDINAL = re.compile(r"\b(?:the\s+(second|third|fourth|2nd|3rd|4th)|(2nd|3rd|4th))\b", re.IGNORECASE)
_SURNAMES_TOO = ("junior", "senior", "fils", "père")  # behind a given name alone
_HAS_DIGIT_OR_HASH = re.compile(r"[\d#№]")
_PLAIN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*(?: [^\W\d_]+(?:[-'’][^\W\d_]+)*){1,2}")
_VOWEL = re.compile(r"[AEIOUYaeiouy]")
_LETTER_SPLIT = re.compile(r"[/\-+&]")


@lru_cache(maxsize=200_000)
def parse_name(text: str) -> PersonName:
    """The parts of one person's name, spelled as in `text`; a text without a name has neither given name nor surname.

    `SURNAME, GIVEN` is told by its comma; credentials come from a closed list; Vietnamese order is recognised by its
    surnames; former names follow née or formerly; quoted or bracketed words are nicknames.
    """
    raw = _SPACES.sub(" ", text[:MAX_LENGTH]).strip()
    if _ORDINAL.search(raw):
        raw = _ORDINAL.sub(lambda found: _ORDINALS[(found[1] or found[2]).lower()], raw)
    if _PLAIN.fullmatch(raw):
        return _parse_plain(raw)
    rest, maiden = _lift_maiden(raw)
    rest, nicknames = _lift_nicknames(rest)
    letters: list[str] = []
    rest = strip_title_phrases(rest)
    if _HAS_DIGIT_OR_HASH.search(rest):
        rest = _NUMBERED.sub(" ", rest).replace("#", " ")
    shouting = rest.isupper()
    parts = [_tokens(part) for part in rest.split(",")]
    parts[0] = _strip_honorifics(parts[0])
    parts[0] = _strip_letters(parts[0], letters, shouting=shouting)
    suffix = ""
    kept: list[list[str]] = []
    for index, part in enumerate(parts):
        first = index == 0 and (len(part) == 1 or all(_is_letters(token) for other in parts[1:] for token in other))
        tokens, generation = _strip_generation(part, alone=first)
        if index:
            tokens = _strip_listed(_strip_honorifics(tokens), letters, named=bool(kept) and len(kept[0]) > 1)
            tokens, second = _strip_generation(tokens)
            generation = generation or second
        suffix = suffix or generation
        if tokens:
            kept.append(tokens)
    if len(kept) > 1:
        given, middle, family = _by_comma(kept[0], kept[1])
    else:
        given, middle, family = _by_order(kept[0] if kept else [])
    return PersonName(
        given=given,
        middle=middle,
        family=family,
        maiden=maiden,
        suffix=suffix,
        nicknames=nicknames,
        raw=raw,
        letters=tuple(letters),
    )


def strip_title_phrases(text: str) -> str:
    """`text` without "licensed massage therapist" and its like."""
    return _PHRASES.sub(" ", text)


def _parse_plain(raw: str) -> PersonName:
    """Two or three bare words: by far the commonest form."""
    letters: list[str] = []
    tokens = _strip_letters(_strip_honorifics(raw.split(" ")), letters, shouting=raw.isupper())
    tokens, suffix = _strip_generation(tokens, alone=True)
    given, middle, family = _by_order(tokens)
    return PersonName(given=given, middle=middle, family=family, suffix=suffix, raw=raw, letters=tuple(letters))


def _lift_maiden(text: str) -> tuple[str, tuple[str, ...]]:
    found = _MAIDEN.search(text)
    if not found:
        return text, ()
    words = _strip_letters(_tokens(found[1]), [], shouting=False, least=1)
    names = (words[-1],) if len(words) <= 2 else tuple(_by_order(words)[2])
    return (text[: found.start()] + " " + text[found.end() :]).strip(), names


def _lift_nicknames(text: str) -> tuple[str, tuple[str, ...]]:
    """Quoted or bracketed words out of the text; bracketed letters (LMT) are not nicknames."""
    nicknames: list[str] = []

    def take(found: re.Match[str]) -> str:
        inner = next(group for group in found.groups() if group).strip()
        if inner.lower().rstrip(".") in GENERATIONS:
            return f" {inner} "
        if _is_letters(inner) or not all(part.isalpha() for part in re.split(r"[ .\-']", inner) if part):
            return f" , {inner} , " if _is_letters(inner) else " "
        if len(inner.split()) <= 2:
            nicknames.append(inner)
        return " "

    return _QUOTED.sub(take, text), tuple(nicknames)


def _tokens(part: str) -> list[str]:
    tokens = [token.strip("–—-:;|·•*!?_/\\<>") for token in part.split()]
    return [token for token in tokens if token and any(char.isalpha() for char in token)]


def _strip_honorifics(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[0].lower().rstrip(".") in HONORIFICS:
        if tokens[0].lower() in ("hon", "madame") and len(tokens) == 2:
            break
        tokens = tokens[1:]
    return tokens


def _is_letters(token: str) -> bool:
    """Whether a token is credential letters, or several joined by slash or hyphen."""
    plain = token.lower().replace(".", "").replace("®", "").replace("™", "")
    return plain.replace("-", "").replace("/", "") in LETTERS or all(
        part in LETTERS for part in _LETTER_SPLIT.split(plain)
    )


def _strip_letters(tokens: list[str], letters: list[str], *, shouting: bool, least: int = 2) -> list[str]:
    """Letters off both ends; doubtful ones only in capitals, at the end, and never as the last name token left."""
    while len(tokens) > least and _is_letters(tokens[0]) and tokens[0].replace(".", "").lower() not in DOUBTFUL_LETTERS:
        letters.append(tokens[0].replace(".", "").upper())
        tokens = tokens[1:]
    while len(tokens) > 1 and _is_letters(tokens[-1]):
        plain = tokens[-1].replace(".", "")
        if plain.lower() in DOUBTFUL_LETTERS:
            if not plain.isupper() or len(tokens) <= least:
                break
            if shouting and plain.lower() in SHORT_SURNAMES and not _ends_in_surname(tokens[:-1]):
                break
        letters.insert(0, plain.upper())
        tokens = tokens[:-1]
    return tokens


def _ends_in_surname(tokens: list[str]) -> bool:
    last = fold(tokens[-1])
    return len(tokens) > 1 and is_family(last) and not is_given(last)


def _strip_listed(part: list[str], letters: list[str], *, named: bool) -> list[str]:
    """A part behind a comma without its letters; `named`: the name before the comma is whole already."""
    kept = []
    for token in part:
        plain = token.replace(".", "")
        capitals = plain.isupper() and (named or len(part) > 1 or not _VOWEL.search(plain))
        doubtful = plain.lower() in DOUBTFUL_LETTERS and not capitals
        if _is_letters(token) and not doubtful:
            letters.append(token.replace(".", "").upper())
        else:
            kept.append(token)
    return kept


def _strip_generation(tokens: list[str], *, alone: bool = False) -> tuple[list[str], str]:
    """The words without their generation; `alone`: nothing else names the person, so that two words are both of it."""
    if tokens and not (alone and len(tokens) <= 2 and tokens[-1].lower() in _SURNAMES_TOO):
        generation = GENERATIONS.get(tokens[-1].lower().rstrip("."), "")  # "J.R." are initials
        if generation:
            return tokens[:-1], generation
    return tokens, ""


def _by_comma(before: list[str], after: list[str]) -> tuple[str, str, tuple[str, ...]]:
    return after[0], " ".join(after[1:]), _family_parts(before)


def _by_order(tokens: list[str]) -> tuple[str, str, tuple[str, ...]]:
    """Given, middle and surname parts of words in printed order."""
    if not tokens:
        return "", "", ()
    if len(tokens) == 1:
        key = fold(tokens[0])
        surname = is_family(key) and load_family()[key] > count_given(key)
        return ("", "", (tokens[0],)) if surname else (tokens[0], "", ())
    if _is_vietnamese_order(tokens):
        return tokens[-1], " ".join(tokens[1:-1]), (tokens[0],)
    start = len(tokens) - 1
    while start > 1 and _is_particle(tokens[start - 1]):
        start -= 1
    if start > 1 and _is_extra_surname(tokens[start - 1]):
        start -= 1
        while start > 1 and _is_particle(tokens[start - 1]):
            start -= 1
    return tokens[0], " ".join(tokens[1:start]), _family_parts(tokens[start:])


def _is_particle(token: str) -> bool:
    """Whether a word belongs to the surname behind it; "D." is an initial, "de" and the O of O Brien are not."""
    key = fold(token)
    return key in PARTICLES and (len(key) > 1 or token in ("O", "o", "d", "l", "y", "e"))


def _is_vietnamese_order(tokens: list[str]) -> bool:
    keys = [fold(token) for token in tokens]
    if keys[0] not in VIETNAMESE_SURNAMES or keys[-1] in VIETNAMESE_SURNAMES - {
        "mai",
        "dao",
        "chau",
        "thai",
        "giang",
        "ha",
        "tu",
    }:
        return False
    if len(keys) > 2 and keys[1] in VIETNAMESE_MIDDLES:
        return True
    strong = keys[0] in ("nguyen", "tran", "pham", "huynh", "phan", "dang", "bui", "duong", "truong", "trinh")
    return strong and load_family().get(keys[-1], 0) < 100 and len(keys) <= 4


def _is_extra_surname(token: str) -> bool:
    """Whether a word before the surname is a surname too (Spanish double names, maiden names kept)."""
    key = fold(token)
    if len(key) < 3:
        return False
    return load_family().get(key, 0) > 20 * max(count_given(key), 5) if is_given(key) else is_family(key)


def _family_parts(tokens: list[str]) -> tuple[str, ...]:
    """Surname words with their particles: de la Cruz is one part, Garcia y Lopez two."""
    parts: list[str] = []
    held: list[str] = []
    for index, token in enumerate(tokens):
        key = fold(token)
        last = index == len(tokens) - 1
        if key in ("y", "e") and parts and not last:
            continue
        held.append(token)
        if last or key not in PARTICLES:
            parts.append(" ".join(held))
            held = []
    return tuple(parts)
