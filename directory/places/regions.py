"""States, provinces, territories and the two countries, by name or code in English, French and Spanish."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory.vocabularies.folding import strip_accents

_TABLE = Path(__file__).parent.parent / "regions.tsv"


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or territory; `geonames` is its code in GeoNames, `area_codes` are given for Canada only."""

    country: str
    code: str
    geonames: str
    names: dict[str, str]
    aliases: tuple[str, ...]
    area_codes: tuple[str, ...]


_COUNTRY_NAMES = {
    "US": "us;usa;u s;u s a;united states;united states of america;america;états-unis;etats unis d'amérique;"
    "estados unidos;ee uu;eeuu;e u",
    "CA": "canada;canadá;can",
}


def fold_place(text: str) -> str:
    """A place's name as compared: no case, accents, dots or hyphens; Saint, Fort and Mount in short."""
    plain = re.sub(r"['’ʼ`.]", "", strip_accents(text))
    words = re.sub(r"[^0-9a-z]+", " ", plain).split()
    return " ".join(_SHORT.get(word, word) for word in words)


_SHORT = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}


@cache
def load_regions() -> tuple[Region, ...]:
    """Every region of the two countries."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        Region(
            country=row["country"],
            code=row["code"],
            geonames=row["geonames"],
            names={language: row[language] for language in ("en", "fr", "es")},
            aliases=tuple(filter(None, row["aliases"].split(";"))),
            area_codes=tuple(filter(None, row["area_codes"].split(";"))),
        )
        for row in rows
    )


def _name_region(region: Region) -> Iterator[str]:
    yield from region.names.values()
    yield from region.aliases
    yield region.code


@cache
def _index_regions() -> dict[str, tuple[Region, ...]]:
    index: dict[str, tuple[Region, ...]] = {}
    for region in load_regions():
        for key in {fold_place(name) for name in _name_region(region)}:
            index[key] = (*index.get(key, ()), region)
    return index


@cache
def _index_countries() -> dict[str, str]:
    return {fold_place(name): code for code, names in _COUNTRY_NAMES.items() for name in names.split(";")}


def find_region(text: str, country: str | None = None) -> Region | None:
    """The region named by a name or code ("Alberta", "AB", "Colombie-Britannique"), None if none or several are."""
    found = [r for r in _index_regions().get(fold_place(text), ()) if country in (None, r.country)]
    return found[0] if len(found) == 1 else None


def get_region(country: str, code: str) -> Region | None:
    """The region of a country by its two letters."""
    return next((r for r in load_regions() if (r.country, r.code) == (country, code)), None)


def find_country(text: str) -> str | None:
    """The country's ISO code from its name or code ("USA", "États-Unis", "Canadá")."""
    return _index_countries().get(fold_place(text))


def may_be_region(text: str) -> bool:
    """Two letters mean a region only in capitals: "in" and "me" are words."""
    return len(text) > 2 or text.isupper()
