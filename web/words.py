"""The site's fixed words, in every language: badges, kinds, settings, sorts. One vocabulary everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from directory.models import PracticeKind, Referral, Setting
from search.interface import Sort
from web.language import Language


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge as shown: icon, word and sentence together, so that colour never speaks alone."""

    code: str
    icon: str
    tone: str  # good | look | bad | plain
    label: str
    sentence: str = ""


BADGE_LOOKS = {
    "licence-current": ("check", "good"),
    "licence-expired": ("ended", "bad"),
    "licence-inactive": ("pause", "bad"),
    "board-action": ("flag", "bad"),
    "being-checked": ("clock", "look"),
    "licensed-elsewhere": ("info", "look"),
    "no-register": ("info", "plain"),
    "claimed": ("question", "plain"),
    "not-stated": ("question", "plain"),
    "certificate-current": ("scroll", "good"),
}


@cache
def name_badge(language: Language, code: str) -> str:
    """The badge's one name."""
    say = language.say
    return {
        "licence-current": say("Licence current"),
        "licence-expired": say("Licence expired"),
        "licence-inactive": say("Licence inactive"),
        "board-action": say("Board action on file"),
        "being-checked": say("Being checked"),
        "licensed-elsewhere": say("Licensed elsewhere"),
        "no-register": say("No register here"),
        "claimed": say("Claimed, not checkable"),
        "not-stated": say("No licence stated"),
        "certificate-current": say("Certificate current"),
    }[code]


def make_badge_view(language: Language, code: str, sentence: str = "") -> BadgeView:
    """The badge `code` with its look."""
    icon, tone = BADGE_LOOKS[code]
    return BadgeView(code, icon, tone, name_badge(language, code), sentence)


def explain_badges(language: Language) -> tuple[BadgeView, ...]:
    """Every badge with what it means, for the page that explains them."""
    say = language.say
    meanings = {
        "licence-current": say(
            "The board's own register shows this licence under this name, in good standing, and we looked within the "
            "last 120 days. The badge ends on the day the licence ends."
        ),
        "certificate-current": say(
            "The body that issued this certificate lists it as current. A certificate is not a licence."
        ),
        "licence-expired": say(
            "The register shows an end date that has passed. Ask the therapist: a renewal may be under way."
        ),
        "licence-inactive": say(
            "The register shows the licence as inactive, retired or surrendered. Its holder may not practise with it."
        ),
        "board-action": say(
            "The board has recorded an action on this licence, such as probation or suspension. A person on our side "
            "compared the record before we showed it. The board's page has the details."
        ),
        "being-checked": say(
            "We have not finished checking: the number, the name or the place did not settle it yet, or the last check "
            "is too old. It says nothing against the therapist."
        ),
        "licensed-elsewhere": say(
            "The licence that was found is of another state or province than the practice. A licence counts where it "
            "was given: ask the therapist for the one of the place where you will be treated."
        ),
        "no-register": say(
            "This state or province has no register of massage therapists, so nobody can check the title there."
        ),
        "claimed": say("The therapist states this. There is no register in which anybody could look it up."),
        "not-stated": say(
            "The pages we read state no licence, registration or certificate. It does not mean that there is none: ask "
            "the therapist for the number."
        ),
    }
    return tuple(make_badge_view(language, code, meanings[code]) for code in meanings)


@cache
def name_practice_kind(language: Language, kind: PracticeKind) -> str:
    """'Medical massage' and its like."""
    say = language.say
    return {
        PracticeKind.MEDICAL: say("Medical massage"),
        PracticeKind.RELAXATION: say("Relaxation massage"),
        PracticeKind.MIXED: say("Medical and relaxation massage"),
        PracticeKind.UNCLEAR: say("Medical or relaxation: not clear from their pages"),
    }[kind]


def explain_practice_kind(language: Language, kind: PracticeKind) -> str:
    """What the kind of practice means for a visitor."""
    say = language.say
    return {
        PracticeKind.MEDICAL: say("Works on a complaint or a diagnosed condition, with an assessment and a plan."),
        PracticeKind.RELAXATION: say("For rest and well-being, without an assessment or a treatment plan."),
        PracticeKind.MIXED: say("Offers both. Say when you book which one you need."),
        PracticeKind.UNCLEAR: say("Ask when you call whether they assess and plan a treatment."),
    }[kind]


@cache
def name_setting(language: Language, setting: Setting) -> str:
    """The kind of place."""
    say = language.say
    return {
        Setting.CLINIC: say("Clinic"),
        Setting.HOSPITAL: say("Hospital"),
        Setting.MEDICAL_OFFICE: say("Medical office"),
        Setting.PRIVATE_PRACTICE: say("Private practice"),
        Setting.SPA: say("Spa"),
        Setting.RESORT: say("Resort or hotel"),
        Setting.MOBILE: say("Comes to you"),
        Setting.UNKNOWN: say("Not stated"),
    }[setting]


@cache
def name_referral(language: Language, referral: Referral) -> str:
    """What the practice says about referrals."""
    say = language.say
    return {
        Referral.ACCEPTS: say("Takes referrals"),
        Referral.REQUIRES: say("Needs a referral"),
        Referral.NOT_STATED: say("Not stated"),
    }[referral]


@cache
def name_sort(language: Language, sort: Sort) -> str:
    """The order's name."""
    say = language.say
    return {
        Sort.RELEVANCE: say("Best match"),
        Sort.DISTANCE: say("Nearest"),
        Sort.NAME: say("Name"),
        Sort.RECENT: say("Most recently checked"),
    }[sort]
