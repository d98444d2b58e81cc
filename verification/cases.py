"""Review cases from verdicts, and what a person's decision on one makes of the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from directory.models import Listing, Outcome, RegisterRecord
from records import observations, reviews
from records.cases import Case, CaseDraft, CaseInput, CaseKind, Choice, Decision
from records.codec import digest
from records.ledger import Suggested
from verification.exclusions import ExclusionHit
from verification.lookup import MemoryRegister
from verification.model import Candidate, Verdict
from verification.status import status_on

KINDS = (
    CaseKind.DISCIPLINED, CaseKind.EXCLUSION, CaseKind.MISMATCH, CaseKind.SHARED_NUMBER, CaseKind.MISTYPED,
    CaseKind.SURNAME_CHANGED, CaseKind.WEAK, CaseKind.OTHER,
)  # fmt: skip
_KIND_OF_RULE = {
    "shared-number": CaseKind.SHARED_NUMBER,
    "mistyped-number": CaseKind.MISTYPED,
    "other-number": CaseKind.MISTYPED,
    "surname-changed-name": CaseKind.SURNAME_CHANGED,
    "weak-name": CaseKind.WEAK,
}
# A person can add nothing to these: there is no record to look at.
_NO_CASE = ("register-unread", "place-unknown", "nobody-named")


def case_kind(verdict: Verdict) -> CaseKind | None:
    """The kind of case a verdict opens; None if it opens none."""
    if verdict.outcome is Outcome.DISCIPLINED:
        return CaseKind.DISCIPLINED
    if verdict.outcome is Outcome.NAME_MISMATCH:
        return CaseKind.MISMATCH
    if verdict.outcome is not Outcome.REVIEW or (verdict.rule in _NO_CASE and not verdict.suggestions):
        return None
    return _KIND_OF_RULE.get(verdict.rule, CaseKind.OTHER)


def make_draft(
    kind: CaseKind,
    verdict: Verdict,
    listing: Listing,
    *,
    entity_id: str,
    claim_id: str,
    record: RegisterRecord | None,
) -> CaseDraft:
    """The case of a verdict: both records, what was found, and the suggestions.

    It opens again only when the claim, the listing's identity, the rule or a record shown changes.
    """
    raw = verdict.claim.raw if verdict.claim else None
    shown = CaseInput(
        heading=listing.name or listing.practice or listing.title or raw or "",
        outcome=verdict.outcome,
        rule=verdict.rule,
        grade=verdict.grade,
        explanation=" ".join(verdict.explanation),
        claim=raw,
        listing=listing,
        record=record,
        suggestions=tuple(Suggested(register_id=s.register_id, why=s.why) for s in verdict.suggestions),
        url=listing.url,
        notes=verdict.reasons,
    )
    stands_on = (
        verdict.rule, verdict.outcome.value, verdict.grade or "", raw or "", listing.name or "", listing.title or "",
        listing.practice or "", listing.city or "", listing.region or "", listing.phone or "",
        observations.hash_payload(record) if record else "", *(s.register_id for s in verdict.suggestions),
    )  # fmt: skip
    return CaseDraft(
        kind=kind,
        key=f"{entity_id}|{claim_id}",
        input=shown,
        entity_id=entity_id,
        claim_id=claim_id,
        input_hash=digest(*stands_on),
    )


def find_owner(key: str) -> str:
    """The entity that a case of this key was opened for."""
    return key.partition("|")[0]


def make_exclusion_draft(hit: ExclusionHit, listing: Listing, entity_id: str) -> CaseDraft:
    """The staff's case of an exclusion row that may be this person."""
    row = hit.exclusion
    return CaseDraft(
        kind=CaseKind.EXCLUSION,
        key=f"{entity_id}|{row.source}|{row.exclusion_id}",
        input=CaseInput(
            heading=listing.name or listing.title or "",
            rule="exclusion-npi" if hit.decided else "exclusion-name",
            explanation=f"{row.full_name} is on the exclusion list {row.source}: {hit.why}.",
            listing=listing,
            exclusion=row,
        ),
        entity_id=entity_id,
        input_hash=digest(observations.hash_payload(row), hit.why, listing.name or "", listing.npi or ""),
    )


def apply_decision(
    verdict: Verdict,
    draft: CaseDraft,
    decided: dict[str, tuple[Case, Decision]],
    lookup: MemoryRegister,
    *,
    on: date,
) -> tuple[Verdict, str | None]:
    """The verdict after a person's decision and who made it; the rule's own verdict where none holds on this input."""
    found = decided.get(reviews.make_case_id(draft.kind, draft.key))
    if found is None or found[0].input_hash != draft.input_hash:
        return verdict, None
    case, decision = found
    if decision.choice is Choice.ACCEPT:
        if draft.kind in (CaseKind.DISCIPLINED, CaseKind.MISMATCH):
            return replace(verdict, rule=f"{verdict.rule}-confirmed"), decision.by
        record_id = decision.register_id or (case.input.record.register_id if case.input.record else None)
        return _by_record(verdict, lookup.find_by_id(record_id), on), decision.by
    if decision.choice is Choice.REJECT:
        outcome = Outcome.NOT_FOUND if verdict.outcome is Outcome.REVIEW else Outcome.REVIEW
        words = ("A person looked at this and found no record that is certainly this one.",)
        return (
            replace(verdict, outcome=outcome, rule="person-rejected", explanation=words, register_id=None, record=None),
            decision.by,
        )
    if decision.register_id is not None:
        verdict = _by_record(verdict, lookup.find_by_id(decision.register_id), on)
    if decision.outcome is not None:
        verdict = replace(verdict, outcome=decision.outcome, rule="person-decided")
    return verdict, decision.by


def _by_record(verdict: Verdict, candidate: Candidate | None, on: date) -> Verdict:
    """The status of the record a person chose; without one the verdict stays."""
    if candidate is None:
        return verdict
    status = status_on(candidate.record, on)
    return replace(
        verdict,
        outcome=status.outcome,
        rule="person-matched",
        register_id=candidate.record.register_id,
        record=candidate.record,
        explanation=("A person compared the records and found that they are one.", status.sentence),
    )
