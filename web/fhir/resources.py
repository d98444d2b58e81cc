"""The directory as FHIR R4 resources, after the US National Directory's profiles: plain JSON values, no library.

Ids are the entity's own: `Practitioner/{id}` or `Organization/{id}`, `PractitionerRole/{id}`, `Location/{id}-{n}`,
`VerificationResult/{id}-{n}`. Nothing is said that a page of the site doesn't say too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from directory.jurisdictions import load_jurisdictions
from directory.models import EntityKind, Outcome
from directory.regions import REGIONS, find_region
from records.ledger import FhirStatus
from search.interface import DocumentCredential, DocumentLocation, TherapistDocument
from verification.badge import BadgeCode, rate_credential
from verification.fhir import fhir_status
from web.standing import name_source
from web.values import clean, find_phone, find_safe_url

Resource = dict[str, object]

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
NUCC_SYSTEM = "http://nucc.org/provider-taxonomy"
MASSAGE_THERAPIST = "225700000X"
QUALIFICATION = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/practitioner-qualification"
STATES = "https://www.usps.com/"
VALIDATION = "http://terminology.hl7.org/CodeSystem/"
STATUS_OF_BADGE = {
    BadgeCode.CURRENT: "active",
    BadgeCode.CERTIFICATE: "active",
    BadgeCode.EXPIRED: "inactive",
    BadgeCode.INACTIVE: "inactive",
}
HOLDING = (BadgeCode.CURRENT, BadgeCode.CERTIFICATE)


def drop_empty(values: Resource) -> Resource:
    """The resource without elements that have nothing to say: FHIR allows no empty ones."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def make_resources(document: TherapistDocument, *, on: date) -> Iterator[Resource]:
    """Every resource of one document, as of a day."""
    if document.kind is EntityKind.PERSON:
        yield make_practitioner(document, on=on)
        yield make_role(document)
    else:
        yield make_organization(document)
    yield from make_locations(document)
    yield from make_verifications(document, on=on)


def make_bundle_entries(document: TherapistDocument, *, on: date | None = None) -> list[Resource]:
    """The document's resources as entries of a collection; without a day, as of the last one it was verified on."""
    day = on or document.verified_on or date.today()  # noqa: DTZ011 - an export without a clock is of today
    return [{"resource": resource} for resource in make_resources(document, on=day)]


def _make_meta(document: TherapistDocument) -> Resource:
    seen = document.last_seen_at
    return drop_empty({"versionId": str(document.version), "lastUpdated": seen.isoformat() if seen else None})


def make_practitioner(document: TherapistDocument, *, on: date) -> Resource:
    """A person with qualifications, each with its status and where it is valid."""
    return drop_empty(
        {
            "resourceType": "Practitioner",
            "id": document.id,
            "meta": _make_meta(document),
            "identifier": _make_identifiers(document),
            "active": True,
            "name": _make_names(document),
            "telecom": _make_telecom(document),
            "address": [drop_empty(_make_address(place)) for place in document.locations if _make_address(place)],
            "gender": document.gender if document.gender in ("male", "female", "other") else None,
            "qualification": [make_qualification(item, on=on) for item in document.credentials if item.title.strip()],
            "communication": [_code_language(code) for code in document.languages if _is_language(code)],
        }
    )


def make_qualification(credential: DocumentCredential, *, on: date) -> Resource:
    """One credential; its status is what the badge says on the day."""
    code = find_region(credential.jurisdiction)
    status = STATUS_OF_BADGE.get(rate_credential(credential, on=on).code, "unknown")
    extension: list[Resource] = [{"url": "status", "valueCode": status}]
    if code:
        where = {"coding": [{"system": STATES, "code": code, "display": REGIONS[code]}]}
        extension.append({"url": "whereValid", "valueCodeableConcept": where})
    number = clean(credential.number, 60)
    return drop_empty(
        {
            "extension": [{"url": QUALIFICATION, "extension": extension}],
            "identifier": [{"value": number}] if number else None,
            "code": {"text": clean(credential.title, 120)},
            "period": {"end": credential.expires_on.isoformat()} if credential.expires_on else None,
            "issuer": {"display": REGIONS[code]} if code and credential.kind == "licence" else None,
        }
    )


def make_role(document: TherapistDocument) -> Resource:
    """What a person does, and where."""
    who = {"reference": f"Practitioner/{document.id}", "display": clean(document.name, 120)}
    specialty: Resource = {
        "coding": [{"system": NUCC_SYSTEM, "code": MASSAGE_THERAPIST, "display": "Massage Therapist"}]
    }
    terms = [{"text": clean(term.replace("-", " "), 80)} for term in (*document.conditions, *document.techniques)]
    practice = next((clean(name, 120) for name in document.practice_names if clean(name)), None)
    return drop_empty(
        {
            "resourceType": "PractitionerRole",
            "id": document.id,
            "meta": _make_meta(document),
            "active": True,
            "practitioner": who,
            "organization": {"display": practice} if practice else None,
            "code": [{"text": "Massage therapist"}],
            "specialty": [specialty, *terms],
            "location": [
                {"reference": f"Location/{document.id}-{number}"} for number in range(len(document.locations))
            ],
            "telecom": _make_telecom(document),
        }
    )


def make_organization(document: TherapistDocument) -> Resource:
    """A practice without a named person."""
    return drop_empty(
        {
            "resourceType": "Organization",
            "id": document.id,
            "meta": _make_meta(document),
            "identifier": _make_identifiers(document),
            "active": True,
            "type": [{"text": "Massage practice"}],
            "name": clean(document.name, 160) or "Name not stated",
            "alias": [clean(name, 160) for name in document.other_names if clean(name)],
            "telecom": _make_telecom(document),
            "address": [drop_empty(_make_address(place)) for place in document.locations if _make_address(place)],
        }
    )


def make_locations(document: TherapistDocument) -> Iterator[Resource]:
    """Every place of practice."""
    managing = f"Organization/{document.id}" if document.kind is EntityKind.PRACTICE else None
    for number, place in enumerate(document.locations):
        has_point = place.lat is not None and place.lon is not None
        phone = find_phone(place.phone)
        yield drop_empty(
            {
                "resourceType": "Location",
                "id": f"{document.id}-{number}",
                "meta": _make_meta(document),
                "status": "active",
                "name": clean(place.label or next(iter(document.practice_names), "") or document.name, 160),
                "telecom": [{"system": "phone", "value": phone.number}] if phone else None,
                "address": drop_empty(_make_address(place)),
                "position": {"longitude": place.lon, "latitude": place.lat} if has_point else None,
                "managingOrganization": {"reference": managing} if managing else None,
            }
        )


def make_verifications(document: TherapistDocument, *, on: date) -> Iterator[Resource]:
    """What came of checking each credential at its source."""
    target = "Practitioner" if document.kind is EntityKind.PERSON else "Organization"
    for number, credential in enumerate(document.credentials):
        status = fhir_status(Outcome(credential.outcome), was_validated=False)
        if status is FhirStatus.VALIDATED and rate_credential(credential, on=on).code not in HOLDING:
            status = FhirStatus.REQ_REVALID
        checked = credential.verified_on.isoformat() if credential.verified_on else None
        asked = name_source(load_jurisdictions(), credential)
        source = drop_empty(
            {
                "who": {"display": asked} if asked else None,
                "type": [_code("primary-source-type", "lic-board")] if credential.kind == "licence" else None,
                "validationStatus": _code("validation-status", _say_validation(status)),
                "validationDate": checked,
            }
        )
        yield drop_empty(
            {
                "resourceType": "VerificationResult",
                "id": f"{document.id}-{number}",
                "meta": _make_meta(document),
                "target": [{"reference": f"{target}/{document.id}"}],
                "targetLocation": [f"qualification[{number}]"] if target == "Practitioner" else None,
                "need": _code("need", "periodic"),
                "status": status.value,
                "statusDate": checked,
                "validationType": _code("validation-type", "primary"),
                "validationProcess": [{"text": clean(credential.rule, 80)}] if clean(credential.rule) else None,
                "lastPerformed": checked,
                "nextScheduled": credential.verified_until.isoformat() if credential.verified_until else None,
                "failureAction": _code("failure-action", "warn"),
                "primarySource": [source],
            }
        )


def _say_validation(status: FhirStatus) -> str:
    if status is FhirStatus.VALIDATED:
        return "successful"
    return "failed" if status in (FhirStatus.VAL_FAIL, FhirStatus.REVAL_FAIL) else "unknown"


def _code(system: str, code: str) -> Resource:
    return {"coding": [{"system": VALIDATION + system, "code": code}]}


def _make_identifiers(document: TherapistDocument) -> list[Resource]:
    npi = clean(document.npi, 20)
    return [{"system": NPI_SYSTEM, "value": npi}] if npi else []


def _make_names(document: TherapistDocument) -> list[Resource]:
    names: list[Resource] = []
    for use, text in (("official", document.name), *(("old", name) for name in document.other_names[:8])):
        parts = clean(text, 160).split()
        if parts:
            given = {"given": parts[:-1]} if parts[:-1] else {}
            names.append({"use": use, "text": " ".join(parts), "family": parts[-1], **given})
    return names or [{"text": "Name not stated"}]


def _make_telecom(document: TherapistDocument) -> list[Resource]:
    phones = [phone.number for phone in map(find_phone, document.phones) if phone]
    website = find_safe_url(document.website)
    emails = [clean(email, 120) for email in document.emails if "@" in email and " " not in email.strip()]
    found = [("phone", phone) for phone in phones] + [("email", email) for email in emails]
    found += [("url", website)] if website else []
    return [{"system": system, "value": value, "use": "work"} for system, value in found]


def _make_address(place: DocumentLocation) -> Resource:
    line = clean(place.street, 160)
    return drop_empty(
        {
            "line": [line] if line else None,
            "city": clean(place.city, 80),
            "state": clean(place.region, 20),
            "postalCode": clean(place.postal_code, 20),
            "country": clean(place.country, 2),
        }
    )


def _is_language(code: str) -> bool:
    return code.isascii() and code.isalpha() and len(code) in (2, 3)


def _code_language(code: str) -> Resource:
    return {"coding": [{"system": "urn:ietf:bcp:47", "code": code.lower()}]}
