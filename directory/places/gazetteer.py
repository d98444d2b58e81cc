"""The gazetteer: from a text to a place, and from a point to the place it lies in.

A bare name means the largest place that bears it if that is three times the next; otherwise the candidates are given
back and no place. With a region the name is exact.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from directory.places.geometry import distances_km
from directory.places.model import ABROAD, ALIASES, COUNTRIES, Place, PlaceAnswer, PlaceKind, find_centre
from directory.places.postal import PostalCode, cut_tail, find_area_code, parse_postal_code, split_postal_code
from directory.places.regions import (
    Region,
    find_country,
    find_region,
    fold_place,
    get_region,
    load_regions,
    may_be_region,
)
from directory.places.tables import City, PostalArea, find_zip_code, read_cities, read_sortation_areas, read_zip_codes

_DOMINANCE = 3  # a bare name means the largest place if it is so many times the next
_MANY = 8  # candidates worth showing
_FEW = 100
_LARGE = 250_000  # a city of this size may stand against a region of the same name ("Washington", "Québec")
_NEAR_ENOUGH_KM = 150.0  # a point farther from any town than this lies nowhere we know
_NEIGHBOURS = ("MX", "CU", "BS", "GL", "PM", "RU")  # so that Tijuana isn't taken for California
_POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


class Gazetteer:
    """Cities, postal codes and regions of the United States and Canada."""

    def __init__(self, cities: Iterable[City]) -> None:
        self._zip_codes_asked = 0
        self._places: list[Place] = []
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        self._by_other_name: dict[str, list[Place]] = defaultdict(list)
        for city in cities:
            place = Place(
                label=f"{city.name}, {city.region}",
                lat=city.lat,
                lon=city.lon,
                country=city.country,
                region=city.region,
                city=city.name,
                population=city.population,
            )
            self._places.append(place)
            key = fold_place(city.name)
            self._by_name[key].append(place)
            if city.population >= 10_000:
                for other in {fold_place(name) for name in city.other_names if len(name) > 3} - {key, ""}:
                    self._by_other_name[other].append(place)

    # --- from a text ------------------------------------------------------------------------------------------

    def resolve(self, text: str, country: str | None = None, *, forgive: bool = False) -> PlaceAnswer:
        """What `text` means: a postal code, a city (with or without region), a region, a country or "lat, lon".

        `country` settles names that both countries have. `forgive` also tries one typing error, for a field that can
        only hold a place.
        """
        plain = " ".join(text.split()).strip(" ,.;")
        point = _POINT.fullmatch(plain)
        if point and abs(float(point[1])) <= 90 and abs(float(point[2])) <= 180:
            return PlaceAnswer(self._make_point(float(point[1]), float(point[2])))
        before, code = split_postal_code(plain)
        if code is not None and country in (None, code.country):
            place = self._find_postal_area(code)
            if place is not None:
                return PlaceAnswer(place)
            plain = before
        if not fold_place(plain):
            return PlaceAnswer(None)
        answer = self._resolve_name(plain, country)
        if forgive and answer == PlaceAnswer(None):
            joined = [p for p in self._by_squashed_name.get(fold_place(plain), ()) if country in (None, p.country)]
            return _choose(_sort_by_size(joined)) if joined else self._resolve_misspelt(plain, country)
        return answer

    def _resolve_name(self, text: str, country: str | None) -> PlaceAnswer:
        """A name without postal code: as a whole first, then as city and region, then with a country at its end."""
        whole = self._resolve_whole(text, country)
        if whole != PlaceAnswer(None):
            return whole
        parts = [part for part in re.split(r"\s*,\s*|\s+", text) if part]
        for size in range(1, min(4, len(parts) - 1) + 1):
            tail = " ".join(parts[-size:])
            head = cut_tail(text, size)
            region = find_region(tail, country)
            found = self._find_in_region(head, region) if region else None
            if found:
                return PlaceAnswer(found)
            named = find_country(tail) or ("CA" if tail == "CA" else None)
            if named and country in (None, named):
                answer = self._resolve_name(head, named)
                if answer != PlaceAnswer(None):
                    return answer
        return _choose([place for place in self._zip_cities.get(fold_place(text), ()) if country in (None, "US")])

    def _resolve_whole(self, text: str, country: str | None) -> PlaceAnswer:
        key = fold_place(text)
        if key in ALIASES:
            alias = self.find_city(*ALIASES[key])
            if alias and country in (None, alias.country):
                return PlaceAnswer(alias)
        region = find_region(text, country) if may_be_region(text) else None
        cities = self._find_bare(key, country)
        if region is not None:
            rivals = [city for city in cities if city.population >= _LARGE]
            made = self._make_region(region)
            return PlaceAnswer(None, (made, *rivals[:5])) if rivals else PlaceAnswer(made)
        named = find_country(text)
        if named and country in (None, named) and not cities:
            return PlaceAnswer(self._make_country(named))
        return PlaceAnswer(None, tuple(cities[:_MANY])) if key in ABROAD else _choose(cities)

    def _find_bare(self, key: str, country: str | None) -> list[Place]:
        """Cities by name alone: own names, then names in other languages."""
        for table in (self._by_name, self._by_other_name):
            found = [place for place in table.get(key, ()) if country in (None, place.country)]
            if found:
                return _sort_by_size(found)
        return []

    def _find_in_region(self, text: str, region: Region) -> Place | None:
        """The city of a region; of "Downtown, Denver" the last part counts."""
        return self.find_city(text, region.code, region.country) or (
            self.find_city(text.rsplit(",", 1)[1], region.code, region.country) if "," in text else None
        )

    def _resolve_misspelt(self, text: str, country: str | None) -> PlaceAnswer:
        """The place whose name is one typing error away, if the name alone or its region leaves one."""
        parts = re.split(r"\s*,\s*|\s+", text)
        for size in range(min(4, len(parts) - 1), -1, -1):
            region = find_region(" ".join(parts[-size:]), country) if size else None
            if size and region is None:
                continue
            key = fold_place(cut_tail(text, size) if size else text)
            if len(key) < 5:
                continue
            near = process.extract(key, self._keys, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=20)
            cities = [
                place
                for name, _, _ in near
                for place in self._by_name[name]
                if country in (None, place.country)
                and (region is None or (region.country, region.code) == (place.country, place.region))
            ]
            if cities:
                return _choose(_sort_by_size(cities))
        return PlaceAnswer(None)

    def _look_up(self, key: str) -> Iterator[Sequence[Place]]:
        """The places of a name, table by table, surest first; the last tables are read only when asked for."""
        yield self._by_name.get(key, ())
        yield self._by_squashed_name.get(key, ())
        yield self._by_other_name.get(key, ())
        yield self._zip_cities.get(key, ())

    def find_city(self, name: str, region: str | None, country: str | None = None) -> Place | None:
        """The city of that name in a region (two letters); without a region only if one city bears the name."""
        key = fold_place(name)
        alias = ALIASES.get(key)
        if alias and region == alias[1] and fold_place(alias[0]) != key:
            return self.find_city(*alias)
        for named in self._look_up(key):
            found = [
                place
                for place in named
                if (region is None or place.region == region) and (country is None or place.country == country)
            ]
            if found and (region is not None or len(found) == 1):
                return max(found, key=lambda place: place.population)
        return None

    def find_postal(self, code: str, country: str | None = None) -> Place | None:
        """The centre of a ZIP code or of a Canadian code's first three signs."""
        parsed = parse_postal_code(code)
        return self._find_postal_area(parsed) if parsed and country in (None, parsed.country) else None

    def _find_postal_area(self, code: PostalCode) -> Place | None:
        area = self._find_area(code)
        if area is None:
            return None
        city = self._name_area(area)
        return Place(
            label=f"{city}, {area.region} {area.code}",
            lat=area.lat,
            lon=area.lon,
            country=area.country,
            region=area.region,
            city=city,
            postal_code=code.code,
            kind=PlaceKind.POSTAL_CODE,
        )

    def _find_area(self, code: PostalCode) -> PostalArea | None:
        """A few ZIP codes are looked up one by one (2 ms each); for many, the whole table is read (1 s, once)."""
        if code.country == "CA":
            return self._sortation_areas.get(code.area)
        self._zip_codes_asked += 1
        return find_zip_code(code.area) if self._zip_codes_asked <= _FEW else self._postal_areas.get(code.area)

    def _name_area(self, area: PostalArea) -> str:
        """The city of a postal area; Canadian ones carry quarters ("Brampton West", "Downtown Toronto")."""
        name = area.cities[0]
        words = name.split()
        cuts = [" ".join(words[:end]) for end in range(len(words), 0, -1)]
        cuts += [" ".join(words[start:]) for start in range(1, len(words))]
        for cut in cuts if area.country == "CA" else cuts[:1]:
            key = fold_place(cut)
            found = [p for p in self._by_name.get(key, ()) if (p.country, p.region) == (area.country, area.region)]
            if found:
                return found[0].city or name
        return name

    # --- from a prefix ----------------------------------------------------------------------------------------

    def suggest_places(self, prefix: str, limit: int = 8) -> list[Place]:
        """Places whose name or postal code begins like `prefix`, largest first: for a box that helps while typing."""
        plain = prefix.strip()
        if re.fullmatch(r"\d{3,5}|[A-Za-z]\d[A-Za-z]?", plain):
            codes = sorted(code for code in self._postal_areas if code.startswith(plain.upper()))[:limit]
            return [place for code in codes if (place := self.find_postal(code))]
        head, _, tail = plain.partition(",")
        key, region = fold_place(head), fold_place(tail)
        if not key:
            return []
        begin = slice(bisect_left(self._keys, key), bisect_left(self._keys, key + "\uffff"))
        names = [key] if tail else self._keys[begin]
        regions = [self._make_region(r) for r in load_regions() if fold_place(r.names["en"]).startswith(key)]
        found = [
            place
            for name in names
            for place in self._by_name.get(name, ())
            if not region or _region_begins(place, region)
        ]
        ranked = heapq.nlargest(limit, found, key=lambda place: (place.population, place.label))
        return (ranked[: max(0, limit - len(regions))] + regions)[:limit] if not tail else ranked

    # --- from a point -----------------------------------------------------------------------------------------

    def find_nearest(self, lat: float, lon: float) -> tuple[Place, float]:
        """The town nearest to a point, and how far it is in kilometres; towns beyond the borders count too."""
        places, lats, lons = self.points
        distances = distances_km(lat, lon, lats, lons)
        at = int(np.argmin(distances))
        return places[at], float(distances[at])

    def region_of_point(self, lat: float, lon: float) -> tuple[str, str] | None:
        """(country, region) of the nearest town; None far from any town or beyond the borders of the two countries."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (abs(lat) < 0.01 and abs(lon) < 0.01):
            return None
        place, distance = self.find_nearest(lat, lon)
        if distance > _NEAR_ENOUGH_KM or place.country not in ("US", "CA") or place.region is None:
            return None
        return place.country, place.region

    # --- inference --------------------------------------------------------------------------------------------

    def infer_region(self, city: str, country: str | None, phone: str | None) -> tuple[str, str] | None:
        """(country, region) if city, country and the phone's area code leave one only; to be marked as inferred."""
        key = fold_place(city)
        found = {
            (place.country, place.region)
            for table in (self._by_name, self._by_squashed_name, self._zip_cities)
            for place in table.get(key, ())
            if country in (None, place.country)
        }
        area_code = find_area_code(phone)
        if area_code is not None and area_code in self._area_codes:
            found &= self._area_codes[area_code]
        if len(found) != 1:
            return None
        (only,) = found
        return (only[0], only[1]) if only[0] and only[1] else None

    # --- tables, each read when first needed ------------------------------------------------------------------

    @cached_property
    def _keys(self) -> Sequence[str]:
        return sorted(self._by_name)

    @cached_property
    def _by_squashed_name(self) -> dict[str, list[Place]]:
        squashed: dict[str, list[Place]] = defaultdict(list)
        for key, places in self._by_name.items():
            if " " in key:
                squashed[key.replace(" ", "")] += places
        return dict(squashed)

    @cached_property
    def _postal_areas(self) -> dict[str, PostalArea]:
        return {area.code: area for area in read_zip_codes()} | self._sortation_areas

    @cached_property
    def _sortation_areas(self) -> dict[str, PostalArea]:
        return {area.code: area for area in read_sortation_areas()}

    @cached_property
    def _zip_cities(self) -> dict[str, list[Place]]:
        """Towns that only the post knows, at the mean of their ZIP codes."""
        areas: dict[tuple[str, str], list[PostalArea]] = defaultdict(list)
        for area in self._postal_areas.values():
            for city in area.cities if area.country == "US" else ():
                areas[city, area.region].append(area)
        towns: dict[str, list[Place]] = defaultdict(list)
        for (city, region), members in areas.items():
            chosen = [area for area in members if area.standard] or members
            lat = sum(area.lat for area in chosen) / len(chosen)
            lon = sum(area.lon for area in chosen) / len(chosen)
            towns[fold_place(city)].append(
                Place(label=f"{city}, {region}", lat=lat, lon=lon, country="US", region=region, city=city)
            )
        return dict(towns)

    @cached_property
    def _area_codes(self) -> dict[str, set[tuple[str | None, str | None]]]:
        codes: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
        for area in self._postal_areas.values():
            for code in area.area_codes:
                codes[code].add((area.country, area.region))
        for region in load_regions():
            for code in region.area_codes:
                codes[code].add((region.country, region.code))
        return dict(codes)

    @cached_property
    def points(self) -> tuple[list[Place], NDArray[np.float64], NDArray[np.float64]]:
        """Every town with its latitude and longitude, towns just beyond the two countries' borders too."""
        abroad = [
            Place(label=city.name, lat=city.lat, lon=city.lon, country=city.country, city=city.name)
            for city in read_cities(_NEIGHBOURS)
        ]
        places = self._places + abroad
        return places, np.array([p.lat for p in places]), np.array([p.lon for p in places])

    def _make_point(self, lat: float, lon: float) -> Place:
        where = self.region_of_point(lat, lon)
        return Place(
            label=f"{lat:.4f}, {lon:.4f}",
            lat=lat,
            lon=lon,
            country=where[0] if where else None,
            region=where[1] if where else None,
            kind=PlaceKind.POINT,
        )

    def _make_region(self, region: Region) -> Place:
        members = [p for p in self._places if (p.country, p.region) == (region.country, region.code)]
        lat, lon = find_centre(members)
        return Place(
            label=region.names["en"],
            lat=lat,
            lon=lon,
            country=region.country,
            region=region.code,
            population=sum(place.population for place in members),
            kind=PlaceKind.REGION,
        )

    def _make_country(self, country: str) -> Place:
        members = [place for place in self._places if place.country == country]
        lat, lon = find_centre(members)
        return Place(label=COUNTRIES[country], lat=lat, lon=lon, country=country, kind=PlaceKind.COUNTRY)


def _sort_by_size(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.population, place.label))


def _choose(places: Sequence[Place]) -> PlaceAnswer:
    """The first of places sorted by size if it outweighs the next, else all as candidates."""
    if len(places) == 1 or (places and places[0].population >= max(1, _DOMINANCE * places[1].population)):
        return PlaceAnswer(places[0])
    return PlaceAnswer(None, tuple(places[:_MANY]))


def _region_begins(place: Place, prefix: str) -> bool:
    region = get_region(place.country or "", place.region or "")
    return region is not None and (
        fold_place(region.code).startswith(prefix)
        or any(fold_place(name).startswith(prefix) for name in region.names.values())
    )


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of this release, read once."""
    return Gazetteer(read_cities(("US", "CA")))
