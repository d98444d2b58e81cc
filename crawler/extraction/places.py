"""The practice's places: what data and print say, merged; a bare city only where no address names one."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.extraction.addresses import Place, find_addresses, same_street
from crawler.extraction.contacts import find_numbers, to_e164
from crawler.extraction.cues import Cues
from crawler.extraction.document import Document
from crawler.extraction.facts import Stated
from crawler.extraction.foreign import country_of_phones, find_town
from crawler.extraction.maps import find_map_point
from crawler.extraction.regions import country_of, find_region, fold_city, load_cities
from crawler.extraction.seat import find_seat


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
        mention = _with_region(document, find_seat(document, cues), stated.areas)
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
