"""What structured data says of the business and its people, ready for the readers of each field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from crawler.extraction.addresses import Place, find_addresses
from crawler.extraction.cues import Cues
from crawler.extraction.document import Document, Line, Section, clean
from crawler.extraction.hours import read_stated
from crawler.extraction.mentions import find_city_mentions
from crawler.extraction.regions import country_of, find_country, find_region
from crawler.extraction.structured import Node, is_business, is_person, nodes_of, text_of, texts_of
from directory.models import Answer


@dataclass(slots=True)
class Stated:
    """What the page's structured data says of the business, ready for the readers of each field."""

    names: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    areas: list[Place] = field(default_factory=list)
    hours: str | None = None
    insurance: Answer | None = None
    prices: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


_SPOKEN = (
    "description", "slogan", "knowsAbout", "medicalSpecialty", "availableService", "hasCredential", "additionalType",
)  # fmt: skip
_OFFERED = re.compile(r"Service|Offer|Product|MedicalTherapy|MedicalProcedure|MedicalCondition|Question")


def read_stated_facts(nodes: list[Node]) -> Stated:
    """The facts of the business nodes (the one with an address first) and of the people."""
    stated = Stated()
    businesses = sorted((node for node in nodes if is_business(node)), key=lambda node: not node.get("address"))
    for node in businesses[:12]:
        _read_business(stated, node)
    for node in nodes:
        if is_person(node):
            _read_person(stated, node, alone=len(nodes) < 4)
            if not businesses:
                stated.phones += texts_of(node.get("telephone"), limit=2)
                stated.emails += texts_of(node.get("email"), limit=2)
        elif _OFFERED.search(str(node.get("@type"))):
            stated.lines += texts_of(node.get("name"), limit=1) + texts_of(node.get("description"), limit=1)
            if "Question" in str(node.get("@type")):
                stated.lines += [
                    t for a in nodes_of(node.get("acceptedAnswer")) for t in texts_of(a.get("text"), limit=1)
                ]
    for node in businesses:
        stated.lines += _credential_texts(node)
    return stated


def _read_business(stated: Stated, node: Node) -> None:
    stated.names += texts_of(node.get("name"), limit=1)
    stated.urls += texts_of(node.get("url"), limit=1)
    stated.phones += texts_of(node.get("telephone"), limit=4)
    stated.emails += texts_of(node.get("email"), limit=4)
    stated.prices += texts_of(node.get("priceRange"), limit=1)
    for key in ("knowsLanguage", "availableLanguage"):
        stated.languages += texts_of(node.get(key), limit=8)
    stated.hours = stated.hours or read_stated(node)
    stated.places += _places_of(node)
    stated.areas += _areas_of(node)
    accepts = node.get("acceptsInsurance")
    if isinstance(accepts, bool):
        stated.insurance = Answer.YES if accepts else Answer.NO
    elif any("insurance" in text.lower() for text in texts_of(node.get("paymentAccepted"), limit=12)):
        stated.insurance = stated.insurance or Answer.YES
    for key in ("founder", "founders", "employee", "employees", "member", "owner"):
        for person in nodes_of(node.get(key)):
            if "Organization" not in str(person.get("@type")):
                stated.people += texts_of(person.get("name"), limit=1)
    for key in _SPOKEN:
        stated.lines += [text for text in texts_of(node.get(key), limit=30) if not text.startswith("http")]


def _read_person(stated: Stated, node: Node, *, alone: bool) -> None:
    """A person with a title or an employer, or on a page with few nodes; no author of a review."""
    placed = node.get("jobTitle") or node.get("worksFor") or node.get("hasCredential") or alone
    if placed and not re.search(r"review|author", str(node.get("@type")), re.IGNORECASE):
        stated.people += texts_of(node.get("name"), limit=1)
    parts = [text_of(node.get(key)) for key in ("name", "jobTitle", "description")]
    stated.lines.append(", ".join(part for part in parts if part))
    stated.lines += _credential_texts(node)


def _credential_texts(node: Node) -> list[str]:
    found = []
    for credential in nodes_of(node.get("hasCredential")) + nodes_of(node.get("identifier")):
        parts = [
            text_of(credential.get(key)) for key in ("credentialCategory", "name", "propertyID", "identifier", "value")
        ]
        found.append(" ".join(dict.fromkeys(part for part in parts if part)))
    number = text_of(node.get("licenseNumber")) or text_of(node.get("license"))
    if number and any(c.isdigit() for c in number) and not number.startswith("http"):
        found.append(f"License # {number}" if number[0].isdigit() else number)
    return found


def _places_of(node: Node) -> list[Place]:
    places = []
    geo = next(iter(nodes_of(node.get("geo"))), {})
    lat, lon = _number(text_of(geo.get("latitude"))), _number(text_of(geo.get("longitude")))
    if lat is None or lon is None or (abs(lat) < 1e-6 and abs(lon) < 1e-6) or abs(lat) > 90 or abs(lon) > 180:
        lat = lon = None
    phone = next(iter(texts_of(node.get("telephone"), limit=1)), None)
    addresses = node.get("address") or node.get("location")
    for item in addresses if isinstance(addresses, list) else [addresses]:
        part = item
        if isinstance(item, dict) and isinstance(item.get("address"), dict | str):
            part = item["address"]
        place: Place | None = None
        if isinstance(part, str) and part.strip():
            shell = Document(lines=[Line(clean(part), "p", Section.DATA, 0)])
            place = next(iter(find_addresses(shell)), None) or next(iter(find_city_mentions(Cues(shell.lines))), None)
            place = replace(place, where="json-ld", line=-1) if place else None
        elif isinstance(part, dict):
            place = _place_of(part)
        if place and (place.street or place.city or place.postal_code):
            places.append(replace(place, lat=lat, lon=lon, phone=phone, weight=5.0))
    return places


def _areas_of(node: Node) -> list[Place]:
    """The cities the business says it serves, where their state is said too."""
    areas = []
    listed = node.get("areaServed")
    for item in (listed if isinstance(listed, list) else [listed])[:20]:
        if isinstance(item, str):
            shell = Document(lines=[Line(clean(item), "p", Section.DATA, 0)])
            areas += find_city_mentions(Cues(shell.lines))
        elif isinstance(item, dict):
            city, around = text_of(item.get("name")), next(iter(nodes_of(item.get("containedInPlace"))), {})
            region = find_region(text_of(around.get("name")) or "")
            if city and region:
                areas.append(Place(city=city, region=region, country=country_of(region), snippet=city))
    return [replace(area, where="json-ld", line=-1) for area in areas]


def _place_of(address: Node) -> Place | None:
    street = ", ".join(texts_of(address.get("streetAddress"), limit=3)) or None
    city = text_of(address.get("addressLocality"))
    raw_region = text_of(address.get("addressRegion"))
    postal = text_of(address.get("postalCode"))
    country_text = text_of(address.get("addressCountry"))
    country = find_country(country_text) if country_text else None
    region = find_region(raw_region) if raw_region else None
    if country is None or (country == "CA" and region and country_of(region) == "US"):
        country = country_of(region) or country
    if country not in ("US", "CA", None):
        region = raw_region
    if city and "," in city:
        head, _, tail = city.partition(",")
        city, region = head.strip(), region or find_region(tail)
    if postal:
        postal = postal.upper() if not postal[:5].isdigit() else postal
    snippet = ", ".join(part for part in (street, city, raw_region, postal) if part)
    return Place(
        street=street, city=city, region=region, postal_code=postal, country=country, snippet=snippet, where="json-ld"
    )


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def add_head_lines(document: Document, stated: Stated) -> None:
    """Put what title, description and data say among the lines, so that one reading serves all."""
    head = [Line(document.title, "title", Section.META, -1)] if document.title else []
    for key in ("description", "og:description"):
        text = document.meta.get(key)
        if text and all(text != line.text for line in head):
            head.append(Line(text, key, Section.META, -1))
    author = document.meta.get("author")
    if author and re.search(r"LMT|RMT|LMBT|therapist", author):
        head.append(Line(author, "author", Section.META, -1))
    data = [Line(text[:1500], "json-ld", Section.DATA, -1) for text in dict.fromkeys(stated.lines) if text]
    offset = len(head)
    for line in document.lines:
        if line.heading >= 0:
            line.heading += offset
    document.lines[:] = head + document.lines + data[:120]
