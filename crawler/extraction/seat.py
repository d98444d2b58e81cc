"""The city a practice is in where no address names one: as its sentences, its title and its footer have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extraction.addresses import Place
from crawler.extraction.cues import Cues, loose
from crawler.extraction.document import FOOTER, MAIN, OTHERS_WORDS, Document, Line, Section
from crawler.extraction.mentions import NOT_CITY, find_city_mentions
from crawler.extraction.regions import FOREIGN_NAMES, country_of, find_region, fold_city, load_cities
from crawler.extraction.words import NOT_NAMES

_SERVING = loose(
    r"(?:serving|serves|covering|"
    r"located in|based in|based out of|in the heart of|proudly serving|in beautiful|in downtown|"
    r"in scenic|clients in|appointments in|massage (?:therapy |therapist |services )?in|working in|"
    r"practi[cs](?:e|ed|ing) in|"
    r"studio in|office in|clinic in|home in|au c[œo]ur de|situ[ée]e? [àa]|à|a|en)\s"
)
_SERVED = re.compile(
    r"(?:the\s|downtown\s|beautiful\s|scenic\s|greater\s)*"
    r"(?P<city>[A-ZÀ-Ý][\wÀ-ÿ.'’-]+(?:[ -][A-ZÀ-Ý][\wÀ-ÿ.'’-]+){0,3})"
)
# What stands by itself in a footer is cut at these.
_PARTS = re.compile(r"\s*(?:[•·|,–—]|\s-\s)\s*")
_WHERE = re.compile(r"\blocations?\b|where (?:to find|we are)|find (?:us|me)")
# Cities, but words first.
_WORDS = NOT_CITY | {"mobile", "reading", "orange", "commerce", "independence", "enterprise", "liberty", "paradise",
                     "surprise", "superior", "normal"} | FOREIGN_NAMES.keys()  # fmt: skip
_TOWN = r"[A-ZÀ-Ý][\wÀ-ÿ'’-]{2,}(?:\s[A-ZÀ-Ý][\wÀ-ÿ'’-]{2,}){0,2}"
_LOCATED = re.compile(
    r"(?:\b(?:[Ll]ocated|[Bb]ased|[Ss]ituated|[Oo]ffice|[Ss]tudio|[Cc]linic|[Pp]ractice)(?: is| right)? in"
    r"(?: the| downtown| beautiful| historic| village of| town of| city of| heart of){0,3}"
    rf"|\b(?:in the (?:village|town|city) of|au village de))\s(?P<city>{_TOWN})"
    r"(?=\s*[,.;!)]|\s(?:and|serving|where|at|on|near|with|for)\b|$)"
)


def _find_served(line: Line) -> Iterator[re.Match[str]]:
    """The names in capitals that stand after words such as "serving" and "located in"."""
    at = 0
    while serving := _SERVING.search(line.low, at):
        served = _SERVED.match(line.text, serving.end())
        at = served.end() if served else serving.start() + 1
        if served:
            yield served


def find_seat(document: Document, cues: Cues) -> Place | None:
    """The city the page speaks of most: with its state where printed, else a known city in a telling place."""
    tally: dict[str, float] = {}
    best: dict[str, Place] = {}
    for place in find_city_mentions(cues):
        key = fold_city(place.city or "")
        tally[key] = tally.get(key, 0.0) + place.weight
        best.setdefault(key, place)
    tally = {key: weight for key, weight in tally.items() if weight >= 1.0}
    if tally:
        return best[max(tally, key=lambda key: tally[key])]
    cities = load_cities()
    for index, line in enumerate(cues.lines):
        if line.section in OTHERS_WORDS or line.tag == "option":
            continue
        for match in _find_served(line):
            words = match["city"].split()
            for size in range(len(words), 0, -1):
                name = " ".join(words[:size]).rstrip(".,’'")
                key = fold_city(name)
                if key in cities:
                    tally[key] = tally.get(key, 0.0) + (2.0 if line.section is Section.META or line.level else 1.0)
                    best.setdefault(key, Place(city=name, snippet=line.text, where=line.where, line=index))
                    break
    for name, line, weight in _find_alone(cues):
        key = fold_city(name)
        tally[key] = tally.get(key, 0.0) + weight
        best.setdefault(key, Place(city=name, snippet=line.text, where=line.where))
    if tally:
        return best[max(tally, key=lambda key: tally[key])]
    return _find_small_town(cues) or _find_keyword(document)


def _find_alone(cues: Cues) -> Iterator[tuple[str, Line, float]]:
    """Known cities that are a part of the title, of the footer or of the list under "Locations" by themselves."""
    cities = load_cities()
    for line in cues.lines:
        if line.tag == "title":
            weight = 2.0
        elif line.section is FOOTER:
            weight = 1.5
        elif line.section is MAIN and line.heading >= 0 and _WHERE.search(cues.lines[line.heading].low):
            weight = 1.0
        else:
            continue
        if len(line.text) <= 120 and len(line.links) < 3:
            for part in _PARTS.split(line.text):
                if part[:1].isupper() and fold_city(part) in cities and part.lower() not in _WORDS:
                    yield part, line, weight


def _find_small_town(cues: Cues) -> Place | None:
    """A town on no list of cities that a sentence says the practice is in."""
    for index, line in enumerate(cues.lines):
        if line.section in OTHERS_WORDS or (" in " not in line.low and " of " not in line.low):
            continue
        found = _LOCATED.search(line.text)
        words = {word.lower() for word in found["city"].split()} if found else set()
        if found and not words & (NOT_CITY | NOT_NAMES | _WORDS) and not find_region(found["city"]):
            return Place(city=found["city"], snippet=line.text, where=line.where, line=index)
    return None


def _find_keyword(document: Document) -> Place | None:
    """The one city among the head's keywords whose state is among them too."""
    words = [word.strip() for word in document.meta.get("keywords", "").split(",")][:60]
    regions = {region for word in words if (region := find_region(word)) and len(word) > 2}
    cities = load_cities()
    found = {word: regions & cities.get(fold_city(word), frozenset()) for word in words if not find_region(word)}
    placed = [(word, states) for word, states in found.items() if len(states) == 1 and word[:1].isupper()]
    if len({fold_city(word) for word, _ in placed}) != 1:
        return None
    city, (region,) = placed[0]
    return Place(city=city, region=region, country=country_of(region), snippet=city, where="keywords")
