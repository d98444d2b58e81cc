"""All that is known of one person or practice, since when and from where, as it is shown to reviewers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from directory.models import RegisterRecord
from records import entities, judgements, ledger, observations, requests, reviews, sightings
from records.database import Session
from records.entities import Entity, Membership
from records.judgements import Judgement
from records.ledger import RULE, LedgerRow
from records.observations import StoredObservation
from records.reviews import Case
from resolution.finding import FoundListing, find_listings
from web.admin.compare import KIND_LABELS
from web.values import clean, find_safe_url

VERDICTS = {"positive": "one and the same", "negative": "two, kept apart", "unsure": "unsure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """A listing, where it comes from, and when it belonged here."""

    key: str
    name: str
    where: str
    contact: str
    source: str
    url: str | None
    snapshots: tuple[str, ...]
    first_seen: date | None
    last_read: date | None
    joined: date
    left: date | None
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """What a claim came to, once."""

    recorded_at: datetime
    outcome: str
    rule: str
    by: str
    checked_on: date
    read_on: date | None
    valid_to: date | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim, what it came to last, and everything before that, newest first."""

    title: str
    source: str
    register_id: str
    outcomes: tuple[OutcomeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One version of a register's row: from when to when it read so."""

    first: date
    last: date
    text: str
    is_stood_on: bool
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A row of a register that some outcome stands on, the newest version first."""

    register_id: str
    source: str
    name: str
    url: str | None
    versions: tuple[RowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """A reviewer's word on two listings; `other_id` where one of them is somebody else's now."""

    left: str
    right: str
    other_id: str | None
    verdict: str
    by: str
    at: datetime
    reason: str
    undone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierCase:
    """A review case with what was decided on it and what the person said."""

    id: str
    kind: str
    heading: str
    state: str
    opened_at: datetime
    decisions: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything."""

    id: str
    kind: str
    name: str
    created_at: datetime
    closed_at: datetime | None
    former_ids: tuple[str, ...]
    listings: tuple[ListingView, ...]
    past: tuple[ListingView, ...]
    claims: tuple[ClaimView, ...]
    registers: tuple[RegisterView, ...]
    words: tuple[WordView, ...]
    cases: tuple[DossierCase, ...]


def load_dossier(session: Session, entity: Entity, *, on: date | None = None) -> Dossier:
    """All about the entity; what was known at the end of the day `on`, if one is given."""
    aliases = entities.find_aliases(session, entity.id)
    history = [item for item in entities.get_history(session, entity.id) if _was(item.joined_at, on)]
    keys = {item.listing_key for item in history} | set(entity.members)
    found = find_listings(session, keys)
    first = sightings.find_first_seen(session, [seen.id for item in found.values() for seen in item.seen])
    held = [item for item in history if _holds(item, on)]
    gone = [item for item in history if not _holds(item, on)]
    rows = ledger.history(session, entity.id, as_known_on=on)
    cases = {case.id: case for case in reviews.find_by_entity(session, aliases)}
    cases |= {case.id: case for case in reviews.find_by_listings(session, keys)}
    words = [word for word in judgements.find(session, keys) if _was(word.at, on)]
    return Dossier(
        id=entity.id,
        kind=entity.kind.value,
        name=find_name(entity, found),
        created_at=entity.created_at,
        closed_at=entity.closed_at,
        former_ids=tuple(alias for alias in aliases if alias != entity.id),
        listings=tuple(_make_listing(item, found.get(item.listing_key), first) for item in held),
        past=tuple(_make_listing(item, found.get(item.listing_key), first) for item in reversed(gone)),
        claims=_make_claims(rows),
        registers=_make_registers(session, rows, on),
        words=tuple(_make_word(session, word, entity) for word in reversed(words)),
        cases=tuple(_make_case(session, case, on) for case in cases.values() if _was(case.opened_at, on)),
    )


def _was(at: datetime, on: date | None) -> bool:
    """Whether something had happened by the end of a day."""
    return on is None or at.astimezone(UTC).date() <= on


def _holds(item: Membership, on: date | None) -> bool:
    return item.left_at is None or (on is not None and not _was(item.left_at, on))


def find_name(entity: Entity, found: dict[str, FoundListing]) -> str:
    """What to call them: the first name that a listing of theirs gives, else the id."""
    listings = [found[key].listing for key in entity.members if key in found]
    names = [clean(item.name or item.practice or item.title, 160) for item in listings]
    return next((name for name in names if name), entity.id)


def _make_listing(item: Membership, found: FoundListing | None, first: dict[str, datetime]) -> ListingView:
    listing, seen = (found.listing, found.seen) if found else (None, ())
    name = clean(listing.name or listing.title or listing.practice, 160) if listing else ""
    practice = clean(listing.practice, 160) if listing and listing.practice != listing.name else ""
    place = (listing.street, listing.city, listing.region, listing.postal_code) if listing else ()
    contact = (listing.phone, listing.email, listing.website, listing.npi and f"NPI {listing.npi}") if listing else ()
    return ListingView(
        key=item.listing_key,
        name=", ".join(dict.fromkeys(part for part in (name, practice) if part)) or item.listing_key,
        where=", ".join(clean(part, 120) for part in place if part),
        contact=" · ".join(clean(part, 120) for part in contact if part),
        source=clean(listing.source, 60) if listing else "",
        url=find_safe_url(listing.url) if listing else None,
        snapshots=tuple(dict.fromkeys(one.snapshot_hash for one in seen if one.snapshot_hash)),
        first_seen=min((first[one.id].date() for one in seen if one.id in first), default=None),
        last_read=max((one.read_on for one in seen), default=None),
        joined=item.joined_at.date(),
        left=item.left_at.date() if item.left_at else None,
        is_held=bool(listing and not listing.publish),
    )


def _make_claims(rows: Sequence[LedgerRow]) -> tuple[ClaimView, ...]:
    """Each claim once, the one that was looked at last first."""
    grouped: dict[str, list[LedgerRow]] = {}
    for row in reversed(rows):
        grouped.setdefault(row.entry.claim_id, []).append(row)
    return tuple(_make_claim(group) for group in grouped.values())


def _make_claim(group: Sequence[LedgerRow]) -> ClaimView:
    facts = next((row.entry.facts for row in group if row.entry.facts.raw), group[0].entry.facts)
    place = f" ({clean(facts.jurisdiction, 40)})" if facts.jurisdiction else ""
    return ClaimView(
        title=clean(facts.raw, 160) + place if facts.raw else "a claim whose words were erased",
        source=" · ".join(clean(part, 120) for part in (facts.source, facts.listing_id) if part),
        register_id=clean(next((row.entry.facts.register_id for row in group if row.entry.facts.register_id), ""), 80),
        outcomes=tuple(_make_outcome(row) for row in group),
    )


def _make_outcome(row: LedgerRow) -> OutcomeView:
    entry = row.entry
    return OutcomeView(
        recorded_at=row.recorded_at,
        outcome="no longer made here" if entry.withdrawn else entry.outcome.value.replace("_", " "),
        rule=clean(entry.rule, 60),
        by="the rules" if entry.decided_by == RULE else clean(entry.decided_by, 120),
        checked_on=entry.checked_on,
        read_on=entry.read_on,
        valid_to=entry.valid_to,
        words="erased" if row.erased_at else clean(entry.facts.explanation, 400),
    )


def _make_registers(session: Session, rows: Sequence[LedgerRow], on: date | None) -> tuple[RegisterView, ...]:
    ids = dict.fromkeys(row.entry.facts.register_id for row in reversed(rows) if row.entry.facts.register_id)
    hashes = {row.entry.row_hash for row in rows if row.entry.row_hash}
    found = sightings.find_register_rows(session, [name for name in ids if name])
    views = []
    for register_id in ids:
        versions = [seen for seen in found.get(register_id or "", ()) if _was(seen.first_seen_at, on)]
        if register_id and versions:
            views.append(_make_register(register_id, versions, hashes))
    return tuple(views)


def _make_register(register_id: str, versions: Sequence[StoredObservation], hashes: set[str]) -> RegisterView:
    last = versions[-1].payload
    assert isinstance(last, RegisterRecord)
    return RegisterView(
        register_id=clean(register_id, 80),
        source=clean(versions[-1].source, 60),
        name=clean(last.full_name, 160),
        url=find_safe_url(last.url),
        versions=tuple(
            RowView(
                first=seen.first_seen_at.date(),
                last=seen.read_on,
                text=_describe_row(seen.payload),
                is_stood_on=observations.hash_payload(seen.payload) in hashes,
                is_now=seen.superseded_at is None and seen.closed_at is None,
            )
            for seen in reversed(versions)
            if isinstance(seen.payload, RegisterRecord)
        ),
    )


def _describe_row(row: RegisterRecord) -> str:
    until = f"until {row.expires_on.isoformat()}" if row.expires_on else "no end date"
    action = f"board action: {row.discipline_note or 'yes'}" if row.discipline else ""
    parts = (row.full_name, row.licence_type, row.number, row.city, row.status, until, action)
    return clean(" · ".join(part for part in parts if part), 400)


def _make_word(session: Session, word: Judgement, entity: Entity) -> WordView:
    foreign = next((key for key in (word.left, word.right) if key not in entity.members), None)
    undone = f"taken back by {word.undone_by}, {word.undone_at:%Y-%m-%d}" if word.undone_at else ""
    return WordView(
        left=word.left,
        right=word.right,
        other_id=entities.find_by_listing(session, foreign) if foreign else None,
        verdict=VERDICTS[word.verdict],
        by=clean(word.by, 120),
        at=word.at,
        reason=clean(word.reason, 400),
        undone=clean(undone, 200),
    )


def _make_case(session: Session, case: Case, on: date | None) -> DossierCase:
    decisions = [
        f"{item.at:%Y-%m-%d} {item.by}: {item.choice}"
        + (f" – {item.reason}" if item.reason else "")
        + (f" (undone by {item.undone_by})" if item.undone_at else "")
        for item in reviews.get_decisions(session, case.id)
        if _was(item.at, on)
    ]
    asked = requests.load_statements(session, case.id) if case.kind in requests.ASKED else []
    return DossierCase(
        id=case.id,
        kind=KIND_LABELS.get(case.kind, case.kind),
        heading=clean(case.input.heading, 160) or KIND_LABELS.get(case.kind, case.kind),
        state=STATES[case.state],
        opened_at=case.opened_at,
        decisions=tuple(clean(text, 400) for text in decisions),
        statements=tuple(_say_statements(asked)),
    )


STATES = {
    "open": "open", "later": "put off", "second": "waits for a second person", "decided": "decided",
    "gone": "asked no longer",
}  # fmt: skip


def _say_statements(statements: Iterable[requests.Statement]) -> Iterable[str]:
    for item in statements:
        yield f"{item.made_at:%Y-%m-%d}: " + (f"“{clean(item.text, 600)}”" if item.text else "says it is theirs")
