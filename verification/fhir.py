"""FHIR R4's VerificationResult.status for what a check came to."""

from __future__ import annotations

from directory.models import Outcome
from records.ledger import FhirStatus

_FAILS = (Outcome.EXPIRED, Outcome.INACTIVE, Outcome.DISCIPLINED, Outcome.NAME_MISMATCH, Outcome.NOT_FOUND)


def fhir_status(outcome: Outcome, *, was_validated: bool) -> FhirStatus:
    """`attested` while only claimed, `in-process` in the queue, `validated`, and what it becomes after that."""
    if outcome is Outcome.VERIFIED:
        return FhirStatus.VALIDATED
    if outcome is Outcome.STALE:
        return FhirStatus.REQ_REVALID
    if outcome is Outcome.REVIEW:
        return FhirStatus.REQ_REVALID if was_validated else FhirStatus.IN_PROCESS
    if outcome in _FAILS:
        return FhirStatus.REVAL_FAIL if was_validated else FhirStatus.VAL_FAIL
    return FhirStatus.ATTESTED
