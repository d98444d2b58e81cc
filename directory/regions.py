"""The states, provinces and territories of the directory's territory, by their two letters.

No two of them share a code, so the two letters alone name a jurisdiction.
"""

from __future__ import annotations

import re
from functools import lru_cache

# fmt: off
US_REGIONS = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming",
}
CA_REGIONS = {
    "ON": "Ontario", "BC": "British Columbia", "NL": "Newfoundland and Labrador", "NB": "New Brunswick",
    "PE": "Prince Edward Island", "QC": "Quebec", "AB": "Alberta", "SK": "Saskatchewan", "MB": "Manitoba",
    "NS": "Nova Scotia", "YT": "Yukon", "NT": "Northwest Territories", "NU": "Nunavut",
}
# fmt: on
REGIONS = {**US_REGIONS, **CA_REGIONS}
OTHER_NAMES = {
    "Québec": "QC",
    "Washington State": "WA",
    "Washington DC": "DC",
    "Washington D.C.": "DC",
    "Washington, D.C.": "DC",
    "Washington, DC": "DC",
    "Newfoundland": "NL",
    "Newfoundland & Labrador": "NL",
    "Yukon Territory": "YT",
    "PEI": "PE",
}
_COUNTRIES = {
    "us": "US", "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states": "US", "united states of america": "US",
    "ca": "CA", "can": "CA", "canada": "CA",
}  # fmt: skip
_BY_NAME = {name.casefold(): code for names in (OTHER_NAMES.items(), ((n, c) for c, n in REGIONS.items()))
            for name, code in names}  # fmt: skip


@lru_cache(maxsize=4096)
def find_country(text: str | None) -> str | None:
    """`US` or `CA` for the ways of writing the two countries; None for every other text."""
    return _COUNTRIES.get((text or "").strip().casefold())


@lru_cache(maxsize=4096)
def find_region(text: str | None) -> str | None:
    """The two letters for a region written as code (`wa`, `US-WA`) or as name; None for every other text."""
    plain = re.sub(r"\s+", " ", (text or "").strip())
    code = re.sub(r"^(?:US|CA)-", "", plain.upper()).replace(".", "")
    return code if code in REGIONS else _BY_NAME.get(plain.casefold())


def country_of(region: str) -> str:
    """The country of a known two-letter region."""
    return "US" if region in US_REGIONS else "CA"
