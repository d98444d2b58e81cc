"""A therapist's standing in words: the badge as of today, with its age and its register, in the visitor's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from directory.models import Answer, to_json
from directory.regions import find_region
from search.interface import DocumentCredential, TherapistDocument
from search.standing import find_referral
from verification import badge as badges
from verification.badge import Badge, BadgeCode
from web.values import clean
from web.words import BadgeView, make_badge_view

if TYPE_CHECKING:
    from web.pages import Visit
    from web.site import Site


BARRING = (BadgeCode.EXPIRED, BadgeCode.INACTIVE, BadgeCode.BOARD_ACTION)
NOT_HELD = "licence-does-not-hold"


def stand(visit: Visit, document: TherapistDocument) -> BadgeView:
    """The one badge of a therapist, as of today."""
    badge = badges.make_badge(document.credentials, on=visit.site.today())
    return _show(visit, badge, _find_basis(visit, document.credentials, badge))


def rate_credential(visit: Visit, credential: DocumentCredential) -> BadgeView:
    """The badge of one credential by itself, as of today."""
    return _show(visit, badges.rate_credential(credential, on=visit.site.today()), credential)


def describe_badge(site: Site, document: TherapistDocument) -> dict[str, object]:
    """The badge for programs."""
    described: dict[str, object] = to_json(badges.make_badge(document.credentials, on=site.today()))
    return described


def describe_credential(site: Site, credential: DocumentCredential) -> dict[str, object]:
    """One credential for programs, with its own badge."""
    return {**to_json(credential), "badge": to_json(badges.rate_credential(credential, on=site.today()))}


def find_referral_today(site: Site, document: TherapistDocument) -> tuple[Answer, str | None]:
    """Whether a physician may lawfully refer to them today, and the rule that says so, whatever the index holds."""
    if badges.make_badge(document.credentials, on=site.today()).code in BARRING:
        return Answer.NO, NOT_HELD
    return find_referral(document.credentials, document.locations, site.jurisdictions, site.today())


def _find_basis(visit: Visit, credentials: Iterable[DocumentCredential], badge: Badge) -> DocumentCredential | None:
    """The credential that the badge speaks of."""
    on = visit.site.today()
    return next((item for item in credentials if badges.rate_credential(item, on=on) == badge), None)


def _show(visit: Visit, badge: Badge, credential: DocumentCredential | None) -> BadgeView:
    return make_badge_view(visit.language, badge.code, write_sentence(visit, badge, credential))


def write_sentence(visit: Visit, badge: Badge, credential: DocumentCredential | None) -> str:
    """What is known, when it was looked up, and what is not known."""
    say = visit.language.say
    if credential is None:
        return say("No licence is stated on the pages we read.")
    sentences = {
        BadgeCode.CURRENT: say("Checked %(age)s in the register of %(place)s."),
        BadgeCode.CERTIFICATE: say("Checked %(age)s with the body that issued it."),
        BadgeCode.EXPIRED: say("The register of %(place)s shows that it ended on %(day)s."),
        BadgeCode.INACTIVE: say("Inactive in the register of %(place)s, checked %(age)s."),
        BadgeCode.BOARD_ACTION: say("The board of %(place)s has an action on file, read %(age)s."),
        BadgeCode.NO_REGISTER: say("%(place)s has no massage register: nobody can check this title there."),
        BadgeCode.CLAIMED: say("The therapist states this. No register lists it."),
        BadgeCode.NOT_STATED: say("No licence is stated on the pages we read."),
        BadgeCode.CHECKING: say("Last looked up %(age)s in the register of %(place)s; not settled yet."),
    }
    sentence = sentences[badge.code]
    if badge.code is BadgeCode.EXPIRED and credential.expires_on is None:
        sentence = say("The register of %(place)s shows that it has ended.")
    elif badge.code is BadgeCode.CLAIMED and credential.rule == "register-unread":
        sentence = say("We do not read the register of %(place)s; its board answers questions.")
    elif badge.code is BadgeCode.CHECKING and badge.checked_on is None:
        sentence = say("Not settled yet in the register of %(place)s.")
    return sentence % {
        "place": describe_where(visit, credential.jurisdiction),
        "age": visit.language.age(badge.checked_on, visit.site.today()) if badge.checked_on else "",
        "day": visit.language.write_date(credential.expires_on),
    }


def describe_where(visit: Visit, jurisdiction: str | None) -> str:
    """The jurisdiction's name in the visitor's language."""
    code = find_region(jurisdiction)
    if code is None:
        return clean(jurisdiction, 40) or visit.language.say("this place")
    return visit.language.name_region(code)


def name_source(visit: Visit, credential: DocumentCredential) -> str:
    """Who was asked: the regulator where there is one."""
    register = visit.site.jurisdictions.register(None, credential.jurisdiction)
    if credential.verified_on and register.regulator and credential.kind in ("licence", "registration"):
        return register.regulator
    return clean(credential.source, 60)
