"""From a page's bytes to what it states: reads each field once and keeps the words it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.extraction.addresses import Place
from crawler.extraction.contacts import find_booking, find_emails, find_phones, find_website
from crawler.extraction.cues import Cues, Gated, loose
from crawler.extraction.document import MAIN, OTHERS_WORDS, Document, Line, read_document
from crawler.extraction.evidence import Evidence
from crawler.extraction.facts import add_head_lines, read_stated_facts
from crawler.extraction.holders import place_credentials
from crawler.extraction.holds import find_hold_reasons
from crawler.extraction.hours import find_hours
from crawler.extraction.kind import find_kind
from crawler.extraction.language import SPEAKS, find_language, find_spoken
from crawler.extraction.naming import find_name
from crawler.extraction.people import Person, find_people, read_practice_name
from crawler.extraction.places import find_places, place_abroad, with_phone
from crawler.extraction.services import find_insurance, find_referral, find_setting
from crawler.extraction.structured import read_nodes
from crawler.extraction.terms import find_terms
from directory.models import ExtractedPage, PageLocation, PagePractitioner, to_json
from directory.vocabularies import load_vocabulary

_PRICE = re.compile(r"(?:CA|C|US)?\$\s?\d{1,4}(?:\.\d\d)?|\d{1,4}(?:,\d\d)?\s?\$")
_ACCESS = Gated(loose(
    r"wheelchair[- ]accessible|accessible (?:entrance|parking|office|studio|building|washroom|by wheelchair)|"
    r"handicap(?:ped)?[- ](?:accessible|parking)|\bADA\b[- ](?:accessible|compliant)|elevator|ground[- ]floor|no "
    r"stairs|step-free|free parking|acc[èe]s (?:pour )?fauteuil roulant|accesible"
    ), "wheelchair", "accessible ", "handicap", "ada ", "ada-", "elevator", "ground-floor", "ground floor", "no stairs",
    "step-free", "free parking", "fauteuil roulant", "accesible",
)  # fmt: skip


def extract_page(
    body: bytes | str, *, url: str | None = None, file: str | None = None, content_type: str | None = None
) -> ExtractedPage:
    """What the page states; never raises, whatever the bytes: a page that cannot be read is held with its reason."""
    try:
        return read_page(body, url, file, content_type)
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


def read_page(body: bytes | str, url: str | None, file: str | None, content_type: str | None) -> ExtractedPage:
    """The reading itself, with nothing caught: `extract_page` is what others call."""
    notes = Evidence()
    document = read_document(body, content_type)
    stated = read_stated_facts(read_nodes(document))
    add_head_lines(document, stated)
    cues = Cues(document.lines)
    language = find_language((line.text for line in document.visible()), document.lang)
    people = find_people(document, cues, stated.people, notes)
    places = find_places(document, cues, stated)
    cities = [place.city for place in places if place.city]
    name = find_name(document, stated.names, people[0].name if people else None, notes, cities)
    people = people or _find_namesake(name, notes)
    credentials = place_credentials(document, cues, people, notes)
    countries = [place.country for place in places if place.country]
    phones = find_phones(cues, stated.phones, countries, notes)
    places = place_abroad(document, places, phones)
    countries = [place.country for place in places if place.country]
    places = [with_phone(document, place, phones, len(places)) for place in places]
    emails = find_emails(document, stated.emails, notes)
    website = find_website(document, stated.urls, url, notes, name)
    _note_places(places, notes)
    techniques, conditions = find_terms(cues, load_vocabulary(), language, name, notes)
    reasons = find_hold_reasons(
        document,
        cues,
        phones=phones,
        countries=countries,
        host=_host_of(url) or _host_of(website),
        emails=emails,
        language=language,
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
        practice_kind=find_kind(cues, techniques, conditions, notes),
        setting=find_setting(cues, name, notes),
        referral=find_referral(cues, notes),
        accepts_insurance=stated.insurance or find_insurance(cues, notes),
        opening_hours=stated.hours or _find_hours(cues, notes),
        booking_url=find_booking(document.lines, url or website, notes),
        prices=tuple(_find_prices(document.lines, stated.prices)),
        languages=tuple(_find_languages(cues, stated.languages)),
        accessibility=tuple(_find_access(cues)),
        summary=_find_summary(document),
        publish=not reasons,
        hold_reasons=tuple(reasons),
        evidence=notes.as_tuple(),
    )


def _find_namesake(practice: str | None, notes: Evidence) -> list[Person]:
    """The person whose name the practice bears, where the page names nobody else."""
    name = read_practice_name(practice) if practice else None
    if not name or not practice:
        return []
    notes.add("practitioner", name, practice, "name")
    return [Person(name)]


def _note_places(places: Iterable[Place], notes: Evidence) -> None:
    for place in places:
        for part in ("street", "city", "region", "postal_code"):
            value = getattr(place, part)
            if value:
                notes.add(part, value, place.snippet, place.where)


def _find_hours(cues: Cues, notes: Evidence) -> str | None:
    """The printed opening hours."""
    printed = find_hours(cues)
    if printed:
        notes.add("opening_hours", printed[0], printed[1].text, printed[1].where)
    return printed[0] if printed else None


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
        if "$" in line.text and len(line.text) <= 160 and line.section not in OTHERS_WORDS and _PRICE.search(line.text):
            found[line.text] = None
            if len(found) >= 40:
                break
    return list(found) or stated[:1]


def _find_languages(cues: Cues, stated: list[str]) -> list[str]:
    found = {code: None for text in stated for code in find_spoken("speaks " + text)}
    for line in cues.passing(SPEAKS):
        found |= dict.fromkeys(find_spoken(line.text))
    return list(found)


def _find_access(cues: Cues) -> list[str]:
    found: dict[str, None] = {}
    for line in cues.passing(_ACCESS):
        found |= dict.fromkeys(match[0] for match in _ACCESS.pattern.finditer(line.low))
    return list(found)[:8]


def _find_summary(document: Document) -> str | None:
    """The page's own description, else its first full paragraph."""
    text = document.meta.get("description") or document.meta.get("og:description")
    if not text:
        text = next(
            (line.text for line in document.lines if line.tag == "p" and line.section is MAIN and len(line.text) > 80),
            None,
        )
    return text[:400] if text else None
