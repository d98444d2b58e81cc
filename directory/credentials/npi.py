"""National Provider Identifiers: an identity, never a licence."""

from __future__ import annotations

import re

TAXONOMY = re.compile(r"\b\d{3}[A-Z0-9]{6}X\b")


def is_npi(digits: str) -> bool:
    """True for ten digits that begin with 1 or 2 and whose last is the Luhn check over `80840` + the first nine."""
    if not re.fullmatch(r"[12]\d{9}", digits):
        return False
    total = 0
    for place, char in enumerate(reversed("80840" + digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
