"""A therapist's standing in words: the badge as of today, with its age and its register, in the visitor's language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from directory.credentials import find_issuer
from directory.jurisdictions import Jurisdictions
from directory.models import Answer, to_json
from directory.regions import find_region
from search.interface import DocumentCredential, DocumentLocation, TherapistDocument
from search.standing import find_referral, rate_document, rate_document_places
from verification import badge as badges
from verification.badge import BadgeCode
from verification.places import PlaceStanding
from web.language import Language
from web.values import clean
from web.words import BadgeView, make_badge_view

if TYPE_CHECKING:
    from web.pages import Visit
    from web.site import Site


BARRING = (BadgeCode.EXPIRED, BadgeCode.INACTIVE, BadgeCode.BOARD_ACTION)
NOT_HELD = "licence-does-not-hold"


def stand(visit: Visit, document: TherapistDocument, at: DocumentLocation | None = None) -> BadgeView:
    """The badge of a therapist at one place of theirs, as of today; without one, what holds wherever they practise."""
    return _show(visit, rate_document(document, at, on=visit.site.today()))


def stand_everywhere(visit: Visit, document: TherapistDocument) -> tuple[BadgeView, ...]:
    """One badge for each state or province where they practise, as of today."""
    return tuple(_show(visit, standing) for standing in rate_document_places(document, on=visit.site.today()))


def rate_credential(visit: Visit, credential: DocumentCredential) -> BadgeView:
    """The badge of one credential by itself, as of today."""
    badge = badges.rate_credential(credential, on=visit.site.today())
    return _show(visit, PlaceStanding(find_region(credential.jurisdiction), badge, credential))


def describe_badge(site: Site, document: TherapistDocument) -> dict[str, object]:
    """The badge for programs: what holds wherever they practise."""
    return _describe(rate_document(document, on=site.today()))


def describe_places(site: Site, document: TherapistDocument) -> list[dict[str, object]]:
    """For programs, the standing in each state or province where they practise, and whether one may refer there."""
    places = {find_region(place.region): place for place in reversed(document.locations)}
    found = list[dict[str, object]]()
    for standing in rate_document_places(document, on=site.today()):
        may, rule = find_referral_today(site, document, places.get(standing.region))
        found.append(
            {"region": standing.region, "badge": _describe(standing), "may_take_referral": may, "referral_rule": rule}
        )
    return found


def _describe(standing: PlaceStanding[DocumentCredential]) -> dict[str, object]:
    return {**to_json(standing.badge), "region": standing.region}


def describe_credential(site: Site, credential: DocumentCredential) -> dict[str, object]:
    """One credential for programs, with its own badge."""
    badge = badges.rate_credential(credential, on=site.today())
    return {**to_json(credential), "badge": _describe(PlaceStanding(find_region(credential.jurisdiction), badge))}


def find_referral_today(
    site: Site, document: TherapistDocument, at: DocumentLocation | None = None
) -> tuple[Answer, str | None]:
    """Whether a physician may lawfully refer to them today, and the rule that says so, whatever the index holds.

    At one place of theirs, or without one wherever they practise.
    """
    if rate_document(document, at, on=site.today()).badge.code in BARRING:
        return Answer.NO, NOT_HELD
    places = (at,) if at else document.locations
    return find_referral(document.credentials, places, site.jurisdictions, site.today())


def _show(visit: Visit, standing: PlaceStanding[DocumentCredential]) -> BadgeView:
    return make_badge_view(visit.language, standing.badge.code, write_sentence(visit, standing))


def write_sentence(visit: Visit, standing: PlaceStanding[DocumentCredential]) -> str:
    """What is known, when it was looked up, and what is not known."""
    say, badge, credential = visit.language.say, standing.badge, standing.basis
    sentence = _list_sentences(visit.language)[badge.code]
    if badge.code is BadgeCode.EXPIRED and credential and credential.expires_on is None:
        sentence = say("The register of %(place)s shows that it has ended.")
    elif badge.code is BadgeCode.CLAIMED and credential and credential.rule == "register-unread":
        sentence = say("We do not read the register of %(place)s; its board answers questions.")
    elif badge.code is BadgeCode.CHECKING and badge.checked_on is None:
        sentence = say("Not settled yet in the register of %(place)s.")
    elif badge.code is BadgeCode.NOT_STATED and standing.others:
        sentence = say("No licence of %(place)s is stated on the pages we read, only of %(others)s.")
    elif badge.code is BadgeCode.NO_REGISTER and (credential is None or standing.is_elsewhere):
        sentence = say("%(place)s has no massage register: nobody can check a title there.")
        if credential is not None:
            sentence += " " + say("A licence of %(other)s is current there.")
    jurisdiction = credential.jurisdiction if credential else None
    speaks_of = standing.region if credential is None or standing.is_elsewhere else jurisdiction
    return sentence % {
        "place": describe_where(visit, speaks_of),
        "other": describe_where(visit, jurisdiction),
        "others": visit.language.listed([describe_where(visit, other) for other in standing.others]),
        "age": visit.language.age(badge.checked_on, visit.site.today()) if badge.checked_on else "",
        "day": visit.language.write_date(credential.expires_on) if credential else "",
    }


@cache
def _list_sentences(language: Language) -> dict[BadgeCode, str]:
    """What each badge says as a rule."""
    say = language.say
    return {
        BadgeCode.CURRENT: say("Checked %(age)s in the register of %(place)s."),
        BadgeCode.CERTIFICATE: say("Checked %(age)s with the body that issued it."),
        BadgeCode.EXPIRED: say("The register of %(place)s shows that it ended on %(day)s."),
        BadgeCode.INACTIVE: say("Inactive in the register of %(place)s, checked %(age)s."),
        BadgeCode.BOARD_ACTION: say("The board of %(place)s has an action on file, read %(age)s."),
        BadgeCode.NO_REGISTER: say("%(place)s has no massage register: nobody can check this title there."),
        BadgeCode.ELSEWHERE: say(
            "No licence of %(place)s is stated. One of %(other)s is current there: checked %(age)s in its register."
        ),
        BadgeCode.CLAIMED: say("The therapist states this. No register lists it."),
        BadgeCode.NOT_STATED: say("No licence is stated on the pages we read."),
        BadgeCode.CHECKING: say("Last looked up %(age)s in the register of %(place)s; not settled yet."),
    }


def describe_where(visit: Visit, jurisdiction: str | None) -> str:
    """The jurisdiction's name in the visitor's language."""
    code = find_region(jurisdiction)
    if code is None:
        return clean(jurisdiction, 40) or visit.language.say("this place")
    return visit.language.name_region(code)


def name_source(jurisdictions: Jurisdictions, credential: DocumentCredential) -> str:
    """Who was asked: the regulator of a licence, the issuer of a certificate; else the source by its id."""
    if credential.verified_on and credential.kind in ("licence", "registration"):
        asked = jurisdictions.register(None, credential.jurisdiction).regulator
    else:
        asked = find_issuer(credential.title) if credential.source else None
    return asked or clean(credential.source, 60)
