"""Reads one credential claim: whose letters, which board, which number; mends nothing it reads."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from directory.credentials.data import Schemes, load_schemes, load_titles, make_phrase_pattern
from directory.credentials.model import (
    REGISTER_KINDS,
    CredentialKind,
    Family,
    LicenceKey,
    ParsedClaim,
    Title,
)
from directory.credentials.npi import TAXONOMY, is_npi
from directory.credentials.numbers import TOKEN, read_number
from directory.credentials.places import PlaceInClaim, find_place
from directory.regions import find_country, find_region

_DATES = re.compile(
    r"\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d\d\b|\b(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}\b"
    r"|\b(?:since|in|est\.?|established|from|through|thru|until|to|exp(?:ires|iry|\.)?:?|class of|©|renewed)"
    r"\s*(?:\d{1,2}[/\-])?(?:19|20)\d\d\b"
    r"|\b\d+\+?\s*(?:years?|yrs?|hours?|hrs?|min(?:utes)?)\b|\b24/7\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?(?:\(\d{3}\)\s*|\d{3}[\s.\-])\d{3}[\s.\-]\d{4}(?!\d)")
_ESTABLISHMENT = re.compile(
    r"\b(?:establishment|facility|business|salon|clinic|shop|spa)\s+(?:licen[sc]e|permit|registration|lic\b|reg\b|no\b|number|#)"
    r"|\bmassage\s+(?:therapy\s+)?(?:establishment|business|facility)\b|\bestablishment\b",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([A-Za-z]{1,6})[.\s\-]*(?:#|no\.?|:)?\s*$")
_MARKER_BEFORE = re.compile(
    r"(?:#|№|n°|\b(?:no|num|number|nr|lic|license|licence|reg|cert|registration))[.:\s#]*$", re.IGNORECASE
)


def parse_claim(
    text: str, region: str | None = None, country: str | None = None, *, schemes: Schemes | None = None
) -> ParsedClaim:
    """`text` as a claim made at a listing in `region`; never raises, and says why a number may not be looked up.

    A place named in the claim outweighs `region`. Outside the US and Canada no number is read.
    """
    if schemes is None:
        return _parse_cached(text, region, country)
    return _parse(text, region, country, schemes)


@lru_cache(maxsize=65536)
def _parse_cached(text: str, region: str | None, country: str | None) -> ParsedClaim:
    return _parse(text, region, country, load_schemes())


def normalise(text: str) -> str:
    """`text` in compatibility form, with plain dashes, quotes and single blanks."""
    plain = unicodedata.normalize("NFKC", text.replace("№", "#").replace("n°", "#"))
    return re.sub(r"\s+", " ", re.sub(r"[‐-―−]", "-", plain)).strip()


@cache
def title_pattern(*, any_case: bool) -> re.Pattern[str]:
    """One pattern over all titles, longest first; letters only in capitals unless `any_case`."""
    parts: list[tuple[str, str]] = []
    for title in load_titles():
        parts += [(phrase, rf"(?i:{make_phrase_pattern(phrase)})") for phrase in title.phrases]
        parts += [
            (letters, rf"(?i:{re.escape(letters)})" if any_case else re.escape(letters)) for letters in title.letters
        ]
    parts.sort(key=lambda part: -len(part[0]))
    return re.compile(rf"(?<![A-Za-zÀ-ÿ0-9])(?:{'|'.join(p for _, p in parts)})(?![a-zà-ÿ]|[A-Z](?![a-z]))")


@cache
def _titles_by_text() -> dict[str, Title]:
    found: dict[str, Title] = {}
    for title in load_titles():
        for written in (*title.letters, *title.phrases):
            found.setdefault(_fold(written), title)
    return found


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold().replace("&", "and"))


def find_title(plain: str, *, any_case: bool = True) -> Title | None:
    """The title that decides what `plain` claims: a student or other profession before a licence, else the first."""
    found = [_titles_by_text()[_fold(m.group())] for m in title_pattern(any_case=any_case).finditer(plain)]
    rank = {CredentialKind.STUDENT: 0, CredentialKind.OTHER_PROFESSION: 2, CredentialKind.DEGREE: 2}
    return min(found, key=lambda t: rank.get(t.kind, 1 if t.kind in REGISTER_KINDS else 2), default=None)


def _parse(text: str, region: str | None, country: str | None, schemes: Schemes) -> ParsedClaim:
    plain = normalise(text)
    title = find_title(plain)
    home = find_region(region)
    place = find_place(plain, home, schemes)
    jurisdiction = place.jurisdiction or home
    family = Family.ESTABLISHMENT if _ESTABLISHMENT.search(plain) else Family.MASSAGE
    kind = title.kind if title else CredentialKind.LICENCE
    if family is Family.ESTABLISHMENT:
        kind = CredentialKind.ESTABLISHMENT
    number, value, rejected = _find_number(plain, family, jurisdiction, place, schemes)
    if number and _is_establishment_number(number, jurisdiction, schemes):
        family, kind = Family.ESTABLISHMENT, CredentialKind.ESTABLISHMENT
        number, value, rejected = _find_number(plain, family, jurisdiction, place, schemes)
    if kind in (CredentialKind.OTHER_PROFESSION, CredentialKind.STUDENT):
        family = Family.OTHER
    if TAXONOMY.search(plain) or re.search(r"\bNPI\b", plain):
        kind, family = CredentialKind.IDENTIFIER, Family.OTHER
    rejected = _refuse_kind(kind, title) or rejected
    if place.jurisdiction is None and country and find_country(country) is None:
        jurisdiction, rejected = None, "it was given outside the United States and Canada"
    key = None
    if value is not None and rejected is None and jurisdiction is not None:
        key = LicenceKey(jurisdiction, family, value)
    return ParsedClaim(
        raw=text,
        title=title.id if title else None,
        kind=kind,
        family=family,
        jurisdiction=jurisdiction,
        printed_jurisdiction=place.jurisdiction is not None,
        number=number,
        key=key,
        issuer=title.issuer if title else None,
        rejected=rejected,
    )


def _refuse_kind(kind: CredentialKind, title: Title | None) -> str | None:
    """Why a claim of this kind is not looked up in a board's register."""
    if kind is CredentialKind.IDENTIFIER:
        return "it is an NPI or its taxonomy, which shows who somebody is and is no licence"
    if kind is CredentialKind.STUDENT:
        return "a student or apprentice holds no licence of their own yet"
    if kind is CredentialKind.OTHER_PROFESSION:
        return f"it belongs to another profession ({title.label if title else 'not massage'})"
    if kind in REGISTER_KINDS and not (title and title.issuer):
        return None
    name = title.label if title else "it"
    what = {
        CredentialKind.EXAM: "an entry exam, which is not a licence",
        CredentialKind.MEMBERSHIP: "a membership, which is not a licence",
        CredentialKind.DEGREE: "schooling, which is not a licence",
    }.get(kind, "a certificate that only its issuer could confirm")
    return f"{name} is {what}"


def _is_establishment_number(number: str, jurisdiction: str | None, schemes: Schemes) -> bool:
    letters = re.match(r"[A-Za-z]+", number)
    if letters is None:
        return False
    prefix = letters.group().upper()
    if jurisdiction is not None:
        return prefix in schemes.get(jurisdiction, Family.ESTABLISHMENT).prefixes
    return prefix in schemes.prefixes_of(Family.ESTABLISHMENT)


def _find_number(
    plain: str, family: Family, jurisdiction: str | None, place: PlaceInClaim, schemes: Schemes
) -> tuple[str | None, int | None, str | None]:
    """(number as written, its integer, why not): exactly one number can be read from a claim."""
    stripped = _DATES.sub(lambda m: " " * len(m.group()), plain)
    phone = _PHONE.search(stripped)
    if phone:
        stripped = _PHONE.sub(lambda m: " " * len(m.group()), stripped)
    stripped = TAXONOMY.sub(lambda m: " " * len(m.group()), stripped)
    tokens = list(TOKEN.finditer(stripped))
    if not tokens:
        return (phone.group(), None, "it is a phone number") if phone else (None, None, None)
    if len(tokens) > 1:
        written = ", ".join(t.group() for t in tokens)
        return written, None, "more than one number stands in the claim"
    token = tokens[0]
    before = stripped[: token.start()]
    bare_year = re.fullmatch(r"(?:19[5-9]|20[0-3])\d", token.group())
    if bare_year and not _MARKER_BEFORE.search(before) and not place.prefix:
        return token.group(), None, "it looks like a year"
    if jurisdiction is None:
        digits = re.sub(r"\D", "", token.group())
        reason = "it is an NPI, which shows who somebody is and is no licence" if is_npi(digits) else place.doubt
        prefix = _find_prefix(before, tuple(schemes.prefixes_of(Family.ESTABLISHMENT)))
        return prefix + token.group(), None, reason
    scheme = schemes.get(jurisdiction, family)
    establishments = schemes.get(jurisdiction, Family.ESTABLISHMENT).prefixes
    prefix = place.prefix or _find_prefix(before, (*scheme.prefixes, *establishments, *place.titles_as_prefix))
    read = read_number(token.group(), prefix, scheme, schemes)
    return read.written, read.value, place.doubt or read.rejected


def _find_prefix(before: str, known: tuple[str, ...]) -> str:
    """The register's own letters standing directly before the digits, in capitals; else nothing."""
    word = _WORD_BEFORE.search(before)
    return word[1] if word and word[1] in known else ""
