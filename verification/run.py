"""`palpate verify` on the records: every claim of every entity, against the registers, into the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from directory.clock import Clock
from directory.models import Outcome, RegisterRecord
from directory.names import PersonName
from directory.shards import WHOLE, Shard
from records import ledger, reviews
from records.cases import CaseDraft
from records.database import Database, Session
from records.ledger import FhirStatus, LedgerEntry
from verification.cases import KINDS, apply_decision, case_kind, find_owner, make_draft, make_exclusion_draft
from verification.claims import Claimant, EntityClaim
from verification.combine import OUTCOME_ORDER
from verification.entries import make_entry, make_withdrawal, substance
from verification.fhir import fhir_status
from verification.inputs import Inputs, load_inputs
from verification.lookup import MemoryRegister, make_candidate
from verification.model import Mode, Verdict
from verification.rules import check_claim

BATCH = 500
_VALIDATED_ONCE = (FhirStatus.VALIDATED, FhirStatus.REQ_REVALID, FhirStatus.REVAL_FAIL)


@dataclass(frozen=True, slots=True)
class VerifySummary:
    """What a run came to."""

    entities: int
    claims: int
    outcomes: dict[str, int]
    appended: int
    cases_opened: int
    exclusion_candidates: int
    on: date
    mode: Mode

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "entities": self.entities,
            "claims": self.claims,
            "outcomes": self.outcomes,
            "appended": self.appended,
            "cases_opened": self.cases_opened,
            "exclusion_candidates": self.exclusion_candidates,
            "on": self.on.isoformat(),
            "mode": self.mode.value,
        }

    def to_text(self) -> str:
        """As a line a person reads."""
        parts = ", ".join(f"{count} {name}" for name, count in self.outcomes.items()) or "no claims"
        return (
            f"{self.claims} claims of {self.entities} people and practices ({self.mode.value}): {parts}; "
            f"{self.appended} new in the ledger, {self.cases_opened} cases opened."
        )


def run_verify(
    database: Database,
    *,
    on: date,
    mode: Mode | str = Mode.STRICT,
    clock: Clock | None = None,
    batch: int = BATCH,
    shard: Shard | None = None,
) -> VerifySummary:
    """Checks every claim as of `on`, appends what is new to the ledger and opens what a person must look at.

    Written in batches: a run that was killed is simply run again, and the same inputs add nothing. Of several workers
    each checks the people and practices of its `shard`; together they do what one does alone.
    """
    del clock  # the database tells the time; kept so that every step of the job is called alike
    mode, shard = Mode(mode), shard or WHOLE
    with database.read() as session:
        inputs = load_inputs(session)
    run = _Run(inputs, on, mode)
    ids = [entity_id for entity_id in sorted(inputs.claimants) if shard.has(entity_id)]
    for start in range(0, len(ids), batch):
        for entity_id in ids[start : start + batch]:
            run.check_entity(entity_id)
        with database.begin() as session:
            run.write(session)
    with database.begin() as session:
        reviews.close_missing(session, KINDS, run.case_keys, among=lambda key: shard.has(find_owner(key)))
    order = [outcome.value for outcome in Outcome]
    return VerifySummary(
        entities=len(ids),
        claims=run.claims,
        outcomes={name: run.outcomes[name] for name in order if run.outcomes[name]},
        appended=run.appended,
        cases_opened=run.opened,
        exclusion_candidates=run.exclusions,
        on=on,
        mode=mode,
    )


class _Run:
    """One run: decides entity by entity and holds what the present batch will write."""

    def __init__(self, inputs: Inputs, on: date, mode: Mode):
        self.inputs, self.on, self.mode = inputs, on, mode
        self.outcomes: Counter[str] = Counter()
        self.claims = self.appended = self.opened = self.exclusions = 0
        self.case_keys: set[str] = set()
        self._entries: list[LedgerEntry] = []
        self._drafts: list[CaseDraft] = []

    def write(self, session: Session) -> None:
        """Write the batch and begin the next."""
        ledger.append_many(session, self._entries)
        self.opened += reviews.open_cases(session, self._drafts)
        self.appended += len(self._entries)
        self.case_keys.update(draft.key for draft in self._drafts)
        self._entries, self._drafts = [], []

    def check_entity(self, entity_id: str) -> None:
        """Decide every claim of one person or practice, and look it up in the exclusion lists."""
        known = self.inputs.known.get(entity_id, {})
        names: list[PersonName] = []
        for claim in self.inputs.claims[entity_id]:
            verdict, claimant = best_verdict(self.inputs, claim, self.on, self.mode)
            verdict, by = self._settle(entity_id, claim, verdict, claimant)
            self.claims += 1
            self.outcomes[verdict.outcome.value] += 1
            entry = self._make_entry(entity_id, claim, verdict, claimant, by)
            before = known.get(claim.claim_id)
            if before is None or before[0] != substance(entry):
                self._entries.append(entry)
            if verdict.record is not None:
                names += make_candidate(verdict.record).names
        for claim_id in sorted(set(known) - {claim.claim_id for claim in self.inputs.claims[entity_id]}):
            self._entries.append(make_withdrawal(entity_id, claim_id, self.on, self.mode))
        self._check_exclusions(entity_id, names)

    def _make_entry(
        self, entity_id: str, claim: EntityClaim, verdict: Verdict, claimant: Claimant, by: str | None
    ) -> LedgerEntry:
        parsed = claim.uses[0][0]
        before = self.inputs.known.get(entity_id, {}).get(claim.claim_id)
        entry = make_entry(
            verdict,
            claimant,
            entity_id=entity_id,
            claim_id=claim.claim_id,
            read_on=None
            if verdict.outcome is Outcome.NO_REGISTER
            else self.inputs.read_on.get((parsed.jurisdiction or "", parsed.family)),
            on=self.on,
            mode=self.mode,
            decided_by=by,
        )
        was_validated = before is not None and before[1] in _VALIDATED_ONCE
        return replace(entry, fhir_status=fhir_status(verdict.outcome, was_validated=was_validated))

    def _settle(
        self, entity_id: str, claim: EntityClaim, verdict: Verdict, claimant: Claimant
    ) -> tuple[Verdict, str | None]:
        """Opens the verdict's case, if it has one, and follows what a person decided on the same input."""
        kind = case_kind(verdict)
        if kind is None:
            return verdict, None
        lookup = self.inputs.lookup
        record = verdict.record or find_shown_record(verdict, lookup)
        draft = make_draft(kind, verdict, claimant.listing, entity_id=entity_id, claim_id=claim.claim_id, record=record)
        self._drafts.append(draft)
        return apply_decision(verdict, draft, self.inputs.decided, lookup, on=self.on)

    def _check_exclusions(self, entity_id: str, names: Iterable[PersonName]) -> None:
        claimants = self.inputs.claimants[entity_id]
        own = [claimant.subject.name for claimant in claimants if claimant.subject.name is not None]
        every = tuple(dict.fromkeys([name for name in own if name.is_full] + list(names)))
        npi = next((claimant.listing.npi for claimant in claimants if claimant.listing.npi), None)
        regions = {claimant.subject.region for claimant in claimants if claimant.subject.region}
        for hit in self.inputs.exclusions.find(every, npi=npi, regions=regions, on=self.on):
            self.exclusions += 1
            self._drafts.append(make_exclusion_draft(hit, claimants[0].listing, entity_id))


def best_verdict(inputs: Inputs, claim: EntityClaim, on: date, mode: Mode) -> tuple[Verdict, Claimant]:
    """The best supported verdict on a claim over the listings that make it, and the listing it comes from."""
    found = [
        (check_claim(parsed, claimant.subject, inputs.lookup, on=on, mode=mode, sharing=inputs.sharing), claimant)
        for parsed, claimant in claim.uses
    ]
    return min(found, key=lambda item: OUTCOME_ORDER.index(item[0].outcome))


def find_shown_record(verdict: Verdict, lookup: MemoryRegister) -> RegisterRecord | None:
    """The record a reviewer sees beside the listing: the number's own, else the best suggestion."""
    key = verdict.claim.key if verdict.claim else None
    found = lookup.find_by_key(key) if key else ()
    if len(found) == 1:
        return found[0].record
    shown = lookup.find_by_id(verdict.suggestions[0].register_id) if verdict.suggestions else None
    return shown.record if shown else None
