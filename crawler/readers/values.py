"""Text to values: dates, yes and no, names in one field, phone numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import phonenumbers

_GENERATIONS = frozenset({"JR", "SR", "II", "III", "IV", "V"})


def parse_date(text: str | None, pattern: str = "%Y-%m-%d") -> date | None:
    """The date, or None where the field says none (empty, zeros, 'Indefinite'); raises ValueError for nonsense."""
    if not text or not text.strip("0 ") or text.casefold() in {"indefinite", "null", "none", "n/a"}:
        return None
    text = text.strip()
    if re.match(r"\d{4}-\d\d-\d\d", text):  # ISO, with or without a time, whatever the pattern
        return date.fromisoformat(text[:10])
    if re.fullmatch(r"\d{8}", text) and pattern != "%m%d%Y":
        pattern = "%Y%m%d"
    elif re.match(r"\d{1,2}/\d{1,2}/\d{4}", text):
        text, pattern = text.split(" ")[0], "%m/%d/%Y"
    elif re.match(r"\d{4} [A-Z][a-z]{2} \d{1,2}\b", text):  # as the portals' newer exports write it
        text, pattern = " ".join(text.split()[:3]), "%Y %b %d"
    return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()


def parse_flag(text: str | None) -> bool:
    """Whether a yes-or-no column says yes."""
    return (text or "").strip().casefold() in {"y", "yes", "true", "1", "t"}


def split_family_first(name: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Given, middle, family and generation of 'SURNAME, GIVEN MIDDLE'; all None where there is no comma."""
    family, comma, rest = name.partition(",")
    if not comma:
        return None, None, None, None
    tokens = rest.replace(",", " ").split()
    suffix = _take_generation(tokens)
    families = family.split()
    suffix = suffix or _take_generation(families)
    given = tokens[0] if tokens else None
    return given, " ".join(tokens[1:]) or None, " ".join(families) or None, suffix


def split_given_first(name: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Given, middle, family and generation of 'GIVEN MIDDLE SURNAME'; one word alone is a family name."""
    tokens = name.replace(",", " ").split()
    suffix = _take_generation(tokens)
    if len(tokens) < 2:
        return None, None, name if tokens else None, suffix
    return tokens[0], " ".join(tokens[1:-1]) or None, tokens[-1], suffix


def _take_generation(tokens: list[str]) -> str | None:
    if len(tokens) > 1 and tokens[-1].strip(".").upper() in _GENERATIONS:
        return tokens.pop().strip(".")
    return None


def join_name(*parts: str | None) -> str:
    """The parts of a name that are there, with single spaces."""
    return " ".join(part for part in parts if part)


def parse_phone(text: str | None, country: str = "US") -> str | None:
    """The number as E.164, or None if it is no possible number."""
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_zip(text: str | None) -> str | None:
    """A US ZIP in its usual writing: 5 digits, or 5-4."""
    digits = re.sub(r"\D", "", text or "")
    if len(digits) == 9:
        return digits[:5] if digits.endswith("0000") else f"{digits[:5]}-{digits[5:]}"
    return digits if len(digits) == 5 else None


def parse_npi(text: str | None) -> str | None:
    """A well-formed NPI (ten digits, Luhn over 80840 + NPI), or None; zeros mean none, '.0' is dropped."""
    digits = (text or "").strip().removesuffix(".0")
    if not re.fullmatch(r"[12]\d{9}", digits):
        return None
    total = 0
    for place, digit in enumerate(reversed(f"80840{digits}")):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return digits if total % 10 == 0 else None
