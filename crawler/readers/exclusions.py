"""Rows of the two federal exclusion lists."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date

from crawler.items import SetAside
from crawler.readers.columns import keep_columns
from crawler.readers.values import join_name, parse_date, parse_npi
from crawler.sources.model import Column, Source
from directory.models import EntityKind, Exclusion

_CROSS_NAME = re.compile(r"\((?:also|aka|a/k/a|formerly|fka)?\s*([^()]+?)\s*\)", re.IGNORECASE)


def read_row(
    source: Source, columns: Mapping[str, Column], row: Mapping[str, object], where: str, read_on: date
) -> Exclusion | SetAside:
    """One row as an exclusion, without birth date and street."""
    kept = keep_columns(columns, row)
    given, family = kept.get("given"), kept.get("family")
    person = join_name(given, kept.get("middle"), family, kept.get("suffix"))
    name = person if family else kept.get("business") or person
    if not name:
        return SetAside(where, "no name")
    try:
        excluded_on = parse_date(kept.get("excluded_on"), source.date_format)
        reinstated_on = parse_date(kept.get("reinstated_on"), source.date_format)
        ends_on = parse_date(kept.get("ends_on"), source.date_format)
    except ValueError:
        return SetAside(where, "a date cannot be read")
    region = kept.get("region", "").upper()
    return Exclusion(
        exclusion_id=f"{source.id}:{make_key(kept)}",
        source=source.id,
        kind=EntityKind.PERSON if family else EntityKind.PRACTICE,
        full_name=name,
        given=given if family else None,
        middle=kept.get("middle") if family else None,
        family=family,
        former_names=tuple(dict.fromkeys(_CROSS_NAME.findall(kept.get("former_names", "")))),
        npi=parse_npi(kept.get("npi")),
        city=kept.get("city"),
        region=region if re.fullmatch(r"[A-Z]{2}", region) else None,
        specialty=kept.get("specialty"),
        basis=kept.get("basis"),
        excluded_on=excluded_on,
        reinstated_on=reinstated_on,
        ends_on=ends_on,
        read_on=read_on,
    )


def make_key(kept: Mapping[str, str]) -> str:
    """A digest of what makes the row itself: neither list has a number of its own for every row."""
    parts = [kept.get(field, "") for field in ("number", "family", "given", "middle", "business", "npi")]
    parts += [kept.get(field, "") for field in ("city", "region", "basis", "excluded_on")]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
