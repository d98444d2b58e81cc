"""Which state or province a claim names, where `MA`, `MT`, `LA` or `ME` may be a state or a number's prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from directory.credentials.data import Schemes
from directory.credentials.model import Family
from directory.regions import OTHER_NAMES, REGIONS

# Boards and colleges known by their letters, and the place each speaks for.
BODIES = {
    "CAMTC": "CA", "CMTO": "ON", "CCHPBC": "BC", "CMTBC": "BC", "CMTNL": "NL", "CMTNB": "NB", "CMTPEI": "PE",
    "NYSED": "NY", "TDLR": "TX", "DORA": "CO", "IDFPR": "IL", "OBMT": "OR", "NCBMBT": "NC", "NSBMT": "NV",
}  # fmt: skip
# Codes that are also degrees, French words or parts of business names: after a title they are not read as places.
_ALSO_LETTERS = frozenset({"MS", "MD", "PA", "MA", "DE", "CO", "OR", "IN", "ME", "HI", "OK", "LA"})
# Montana's code is also "massage therapist": away from Montana it is read so.
_ALSO_TITLES = frozenset({"MT"})
_TITLE = r"(?:L\.?M\.?T|LMBT|LMP|RMT|CMT|CMP|RMP|MMT|MTI|MT|BCTMB)"
_LICENCE_WORD = r"(?:licen[sc]ed?|lic|registered|registration|reg|certified|massage|state|permit|credential)"


@dataclass(frozen=True, slots=True)
class PlaceInClaim:
    """The place named in a claim, the letters that are a number's prefix, and why neither can be told."""

    jurisdiction: str | None = None
    prefix: str = ""
    doubt: str | None = None
    titles_as_prefix: tuple[str, ...] = ()


@cache
def _names() -> re.Pattern[str]:
    names = sorted({*OTHER_NAMES, *REGIONS.values()}, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?i:{'|'.join(map(re.escape, names))})(?![A-Za-z])")


@cache
def _bodies() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(BODIES)})\b")


@cache
def _codes() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9'])(?:{'|'.join(REGIONS)})(?![A-Za-z'])")


def _code_of_name(name: str) -> str:
    folded = name.casefold()
    pairs = [*OTHER_NAMES.items(), *((full, code) for code, full in REGIONS.items())]
    return next(code for full, code in pairs if full.casefold() == folded)


def find_place(plain: str, home: str | None, schemes: Schemes) -> PlaceInClaim:
    """The place `plain` names beside the listing's own region `home`."""
    body = _bodies().search(plain)
    if body:
        return PlaceInClaim(BODIES[body.group()], titles_as_prefix=("RMT", "LMT", "CMT"))
    name = _names().search(plain)
    named = _code_of_name(name.group()) if name else None
    if named == "WA" and home == "DC":
        named = None  # "Washington" on a District of Columbia listing
    at_number = None
    for match in _codes().finditer(plain):
        if _stands_before_number(plain, match.end()):
            at_number = match.group()
        elif named is None and not _is_home_letters(match.group(), home, schemes) and _reads_as_place(plain, match):
            named = match.group()
    if at_number is None:
        return PlaceInClaim(named, prefix=_prefix_beside(plain, named, schemes) if named else "")
    prefix_of = _registers_with_prefix(at_number, schemes)
    return _weigh_prefix(at_number, named or home, prefix_of, named) if prefix_of else PlaceInClaim(named or at_number)


def _is_home_letters(code: str, home: str | None, schemes: Schemes) -> bool:
    """Whether a code is rather a title or the home register's own letters ('MT Lic. 22066' on a listing in Oregon)."""
    if home is None or code == home:
        return False
    return code in _ALSO_TITLES or code in schemes.get(home, Family.MASSAGE).prefixes


def _prefix_beside(plain: str, place: str, schemes: Schemes) -> str:
    """The place's own number prefix where it stands apart before the digits ('TX MT 012917')."""
    for prefix in schemes.get(place, Family.MASSAGE).prefixes:
        if re.search(rf"(?<![A-Za-z]){prefix}[.\s\-]*#?\s*\d", plain):
            return prefix
    return ""


def _stands_before_number(plain: str, end: int) -> bool:
    return re.match(r"[.\s\-]*(?:#|no\.?|:)?\s*\d", plain[end:]) is not None


def _registers_with_prefix(code: str, schemes: Schemes) -> tuple[str, ...]:
    families = (Family.MASSAGE, Family.ESTABLISHMENT)
    return tuple(
        place
        for (place, family), scheme in sorted(schemes.known.items())
        if family in families and code in scheme.prefixes
    )


def _weigh_prefix(code: str, context: str | None, prefix_of: tuple[str, ...], named: str | None) -> PlaceInClaim:
    """`MA 60917253`: a prefix where the context's register uses it, a state where the context is that state."""
    if context in prefix_of:
        return PlaceInClaim(named, prefix=code)
    if context == code:
        return PlaceInClaim(code)
    if context is not None and code in _ALSO_TITLES:
        return PlaceInClaim(named)
    return PlaceInClaim(named, doubt=f"{code} may be a state or the letters of another board's numbers")


def _reads_as_place(plain: str, match: re.Match[str]) -> bool:
    """True where a two-letter code stands as a place: before a title or licence word, in brackets, after the number."""
    before, after = plain[: match.start()], plain[match.end() :]
    if re.match(rf"[\s,.\-:]*(?:{_TITLE}\b|(?i:{_LICENCE_WORD})\b)", after):
        return True
    if re.search(r"[(\[]\s*$", before) and re.match(r"\s*[)\]]", after):
        return True
    if match.group() in _ALSO_LETTERS and not re.search(r"\d[\s,]*$", before):
        return re.search(r"\b(?:in|of)\s+$", before) is not None
    return re.search(rf"(?:{_TITLE}|\d|(?i:{_LICENCE_WORD}|in|of))[\s,\-/]*$", before) is not None
