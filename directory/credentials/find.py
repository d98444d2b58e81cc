"""Finds credential claims in running text, with their spans."""

from __future__ import annotations

import re
from functools import cache

from directory.credentials.data import load_schemes
from directory.credentials.model import CredentialKind, Family, FoundClaim
from directory.credentials.parse import parse_claim, title_pattern
from directory.credentials.places import BODIES
from directory.regions import OTHER_NAMES, REGIONS

_NUMBER = r"[A-Za-z]{0,5}[.\-]?\d[0-9A-Z]*(?:[.\-]\d[0-9A-Z]*)*"
_GLUE = r"[\s,;:()\-–—|·.]{0,4}"
# Text after a plain number that shows it to be something else: a street, a length, a price, an area code.
_NOT_AFTER = (
    r"(?!\s*(?:-?\s*(?:min|minutes?|hours?|hrs?|years?|yrs?|%|st\b|nd\b|rd\b|th\b)|[A-Z][a-z]+|[NSEW]{1,2}\b|\d))"
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    place_names = sorted({*OTHER_NAMES, *REGIONS.values()}, key=len, reverse=True)
    place = rf"(?:(?:{'|'.join(map(re.escape, place_names))})(?:\s+state)?|{'|'.join(REGIONS)}|{'|'.join(BODIES)})"
    word = r"(?i:state|licen[sc]ed?|lic|registration|registered|reg|certificate|certification|cert|permit|credential)"
    sign = r"(?:#|№|n°|(?i:\b(?:number|num|no|nr)\b\.?))"
    marked = rf"(?:{_GLUE}(?:{word}|{place})\b\.?){{0,4}}{_GLUE}(?:{sign}[\s:.#]*)+{_NUMBER}"
    worded = rf"(?:{_GLUE}(?:{place}\b\.?)?{_GLUE}{word}\b\.?)+{_GLUE}(?:{place}\b)?{_GLUE}{_NUMBER}{_NOT_AFTER}"
    bare = rf"[\s:\-]{{0,3}}(?:{place}[\s:\-]{{0,2}})?[A-Z]{{0,4}}[.\-]?\d{{4,8}}(?![\d.,\-]*\d){_NOT_AFTER}"
    title = title_pattern(any_case=False).pattern
    tail = rf"(?P<number>{marked}|{worded}|{bare})"
    lead = rf"(?:\b{place}(?:'s)?[\s,:\-]{{1,2}}(?:{word}[\s,:]{{1,2}})?)?"
    prefixes = sorted(
        {p for f in (Family.MASSAGE, Family.ESTABLISHMENT) for p in load_schemes().prefixes_of(f) if len(p) > 1},
        key=len,
        reverse=True,
    )
    return (
        re.compile(
            rf"{lead}(?:{title})(?:[\s,]*\(?(?:LMT|LMBT|RMT|LMP|CMT)\)?(?![A-Za-z]))?{tail}?(?P<end>[\s,]*\(?(?:{place})\b\)?)?"
        ),
        re.compile(
            rf"\b(?:(?i:massage)\s+(?i:therap(?:y|ist)\s+)?)?{lead}{word}\b\.?(?P<number>{marked}|{_GLUE}{_NUMBER}{_NOT_AFTER})"
        ),
        re.compile(rf"\b(?:{place}\s+)?(?:{'|'.join(prefixes)})[.\-\s]?(?:#\s?)?\d{{4,8}}(?!\d){_NOT_AFTER}"),
        re.compile(r"(?i:\bmassage\s+establishment)\s*(?:licen[sc]e\s*)?#?\s*[0-9][0-9\-]{2,}"),
    )


def find_claims(text: str) -> list[FoundClaim]:
    """Every claim in `text`, left to right, none overlapping; memberships, schooling and other professions included.

    A plain number counts only beside a title, a licence word or a board's own letters.
    """
    taken: list[tuple[int, int]] = []
    for pattern in _patterns():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
    found = []
    for start, end in sorted(taken):
        words = text[start:end].strip(" ,;:-–—|·\n\t")
        words = words if "(" in words else words.rstrip(" )")
        at = text.index(words, start)
        claim = parse_claim(words)
        if claim.title is None and claim.number is None:
            continue
        if claim.title is None and claim.kind is CredentialKind.LICENCE and claim.rejected == "it looks like a year":
            continue
        found.append(FoundClaim(at, at + len(words), words, claim))
    return found
