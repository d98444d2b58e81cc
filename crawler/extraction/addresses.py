"""Postal addresses printed in running text, in lists of lines and in map links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from crawler.extraction.cues import Gated
from crawler.extraction.document import Document, Line, Section, clean
from crawler.extraction.foreign import find_foreign
from crawler.extraction.maps import find_map_addresses
from crawler.extraction.regions import (
    CODES,
    NAMES,
    country_of,
    find_region,
    fits_zip,
    fold_city,
    load_cities,
)
from directory.regions import region_of_postal

SUFFIXES = (
    r"street|str|st|avenue|ave|av|road|rd|drive|dr|boulevard|blvd|boul|lane|ln|place|pl|court|ct|highway|hwy|"
    r"parkway|pkwy|"
    r"pky|square|sq|terrace|ter|trail|trl|circle|cir|way|plaza|plz|loop|pike|turnpike|tpke|row|run|alley|broadway|"
    r"crescent|"
    r"cres|crossing|xing|expressway|expy|freeway|fwy|point|pt|ridge|commons|landing|path|park|green|mall|walk|bend|"
    r"gate|"
    r"heights|hts|hill|view|close|mews|route|rte|concession|line|sideroad|esplanade|center|centre|esplanade"
)
_UNIT = (
    r"(?:suite|ste|bureau|unit|apt|apartment|#|floor|fl|bldg|building|studio|room|rm|office|space|spc|bureau|"
    r"local|level|lot|box|no)"
)
_UNIT_SEGMENT = re.compile(
    rf"^(?:\d(?:st|nd|rd|th)\s+floor\b|(?:lower|upper|second|main|ground)\s+(?:level|floor)|"
    rf"{_UNIT}\b\.?\s*[#\w-]{{0,12}}(?:\s[A-Z\d]{{1,4}})?$|#)",
    re.IGNORECASE,
)
_NUMBER = (
    r"(?:(?:One|Two|Three|Four|Five)(?=\s[A-Z])|\d{1,6}(?:[-–]\d{1,6})?[A-Za-z]?(?:\s?½|\s1/2)?|"
    r"[NSEW]\d{2,5}\s?[NSEW]?\d{2,5})"
)
_DIRECTION = r"(?:[NSEW]|NE|NW|SE|SW|North|South|East|West|Northeast|Northwest|Southeast|Southwest)\.?"
_STREET = re.compile(
    rf"(?<![\w$#.,/-])(?P<street>{_NUMBER},?\s+(?:{_DIRECTION}\s+)?"
    rf"(?:(?:rue|chemin|ch\.|avenue|av\.|boulevard|boul\.|route|rang|place|c[ôo]te|mont[ée]e)\s+(?:[\w.'’-]+\s?){{1,5}}"
    rf"|(?:[A-Z0-9][\w.'’-]*\s+){{0,5}}?(?:{SUFFIXES})\b\.?(?:\s(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane)\b\.?)?(?:\s+{_DIRECTION}(?![\w.]))?(?:\s+\d{{1,4}}(?!\d)(?:\s+{_DIRECTION}(?![\w.]))?)?"
    rf"|(?:US|U\.S\.|State|County|SR|CR|Hwy|Highway|Route|Rt|Rte|FM|Interstate|County Road)\.?\s+(?:Hwy\.?|Highway|"
    rf"Route|Road|Rd\.?)?\s*[A-Z]?\d{{1,4}}[A-Z]?(?:\s+{_DIRECTION}(?!\w))?"
    rf"|[NSEW]\.?\s+\d{{2,5}}\s+[NSEW](?![\w.])|\d{{2,5}}\s+[NSEW]\.?\s+\d{{2,5}}\s+[NSEW](?![\w])"
    rf"|Broadway\b(?:\s+{_DIRECTION}(?!\w))?))"
    rf"(?P<unit>[\s,]*(?:[-–(]\s?)?{_UNIT}\b\.?\s?[#]?\s?[\w-]{{0,8}}(?:\s?[&-]\s?\w{{1,4}}(?!\w))?\)?)?",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[a-z]+")
# Words one of which every street has that is written in ASCII.
_STREET_WORDS = frozenset(
    f"{SUFFIXES}|rue|chemin|ch|boul|rang|place|cote|montee|us|u|state|county|sr|cr|rt|fm|interstate|n|s|e|w".split("|")
)
_UNIT_AHEAD = re.compile(
    r"^(?:(?:unit|suite|ste|apt|bureau)\b\.?\s?#?\s?|#\s?)?(?:\d{1,4}[A-Za-z]?|[A-Z])$", re.IGNORECASE
)
_LEADING_UNIT = re.compile(r"^(?:[a-z]{2,6}\.?\s?)?#?\s?\w{1,5},\s*(?=\d)", re.IGNORECASE)
_STREET_START = Gated(  # where no digit is
    re.compile(r"(?:One|Two|Three|Four|Five) [A-Z]|Box"), "one ", "two ", "three ", "four ", "five ", "box"
)
_FIVE_DIGITS = re.compile(r"\d\d{4}")
_PO_BOX = Gated(re.compile(r"\bP\.?\s?O\.?\s?Box\s+\d+", re.IGNORECASE), "box")
_LOOSE_STREET = re.compile(rf"^{_NUMBER}\s+\S.{{2,60}}$")
_LABEL = re.compile(
    r"^.{0,40}?\b(?:address|location|located at|located in|visit us(?: at)?|find us(?: at)?|office|studio|adresse|"
    r"direcci[óo]n|where|come see us at|mailing address)\s*[:–-]\s*",
    re.IGNORECASE,
)
_CITY = (
    r"[A-ZÀ-Ý][\w.'’À-ÿ-]{1,24}(?:[ -](?:[A-ZÀ-Ý][\w.'’À-ÿ-]{0,24}|d['’][A-ZÀ-Ý][\w]{1,20}|of|the|de|du|la|le|"
    r"des|sur|by|on)){0,4}"
)
_US_ZIP = re.compile(
    rf"(?P<region>(?<![\w])(?:{CODES}|[A-Z]\.\s?[A-Z]\.|(?i:{NAMES}|fla|calif|mass|penn|wash|ore|tenn|colo|ariz|"
    rf"minn|wis|mich|ill|ind|conn|okla|tex|[a-z]{{2}}(?=,?\s{{1,3}}\d{{5}}(?!\d))))(?!\w))\.?[\s,–|"
    rf"•·-]{{1,4}}(?:(?:USA|US),?\s)?(?P<zip>\d{{5}})(?:[-–]\d{{4}})?(?![\d-]|\s?%)"
)
_CA_POSTAL = re.compile(
    r"(?<![\w])(?P<zip>[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]{0,2}\d[ABCEGHJ-NPRSTV-Z]\d)(?!\w)", re.IGNORECASE
)
_CA_POSTAL_END = re.compile(r"\d[A-Za-z]\d")  # what every Canadian code ends in
CITY_REGION = re.compile(
    rf"(?P<city>{_CITY})\s{{0,2}}(?:,|\(|–|-|\||•|·|\s)\s{{0,2}}(?P<region>(?:{CODES}|[A-Z]\.[A-Z]\.|(?i:{NAMES})|"
    rf"Fla\.|Calif\.|Mass\.|Wash\.|Ore\.|Wa|Tx|Fl|Co|Ga|Az|Nc|Va|Pa|Ny|Il|Mn|Wi|Ky|Tn|Ont\.?|Qc|Qu[ée]\.)(?![\w'’]))"
)
_NUMBER_COMMA = re.compile(
    r"(\b\d{1,6}),\s(?=(?:rue|av|boul|chemin|ch\.|route|rang|place|c[ôo]te|mont[ée]e)\b)", re.IGNORECASE
)
_SKIPPED = frozenset({Section.TESTIMONIAL, Section.BLOG})


@dataclass(frozen=True, slots=True)
class Place:
    """An address being read; `weight` tells a letterhead from a passing mention."""

    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    phone: str | None = None
    snippet: str = ""
    where: str = ""
    line: int = -1
    weight: float = 1.0


def find_addresses(document: Document) -> list[Place]:
    """Addresses with a street or a postal code, in the order they stand on the page."""
    lines = document.lines
    found: list[Place] = []
    for index, line in enumerate(lines):
        if line.section in _SKIPPED or not line.text or not line.has_digit:
            continue
        found.extend(
            replace(place, line=index, where=line.where, snippet=line.text) for place in _read_postal(lines, index)
        )
    for index, line in enumerate(lines):
        if (
            line.section in _SKIPPED
            or line.tag == "option"
            or len(line.text) > 300
            or not (line.has_digit or _STREET_START.search(line.text, line.low))
        ):
            continue
        street = find_street(line.text)
        if street and not any(place.street and same_street(place.street, street) for place in found):
            found.append(_read_unposted(lines, index, street))
    if not any(place.postal_code for place in found):
        for street, city, region, postal, country, at in find_foreign(lines):
            place = Place(street, city, region, postal, country, snippet=lines[at].text, where=lines[at].where, line=at)
            if place not in found:
                found = [old for old in found if old.line != at]
                found.append(place)
    for address, where in find_map_addresses(document):
        text = clean(unquote_plus(address).replace("\n", ", "))
        parts = [Line(text, "a", Section.DATA, 0)]
        for place in _read_postal(parts, 0):
            found.append(replace(place, where=where, snippet=text, weight=0.5))
    return found


def find_street(text: str) -> str | None:
    """A street with its number (and unit) inside `text`."""
    low = text.lower()
    box = _PO_BOX.search(text, low)
    if not box and low.isascii() and _STREET_WORDS.isdisjoint(_LETTERS.findall(low)):
        return None
    found = _STREET.search(_PO_BOX.pattern.sub(" ", text) if box else text)
    if not found:
        return box[0] if box else None
    street = clean(found["street"] + (found["unit"] or "")).strip(" ,.-(")
    name = street.split(" ", 1)[-1]
    if re.match(
        r"(?:min(?:ute)?s?|hours?|hrs?|years?|yrs?|days?|weeks?|months?|sessions?|clients?|am|pm|a\.m|p\.m|miles?|"
        r"%|percent|blocks?|people)\b",
        name,
        re.IGNORECASE,
    ):
        return None
    if re.match(rf"(?:{SUFFIXES})\b\.?$", name, re.IGNORECASE) and not re.match(r"broadway", name, re.IGNORECASE):
        return None
    return street


def _segments(lines: Sequence[Line], index: int, end: int) -> list[str]:
    """The address's pieces before `end` of line `index`, nearest last, over up to four lines."""
    own = lines[index].text[:end]
    pieces: list[str] = []
    taken = 0
    for back in range(index - 1, max(-1, index - 5), -1):
        line = lines[back]
        if line.section in _SKIPPED or len(line.text) > 120 or taken >= 3:
            break
        if line.text:
            pieces.insert(0, line.text)
            taken += 1
    pieces = [_NUMBER_COMMA.sub(r"\1 ", text) for text in [*pieces, own]]
    split = [part for text in pieces for part in re.split(r"\s*(?:[,\n|•·;]|\s[–—-]\s)\s*", text)]
    return [part.strip(" ()") for part in split]


def _read_postal(lines: Sequence[Line], index: int) -> Iterator[Place]:
    text = lines[index].text
    for match in _US_ZIP.finditer(text) if _FIVE_DIGITS.search(text) else ():
        region = find_region(match["region"])
        if region and country_of(region) == "US" and fits_zip(region, match["zip"]):
            street, city = _street_and_city(_segments(lines, index, match.start()), region)
            yield Place(street, city, region, match["zip"], "US")
    for match in _CA_POSTAL.finditer(text) if _CA_POSTAL_END.search(text) else ():
        code = match["zip"].upper().replace("-", " ")
        code = f"{code[:3]} {code[3:].strip()}"
        before = _segments(lines, index, match.start())
        region, pieces = _take_region(before)
        street, city = _street_and_city(pieces, region or region_of_postal(code))
        after = re.split(r"[,\n|•]", text[match.end() :].strip(" ,"))
        if city is None or (street is not None and not _is_city(city, None) and find_street(city)):
            city = _city_after(after, lines, index)
        if region is None:
            region, _ = _take_region(after[:3])
        yield Place(street, city, region, code, "CA")


def _take_region(pieces: list[str]) -> tuple[str | None, list[str]]:
    """The province at the end of the pieces, and the pieces without it."""
    kept = [piece for piece in pieces if piece]
    while kept and kept[-1].strip(" .").lower() in ("canada", "ca"):
        kept.pop()
    if not kept:
        return None, []
    last = kept[-1].strip(" ()")
    region = find_region(last)
    if region and country_of(region) == "CA":
        return region, kept[:-1]
    words = last.split()
    for size in (3, 2, 1):
        if len(words) > size or (len(words) == size):
            region = find_region(" ".join(words[-size:]))
            if region and country_of(region) == "CA" and len(words) > size:
                return region, [*kept[:-1], " ".join(words[:-size]).strip(" ,(")]
    return None, kept


def _city_after(pieces: list[str], lines: Sequence[Line], index: int) -> str | None:
    first = pieces[0].strip(" .()") if pieces else ""
    if not first and index + 1 < len(lines):
        first = re.split(r"[,|]", lines[index + 1].text)[0].strip(" .()")
    region = find_region(first)
    if region or not re.fullmatch(_CITY, first) or len(first) > 40:
        return None
    return first


def _street_and_city(pieces: list[str], region: str | None) -> tuple[str | None, str | None]:
    """Street (with its unit) and city from the pieces that precede region and postal code."""
    pieces = [piece for piece in pieces if piece]
    if not pieces:
        return None, None
    last = _LABEL.sub("", pieces[-1]).strip(" .")
    rest = pieces[:-1]
    street = find_street(last)
    if street and last.find(street[:8]) >= 0:
        tail = last[last.find(street[:8]) + len(street) :].strip(" ,.-")
        city, street = _split_tail(street, tail, region)
        return street, city
    city = known_end(last, region) or last
    if not re.match(r"[A-ZÀ-Ý]", city) or len(city) > 40 or any(c.isdigit() for c in city):
        return None, None
    units: list[str] = []
    for at, labelled in reversed([*enumerate(rest)][-4:]):
        piece = _LABEL.sub("", labelled)
        found = find_street(piece)
        if found is None and _LOOSE_STREET.match(piece) and not re.search(r"\d{3}[-. ]\d{4}|\$|[ap]m\b|:\d\d", piece):
            found = piece
        if found:
            ahead = _LABEL.sub("", rest[at - 1]) if at and piece.startswith(found[:6]) else ""
            unit = [ahead] if _UNIT_AHEAD.match(ahead) else []
            return ", ".join([*unit, found, *reversed(units)]), city
        if _UNIT_SEGMENT.match(piece) and len(piece) < 30:
            units.append(piece)
    return None, city


def _split_tail(street: str, tail: str, region: str | None) -> tuple[str | None, str]:
    """A city that follows its street with no comma; a city whose name was taken for the street's end."""
    if tail:
        city = known_end(tail, region) or tail
        if re.fullmatch(_CITY, city) and not any(c.isdigit() for c in city):
            head = tail[: len(tail) - len(city)].strip(" ,")
            return city, f"{street}, {head}" if head and _UNIT_SEGMENT.match(head) else street
        return None, street
    known = known_end(street, region)
    return (known, street[: -len(known)].strip(" ,")) if known else (None, street)


def known_end(text: str, region: str | None) -> str | None:
    """The longest known city that ends `text`."""
    words = text.split()
    cities = load_cities()
    for size in range(min(4, len(words)), 0, -1):
        name = " ".join(words[-size:])
        regions = cities.get(fold_city(name))
        if regions and name[:1].isupper() and (region is None or region in regions):
            return name.strip(" ,.")
    return None


def _is_city(text: str, region: str | None) -> bool:
    regions = load_cities().get(fold_city(text))
    return bool(regions) and (region is None or region in (regions or ()))


def _read_unposted(lines: Sequence[Line], index: int, street: str) -> Place:
    """A street whose postal code is not printed, with the city that follows it."""
    line = lines[index]
    after = line.text[line.text.find(street[:6]) + len(street) :]
    following = [after] + [other.text for other in lines[index + 1 : index + 4] if len(other.text) < 60]
    city = region = None
    units = []
    for text in following:
        match = CITY_REGION.search(text)
        if match and text.strip(" ,.").startswith(match["city"][:3]) and find_region(match["region"]):
            city, region = match["city"], find_region(match["region"])
            city = known_end(city, region) or city
            break
        bare = text.strip(" ,.")
        if _UNIT_SEGMENT.match(bare):
            units.append(bare)
        elif bare and _is_city(bare, None):
            city = bare
            break
    weight = 1.0 if city else 0.6
    return Place(
        ", ".join([street, *units]) if city else street, city, region, None, country_of(region),
        snippet=line.text, where=line.where, line=index, weight=weight,
    )  # fmt: skip


def same_street(a: str, b: str) -> bool:
    """Whether two writings begin with the same house number and street word."""
    first, second = (re.findall(r"\w+", _LEADING_UNIT.sub("", text.lower())) for text in (a, b))
    return first[:1] == second[:1] and (first[1:2] == second[1:2] or not second[1:] or not first[1:])
