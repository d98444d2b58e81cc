"""The badge: worked out from dates whenever it is read, never stored, so that it lapses by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from directory.models import Outcome
from verification.wording import place_name, say_age

CHECK_DAYS = 120  # a primary-source check is good for this long
EXCLUSION_DAYS = 30  # exclusion lists are read monthly
CONTACT_DAYS = 90  # contact details are confirmed quarterly


class BadgeCode(StrEnum):
    """The one vocabulary, best support first where several apply; board actions outrank everything."""

    BOARD_ACTION = "board-action"
    CURRENT = "licence-current"
    CHECKING = "being-checked"
    EXPIRED = "licence-expired"
    INACTIVE = "licence-inactive"
    ELSEWHERE = "licensed-elsewhere"
    CERTIFICATE = "certificate-current"
    NO_REGISTER = "no-register"
    CLAIMED = "claimed"
    NOT_STATED = "not-stated"


LABELS = {
    BadgeCode.BOARD_ACTION: "Board action on file",
    BadgeCode.CURRENT: "Licence current",
    BadgeCode.CHECKING: "Being checked",
    BadgeCode.EXPIRED: "Licence expired",
    BadgeCode.INACTIVE: "Licence inactive",
    BadgeCode.ELSEWHERE: "Licensed elsewhere",
    BadgeCode.CERTIFICATE: "Certificate current",
    BadgeCode.NO_REGISTER: "No register here",
    BadgeCode.CLAIMED: "Claimed, not checkable",
    BadgeCode.NOT_STATED: "No licence stated",
}
NOTHING_STATED = "No licence is stated in what we have read."
LICENCE_KINDS = ("licence", "registration", "certification", "establishment")
_ADVERSE = {
    Outcome.DISCIPLINED: (BadgeCode.BOARD_ACTION, "{place}'s board has an action on file."),
    Outcome.EXPIRED: (BadgeCode.EXPIRED, "{place}'s register says it ended{when}."),
    Outcome.INACTIVE: (BadgeCode.INACTIVE, "{place}'s register says it is inactive."),
}
_NOT_CHECKABLE_RULES = ("not-checkable", "register-unread", "outside-territory")


class Standing(Protocol):
    """What a badge needs of a credential: an outcome as published, and the dates that make it lapse."""

    @property
    def kind(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def jurisdiction(self) -> str | None: ...
    @property
    def verified_on(self) -> date | None: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def rule(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Badge:
    """What is shown today. `until` is the last day it holds if nothing is checked again; None if no date ends it."""

    code: BadgeCode
    label: str
    sentence: str
    checked_on: date | None = None
    until: date | None = None


def verified_until(checked_on: date | None, expires_on: date | None) -> date | None:
    """The last day on which a check on `checked_on` supports a licence ending on `expires_on`, both inclusive."""
    if checked_on is None or expires_on is None:
        return None
    return min(expires_on, checked_on + timedelta(days=CHECK_DAYS))


def rate_credential(credential: Standing, *, on: date) -> Badge:
    """The badge of one credential by itself, wherever its holder works, on the day `on`."""
    outcome = Outcome(credential.outcome)
    place, checked = place_name(credential.jurisdiction), credential.verified_on
    seen = f"Checked {say_age(checked, on)}" if checked else "Not checked yet"
    seen = f"{seen} in {place}'s register."
    if outcome in (Outcome.VERIFIED, Outcome.STALE):
        return _rate_found(credential, place, seen, on)
    if outcome in _ADVERSE:
        code, words = _ADVERSE[outcome]
        ended = credential.expires_on if credential.expires_on and credential.expires_on < on else None
        when = f" on {ended.isoformat()}" if ended else ""
        return make_badge(code, f"{words.format(place=place, when=when)} {seen}", checked)
    if outcome is Outcome.NO_CLAIM:
        return make_badge(BadgeCode.NOT_STATED, NOTHING_STATED)
    if outcome is Outcome.NO_REGISTER or credential.rule in _NOT_CHECKABLE_RULES:
        return _rate_uncheckable(credential, place)
    return make_badge(BadgeCode.CHECKING, f"This has not been settled yet. {seen}", checked)


def _rate_found(credential: Standing, place: str, seen: str, on: date) -> Badge:
    """A licence that was in order when it was checked: in order still, ended since, or checked too long ago."""
    checked, expires = credential.verified_on, credential.expires_on
    if expires is not None and expires < on:
        return make_badge(
            BadgeCode.EXPIRED, f"{place}'s register says it ended on {expires.isoformat()}. {seen}", checked
        )
    until = verified_until(checked, expires)
    if until is None or until < on or credential.outcome == Outcome.STALE:
        return make_badge(BadgeCode.CHECKING, f"The last check is too old to rely on. {seen}", checked)
    code = BadgeCode.CURRENT if credential.kind in LICENCE_KINDS else BadgeCode.CERTIFICATE
    return Badge(code, LABELS[code], f"{seen} Valid until {expires}.", checked, until)


def _rate_uncheckable(credential: Standing, place: str) -> Badge:
    if credential.rule == "no-register":
        return make_badge(BadgeCode.NO_REGISTER, f"{place} has no massage register: nobody can check this title there.")
    if credential.rule == "register-unread":
        return make_badge(
            BadgeCode.CLAIMED, f"Claimed. We do not read {place}'s register; its board answers questions."
        )
    return make_badge(BadgeCode.CLAIMED, "The therapist states this. No register lists it.")


def make_badge(code: BadgeCode, sentence: str, checked_on: date | None = None) -> Badge:
    """The badge `code` under its one label; no date ends it."""
    return Badge(code, LABELS[code], sentence, checked_on)


def is_due(since: date | None, days: int, *, on: date) -> bool:
    """Whether what was done on `since` counts no longer on the day `on`: never done, or more than `days` before."""
    return since is None or on > since + timedelta(days=days)
