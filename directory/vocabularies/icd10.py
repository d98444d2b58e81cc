"""ICD-10-CM codes: their form, prefixes and ranges of categories."""

from __future__ import annotations

import re

# The third sign is a digit, but for a few categories: so that a Canadian postal prefix (M5V) is never taken for a code.
_CATEGORY = r"[A-TV-Z]\d(?:\d|(?<=C4)A|(?<=C7)[AB]|(?<=D3)A|(?<=M1)A|(?<=O9)A|(?<=Z3)A)"
_CODE = re.compile(rf"{_CATEGORY}(?:\.?[0-9A-Z]{{1,4}})?", re.IGNORECASE)
CODE_IN_TEXT = re.compile(rf"(?<![\w.#/-]){_CATEGORY}(?:\.[0-9A-Z]{{1,4}}|[0-9A-Z]{{1,4}})?(?![\w-])", re.IGNORECASE)


def parse_code(text: str) -> str | None:
    """The code in capitals without its dot ("m54.41" is "M5441"), None if it hasn't the form of one."""
    plain = text.strip()
    return plain.upper().replace(".", "") if _CODE.fullmatch(plain) else None


def measure_prefix(prefix: str, code: str) -> int:
    """How well a prefix or range ("M54.4", "M15-M19") covers `code` (without dot).

    Positive: it holds the code, the greater the closer. Negative: it is part of what the code stands for ("M54").
    0: they have nothing in common.
    """
    if "-" in prefix:
        first, last = prefix.split("-")
        if first <= code[:3] <= last:
            return 2
        return 0
    plain = prefix.replace(".", "")
    if code.startswith(plain):
        return len(plain)
    return -len(plain) if plain.startswith(code) else 0
