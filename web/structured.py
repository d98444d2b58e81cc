"""schema.org data for search engines: only what the page itself shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.interface import DocumentLocation, TherapistDocument
from verification.badge import BadgeCode, rate_credential
from web.values import clean, find_phone, find_safe_url

if TYPE_CHECKING:
    from web.pages import Visit

CHECKED = (BadgeCode.CURRENT, BadgeCode.CERTIFICATE)


def make_json_ld(visit: Visit, document: TherapistDocument) -> dict[str, object]:
    """The therapist as a schema.org business with its places; credentials only if a register has them as current."""
    first = document.locations[0] if document.locations else None
    phone = find_phone(next(iter(document.phones), None) or (first.phone if first else None))
    today = visit.site.today()
    checked = [item for item in document.credentials if rate_credential(item, on=today).code in CHECKED]
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "MedicalBusiness" if document.practice_kind == "medical" else "HealthAndBeautyBusiness",
        "@id": visit.absolute(f"/therapists/{document.id}"),
        "url": visit.absolute(f"/therapists/{document.id}"),
        "name": clean(document.name, 160),
        "description": clean(document.summary, 300),
        "telephone": phone.number if phone else None,
        "sameAs": find_safe_url(document.website),
        "address": make_address(first) if first else None,
        "geo": make_geo(first) if first else None,
        "knowsLanguage": [clean(code, 20) for code in document.languages],
        "hasCredential": [
            {
                "@type": "EducationalOccupationalCredential",
                "credentialCategory": clean(item.title, 60),
                "identifier": clean(item.number, 40) or None,
                "validUntil": item.expires_on.isoformat() if item.expires_on else None,
            }
            for item in checked
        ],
    }
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def make_address(location: DocumentLocation) -> dict[str, str]:
    """A PostalAddress of what is stated."""
    parts = {
        "streetAddress": clean(location.street, 160),
        "addressLocality": clean(location.city, 80),
        "addressRegion": clean(location.region, 20),
        "postalCode": clean(location.postal_code, 20),
        "addressCountry": clean(location.country, 2),
    }
    return {"@type": "PostalAddress", **{key: value for key, value in parts.items() if value}}


def make_geo(location: DocumentLocation) -> dict[str, object] | None:
    """The point, if the page itself stated the address to the street."""
    if location.lat is None or location.lon is None or not location.street:
        return None
    return {"@type": "GeoCoordinates", "latitude": round(location.lat, 5), "longitude": round(location.lon, 5)}
