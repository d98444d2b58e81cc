"""Where a listing is: its address, with a point from the page, else from the postal code, else from the city."""

from __future__ import annotations

from collections.abc import Iterable

from directory.models import Listing, Tier
from directory.places import Gazetteer, Place, PlaceKind, distance_km
from directory.regions import find_region
from search.geometry import is_on_globe
from search.interface import DocumentLocation

TERRITORY = ("US", "CA")
FARTHEST_KM = 150.0  # a page's point so far from its own address is a mistake


class OutOfTerritoryError(Exception):
    """The listing is neither in the United States nor in Canada."""


class UnplacedError(Exception):
    """Nothing says where the listing is."""


def place_listing(listing: Listing, gazetteer: Gazetteer) -> DocumentLocation:
    """The listing's place of practice; raises `OutOfTerritoryError` or `UnplacedError`.

    The street is given only where the practice's own page prints it. What the page does not state is inferred only
    where one answer is possible, and marked.
    """
    if point := _find_foreign_point(listing, gazetteer):
        return _locate(listing, point, country=listing.country, region=listing.region, source="page")
    if listing.country and listing.country not in TERRITORY:
        raise OutOfTerritoryError
    address = _find_address(listing, gazetteer)
    lat, lon, source = _find_point(listing, address, gazetteer)
    country, region, inferred = listing.country, listing.region, listing.region_inferred
    if not (country and region):
        stated = region
        known = (address.country, address.region) if address else gazetteer.region_of_point(lat, lon)
        if known is None:
            raise OutOfTerritoryError
        country, region = country or known[0], region or known[1]
        inferred = inferred or stated is None
    if country not in TERRITORY:
        raise OutOfTerritoryError
    city = listing.city or (address.city if address else None)
    return _locate(
        listing, (lat, lon), country=country, region=region, source=source, city=city, region_inferred=inferred
    )


def _locate(
    listing: Listing,
    point: tuple[float, float],
    *,
    country: str | None,
    region: str | None,
    source: str,
    city: str | None = None,
    region_inferred: bool = False,
) -> DocumentLocation:
    return DocumentLocation(
        lat=point[0],
        lon=point[1],
        street=listing.street if listing.tier is Tier.OWN_SITE else None,
        city=city or listing.city,
        region=region,
        postal_code=listing.postal_code,
        country=country,
        phone=listing.phone,
        label=listing.practice,
        accessible=True if "wheelchair" in listing.accessibility else None,
        region_inferred=region_inferred,
        point_source=source,
    )


def _find_foreign_point(listing: Listing, gazetteer: Gazetteer) -> tuple[float, float] | None:
    """The point of a listing handed to us from elsewhere in the world: there, its coordinates are all we can place.

    A practice's own page abroad is no such listing: our crawl keeps to the territory.
    """
    if listing.tier is Tier.OWN_SITE or listing.country in TERRITORY:
        return None
    point = next(iter(_list_points(listing)), None)
    if point is None or listing.country:
        return point
    if any(gazetteer.region_of_point(lat, lon) for lat, lon in _list_points(listing)):
        return None
    # A state or province of ours contradicts the point: then the address is believed.
    return None if find_region(listing.region) else point


def _find_address(listing: Listing, gazetteer: Gazetteer) -> Place | None:
    """The postal code's centre, else the city's; a bare city counts only if one is meant without doubt."""
    if listing.postal_code and (found := gazetteer.find_postal(listing.postal_code, listing.country)):
        return found
    if not listing.city:
        return None
    if found := gazetteer.find_city(listing.city, listing.region, listing.country):
        return found
    answer = gazetteer.resolve(", ".join(filter(None, (listing.city, listing.region))), listing.country)
    return answer.place if answer.place and answer.place.kind is PlaceKind.CITY else None


def _find_point(listing: Listing, address: Place | None, gazetteer: Gazetteer) -> tuple[float, float, str]:
    for lat, lon in _list_points(listing):
        if address is None:
            if gazetteer.region_of_point(lat, lon) is not None or listing.country in TERRITORY:
                return lat, lon, "page"
        elif distance_km(lat, lon, address.lat, address.lon) <= FARTHEST_KM:
            return lat, lon, "page"
    if address is None:
        if any(True for _ in _list_points(listing)):
            raise OutOfTerritoryError
        raise UnplacedError
    return address.lat, address.lon, "postal-code" if address.kind is PlaceKind.POSTAL_CODE else "city"


def _list_points(listing: Listing) -> Iterable[tuple[float, float]]:
    """The page's point as it stands, then with latitude and longitude swapped, as pages sometimes have them."""
    if listing.lat is None or listing.lon is None:
        return
    for lat, lon in ((listing.lat, listing.lon), (listing.lon, listing.lat)):
        if is_on_globe(lat, lon):
            yield lat, lon
