"""Establishment licences: they can confirm a practice, never a person."""

from __future__ import annotations

import re
from datetime import date

from rapidfuzz.fuzz import token_sort_ratio

from directory.credentials import Family, ParsedClaim
from directory.models import Outcome
from directory.names.fold import fold
from verification.agreement import compare_cities
from verification.lookup import RegisterLookup
from verification.model import STALE_AFTER_DAYS, Candidate, Suggestion, Verdict
from verification.status import status_on
from verification.subject import Subject
from verification.wording import not_found_sentence, place_name

_LEGAL_FORMS = re.compile(
    r"\b(?:llc|inc|ltd|corp|co|pllc|pc|pa|company|corporation|incorporated|limited|dba|the|and)\b"
)


def check_establishment(claim: ParsedClaim, subject: Subject, lookup: RegisterLookup, *, on: date) -> Verdict:
    """The verdict on an establishment's number: the practice's name and its city must both agree."""
    place = place_name(claim.jurisdiction)
    if claim.key is None:
        why = claim.rejected or "no number is given"
        return _tell(
            claim, Outcome.REVIEW, "establishment-unreadable", f"The establishment's number is unclear: {why}."
        )
    found = lookup.find_by_key(claim.key)
    if len(found) == 1 and not found[0].problem:
        return _check_one(claim, subject, found[0], on)
    if found:
        sentence = f"The {place} register's rows for this establishment are unclear."
        return _tell(claim, Outcome.REVIEW, "several-records", sentence, tuple(_hint(c) for c in found))
    if lookup.holds(claim.key.jurisdiction, Family.ESTABLISHMENT):
        return _tell(claim, Outcome.NOT_FOUND, "not-found", not_found_sentence(claim.jurisdiction, on))
    sentence = f"We have not read {place}'s register of establishments."
    return _tell(claim, Outcome.REVIEW, "register-unread", sentence)


def _hint(candidate: Candidate) -> Suggestion:
    return Suggestion(candidate.record.register_id, "the same establishment number")


def _check_one(claim: ParsedClaim, subject: Subject, candidate: Candidate, on: date) -> Verdict:
    place, record, city = place_name(claim.jurisdiction), candidate.record, candidate.city
    hints = (_hint(candidate),)
    same_name = bool(subject.practice) and agree_practice_names(subject.practice or "", record.full_name)
    if not same_name or compare_cities(subject.city, city) is False:
        sentence = f"The {place} register has this number for a practice of another name or city."
        return _tell(claim, Outcome.REVIEW, "establishment-differs", sentence, hints)
    status = status_on(record, on)
    sentences = (
        f"The {place} register has this establishment licence for the practice.",
        status.sentence,
        "It says nothing about the people who work there.",
    )
    if status.outcome is Outcome.REVIEW:
        return _tell(claim, Outcome.REVIEW, status.rule, " ".join(sentences), hints)
    stale = record.read_on is None or (on - record.read_on).days > STALE_AFTER_DAYS
    outcome = Outcome.STALE if stale and status.outcome is Outcome.VERIFIED else status.outcome
    return Verdict(
        claim=claim, outcome=outcome, rule="establishment", explanation=sentences,
        register_id=record.register_id, record=record,
    )  # fmt: skip


def agree_practice_names(one: str, other: str) -> bool:
    """Whether two business names are one but for legal forms, order and a slip or two."""
    plain = [" ".join(_LEGAL_FORMS.sub(" ", fold(text)).split()) for text in (one, other)]
    if not all(plain):
        return False
    return plain[0] == plain[1] or token_sort_ratio(plain[0], plain[1]) >= 92


def _tell(
    claim: ParsedClaim, outcome: Outcome, rule: str, sentence: str, suggestions: tuple[Suggestion, ...] = ()
) -> Verdict:
    return Verdict(claim=claim, outcome=outcome, rule=rule, explanation=(sentence,), suggestions=suggestions)
