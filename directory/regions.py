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


# First three digits of a ZIP: the first prefix of each run and its state, in order; a run ends where the next begins.
_ZIP_RUNS = """
010 MA 028 RI 030 NH 039 ME 050 VT 055 MA 056 VT 060 CT 070 NJ 090 - 100 NY 150 PA 197 DE 200 DC 201 VA 202 DC
206 MD 220 VA 247 WV 270 NC 290 SC 300 GA 320 FL 340 - 341 FL 350 AL 370 TN 386 MS 398 GA 400 KY 430 OH 460 IN
480 MI 500 IA 530 WI 550 MN 569 - 570 SD 580 ND 590 MT 600 IL 630 MO 660 KS 680 NE 700 LA 716 AR 730 OK 733 TX
734 OK 750 TX 800 CO 820 WY 832 ID 840 UT 850 AZ 870 NM 885 TX 889 NV 900 CA 962 - 967 HI 969 - 970 OR 980 WA
995 AK
"""
_CANADIAN = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON", "L": "ON", "M": "ON",
    "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC", "Y": "YT",
}  # fmt: skip
_RUNS = [(int(first), region) for first, region in zip(_ZIP_RUNS.split()[::2], _ZIP_RUNS.split()[1::2], strict=True)]


@lru_cache(maxsize=65536)
def region_of_postal(code: str | None) -> str | None:
    """The region that a ZIP or a Canadian postal code lies in; None where the code does not say (military, X0A)."""
    plain = re.sub(r"[^0-9A-Z]", "", (code or "").upper())
    if re.fullmatch(r"[A-Z]\d[A-Z](?:\d[A-Z]\d)?", plain):
        return _CANADIAN.get(plain[0])
    if not re.fullmatch(r"\d{5}(?:\d{4})?", plain):
        return None
    before = [region for first, region in _RUNS if first <= int(plain[:3])]
    return before[-1] if before and before[-1] != "-" else None
