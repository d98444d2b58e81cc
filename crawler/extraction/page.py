"""From a page's bytes to what it states: reads each field once and keeps the words it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from crawler.extraction.addresses import Place, find_addresses, find_city_mentions, find_map_point, same_street
from crawler.extraction.contacts import find_booking, find_emails, find_numbers, find_phones, find_website, to_e164
from crawler.extraction.cues import Cues, stems
from crawler.extraction.document import Document, Line, Section, clean, read_document
from crawler.extraction.evidence import Evidence
from crawler.extraction.holds import find_hold_reasons
from crawler.extraction.hours import find_hours, read_stated
from crawler.extraction.kind import find_kind
from crawler.extraction.language import find_language, find_spoken
from crawler.extraction.naming import find_name
from crawler.extraction.people import find_people, place_credentials
from crawler.extraction.regions import country_of, find_country, find_region, fold_city, load_cities
from crawler.extraction.services import find_insurance, find_referral, find_setting
from crawler.extraction.structured import Node, is_business, is_person, nodes_of, read_nodes, text_of, texts_of
from crawler.extraction.terms import find_terms
from directory.models import Answer, ExtractedPage, PageLocation, PagePractitioner, to_json
from directory.vocabularies import load_vocabulary

_PRICE = re.compile(r"(?:CA|C|US)?\$\s?\d{1,4}(?:\.\d\d)?|\d{1,4}(?:,\d\d)?\s?\$")
_ACCESS = re.compile(
    r"wheelchair[- ]accessible|accessible (?:entrance|parking|office|studio|building|washroom|by wheelchair)|handicap(?:ped)?[- ](?:accessible|parking)|\bADA\b[- ](?:accessible|compliant)|elevator|ground[- ]floor|no stairs|step-free|free parking|acc[èe]s (?:pour )?fauteuil roulant|accesible",
    re.IGNORECASE,
)  # fmt: skip


def extract_page(
    body: bytes | str, *, url: str | None = None, file: str | None = None, content_type: str | None = None
) -> ExtractedPage:
    """What the page states; never raises, whatever the bytes: a page that cannot be read is held with its reason."""
    try:
        return _read(body, url, file, content_type)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
        MemoryError,
        ArithmeticError,
    ) as error:
        return unreadable(file=file, url=url, reason=f"unreadable: {type(error).__name__}")


def unreadable(*, file: str | None, url: str | None, reason: str) -> ExtractedPage:
    """The page that could not be read, held with the reason."""
    return ExtractedPage(file=file, url=url, publish=False, hold_reasons=(reason,))


def to_contract_json(page: ExtractedPage) -> dict[str, object]:
    """The page as the 'Extracted page' of the file formats."""
    data: dict[str, object] = to_json(page)
    return data


@dataclass(slots=True)
class Stated:
    """What the page's structured data says of the business, ready for the readers of each field."""

    names: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    hours: str | None = None
    insurance: Answer | None = None
    prices: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def _read(body: bytes | str, url: str | None, file: str | None, content_type: str | None) -> ExtractedPage:
    notes = Evidence()
    document = read_document(body, content_type)
    stated = read_stated_facts(read_nodes(document))
    _add_head_lines(document, stated)
    cues = Cues(document.lines)
    language = find_language((line.text for line in document.visible()), document.lang)
    people = find_people(document, cues, stated.people, notes)
    name = find_name(document, stated.names, people[0].name if people else None, notes)
    credentials = place_credentials(document, cues, people, notes)
    places = find_places(document, stated)
    countries = [place.country for place in places if place.country]
    phones = find_phones(document, stated.phones, countries, notes)
    places = [_with_phone(document, place, phones, len(places)) for place in places]
    emails = find_emails(document, stated.emails, notes)
    website = find_website(document, stated.urls, url, notes)
    for place in places:
        for part in ("street", "city", "region", "postal_code"):
            value = getattr(place, part)
            if value:
                notes.add(part, value, place.snippet, place.where)
    techniques, conditions = find_terms(document.lines, load_vocabulary(), language, name, notes)
    hours = stated.hours
    if hours is None:
        printed = find_hours(document.lines)
        if printed:
            hours = printed[0]
            notes.add("opening_hours", hours, printed[1].text, printed[1].where)
    reasons = find_hold_reasons(
        document,
        cues,
        phones=phones,
        countries=countries,
        placed=any(place.country in ("US", "CA") for place in places),
        host=_host_of(url) or _host_of(website),
        notes=notes,
    )
    return ExtractedPage(
        file=file,
        url=url or website,
        language=language,
        name=name,
        practitioners=tuple(PagePractitioner(name=p.name, credentials=tuple(p.credentials)) for p in people),
        locations=tuple(_to_location(place) for place in places),
        phones=tuple(phones),
        emails=tuple(emails),
        website=website,
        credentials=tuple(credentials),
        techniques=tuple(techniques),
        conditions=tuple(conditions),
        practice_kind=find_kind(cues, offers=len(techniques) > 1, notes=notes),
        setting=find_setting(cues, name, notes),
        referral=find_referral(cues, notes),
        accepts_insurance=stated.insurance or find_insurance(cues, notes),
        opening_hours=hours,
        booking_url=find_booking(document.lines, url or website, notes),
        prices=tuple(_find_prices(document.lines, stated.prices)),
        languages=tuple(_find_languages(cues, stated.languages)),
        accessibility=tuple(_find_access(cues)),
        summary=_find_summary(document),
        publish=not reasons,
        hold_reasons=tuple(reasons),
        evidence=notes.as_tuple(),
    )


def read_stated_facts(nodes: list[Node]) -> Stated:
    """The facts of the business nodes (the one with an address first) and of the people."""
    stated = Stated()
    businesses = sorted((node for node in nodes if is_business(node)), key=lambda node: not node.get("address"))
    for node in businesses[:12]:
        stated.names += texts_of(node.get("name"), limit=1)
        stated.urls += texts_of(node.get("url"), limit=1)
        stated.phones += texts_of(node.get("telephone"), limit=4)
        stated.emails += texts_of(node.get("email"), limit=4)
        stated.prices += texts_of(node.get("priceRange"), limit=1)
        stated.languages += texts_of(node.get("knowsLanguage"), limit=8) + texts_of(
            node.get("availableLanguage"), limit=8
        )
        stated.hours = stated.hours or read_stated(node)
        stated.places += _places_of(node)
        accepts = node.get("acceptsInsurance")
        if isinstance(accepts, bool):
            stated.insurance = Answer.YES if accepts else Answer.NO
        for key in ("founder", "founders", "employee", "employees", "member", "owner"):
            stated.people += [
                t
                for n in nodes_of(node.get(key))
                if "Organization" not in str(n.get("@type"))
                for t in texts_of(n.get("name"), limit=1)
            ]
        for key in (
            "description",
            "slogan",
            "knowsAbout",
            "medicalSpecialty",
            "availableService",
            "hasCredential",
            "additionalType",
        ):
            stated.lines += [text for text in texts_of(node.get(key), limit=30) if not text.startswith("http")]
    for node in nodes:
        kinds = str(node.get("@type"))
        if is_person(node):
            if not re.search(r"review|author", kinds, re.IGNORECASE) and (
                node.get("jobTitle") or node.get("worksFor") or node.get("hasCredential") or len(nodes) < 4
            ):
                stated.people += texts_of(node.get("name"), limit=1)
            parts = [text_of(node.get(key)) for key in ("name", "jobTitle", "description")]
            stated.lines.append(", ".join(part for part in parts if part))
            stated.lines += _credential_texts(node)
            if not businesses:
                stated.phones += texts_of(node.get("telephone"), limit=2)
                stated.emails += texts_of(node.get("email"), limit=2)
        elif re.search(
            r"'?(?:Service|Offer|Product|MedicalTherapy|MedicalProcedure|MedicalCondition|Question)'?", kinds
        ):
            stated.lines += texts_of(node.get("name"), limit=1) + texts_of(node.get("description"), limit=1)
            if "Question" in kinds:
                stated.lines += [
                    t for a in nodes_of(node.get("acceptedAnswer")) for t in texts_of(a.get("text"), limit=1)
                ]
    for node in businesses:
        stated.lines += _credential_texts(node)
    return stated


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
    for part in addresses if isinstance(addresses, list) else [addresses]:
        if isinstance(part, dict) and isinstance(part.get("address"), dict | str):
            part = part["address"]
        place: Place | None = None
        if isinstance(part, str) and part.strip():
            shell = Document(lines=[Line(clean(part), "p", Section.DATA, 0)])
            place = next(iter(find_addresses(shell)), None) or next(iter(find_city_mentions(shell)), None)
            place = replace(place, where="json-ld", line=-1) if place else None
        elif isinstance(part, dict):
            place = _place_of(part)
        if place and (place.street or place.city or place.postal_code):
            places.append(replace(place, lat=lat, lon=lon, phone=phone, weight=5.0))
    return places


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


def _add_head_lines(document: Document, stated: Stated) -> None:
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


def find_places(document: Document, stated: Stated) -> list[Place]:
    """The practice's places: data and print merged, mentions of a city only where no address names one."""
    places: list[Place] = []
    for place in [*stated.places, *find_addresses(document)]:
        _merge_place(places, place)
    strong = [place for place in places if place.city or place.postal_code]
    if strong:
        places = strong
    if not any(place.city for place in places):
        mention = _main_city(document)
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
    places.sort(key=lambda place: (-(place.weight >= 5.0), not place.street))
    places = places[:12]
    if len(places) == 1 and places[0].lat is None:
        point = find_map_point(document)
        if point:
            places[0] = replace(places[0], lat=point[0], lon=point[1])
    return places


def _with_phone(document: Document, place: Place, phones: list[str], count: int) -> Place:
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


_SERVING = re.compile(
    r"(?i:serving|serves|located in|based in|based out of|in the heart of|proudly serving|in beautiful|in downtown|in scenic|clients in|appointments in|massage (?:therapy |therapist |services )?in|working in|practice in|studio in|office in|clinic in|home in|au c[œo]ur de|situ[ée]e? [àa]|[àa]|en)\s(?:the\s|downtown\s|beautiful\s|scenic\s|greater\s)*(?P<city>[A-ZÀ-Ý][\wÀ-ÿ.'’-]+(?:[ -][A-ZÀ-Ý][\wÀ-ÿ.'’-]+){0,3})"
)


def _main_city(document: Document) -> Place | None:
    """The city the page speaks of most: with its state where printed, else a known city in a telling place."""
    tally: dict[str, float] = {}
    best: dict[str, Place] = {}
    for place in find_city_mentions(document):
        key = fold_city(place.city or "")
        tally[key] = tally.get(key, 0.0) + place.weight
        best.setdefault(key, place)
    tally = {key: weight for key, weight in tally.items() if weight >= 1.0}
    if tally:
        return best[max(tally, key=lambda key: tally[key])]
    cities = load_cities()
    for index, line in enumerate(document.lines):
        if line.section in (Section.TESTIMONIAL, Section.BLOG) or line.tag == "option":
            continue
        for match in _SERVING.finditer(line.text):
            words = match["city"].split()
            for size in range(len(words), 0, -1):
                name = " ".join(words[:size]).rstrip(".,’'")
                key = fold_city(name)
                if key in cities:
                    tally[key] = tally.get(key, 0.0) + (2.0 if line.section is Section.META or line.level else 1.0)
                    best.setdefault(key, Place(city=name, snippet=line.text, where=line.where, line=index))
                    break
    return best[max(tally, key=lambda key: tally[key])] if tally else None


def _host_of(address: str | None) -> str:
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""


def _to_location(place: Place) -> PageLocation:
    return PageLocation(
        street=place.street, city=place.city, region=place.region, postal_code=place.postal_code, country=place.country,
        phone=place.phone, lat=place.lat, lon=place.lon,
    )  # fmt: skip


def _find_prices(lines: Iterable[Line], stated: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for line in lines:
        if (
            "$" in line.text
            and len(line.text) <= 160
            and line.section not in (Section.TESTIMONIAL, Section.BLOG)
            and _PRICE.search(line.text)
        ):
            found[line.text] = None
            if len(found) >= 40:
                break
    return list(found) or stated[:1]


_SPEAKING = stems(
    "speak speaks spoken fluent language languages bilingual habla hablamos parle parlons langues service services idiomas"
)
_ACCESSIBLE = stems(
    "wheelchair accessible handicap handicapped ada elevator ground stairs step parking fauteuil accesible"
)


def _find_languages(cues: Cues, stated: list[str]) -> list[str]:
    found = {code: None for text in stated for code in find_spoken("speaks " + text)}
    for line in cues.find(_SPEAKING):
        found |= dict.fromkeys(find_spoken(line.text))
    return list(found)


def _find_access(cues: Cues) -> list[str]:
    found: dict[str, None] = {}
    for line in cues.find(_ACCESSIBLE):
        found |= dict.fromkeys(match[0].lower() for match in _ACCESS.finditer(line.text))
    return list(found)[:8]


def _find_summary(document: Document) -> str | None:
    """The page's own description, else its first full paragraph."""
    text = document.meta.get("description") or document.meta.get("og:description")
    if not text:
        text = next(
            (
                line.text
                for line in document.lines
                if line.tag == "p" and line.section is Section.MAIN and len(line.text) > 80
            ),
            None,
        )
    return text[:400] if text else None
