"""The practice's places: what data and print say, merged; a bare city only where no address names one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawler.extraction.addresses import Place, find_addresses, same_street
from crawler.extraction.contacts import find_numbers, to_e164
from crawler.extraction.cues import Cues, loose
from crawler.extraction.document import OTHERS_WORDS, Document, Line, Section
from crawler.extraction.facts import Stated
from crawler.extraction.foreign import country_of_phones, find_town
from crawler.extraction.maps import find_map_point
from crawler.extraction.mentions import find_city_mentions
from crawler.extraction.regions import country_of, find_region, fold_city, load_cities


def find_places(document: Document, cues: Cues, stated: Stated) -> list[Place]:
    """The practice's places: data and print merged, mentions of a city only where no address names one."""
    places: list[Place] = []
    for place in [*stated.places, *find_addresses(document)]:
        _merge_place(places, place)
    strong = [place for place in places if place.city or place.postal_code]
    if strong:
        bare = next((place.street for place in places if place.street and place not in strong), None)
        if bare and all(_PO_BOX.match(place.street or "") for place in strong):
            strong[0] = replace(strong[0], street=bare)  # the box is where letters go, the street where clients do
        places = strong
    if not any(place.city for place in places):
        mention = _with_region(document, _main_city(cues), stated.areas)
        if mention:
            if places:
                places[0] = replace(
                    places[0],
                    city=mention.city,
                    region=places[0].region or mention.region,
                    country=places[0].country or mention.country,
                )
            else:
                places.append(mention)
    places.sort(key=lambda place: (-(place.weight >= 5.0), not place.street, bool(_PO_BOX.match(place.street or ""))))
    places = places[:12]
    if len(places) == 1 and places[0].lat is None:
        point = find_map_point(document)
        if point:
            places[0] = replace(places[0], lat=point[0], lon=point[1])
    return places


_PO_BOX = re.compile(r"P\.?\s?O\.?\s?Box", re.IGNORECASE)
_GEO_REGION = re.compile(r"(?:US|CA)-([A-Z]{2})", re.IGNORECASE)


def _with_region(document: Document, mention: Place | None, areas: list[Place]) -> Place | None:
    """The city with its state: as mentioned, else as the data's area served or the head's geo tags have it."""
    named = _GEO_REGION.fullmatch(document.meta.get("geo.region", "").strip())
    region = find_region(named[1]) if named else None
    town = document.meta.get("geo.placename", "").split(",")[0].strip()
    if town and region:
        areas = [*areas, Place(city=town, region=region, country=country_of(region), snippet=town, where="meta")]
    if mention is None:
        return areas[0] if areas and len({fold_city(area.city or "") for area in areas}) == 1 else None
    if mention.region is None:
        for area in areas:
            if fold_city(area.city or "") == fold_city(mention.city or ""):
                return replace(mention, region=area.region, country=area.country)
    return mention


def place_abroad(document: Document, places: list[Place], phones: list[str]) -> list[Place]:
    """The places, or the city abroad that the page names, where every number rings in one country abroad."""
    cities = load_cities()
    for held in places:
        here = held.region in cities.get(fold_city(held.city or ""), ())  # "Bogotá D.C." is no city of the District
        if held.postal_code or (held.region and (held.street or here)) or (held.country and not held.region):
            return places
    country = country_of_phones(phones) if phones else None
    town = find_town(document.lines, country) if country else None
    if not town:
        return places
    line = document.lines[town[1]]
    known = places[0] if places else Place()
    return [Place(known.street, town[0], town[2], country=country, snippet=line.text, where=line.where, line=town[1])]


def with_phone(document: Document, place: Place, phones: list[str], count: int) -> Place:
    """The place with the number printed beside it; the practice's main number where it is the only place."""
    if place.phone:
        return replace(place, phone=to_e164(place.phone))
    if count == 1:
        return replace(place, phone=phones[0] if phones else None)
    if place.line >= 0:
        for line in document.lines[place.line : place.line + 4]:
            for number, _ in find_numbers(line.text):
                return replace(place, phone=number)
    return place


def _merge_place(places: list[Place], new: Place) -> None:
    for index, old in enumerate(places):
        same = (
            (
                old.postal_code
                and old.postal_code == new.postal_code
                and (not old.street or not new.street or same_street(old.street, new.street))
            )
            or (old.street and new.street and same_street(old.street, new.street))
            or (
                not new.street
                and not new.postal_code
                and new.city
                and old.city
                and fold_city(old.city) == fold_city(new.city)
            )
        )
        if same:
            places[index] = replace(
                old,
                street=old.street
                if old.street and (not new.street or len(old.street) >= len(new.street) or old.weight >= 5)
                else new.street,
                city=old.city or new.city,
                region=old.region or new.region,
                postal_code=old.postal_code or new.postal_code,
                country=old.country or new.country,
                line=old.line if old.line >= 0 else new.line,
            )
            return
    places.append(new)


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


def _find_served(line: Line) -> Iterator[re.Match[str]]:
    """The names in capitals that stand after words such as "serving" and "located in"."""
    at = 0
    while serving := _SERVING.search(line.low, at):
        served = _SERVED.match(line.text, serving.end())
        at = served.end() if served else serving.start() + 1
        if served:
            yield served


def _main_city(cues: Cues) -> Place | None:
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
    return best[max(tally, key=lambda key: tally[key])] if tally else None
