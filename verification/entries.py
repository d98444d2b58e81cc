"""Ledger rows from verdicts: date, who, what was checked, and the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from directory.credentials import title_of_record
from directory.models import Outcome, Tier
from records import ledger, observations
from records.codec import digest, encode
from records.ledger import ClaimFacts, LedgerEntry, Suggested
from verification.claims import Claimant
from verification.model import TABLE_VERSION, Mode, Verdict


def substance(entry: LedgerEntry) -> str:
    """What makes an entry news: everything but the day of asking and the sentences, which name that day."""
    facts = replace(entry.facts, explanation="")
    return digest(encode(replace(entry, checked_on=date.min, valid_from=date.min, facts=facts)))


def make_entry(
    verdict: Verdict,
    claimant: Claimant,
    *,
    entity_id: str,
    claim_id: str,
    read_on: date | None,
    on: date,
    mode: Mode,
    decided_by: str | None,
) -> LedgerEntry:
    """The ledger row of a verdict: what was checked, against which row, by whom, with what result."""
    parsed, record, listing = verdict.claim, verdict.record, claimant.listing
    assert parsed is not None, "an entity's verdicts are always on a claim"
    return LedgerEntry(
        entity_id=entity_id,
        claim_id=claim_id,
        outcome=verdict.outcome,
        rule=verdict.rule,
        rule_version=TABLE_VERSION,
        checked_on=on,
        valid_from=on,
        valid_to=record.expires_on if record and verdict.outcome is Outcome.VERIFIED else None,
        read_on=record.read_on if record else read_on,
        grade=verdict.grade,
        mode=mode.value,
        parser_version=parsed.parser_version,
        decided_by=decided_by or ledger.RULE,
        row_hash=observations.hash_payload(record) if record else None,
        facts=ClaimFacts(
            listing_id=listing.listing_id,
            source=listing.source,
            url=listing.url,
            raw=parsed.raw,
            title=parsed.title,
            kind=parsed.kind.value,
            family=parsed.family.value,
            jurisdiction=parsed.jurisdiction,
            number=parsed.number,
            rejected=parsed.rejected,
            register_id=verdict.register_id,
            register_source=record.source if record else None,
            register_url=record.url if record else None,
            register_name=record.full_name if record else None,
            register_city=record.city if record else None,
            register_status=record.status if record else None,
            register_title=title_of_record(record) if record else None,
            tier=Tier.REGISTER if record else listing.tier,
            issued_on=record.issued_on if record else None,
            expires_on=record.expires_on if record else None,
            explanation=" ".join(verdict.explanation),
            reasons=verdict.reasons,
            suggestions=tuple(Suggested(register_id=s.register_id, why=s.why) for s in verdict.suggestions),
        ),
    )


def make_withdrawal(entity_id: str, claim_id: str, on: date, mode: Mode) -> LedgerEntry:
    """The entry that says a claim is made no longer."""
    return LedgerEntry(
        entity_id=entity_id,
        claim_id=claim_id,
        outcome=Outcome.NO_CLAIM,
        rule="claim-withdrawn",
        rule_version=TABLE_VERSION,
        checked_on=on,
        valid_from=on,
        mode=mode.value,
        withdrawn=True,
    )
