"""Cities that a page names in passing, weighed by where and how it names them."""

from __future__ import annotations

import re

from crawler.extraction.addresses import CITY_REGION, Place, known_end
from crawler.extraction.cues import Cues, Gated, loose
from crawler.extraction.document import DATA, FOOTER, HEADER, META, OTHERS_WORDS, Line
from crawler.extraction.regions import CODES, NAMES, country_of, find_region, fold_city, load_cities

_REGION_CODE = re.compile(
    rf"(?<![A-Za-z])(?:{CODES}|[A-Z]\.[A-Z]\.|[A-Z][a-z]{{1,4}}\.|Wa|Tx|Fl|Co|Ga|Az|Nc|Va|Pa|Ny|Il|Mn|Wi|Ky|Tn|Ont|"
    rf"Qc)(?![A-Za-z])"
)
_CODE_LIKE = re.compile(
    r"[A-Z](?:[A-Z]|\.[A-Z]\.|[a-z]{1,4}\.|[axlozcynit]|nt)(?![A-Za-z])"
)  # what all of these look like
_REGION_NAME = Gated(loose(rf"\b(?:{NAMES})\b"), *NAMES.replace(r"\s", " ").split("|"))
_SERVED_LIST = re.compile(
    r"(?:[Ss]erving|[Cc]overing)\s(?P<first>[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,2}),[^.!?]{2,60}\s(?:and|&)\s[^.!?]{2,30}$"
)
NOT_CITY = frozenset(
    [
        "suite",
        "unit",
        "floor",
        "located",
        "serving",
        "area",
        "areas",
        "county",
        "call",
        "phone",
        "in",
        "of",
        "and",
        "the",
        "at",
        "our",
        "us",
        "massage",
        "therapy",
        "clinic",
        "studio",
        "licensed",
        "therapist",
        "street",
        "avenue",
        "road",
        "drive",
        "visit",
        "address",
        "location",
        "based",
        "mobile",
        "state",
        "bodywork",
        "welcome",
        "about",
        "home",
        "services",
        "contact",
        "get",
        "keep",
        "stay",
        "menu",
        "book",
        "gallery",
        "team",
        "ig",
        "fb",
        "tw",
        "yt",
    ]
)


def find_city_mentions(cues: Cues) -> list[Place]:
    """Cities with their state or province, wherever they are named."""
    found = []
    named = cues.holding(_REGION_NAME.pieces)
    for index, line in enumerate(cues.lines):
        if line.section in OTHERS_WORDS or line.tag == "option":
            continue
        coded = _CODE_LIKE.search(line.text) and _REGION_CODE.search(line.text)
        if not coded and not (index in named and _REGION_NAME.pattern.search(line.low)):
            continue
        for match in CITY_REGION.finditer(line.text):
            region = find_region(match["region"])
            city = _trim_city(match["city"], region)
            listed = _SERVED_LIST.search(line.text[: match.start("region")])
            if listed and region in load_cities().get(fold_city(listed["first"]), ()):
                city = listed["first"]  # "serving Ames, Nevada and Boone, Iowa" names the seat first
            if region and city:
                found.append(
                    Place(
                        city=city,
                        region=region,
                        country=country_of(region),
                        snippet=line.text,
                        where=line.where,
                        line=index,
                        weight=_mention_weight(line, match.start()) * (0.3 if _is_area(city) else 1.0),
                    )
                )
    return found


_AREA = re.compile(r" (?:Sound|Area|Region|Metro|Peninsula|Coast|Shore|Islands?)$")


def _is_area(city: str) -> bool:
    """Whether it names a stretch of land or water rather than a town ("Puget Sound, WA")."""
    return bool(_AREA.search(city)) and fold_city(city) not in load_cities()


_GOOD_CUE = re.compile(
    r"(?:located|based|serving|serves?|office|studio|clinic|practice|center|massage|therapy|bodywork|visit|in the "
    r"heart of|downtown|proudly)[^.!?]{0,50}$",
    re.IGNORECASE,
)
_BAD_CUE = re.compile(
    r"(?:\bran\b|former|previous|graduat|school|college|universit|institute|trained|studied|degree|born|raised|"
    r"grew up|moved (?:from|to)|(?<!calculated )from|certifi|worked|years in|native of|licensed in|academy|program|"
    r"originally|board|hospital|retreat)[^.!?]{0,70}$",
    re.IGNORECASE,
)


def _mention_weight(line: Line, at: int) -> float:
    before = line.text[max(0, at - 80) : at]
    weight = {META: 3.0, DATA: 2.0, FOOTER: 2.5, HEADER: 2.5}.get(line.section, 1.0)
    if line.level:
        weight += 1.5
    if len(line.text) < 60:
        weight += 1.0
    if _BAD_CUE.search(before):
        return 0.2
    return weight + 1.0 if _GOOD_CUE.search(before) else weight


def _trim_city(city: str, region: str | None) -> str | None:
    """The city at the end of a run of capitalised words."""
    known = known_end(city, region)
    if known:
        return known
    words = city.split()
    while words and words[0].lower().strip(".,") in NOT_CITY:
        words.pop(0)
    for at in range(len(words) - 1, -1, -1):
        if words[at].lower().strip(".,") in NOT_CITY:
            words = words[at + 1 :]
            break
    if not words or len(words) > 3:
        return None
    return " ".join(words).strip(" .,-")
