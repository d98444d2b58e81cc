"""What is published of a claim's standing: dates and outcomes from the ledger, and no verdict a person must confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from directory.credentials import ParsedClaim, parse_claim
from directory.jurisdictions import Jurisdictions
from directory.models import Answer, EntityKind, Listing, Outcome
from directory.regions import find_region
from records.ledger import RULE, LedgerRow
from search.interface import DocumentCredential, DocumentLocation, TherapistDocument
from verification.badge import LICENCE_KINDS, BadgeCode, rate_credential, verified_until
from verification.places import PlaceStanding, find_weakest, is_of, rate_place, rate_places

CONFIRMED_ONLY = frozenset({Outcome.NAME_MISMATCH, Outcome.DISCIPLINED})
BY_LAW = frozenset({"licence", "registration", "certification"})
HIDDEN_KINDS = frozenset({"student", "degree", "identifier", "other-profession"})
STRENGTH = {Outcome.VERIFIED: 0, Outcome.DISCIPLINED: 0, Outcome.EXPIRED: 1, Outcome.INACTIVE: 1, Outcome.STALE: 2}


def find_published_outcome(row: LedgerRow) -> Outcome:
    """The outcome as anybody may see it: mismatch and discipline only once a person confirmed them."""
    outcome = row.entry.outcome
    return Outcome.REVIEW if outcome in CONFIRMED_ONLY and row.entry.decided_by == RULE else outcome


def make_credentials(rows: Iterable[LedgerRow], listings: Sequence[Listing]) -> tuple[DocumentCredential, ...]:
    """One credential a licence or certificate: the checked ones, then what else is claimed and not yet checked.

    A claim that says less of a credential already there ("LMT" beside "LMT #18211") is that credential again.
    """
    found = [_from_ledger(row) for row in rows if not row.erased_at]
    found += [
        _from_claim(parse_claim(claim, listing.region, listing.country))
        for listing in listings
        for claim in listing.claims
    ]
    kept: list[DocumentCredential] = []
    for credential in sorted(found, key=_rate):
        if credential.kind not in HIDDEN_KINDS and not any(_says_as_much(other, credential) for other in kept):
            kept.append(credential)
    return tuple(kept)


def _says_as_much(known: DocumentCredential, other: DocumentCredential) -> bool:
    """Whether `known` is the same credential as `other` and names all that it names."""
    if other.jurisdiction not in (None, known.jurisdiction):
        return False
    if digits := _digits(other.number):
        return digits == _digits(known.number)
    both_by_law = {known.kind, other.kind} <= BY_LAW
    return other.title == known.title or (both_by_law and known.number is not None)


def _digits(number: str | None) -> int | None:
    """A number without what the board writes around it."""
    digits = re.sub(r"\D", "", number or "")
    return int(digits) if digits else None


def _rate(credential: DocumentCredential) -> tuple[int, bool, bool, int]:
    checked = credential.verification_id is not None
    told = (not checked, credential.number is None, -(credential.verified_on or date.min).toordinal())
    return STRENGTH.get(Outcome(credential.outcome), 3), *told


def _from_ledger(row: LedgerRow) -> DocumentCredential:
    entry, facts = row.entry, row.entry.facts
    outcome = find_published_outcome(row)
    checked_on = entry.read_on
    shown = outcome is entry.outcome
    return DocumentCredential(
        # The register decides what the licence is; the claim only how it is written where both say the same.
        title=(facts.register_title if shown else None) or facts.title or "MT",
        kind=facts.kind or "none",
        text=facts.raw or "",
        jurisdiction=facts.jurisdiction,
        number=facts.number,
        outcome=outcome.value,
        verified_on=checked_on,
        expires_on=facts.expires_on if shown else None,
        verified_until=verified_until(checked_on, facts.expires_on) if outcome is Outcome.VERIFIED else None,
        source=facts.register_source,
        rule=entry.rule if shown else "being-checked",
        explanation=facts.explanation if shown else "This is being checked.",
        verification_id=entry.claim_id,
    )


def _from_claim(claim: ParsedClaim) -> DocumentCredential:
    return DocumentCredential(
        title=claim.title or claim.raw[:40],
        kind=claim.kind.value,
        text=claim.raw,
        jurisdiction=claim.jurisdiction,
        number=claim.number,
        outcome=Outcome.REVIEW.value,
        rule="not-checked-yet",
        explanation="This has not been checked yet.",
    )


def find_speaking(kind: EntityKind, credentials: Iterable[DocumentCredential]) -> tuple[DocumentCredential, ...]:
    """The credentials that say something of their bearer: a person has none from an establishment's licence."""
    return tuple(item for item in credentials if kind is EntityKind.PRACTICE or item.kind != "establishment")


def rate_document_places(document: TherapistDocument, *, on: date) -> tuple[PlaceStanding[DocumentCredential], ...]:
    """The standing in each state or province where they practise, in the order of their places."""
    credentials = find_speaking(document.kind, document.credentials)
    return rate_places(credentials, (place.region for place in document.locations), on=on)


def rate_document(
    document: TherapistDocument, at: DocumentLocation | None = None, *, on: date
) -> PlaceStanding[DocumentCredential]:
    """The standing at one place of theirs; without one, what may be said of them wherever they practise."""
    if at is None:
        return find_weakest(rate_document_places(document, on=on))
    return rate_place(find_speaking(document.kind, document.credentials), find_region(at.region), on=on)


def find_lasting(
    credentials: Iterable[DocumentCredential], regions: Iterable[str | None]
) -> tuple[date | None, date | None]:
    """Until when the badge is "current" wherever they practise if nothing is checked again, and the last check of that.

    No date where a board has acted, or where one of the states and provinces of practice has no current licence.
    """
    known = tuple(credentials)
    held = [item for item in known if item.kind in LICENCE_KINDS and item.verified_until]
    ends, checks = list[date](), list[date]()
    for region in {find_region(region) for region in regions} or {None}:
        own = [item for item in held if is_of(item, region)]
        if not own or any(item.outcome == Outcome.DISCIPLINED for item in known):
            return None, None
        ends.append(max(item.verified_until for item in own if item.verified_until))
        checks += [item.verified_on for item in own if item.verified_on]
    return min(ends), max(checks, default=None)


def find_referral(
    credentials: Sequence[DocumentCredential],
    locations: Sequence[DocumentLocation],
    jurisdictions: Jurisdictions,
    on: date,
) -> tuple[Answer, str | None]:
    """Whether a physician may lawfully refer to this person wherever they practise, and the rule that says so.

    At one place the best title decides, of several places the strictest. "Yes" is said only of a title whose badge is
    current on the day; one that is claimed, or lapsed, leaves the answer open.
    """
    places = {place.region: place for place in reversed(locations)}.values()
    found = (_find_referral_at(credentials, place, jurisdictions, on) for place in places)
    order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
    return min(found, key=lambda answer: order.index(answer[0]), default=(Answer.UNKNOWN, None))


def _find_referral_at(
    credentials: Sequence[DocumentCredential], place: DocumentLocation, jurisdictions: Jurisdictions, on: date
) -> tuple[Answer, str | None]:
    answers: list[tuple[Answer, str]] = []
    for credential in credentials:
        if credential.jurisdiction in (None, place.region):
            found = jurisdictions.referral(credential.title, place.country, place.region, on)
            confirmed = rate_credential(credential, on=on).code is BadgeCode.CURRENT
            open_ = found.answer is Answer.YES and not confirmed
            answers.append((Answer.UNKNOWN if open_ else found.answer, found.rule_id))
    order = (Answer.YES, Answer.NO, Answer.UNKNOWN)
    return min(answers, key=lambda answer: order.index(answer[0]), default=(Answer.UNKNOWN, None))
