"""Why a verdict is what it is: both records side by side, what agreed, what did not, and which rule fired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from directory.models import RegisterRecord
from records import entities, ledger
from records.database import Database
from records.ledger import LedgerRow
from verification.agreement import compare_cities, find_namesakes, match_record
from verification.claims import Claimant
from verification.inputs import Inputs, load_inputs
from verification.lookup import make_candidate
from verification.model import Mode, Verdict
from verification.run import best_verdict, find_shown_record


@dataclass(frozen=True, slots=True)
class Line:
    """One thing compared: the listing's word, the register's, and whether they agree (None: nobody can tell)."""

    what: str
    listing: str
    register: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class ClaimExplanation:
    """One claim's verdict with everything it was made from."""

    claim: str
    listing_id: str
    verdict: Verdict
    record: RegisterRecord | None
    lines: tuple[Line, ...]
    namesakes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "claim": self.claim,
            "listing_id": self.listing_id,
            "outcome": self.verdict.outcome.value,
            "rule": self.verdict.rule,
            "grade": self.verdict.grade,
            "reasons": list(self.verdict.reasons),
            "explanation": " ".join(self.verdict.explanation),
            "register_id": self.record.register_id if self.record else None,
            "compared": [
                {"what": line.what, "listing": line.listing, "register": line.register, "agrees": line.agrees}
                for line in self.lines
            ],
            "namesakes": list(self.namesakes),
            "suggestions": [{"register_id": s.register_id, "why": s.why} for s in self.verdict.suggestions],
        }

    def to_text(self) -> str:
        """As a small table a person reads."""
        head = [f"claim     {self.claim}", f"listing   {self.listing_id}"]
        marks = {True: "agrees", False: "differs", None: "-"}
        rows = [("", "listing", "register", "")]
        rows += [(line.what, line.listing or "-", line.register or "-", marks[line.agrees]) for line in self.lines]
        widths = [max(len(row[at]) for row in rows) for at in range(3)]
        table = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True)).rstrip() for row in rows
        ]
        tail = [
            f"rule      {self.verdict.rule} ({self.verdict.outcome.value}, name {self.verdict.grade or 'not compared'})"
        ]
        tail += [f"because   {reason}" for reason in self.verdict.reasons]
        tail += [f"namesake  {register_id}" for register_id in self.namesakes]
        tail += [f"look at   {s.register_id}: {s.why}" for s in self.verdict.suggestions]
        tail.append(" ".join(self.verdict.explanation))
        return "\n".join([*head, *(table if self.lines else []), *tail])


@dataclass(frozen=True, slots=True)
class EntityExplanation:
    """Every claim of a person or practice, explained."""

    entity_id: str
    on: date
    mode: Mode
    claims: tuple[ClaimExplanation, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "id": self.entity_id,
            "on": self.on.isoformat(),
            "mode": self.mode.value,
            "claims": [claim.to_json() for claim in self.claims],
        }

    def to_text(self) -> str:
        """As text a person reads."""
        head = f"{self.entity_id} on {self.on.isoformat()}, {self.mode.value} mode"
        return "\n\n".join([head, *(claim.to_text() for claim in self.claims)] if self.claims else [head, "No claims."])


def explain_entity(database: Database, entity_id: str, *, on: date, mode: Mode | str) -> EntityExplanation:
    """Decides the entity's claims once more and shows how; writes nothing. Raises NotFoundError for an unknown id."""
    with database.read() as session:
        entity = entities.get(session, entity_id)
        inputs = load_inputs(session)
    mode = Mode(mode)
    explained = []
    for claim in inputs.claims.get(entity.id, ()):
        verdict, claimant = best_verdict(inputs, claim, on, mode)
        explained.append(_explain(inputs, verdict, claimant))
    return EntityExplanation(entity.id, on, mode, tuple(explained))


def _explain(inputs: Inputs, verdict: Verdict, claimant: Claimant) -> ClaimExplanation:
    record = verdict.record or find_shown_record(verdict, inputs.lookup)
    lines: tuple[Line, ...] = ()
    namesakes: tuple[str, ...] = ()
    if record is not None:
        lines = compare_records(verdict, claimant, record)
        if claimant.subject.name is not None:
            candidate = make_candidate(record)
            match = match_record(claimant.subject.name, claimant.subject.city, candidate)
            found = find_namesakes(claimant.subject, match, inputs.lookup)
            namesakes = tuple(other.candidate.record.register_id for other in found)
    raw = verdict.claim.raw if verdict.claim else ""
    return ClaimExplanation(raw, claimant.listing.listing_id, verdict, record, lines, namesakes)


def compare_records(verdict: Verdict, claimant: Claimant, record: RegisterRecord) -> tuple[Line, ...]:
    """The listing and a register record side by side."""
    subject, candidate = claimant.subject, make_candidate(record)
    key = verdict.claim.key if verdict.claim else None
    grade: bool | None = None
    if subject.name is not None:
        match = match_record(subject.name, subject.city, candidate)
        grade = match.grade.value in ("strong", "good")
    listing = claimant.listing
    place = verdict.claim.jurisdiction if verdict.claim else None
    return (
        Line("name", subject.name.raw if subject.name else "", record.full_name, grade),
        Line("former names", "", "; ".join(record.former_names), None),
        Line(
            "number",
            verdict.claim.number or "" if verdict.claim else "",
            record.number,
            key == candidate.key if key else None,
        ),
        Line("place", place or "", record.jurisdiction, place == record.jurisdiction if place else None),
        Line("city", listing.city or "", record.city or "", compare_cities(subject.city, candidate.city)),
        Line("status", "", record.status or "", None),
        Line("expires", "", record.expires_on.isoformat() if record.expires_on else "", None),
        Line("read on", "", record.read_on.isoformat() if record.read_on else "", None),
    )


@dataclass(frozen=True, slots=True)
class ShownLedger:
    """What the ledger says of an entity, as known on a day."""

    entity_id: str
    as_known_on: date | None
    rows: tuple[LedgerRow, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "id": self.entity_id,
            "as_known_on": self.as_known_on.isoformat() if self.as_known_on else None,
            "rows": [_row_to_json(row) for row in self.rows],
        }

    def to_text(self) -> str:
        """As text a person reads."""
        when = f" as known on {self.as_known_on.isoformat()}" if self.as_known_on else ""
        return "\n".join([f"{self.entity_id}{when}", *(_row_to_text(row) for row in self.rows)])


def show_ledger(database: Database, entity_id: str, *, as_known_on: date | None = None) -> ShownLedger:
    """The latest row of each claim, as known at the end of a day (default: now); writes nothing."""
    with database.read() as session:
        entity = entities.get(session, entity_id)
        rows = ledger.load(session, entity.id, as_known_on)
    return ShownLedger(entity.id, as_known_on, tuple(rows))


def _row_to_json(row: LedgerRow) -> dict[str, Any]:
    entry = row.entry
    return {
        "seq": row.seq,
        "recorded_at": row.recorded_at.isoformat(),
        "claim": entry.facts.raw,
        "jurisdiction": entry.facts.jurisdiction,
        "number": entry.facts.number,
        "outcome": entry.outcome.value,
        "rule": entry.rule,
        "rule_version": entry.rule_version,
        "grade": entry.grade,
        "decided_by": entry.decided_by,
        "checked_on": entry.checked_on.isoformat(),
        "register_read_on": entry.read_on.isoformat() if entry.read_on else None,
        "register_id": entry.facts.register_id,
        "row_hash": entry.row_hash,
        "valid_from": entry.valid_from.isoformat(),
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "fhir_status": entry.fhir_status.value,
        "supersedes": row.supersedes,
        "explanation": entry.facts.explanation,
        "erased": row.erased_at is not None,
    }


def _row_to_text(row: LedgerRow) -> str:
    if row.erased_at is not None:
        return f"  #{row.seq} erased on {row.erased_at.date().isoformat()} at a person's request"
    entry = row.entry
    read = f", register read {entry.read_on.isoformat()}" if entry.read_on else ""
    who = "by rule" if entry.decided_by == ledger.RULE else f"by {entry.decided_by}"
    return (
        f"  #{row.seq} {entry.facts.raw or '-'}: {entry.outcome.value} ({entry.rule}, {who}), "
        f"checked {entry.checked_on.isoformat()}{read}\n      {entry.facts.explanation}"
    )
