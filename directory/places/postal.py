"""Postal codes and telephone area codes of the two countries: their forms, and where they stand in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ZIP = r"\d{5}(?:-?\d{4})?"
_FSA = r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]"
_CANADIAN = rf"{_FSA}(?:[ -]?\d[ABCEGHJ-NPRSTV-Z]\d)?"
_WHOLE_US = re.compile(_ZIP)
_WHOLE_CA = re.compile(_CANADIAN, re.IGNORECASE)
_LAST = re.compile(rf"(?:^|[\s,])({_ZIP}|{_CANADIAN})\s*$", re.IGNORECASE)

_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


@dataclass(frozen=True, slots=True)
class PostalCode:
    """A postal code as written (`code`, canonical), its `country`, and the part the tables know (`area`)."""

    code: str
    country: str
    area: str


def parse_postal_code(text: str) -> PostalCode | None:
    """A whole text that is a ZIP code, a Canadian postal code or its first three signs ("t7z1a1" is "T7Z 1A1")."""
    plain = text.strip()
    if _WHOLE_US.fullmatch(plain):
        digits = plain.replace("-", "")
        return PostalCode(digits[:5] + (f"-{digits[5:]}" if len(digits) == 9 else ""), "US", digits[:5])
    if _WHOLE_CA.fullmatch(plain):
        signs = re.sub(r"[ -]", "", plain).upper()
        return PostalCode(f"{signs[:3]} {signs[3:]}".strip(), "CA", signs[:3])
    return None


def split_postal_code(text: str) -> tuple[str, PostalCode | None]:
    """The text before a postal code at its end, and that code ("Stony Plain, AB T7Z 1A1")."""
    found = _LAST.search(text)
    if found is None:
        return text, None
    return text[: found.start()].strip(" ,"), parse_postal_code(found.group(1))


def find_area_code(phone: str | None) -> str | None:
    """The area code of a North American number that has a place; none for toll-free and foreign numbers."""
    digits = re.sub(r"\D", "", phone or "")
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return digits[:3] if len(digits) == 10 and digits[:3] not in _TOLL_FREE else None


def cut_tail(text: str, size: int) -> str:
    """`text` without its last `size` words."""
    return re.sub(rf"(?:[\s,]+[^\s,]+){{{size}}}$", "", text).strip(" ,")
