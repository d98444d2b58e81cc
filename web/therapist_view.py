"""The therapist's page as plain values: who, where, standing, what they do, and the words it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from directory.models import Answer, PracticeKind, Setting
from search.interface import DocumentCredential, DocumentEvidence, DocumentLocation, TherapistDocument
from web.clocks import list_clocks
from web.explanations import retell
from web.hours import write_hours
from web.pages import Visit
from web.referrals import Rule, find_rule
from web.results_view import MapView, find_point, make_map
from web.said import AnswerView, list_answers
from web.standing import describe_where, name_source, rate_credential, stand, stand_everywhere
from web.structured import make_json_ld
from web.values import (
    Link,
    Phone,
    clean,
    embed_json,
    find_phone,
    find_safe_url,
    list_address,
    list_letters,
    make_directions_url,
    name_practice,
)
from web.words import BadgeView, explain_practice_kind, name_practice_kind, name_referral, name_setting

SHOWN_EVIDENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRow:
    title: str
    where: str
    number: str
    badge: BadgeView
    until: str
    checked: str
    source: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    label: str
    lines: tuple[str, ...]
    phone: Phone | None
    note: str
    directions: str | None
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    label: str
    where: str
    snippet: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistView:
    """Everything the page says."""

    id: str
    name: str
    letters: str
    practice: str
    other_names: str
    badge: BadgeView
    badges: tuple[BadgeView, ...]
    phone: Phone | None
    website: str | None
    booking_url: str | None
    save_url: str
    report_url: str
    follow_url: str | None
    answers: tuple[AnswerView, ...]
    back: Link | None
    credentials: tuple[CredentialRow, ...]
    rules: tuple[tuple[str, Rule], ...]
    conditions: tuple[Link, ...]
    techniques: tuple[Link, ...]
    kind_label: str
    kind_meaning: str
    kind_reason: str
    is_relaxation: bool
    summary: str
    locations: tuple[PlaceView, ...]
    map: MapView | None
    facts: tuple[Fact, ...]
    evidence: tuple[EvidenceView, ...]
    evidence_label: str
    attributions: tuple[str, ...]
    clocks: tuple[str, ...]
    description: str
    json_ld: Markup


def make_therapist_view(visit: Visit, document: TherapistDocument) -> TherapistView:
    """The page of one therapist or practice, as of today."""
    language, say = visit.language, visit.language.say
    badge = stand(visit, document)
    phones = [*document.phones, *(location.phone for location in document.locations)]
    evidence = _list_evidence(visit, document.evidence[:SHOWN_EVIDENCE])
    return TherapistView(
        id=document.id,
        name=clean(document.name, 160) or say("Name not stated"),
        letters=list_letters(document.credentials),
        practice=name_practice(document),
        other_names=language.listed([clean(name, 120) for name in document.other_names[:8]]),
        badge=badge,
        badges=stand_everywhere(visit, document),
        phone=next((phone for phone in map(find_phone, phones) if phone), None),
        website=find_safe_url(document.website),
        booking_url=find_safe_url(document.booking_url),
        save_url=visit.url("/saved", add=document.id),
        report_url=visit.url("/corrections", about=document.id),
        follow_url=visit.url("/watch", about=document.id) if document.credentials else None,
        answers=list_answers(visit, document),
        back=None,
        credentials=tuple(make_credential_row(visit, item) for item in document.credentials),
        rules=_list_rules(visit, document),
        conditions=_link_terms(visit, "conditions", document.conditions),
        techniques=_link_terms(visit, "techniques", document.techniques),
        kind_label=name_practice_kind(language, document.practice_kind),
        kind_meaning=explain_practice_kind(language, document.practice_kind),
        kind_reason=clean(document.practice_kind_reason, 400),
        is_relaxation=document.practice_kind is PracticeKind.RELAXATION,
        summary=clean(document.summary),
        locations=tuple(make_place(visit, location) for location in document.locations[:12]),
        map=make_map(visit, document.locations[:12]),
        facts=_list_facts(visit, document),
        evidence=evidence,
        evidence_label=language.say_count(
            "The words on their pages (%(count)s)", "The words on their pages (%(count)s)", len(evidence)
        ),
        attributions=tuple(clean(line, 200) for line in document.attributions),
        clocks=list_clocks(visit, document),
        description=_describe(visit, document, badge),
        json_ld=embed_json(make_json_ld(visit, document)),
    )


def _list_rules(visit: Visit, document: TherapistDocument) -> tuple[tuple[str, Rule], ...]:
    """Whether a physician may refer to them where they practise; each state or province named if there are several."""
    places = list({place.region: place for place in reversed(document.locations)}.values())[::-1]
    if len(places) < 2:
        return (("", find_rule(visit, document)),)
    return tuple((describe_where(visit, place.region), find_rule(visit, document, place)) for place in places)


def make_credential_row(visit: Visit, credential: DocumentCredential) -> CredentialRow:
    """One line of the standing table."""
    language, until = visit.language, visit.language.write_date(credential.expires_on)
    return CredentialRow(
        title=clean(credential.title, 60) or clean(credential.text, 60),
        where=describe_where(visit, credential.jurisdiction) if credential.jurisdiction else "–",
        number=clean(credential.number, 40),
        badge=rate_credential(visit, credential),
        until=language.say("until %(day)s", day=until) if until else "",
        checked=language.write_date(credential.verified_on),
        source=name_source(visit.site.jurisdictions, credential),
        explanation=retell(language, clean(credential.explanation, 400), region=credential.jurisdiction),
    )


def make_place(visit: Visit, location: DocumentLocation) -> PlaceView:
    """One place of practice; says when its point or region was inferred."""
    say = visit.language.say
    notes = []
    if location.region_inferred:
        notes.append(say("The state or province is worked out from the city and the phone number."))
    if location.accessible is not None:
        notes.append(say("Wheelchair accessible.") if location.accessible else say("Not wheelchair accessible."))
    return PlaceView(
        label=clean(location.label, 80),
        lines=list_address(location),
        phone=find_phone(location.phone),
        note=" ".join(notes),
        directions=make_directions_url(location),
        point=find_point(location),
    )


def _link_terms(visit: Visit, kind: str, ids: tuple[str, ...]) -> tuple[Link, ...]:
    return tuple(
        Link(visit.site.name_term(term_id, visit.language.code), visit.url(f"/{kind}/{term_id}"))
        for term_id in ids
        if visit.site.find_term(term_id)
    )


def _list_facts(visit: Visit, document: TherapistDocument) -> tuple[Fact, ...]:
    """The practical facts; what is not known is said where a visitor would look for it."""
    language, say = visit.language, visit.language.say
    insurance = {
        Answer.YES: say("Takes insurance"),
        Answer.NO: say("Does not take insurance"),
        Answer.UNKNOWN: say("Not stated"),
    }[document.accepts_insurance]
    facts = [
        Fact(say("Insurance"), (insurance, *(clean(name, 80) for name in document.insurance[:12]))),
        Fact(say("Doctor's referral"), (name_referral(language, document.referral),)),
    ]
    if document.setting is not Setting.UNKNOWN:
        facts.append(Fact(say("Kind of place"), (name_setting(language, document.setting),)))
    if document.opening_hours:
        facts.append(Fact(say("Opening hours"), write_hours(language, document.opening_hours)))
    if document.prices:
        facts.append(Fact(say("Prices"), tuple(clean(line, 120) for line in document.prices[:12])))
    if document.languages:
        names = [clean(language.name_language(code), 30) for code in document.languages[:12]]
        facts.append(Fact(say("Languages"), (language.listed(names),)))
    if document.accessibility:
        facts.append(Fact(say("Access"), tuple(clean(line, 120) for line in document.accessibility[:8])))
    if document.npi:
        facts.append(Fact(say("NPI (identity number, not a licence)"), (clean(document.npi, 20),)))
    return tuple(facts)


def _list_evidence(visit: Visit, pieces: tuple[DocumentEvidence, ...]) -> tuple[EvidenceView, ...]:
    """Each snippet once, with the names of all that was read from it."""
    fields: dict[tuple[str, str, str | None], list[str]] = {}
    for piece in pieces:
        key = (_say_where(visit, piece.read_on), clean(piece.snippet, 300), find_safe_url(piece.url))
        fields.setdefault(key, []).append(_name_field(visit, piece.field))
    return tuple(EvidenceView(visit.language.listed(list(dict.fromkeys(names))), *key) for key, names in fields.items())


def _name_field(visit: Visit, field: str) -> str:
    say = visit.language.say
    names = {
        "name": say("Name"),
        "practitioner": say("Name"),
        "credential": say("Credential"),
        "federal licence": say("Credential"),
        "location": say("Address"),
        **dict.fromkeys(("street", "city", "region", "postal code", "postal_code"), say("Address")),
        "phone": say("Phone"),
        "email": say("E-mail"),
        "website": say("Website"),
        "technique": say("Technique"),
        "condition": say("Condition"),
        "practice_kind": say("Kind of massage"),
        "setting": say("Kind of place"),
        "referral": say("Doctor's referral"),
        "accepts_insurance": say("Insurance"),
        "opening_hours": say("Opening hours"),
        "booking_url": say("Booking"),
        "prices": say("Prices"),
        "languages": say("Languages"),
    }
    return names.get(field) or names.get(field.removesuffix("s")) or clean(field.replace("_", " "), 40)


def _say_where(visit: Visit, read_on: date | None) -> str:
    say = visit.language.say
    return say("on their site, %(day)s", day=visit.language.write_date(read_on)) if read_on else say("on their site")


def _describe(visit: Visit, document: TherapistDocument, badge: BadgeView) -> str:
    town = (
        ", ".join(part for part in (document.locations[0].city, document.locations[0].region) if part)
        if document.locations
        else ""
    )
    who = clean(document.name, 80) + (f" – {clean(town, 60)}" if town else "")
    return f"{who}. {badge.label}. {name_practice_kind(visit.language, document.practice_kind)}."
