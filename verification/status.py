"""A register row's status on a day; the first rule that applies decides, and an unknown word goes to a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from directory.models import Outcome, RegisterRecord
from verification.wording import place_name

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)


class StatusClass(StrEnum):
    """What a board's word means; `unknown` is for words nobody has put in the table."""

    ACTIVE = "active"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    ADVERSE = "adverse"
    UNKNOWN = "unknown"


_ADVERSE_WORDS = frozenset(
    {
        "disciplined", "discipline", "suspended", "suspension", "revoked", "revocation", "probation", "probationary",
        "restricted", "restriction", "restrictions", "conditions", "stipulated", "encumbered", "denied", "reprimand",
        "censure", "disciplinary", "barred",
    }
)  # fmt: skip
_WORDS = {
    StatusClass.ACTIVE: (
        "active", "current", "clear", "clear active", "active clear", "valid", "good standing", "in good standing",
        "active in good standing", "licensed", "registered", "renewed", "active renewed", "issued",
        "active unrestricted",
        "unrestricted", "full", "active in renewal", "active renewal", "active current", "current active", "approved",
        "certified", "ok", "open", "active status", "license active", "licence active", "active license",
    ),
    StatusClass.EXPIRED: (
        "expired", "lapsed", "lapsed due to non renewal", "non renewed", "not renewed", "delinquent", "past due",
        "delinquent active", "active delinquent", "expired non renewed", "lapsed non renewal", "failure to renew",
        "failed to renew", "expired renewable", "expired not renewable",
    ),
    StatusClass.INACTIVE: (
        "inactive", "retired", "surrendered", "surrender", "voluntary surrender", "voluntarily surrendered",
        "vol relinquish", "voluntary relinquishment", "relinquished", "null and void", "cancelled",
        "canceled", "closed",
        "deceased", "pending", "pending application", "withdrawn", "inactive voluntary", "military inactive",
        "not practicing", "not practising", "resigned", "inactive retired", "retired active", "temporarily inactive",
        "clear inactive", "inactive clear", "void", "terminated",
    ),
    StatusClass.ADVERSE: ("disc relinquish", "emergency suspension order", "surrendered in lieu of discipline"),
}  # fmt: skip
_CLASSES = {word: cls for cls, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class StatusOnDay:
    """An outcome with the rule that gave it and a sentence for the reader."""

    outcome: Outcome
    rule: str
    sentence: str


@lru_cache(maxsize=4096)
def classify_word(word: str) -> StatusClass:
    """The class of a board's status word; an adverse word anywhere in it decides."""
    plain = re.sub(r"[^a-z]+", " ", word.casefold()).strip()
    if _ADVERSE_WORDS & set(plain.split()):
        return StatusClass.ADVERSE
    return _CLASSES.get(plain, StatusClass.UNKNOWN)


def status_on(record: RegisterRecord, on: date) -> StatusOnDay:
    """The status of `record` on the day `on`; the day of expiry is still valid."""
    word = record.status or ""
    board = place_name(record.jurisdiction)
    kind = classify_word(word)
    if record.discipline or kind is StatusClass.ADVERSE:
        return StatusOnDay(
            Outcome.DISCIPLINED, "status-disciplined", f"The {board} register shows a board action on this licence."
        )
    derived = record.status_derived and not word
    if kind is StatusClass.UNKNOWN and not derived:
        shown = f"'{word}'" if word else "no status"
        return StatusOnDay(
            Outcome.REVIEW, "status-unknown-word", f"The {board} register says {shown}; a person has to read that."
        )
    impossible = find_impossible_date(record)
    if impossible:
        return StatusOnDay(Outcome.REVIEW, "status-impossible-date", f"The {board} register row has {impossible}.")
    if kind is StatusClass.INACTIVE:
        return StatusOnDay(
            Outcome.INACTIVE, "status-inactive", f"The {board} register lists this licence as {word.lower()}."
        )
    if record.issued_on and record.issued_on > on:
        return StatusOnDay(
            Outcome.INACTIVE,
            "status-not-yet-issued",
            f"The {board} register says the licence begins on {record.issued_on.isoformat()}.",
        )
    return _by_expiry(record, kind, on, board)


def _by_expiry(record: RegisterRecord, kind: StatusClass, on: date, board: str) -> StatusOnDay:
    if record.expires_on is None:
        if kind is StatusClass.EXPIRED:
            return StatusOnDay(Outcome.EXPIRED, "status-expired-word", f"The {board} register says it has expired.")
        return StatusOnDay(
            Outcome.REVIEW, "status-no-expiry", f"The {board} register gives no expiry date; a person has to look."
        )
    day = record.expires_on.isoformat()
    if record.expires_on < on:
        return StatusOnDay(Outcome.EXPIRED, "status-expired", f"The {board} register says it expired on {day}.")
    if kind is StatusClass.EXPIRED:
        word = (record.status or "").lower()
        return StatusOnDay(Outcome.EXPIRED, "status-expired-word", f"The {board} register says it is {word}.")
    until = f"It is valid until {day}, that day included."
    if record.status_derived:
        until += " The register states no status: this is worked out from the expiry date."
    return StatusOnDay(Outcome.VERIFIED, "status-current", until)


def find_impossible_date(record: RegisterRecord) -> str | None:
    """What is impossible about the row's dates, in words; None if nothing is."""
    issued, expires = record.issued_on, record.expires_on
    if issued and expires and expires < issued:
        return f"an expiry ({expires.isoformat()}) before its issue ({issued.isoformat()})"
    for day, what in ((issued, "an issue date"), (expires, "an expiry date")):
        if day and not _EARLIEST <= day <= _LATEST:
            return f"{what} that cannot be ({day.isoformat()})"
    return None
