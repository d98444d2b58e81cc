"""From the characters of a number to an integer a register can be asked for, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory.credentials.data import Schemes
from directory.credentials.model import Family, NumberScheme
from directory.credentials.npi import is_npi

# A run of digits with its glued letters and inner dots, dashes and thousands commas: MT.0012345, 12,345, 9173-146.
TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,6}[.\-]?)?\d[0-9A-Za-z]*(?:[.\-/][0-9A-Za-z]*\d[0-9A-Za-z]*|,\d{3}(?!\d))*"
)
# Letters people glue to the digits anywhere; they say nothing about which board.
COMMON_PREFIXES = frozenset(["LMT", "LMBT", "LMP", "RMT", "CMT", "LIC", "NO", "L", "M", "MTL", "LMTL"])
# fmt: off
OTHER_PROFESSIONS = frozenset({
    "AEE", "AE", "EST", "ESTH", "COS", "COSM", "CO", "NT", "BAR", "RN", "LPN", "LVN", "CNA", "PT", "PTA", "PTL", "DC",
    "CHI", "AC", "LAC", "ACU", "OT", "OTA", "ATC", "AT", "MFT", "LMFT", "LCSW", "LPC", "ND", "NP", "PA", "MD", "DO",
    "DDS", "PH", "HC", "CEMT",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """`value` with the writing that was read, or `rejected` with the reason."""

    written: str
    value: int | None = None
    rejected: str | None = None


def read_number(token: str, prefix: str, scheme: NumberScheme, schemes: Schemes) -> ReadNumber:
    """Reads `token` (and the letters standing before it) by one register's scheme; mends nothing."""
    compact = re.sub(r"[.\-/,\s]", "", token).upper()
    parts = re.fullmatch(r"([A-Z]*)(\d+)([A-Z]*)", compact)
    glued = parts[1] if parts else ""
    written = token if glued or not prefix else f"{prefix}{token}"
    special = next((m for p in scheme.patterns if (m := re.fullmatch(p.strip("^$"), compact))), None)
    if special and (not scheme.separated or re.search(r"\d-\d", token)):
        return _fit(special[1], written, scheme)
    if parts is None or parts[3]:
        return ReadNumber(written, rejected="its letters and digits do not make one licence number")
    digits = parts[2]
    inner = re.sub(r"^[A-Za-z]+[.\-]?", "", token)
    if scheme.numeric and digits.startswith(scheme.numeric) and len(digits) == len(scheme.numeric) + scheme.digits:
        return _fit(digits[len(scheme.numeric) :], written, scheme)
    if is_npi(digits) and scheme.most < 10:
        return ReadNumber(written, rejected="it is an NPI, which shows who somebody is and is no licence")
    reason = _check_groups(inner) or _check_prefix(glued or prefix, scheme, schemes)
    return ReadNumber(written, rejected=reason) if reason else _fit(digits, written, scheme)


def _check_groups(inner: str) -> str | None:
    """Why these groups of digits are no one number; dashes and dots within a number do not matter."""
    if re.fullmatch(r"(?:1[.\-])?\d{3}[.\-]\d{3}[.\-]\d{4}", inner):
        return "it is a phone number"
    return "more than one number stands in the claim" if "/" in inner else None


def _check_prefix(prefix: str, scheme: NumberScheme, schemes: Schemes) -> str | None:
    """Why these letters may not stand before a number of this register; None if they may."""
    prefix = prefix.upper()
    allowed = {*scheme.prefixes, scheme.jurisdiction}
    if not prefix or prefix in allowed or prefix in COMMON_PREFIXES:
        return None
    if prefix in OTHER_PROFESSIONS:
        return f"the letters {prefix} stand before another profession's licences"
    for family in (Family.MASSAGE, Family.ESTABLISHMENT):
        if prefix in schemes.prefixes_of(family) and scheme.mark != "U":
            return f"the letters {prefix} are another register's, not {scheme.jurisdiction}'s"
    if scheme.mark != "U" or len(prefix) > 4:
        return f"the letters {prefix} do not stand before massage licences in {scheme.jurisdiction}"
    return None


def _fit(digits: str, written: str, scheme: NumberScheme) -> ReadNumber:
    significant = digits.lstrip("0")
    if not significant:
        return ReadNumber(written, rejected="it is all zeros")
    if len(significant) > scheme.most:
        return ReadNumber(
            written,
            rejected=f"it has {len(significant)} digits; licences there have at most {scheme.most}",
        )
    return ReadNumber(written, value=int(significant))
