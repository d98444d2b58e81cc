"""What is published of a claim's standing: dates and outcomes from the ledger, and no verdict a person must confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from directory.credentials import ParsedClaim, parse_claim
from directory.jurisdictions import Jurisdictions
from directory.models import Answer, Listing, Outcome
from records.ledger import RULE, LedgerRow
from search.interface import DocumentCredential, DocumentLocation
from verification.badge import verified_until

CONFIRMED_ONLY = frozenset({Outcome.NAME_MISMATCH, Outcome.DISCIPLINED})
HIDDEN_KINDS = frozenset({"student", "degree", "identifier", "other-profession"})
STRENGTH = {Outcome.VERIFIED: 0, Outcome.DISCIPLINED: 0, Outcome.EXPIRED: 1, Outcome.INACTIVE: 1, Outcome.STALE: 2}


def find_published_outcome(row: LedgerRow) -> Outcome:
    """The outcome as anybody may see it: mismatch and discipline only once a person confirmed them."""
    outcome = row.entry.outcome
    return Outcome.REVIEW if outcome in CONFIRMED_ONLY and row.entry.decided_by == RULE else outcome


def make_credentials(rows: Iterable[LedgerRow], listings: Sequence[Listing]) -> tuple[DocumentCredential, ...]:
    """One credential a distinct title, place and number: the checked ones, then those not yet checked."""
    found = [_from_ledger(row) for row in rows if not row.erased_at]
    known = {credential.text for credential in found}
    found += [
        _from_claim(parse_claim(claim, listing.region, listing.country))
        for listing in listings
        for claim in listing.claims
        if claim not in known
    ]
    kept: dict[tuple[str, str | None, str | None], DocumentCredential] = {}
    for credential in sorted(found, key=_rate):
        if credential.kind in HIDDEN_KINDS:
            continue
        kept.setdefault((credential.title, credential.jurisdiction, credential.number), credential)
    return tuple(kept.values())


def _rate(credential: DocumentCredential) -> tuple[int, int]:
    return STRENGTH.get(Outcome(credential.outcome), 3), -(credential.verified_on or date.min).toordinal()


def _from_ledger(row: LedgerRow) -> DocumentCredential:
    entry, facts = row.entry, row.entry.facts
    outcome = find_published_outcome(row)
    checked_on = entry.read_on
    shown = outcome is entry.outcome
    return DocumentCredential(
        title=facts.title or "",
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


def find_referral(
    credentials: Sequence[DocumentCredential],
    locations: Sequence[DocumentLocation],
    jurisdictions: Jurisdictions,
    on: date,
) -> tuple[Answer, str | None]:
    """Whether a physician may lawfully refer to this person, and the rule that says so: the best title decides."""
    answers = [
        jurisdictions.referral(credential.title, location.country, location.region, on)
        for credential in credentials
        for location in locations
        if credential.jurisdiction in (None, location.region)
    ]
    order = (Answer.YES, Answer.NO, Answer.UNKNOWN)
    if not answers:
        return Answer.UNKNOWN, None
    best = min(answers, key=lambda found: order.index(found.answer))
    return best.answer, best.rule_id
