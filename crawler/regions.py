"""Regions as they are asked for: 'CO', 'AB', 'Denver, CO'."""

from __future__ import annotations

from dataclasses import dataclass

from directory.errors import UsageError

# fmt: off
US = frozenset(
    (
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
        "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH",
        "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "PR", "VI", "GU",
        "AS", "MP",
    )
)
# fmt: on
CANADA = frozenset(("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"))


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
    city, comma, code = text.rpartition(",")
    code = code.strip().upper()
    country = "US" if code in US else "CA" if code in CANADA else None
    if country is None or (comma and not city.strip()):
        raise UsageError(f"'{text}' is not a region. Use two letters (CO, AB) or a city with them ('Denver, CO').")
    return Region(country, code, " ".join(city.split()) or None)
