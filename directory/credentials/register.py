"""The key of a register's own row."""

from __future__ import annotations

import re
from functools import lru_cache

from directory.credentials.data import load_schemes
from directory.credentials.model import Family, LicenceKey
from directory.credentials.parse import find_title
from directory.models import EntityKind, RegisterRecord
from directory.regions import find_region

_ESTABLISHMENT = re.compile(
    r"establish|business|facilit|\bspa\b|\bsalon\b|\bshop\b|\bclinic\b|\bME\b|\bMM\b|\bMB\b|location", re.IGNORECASE
)
_MASSAGE = re.compile(r"massag|masso|bodywork|\b(?:LMT|LMBT|RMT|RMP|LMP|CMT|CMP|MMT|MTI|MT|MA|MMP)\b", re.IGNORECASE)
# Words that name no profession: a type made of them alone is the register's own, and these are registers of massage.
# fmt: off
_GENERAL = frozenset({
    "licensed", "licence", "license", "registered", "registration", "certified", "certificate", "certification",
    "therapist", "therapists", "practitioner", "technician", "individual", "person", "full", "initial", "active",
    "apprentice", "temporary", "provisional", "standard",
})
# fmt: on


@lru_cache(maxsize=4096)
def family_of_type(licence_type: str) -> Family:
    """The family of a register's licence type; one that names another profession than massage is `other`."""
    if _ESTABLISHMENT.search(licence_type):
        return Family.ESTABLISHMENT
    words = re.findall(r"[^\W\d_]+", licence_type.casefold())
    return Family.MASSAGE if _MASSAGE.search(licence_type) or _GENERAL.issuperset(words) else Family.OTHER


def title_of_record(record: RegisterRecord) -> str | None:
    """The id of the title that the row's licence type gives in law; None where it only names the profession."""
    title = find_title(record.licence_type)
    return title.id if title else None


def letters_of(number: str) -> str:
    """The letters before a number's digits, in capitals; empty where there are none."""
    found = re.match(r"[\s#]*([A-Za-z]+)[\s.\-#]*\d", number)
    return found[1].upper() if found else ""


def key_of_record(record: RegisterRecord) -> LicenceKey | None:
    """The key a claim must equal to find `record`; None where the row has no region or no readable number."""
    jurisdiction = find_region(record.jurisdiction)
    if jurisdiction is None:
        return None
    family = family_of_type(record.licence_type)
    if record.kind is EntityKind.PRACTICE and family is Family.MASSAGE:
        family = Family.ESTABLISHMENT
    scheme = load_schemes().get(jurisdiction, family)
    compact = re.sub(r"[\s.\-/#]", "", record.number).upper()
    special = next((m for p in scheme.patterns if (m := re.fullmatch(p.strip("^$"), compact))), None)
    if special and (not scheme.separated or re.search(r"\d-\d", record.number)):
        return LicenceKey(jurisdiction, family, int(special[1]))
    parts = re.fullmatch(r"[A-Z]*(\d+)", compact)
    if parts is None or not int(parts[1]):
        return None
    digits = parts[1]
    if scheme.numeric and digits.startswith(scheme.numeric) and len(digits) == len(scheme.numeric) + scheme.digits:
        digits = digits[len(scheme.numeric) :]
    return LicenceKey(jurisdiction, family, int(digits))
