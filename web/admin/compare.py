"""What is claimed and what the register says, side by side, with the differences in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from directory.models import Exclusion, Listing, RegisterRecord
from directory.names import compare_names, parse_name
from records.requests import ASKED, find_due
from records.reviews import Case, CaseState
from web.values import clean, find_safe_url

KIND_LABELS = {
    "removal": "Asks to be removed",
    "correction": "Reports a mistake",
    "disciplined": "Board action",
    "exclusion": "Exclusion list",
    "mismatch": "Name mismatch",
    "shared-number": "Shared number",
    "mistyped": "Number mistyped?",
    "surname-changed": "Surname changed?",
    "weak": "Weak name match",
    "merge": "Same person?",
    "split": "Two people?",
    "other": "Other",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison; `word` says in words how the sides stand to each other."""

    label: str
    claimed: str
    found: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Clock:
    """When a request must be answered; `late` once that has passed."""

    text: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as a reviewer sees it."""

    id: str
    kind: str
    heading: str
    proposal: str
    explanation: str
    state: str
    lines: tuple[Difference, ...]
    suggestions: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    url: str | None
    clock: Clock | None


def make_case_view(case: Case, now: datetime) -> CaseView:
    """The case in plain values, as of now."""
    given = case.input
    return CaseView(
        id=case.id,
        kind=KIND_LABELS.get(case.kind, case.kind),
        heading=clean(given.heading, 160) or clean(given.claim, 160) or KIND_LABELS.get(case.kind, case.kind),
        proposal=(given.outcome or "").replace("_", " "),
        explanation=clean(given.explanation),
        state=case.state,
        lines=compare(given.listing, given.record or given.exclusion, given.claim),
        suggestions=tuple((clean(item.register_id, 80), clean(item.why, 200)) for item in given.suggestions),
        notes=tuple(clean(note, 400) for note in given.notes),
        url=find_safe_url(given.url),
        clock=make_clock(case, now),
    )


def make_clock(case: Case, now: datetime) -> Clock | None:
    """The two working days that a request has; None for what nobody asked for or what is settled."""
    if case.kind not in ASKED or case.state in (CaseState.DECIDED, CaseState.GONE):
        return None
    due = find_due(case.opened_at)
    return Clock(f"{'was due' if due <= now else 'due'} {due:%a %d %b, %H:%M} UTC", due <= now)


def compare(
    listing: Listing | None, record: RegisterRecord | Exclusion | None, claim: str | None
) -> tuple[Difference, ...]:
    """The lines that both sides can be compared on, and what only one of them has."""
    name = (listing.name or listing.title or "") if listing else ""
    lines = [_compare_names(name, record.full_name if record else "")]
    number = record.number if isinstance(record, RegisterRecord) else ""
    lines.append(_compare("Number", claim or "", number, same=bool(number) and number in (claim or "")))
    for label, attribute in (("City", "city"), ("State or province", "region")):
        lines.append(_compare(label, getattr(listing, attribute, None), getattr(record, attribute, None)))
    lines.append(_compare("Practice", listing.practice if listing else "", ""))
    if isinstance(record, RegisterRecord):
        lines += [
            _compare("Kind of licence", "", record.licence_type),
            _compare("Status in the register", "", record.status),
            _compare("Valid until", "", record.expires_on.isoformat() if record.expires_on else ""),
            _compare("Board action", "", (record.discipline_note or "yes") if record.discipline else "none on file"),
            _compare("Former names", "", "; ".join(record.former_names)),
            _compare("Register read on", "", record.read_on.isoformat() if record.read_on else ""),
        ]
    elif isinstance(record, Exclusion):
        lines += [
            _compare("NPI", listing.npi if listing else "", record.npi),
            _compare("Excluded on", "", record.excluded_on.isoformat() if record.excluded_on else ""),
            _compare("Speciality", "", record.specialty),
            _compare("List read on", "", record.read_on.isoformat() if record.read_on else ""),
        ]
    return tuple(line for line in lines if line.claimed or line.found)


def _compare_names(claimed: str, found: str) -> Difference:
    if not claimed or not found:
        return _compare("Name", claimed, found)
    result = compare_names(parse_name(claimed), parse_name(found))
    tone = {"strong": "good", "conflict": "bad"}.get(result.grade, "look")
    reasons = "; ".join(result.reasons)
    return Difference("Name", clean(claimed, 160), clean(found, 160), clean(f"{result.grade}: {reasons}", 160), tone)


def _compare(label: str, claimed: str | None, found: str | None, *, same: bool | None = None) -> Difference:
    left, right = clean(claimed, 200), clean(found, 200)
    if not left or not right:
        return Difference(label, left, right, "", "plain")
    equal = left.casefold() == right.casefold() if same is None else same
    return Difference(label, left, right, "same" if equal else "differs", "good" if equal else "look")
