"""FHIR search parameters turned into the directory's own search, and an exact check of what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from directory.errors import UsageError
from directory.models import EntityKind
from directory.names.fold import fold
from directory.places.geometry import distance_km
from directory.regions import country_of, find_region
from search.interface import GeoCircle, SearchRequest, Sort, TherapistDocument
from web.fhir.resources import (
    MASSAGE_THERAPIST,
    Resource,
    make_locations,
    make_organization,
    make_practitioner,
    make_role,
    make_verifications,
)
from web.site import Site

MAX_COUNT = 200
SHARED = ("_id", "_count", "_summary", "_format", "_page")
ADDRESS = ("address", "address-city", "address-state", "address-postalcode")
ROUGH = ("identifier", "status", *ADDRESS)  # answered roughly by the engine and checked on what comes back
KM_OF_UNIT = {"km": 1.0, "m": 0.001, "[mi_us]": 1.609344, "mi": 1.609344, "": 1.0}


@dataclass(frozen=True)
class ResourceKind:
    """One kind of resource: what may be asked of it, and how it is made from a document."""

    name: str
    params: Mapping[str, str]  # name to FHIR's type of parameter
    entity_kinds: tuple[EntityKind, ...]
    make: Callable[[TherapistDocument, date], Iterator[Resource]]


def _once(
    make: Callable[[TherapistDocument, date], Resource],
) -> Callable[[TherapistDocument, date], Iterator[Resource]]:
    return lambda document, on: iter((make(document, on),))


_ADDRESS_TYPES = dict.fromkeys(ADDRESS, "string")
KINDS = {
    kind.name: kind
    for kind in (
        ResourceKind(
            "Practitioner",
            {"name": "string", "identifier": "token", "near": "special", **_ADDRESS_TYPES},
            (EntityKind.PERSON,),
            _once(lambda document, on: make_practitioner(document, on=on)),
        ),
        ResourceKind(
            "PractitionerRole",
            {"practitioner": "reference", "specialty": "token", "near": "special"},
            (EntityKind.PERSON,),
            _once(lambda document, _: make_role(document)),
        ),
        ResourceKind(
            "Location",
            {"name": "string", "near": "special", **_ADDRESS_TYPES},
            (),
            lambda document, _: make_locations(document),
        ),
        ResourceKind(
            "Organization",
            {"name": "string", "identifier": "token", "near": "special", **_ADDRESS_TYPES},
            (EntityKind.PRACTICE,),
            _once(lambda document, _: make_organization(document)),
        ),
        ResourceKind(
            "VerificationResult",
            {"target": "reference", "status": "token"},
            (),
            lambda document, on: make_verifications(document, on=on),
        ),
    )
}


def make_request(site: Site, kind: ResourceKind, params: Mapping[str, str]) -> SearchRequest:
    """The engine's request: everything that may fit, ordered by name."""
    near, regions = _find_area(params)
    conditions, techniques = _find_terms(site, params.get("specialty", ""))
    return SearchRequest(
        on=site.today(),
        text=_list_words(params)[:2000],
        name=params.get("name", "")[:2000],
        near=near,
        regions=regions,
        conditions=conditions,
        techniques=techniques,
        kinds=kind.entity_kinds,
        sort=Sort.NAME,
        limit=parse_count(params.get("_count")),
        after=params.get("_page"),
    )


def parse_count(text: str | None) -> int:
    """Documents on a page: 20 unless asked, at most 200."""
    if text is None:
        return 20
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0:
        raise UsageError("_count must be a number above 0.")
    return min(int(text[:9]), MAX_COUNT)


def parse_near(text: str) -> GeoCircle:
    """`latitude|longitude|distance|units`, as FHIR writes it; 25 km without a distance."""
    parts = [*text.split("|"), "", "", ""][:4]
    try:
        unit = KM_OF_UNIT[parts[3]]
        circle = GeoCircle(float(parts[0]), float(parts[1]), float(parts[2] or 25) * unit)
    except (KeyError, ValueError) as error:
        raise UsageError("near must be latitude|longitude|distance|units, as in 53.53|-114|25|km.") from error
    if not (abs(circle.lat) <= 90 and abs(circle.lon) <= 180 and 0 < circle.radius_km <= 20_000):
        raise UsageError("near lies outside the globe, or its distance is not above 0.")
    return circle


def _find_area(params: Mapping[str, str]) -> tuple[GeoCircle | None, tuple[str, ...]]:
    """The circle or the state that is asked for."""
    if "near" in params:
        return parse_near(params["near"]), ()
    code = find_region(params.get("address-state")) or find_region(params.get("address"))
    return None, ((f"{country_of(code)}-{code}",) if code else ())


def _list_words(params: Mapping[str, str]) -> str:
    """The words that the engine looks for: numbers, towns and postal codes are all in its text."""
    words = [params[name].rpartition("|")[2] for name in ("identifier",) if name in params]
    words += [params[name] for name in ("address-city", "address-postalcode") if name in params]
    if "address" in params and not find_region(params["address"]):
        words.append(params["address"])
    return " ".join(words)


def _find_terms(site: Site, specialty: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    value = specialty.rpartition("|")[2]
    if not value or value == MASSAGE_THERAPIST:
        return (), ()
    found = [match.term.id for match in site.vocabulary.find_terms(value)]
    ids = [value] if site.find_term(value) else found
    if not ids:
        raise UsageError(f"Nobody knows the specialty {value[:60]!r}. Use {MASSAGE_THERAPIST} or a condition's id.")
    return (
        tuple(term_id for term_id in ids if term_id in site.vocabulary.conditions),
        tuple(term_id for term_id in ids if term_id in site.vocabulary.techniques),
    )


def suits(document: TherapistDocument, request: SearchRequest) -> bool:
    """Whether a document that was asked for by its id answers the rest of the question too."""
    if request.near and not any(_is_near(place.lat, place.lon, request.near) for place in document.locations):
        return False
    if not {*request.conditions, *request.techniques} <= {*document.conditions, *document.techniques}:
        return False
    return not request.name or _is_named([document.name, *document.other_names], request.name)


def fits(resource: Resource, params: Mapping[str, str]) -> bool:
    """Whether a resource answers the parameters that the engine answers only roughly, or for the whole document."""
    if "identifier" in params and not any(_has_identifier(resource, one) for one in params["identifier"].split(",")):
        return False
    if "status" in params and resource.get("status") not in [
        one.rpartition("|")[2] for one in params["status"].split(",")
    ]:
        return False
    if resource["resourceType"] == "Location" and not _fits_place(resource, params):
        return False
    return all(_has_address(resource, name, params[name]) for name in ADDRESS if name in params)


def _fits_place(location: Resource, params: Mapping[str, str]) -> bool:
    """Whether this one place, of perhaps several of a therapist, is near and named as asked."""
    if "name" in params and not _is_named([str(location.get("name", ""))], params["name"]):
        return False
    position = location.get("position", {})
    assert isinstance(position, dict)
    return "near" not in params or _is_near(
        position.get("latitude"), position.get("longitude"), parse_near(params["near"])
    )


def _is_near(lat: float | None, lon: float | None, circle: GeoCircle) -> bool:
    return lat is not None and lon is not None and distance_km(lat, lon, circle.lat, circle.lon) <= circle.radius_km


def _is_named(names: Iterable[str], asked: str) -> bool:
    """Whether each word asked for begins a word of one of the names."""
    words = fold(asked).split()
    return any(all(any(part.startswith(word) for part in fold(name).split()) for word in words) for name in names)


def _has_identifier(resource: Resource, asked: str) -> bool:
    system, bar, value = asked.rpartition("|")
    found = [
        *_items(resource, "identifier"),
        *(i for q in _items(resource, "qualification") for i in _items(q, "identifier")),
    ]
    return any(item.get("value") == value and (not bar or item.get("system", "") == system) for item in found)


def _has_address(resource: Resource, name: str, asked: str) -> bool:
    wanted = [word.strip().casefold() for word in asked.split(",")]
    element = {"address-city": "city", "address-state": "state", "address-postalcode": "postalCode"}.get(name)
    for address in _items(resource, "address"):
        values = [str(address.get(element, ""))] if element else _list_parts(address)
        if all(any(value.casefold().startswith(word) for value in values if value) for word in wanted):
            return True
    return False


def _list_parts(address: Resource) -> list[str]:
    lines = address.get("line", [])
    return [
        *(lines if isinstance(lines, list) else []),
        *(str(value) for key, value in address.items() if key != "line"),
    ]


def _items(resource: Resource, name: str) -> list[Resource]:
    value = resource.get(name, [])
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]
