"""Places of open maps: OpenStreetMap elements and Overture rows, to listings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeGuard

from crawler.items import PassedOver, SetAside
from crawler.readers.values import join_name, parse_phone
from crawler.sources.model import Source
from directory.models import EntityKind, Listing, Tier

# Tags in use for massage: shops, and the health-care specialities of clinics.
OSM_FILTERS = (
    '["shop"="massage"]',
    '["healthcare"="massage"]',
    '["healthcare:speciality"~"massage",i]',
    '["healthcare"="alternative"]["healthcare:speciality"~"massage",i]',
    '["leisure"="spa"]["massage"="yes"]',
    '["amenity"="spa"]["massage"="yes"]',
)
OVERTURE_CATEGORIES = frozenset(
    {"massage", "massage_therapy", "massage_therapist", "sports_massage", "medical_massage"}
)
_SKIP = re.compile(r"\b(massage chairs?|furniture|school|college|supply|supplies)\b", re.IGNORECASE)
Outcome = Listing | SetAside | PassedOver


def make_overpass_query(code: str, city: str | None, timeout_s: int = 180) -> str:
    """The Overpass question for every massage place of a state or province (ISO 3166-2), or of a city in it."""
    area = f'area["ISO3166-2"="{code}"]["admin_level"="4"]->.region;'
    within = "region"
    if city:
        name = city.replace("\\", "").replace('"', "")
        area += f'area["name"="{name}"]["boundary"="administrative"](area.region)->.place;'
        within = "place"
    parts = "".join(f"nwr{tags}(area.{within});" for tags in dict.fromkeys(OSM_FILTERS))
    return f"[out:json][timeout:{timeout_s}];{area}({parts});out center tags;"


def read_osm_element(source: Source, element: object, where: str, region: tuple[str, str] | None) -> Outcome:
    """A node, way or relation as a listing; `region` is the country and state asked for."""
    given = element.get("tags") if _is_mapping(element) else None
    if not _is_mapping(element) or not _is_mapping(given):
        return SetAside(where, "element without tags")
    tags = {str(key): str(value) for key, value in given.items()}
    name = tags.get("name")
    if not name:
        return PassedOver("place without a name")
    if any(key.startswith(("disused:", "abandoned:", "was:")) for key in tags) or _SKIP.search(name):
        return PassedOver("closed, or no practice")
    center = element.get("center")
    point = center if _is_mapping(center) else element
    lat, lon = _number(point.get("lat")), _number(point.get("lon"))
    country = tags.get("addr:country") or (region[0] if region else None)
    state = tags.get("addr:state") or tags.get("addr:province")
    return Listing(
        listing_id=f"{element.get('type')}/{element.get('id')}",
        source=source.id,
        practice=name,
        title=name,
        street=join_name(tags.get("addr:housenumber"), tags.get("addr:street"), tags.get("addr:unit")) or None,
        city=tags.get("addr:city"),
        region=state.upper() if state and len(state) == 2 else (region[1] if region else None),
        postal_code=tags.get("addr:postcode"),
        country=country,
        phone=parse_phone(_first(tags.get("phone") or tags.get("contact:phone")), country or "US"),
        email=_first(tags.get("email") or tags.get("contact:email")),
        website=_first(tags.get("website") or tags.get("contact:website") or tags.get("url")),
        lat=lat,
        lon=lon,
        opening_hours=tags.get("opening_hours"),
        accessibility=("wheelchair",) if tags.get("wheelchair") == "yes" else (),
        kind=EntityKind.PRACTICE,
        url=f"https://www.openstreetmap.org/{element.get('type')}/{element.get('id')}",
        tier=Tier.THIRD_PARTY,
        region_inferred=not state,
    )


def read_overture_row(source: Source, row: Mapping[str, object], where: str) -> Outcome:
    """A row of Overture's places as a listing."""
    names = row.get("names")
    name = names.get("primary") if _is_mapping(names) else None
    if not isinstance(name, str) or not name:
        return SetAside(where, "no name")
    if row.get("operating_status") in {"closed", "permanently_closed"} or _SKIP.search(name):
        return PassedOver("closed, or no practice")
    box = row.get("bbox")
    lat = _middle(box, "ymin", "ymax")
    lon = _middle(box, "xmin", "xmax")
    if lat is None or lon is None or (abs(lat) < 0.01 and abs(lon) < 0.01):
        return SetAside(where, "no usable coordinates")
    addresses = row.get("addresses")
    address = addresses[0] if isinstance(addresses, Sequence) and addresses and _is_mapping(addresses[0]) else {}
    country = _text(address.get("country"))
    region = _text(address.get("region"))
    return Listing(
        listing_id=str(row.get("id")),
        source=source.id,
        practice=name,
        title=name,
        street=_text(address.get("freeform")),
        city=_text(address.get("locality")),
        region=region[-2:].upper() if region else None,
        postal_code=_text(address.get("postcode")),
        country=country,
        phone=parse_phone(_text(_head(row.get("phones"))), country or "US"),
        email=_text(_head(row.get("emails"))),
        website=_text(_head(row.get("websites"))),
        lat=lat,
        lon=lon,
        kind=EntityKind.PRACTICE,
        tier=Tier.THIRD_PARTY,
    )


def read_osm_date(document: Mapping[str, object]) -> date | None:
    """The day the map data is of."""
    osm3s = document.get("osm3s")
    stamp = osm3s.get("timestamp_osm_base") if _is_mapping(osm3s) else None
    try:
        return date.fromisoformat(str(stamp)[:10]) if stamp else None
    except ValueError:
        return None


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None


def _middle(box: object, low: str, high: str) -> float | None:
    if not _is_mapping(box):
        return None
    first, second = _number(box.get(low)), _number(box.get(high))
    return None if first is None or second is None else round((first + second) / 2, 6)


def _first(text: str | None) -> str | None:
    return text.split(";")[0].strip() or None if text else None


def _head(value: object) -> object:
    return value[0] if isinstance(value, Sequence) and not isinstance(value, str) and value else None


def _text(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None
