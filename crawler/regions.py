"""Regions as they are asked for: 'CO', 'Alberta', 'Denver, CO'."""

from __future__ import annotations

from dataclasses import dataclass

from directory.errors import UsageError
from directory.regions import CA_REGIONS, US_REGIONS, find_region

TERRITORIES = frozenset(("PR", "VI", "GU", "AS", "MP"))  # the registry of NPIs has them as it has states
US = TERRITORIES | US_REGIONS.keys()


@dataclass(frozen=True, slots=True)
class Region:
    """A state or province, or one city in it."""

    country: str
    code: str
    city: str | None = None

    def __str__(self) -> str:
        return f"{self.city}, {self.code}" if self.city else self.code


def parse_region(text: str) -> Region:
    """The region named; raises `UsageError` that says how to name one."""
    city, comma, name = text.rpartition(",")
    code = find_region(name) or name.strip().upper()
    country = "US" if code in US else "CA" if code in CA_REGIONS else None
    if country is None or (comma and not city.strip()):
        raise UsageError(f"'{text}' is not a region. Use two letters (CO, AB) or a city with them ('Denver, CO').")
    return Region(country, code, " ".join(city.split()) or None)
