"""What people say of two listings: the same, not the same, or unsure. Added and undone, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from directory.errors import ConflictError, NotFoundError, UsageError
from records.database import Session
from records.tables import JudgementRow

CHUNK = 500


class Verdict(StrEnum):
    """Positive: the same person or practice; negative: never; unsure: seen, and left open."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNSURE = "unsure"


Word = tuple[str, str, Verdict]  # on two listings


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One person's word on one pair of listings (`left` < `right`)."""

    id: int
    left: str
    right: str
    verdict: Verdict
    by: str
    at: datetime
    reason: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None


def add(
    session: Session, left: str, right: str, verdict: Verdict, *, by: str, reason: str, at: datetime | None = None
) -> Judgement:
    """Add a word on a pair, in either order; it takes the place of earlier ones on the same pair.

    `at`: of the decision that it is part of.
    """
    if left == right:
        raise UsageError("A listing is always the same as itself: give two.")
    left, right = sorted((left, right))
    row = JudgementRow(
        left=left,
        right=right,
        verdict=verdict.value,
        by=by,
        at=at or session.now(),
        reason=reason,
        undone_at=None,
        undone_by=None,
        undone_reason=None,
    )
    session.add(row)
    session.flush()
    return _make(row)


def add_all(session: Session, words: Iterable[Word], *, by: str, reason: str, at: datetime) -> int:
    """Add all that one decision says; returns how many words that is."""
    return len([add(session, left, right, said, by=by, reason=reason, at=at) for left, right, said in words])


def undo_all(session: Session, words: Iterable[Word], *, made_by: str, made_at: datetime, by: str, reason: str) -> int:
    """Take back what one decision said; returns how many words that was."""
    wanted = {(*sorted((left, right)), said) for left, right, said in words}
    made = find(session, {key for left, right, _ in wanted for key in (left, right)})
    theirs = [
        word
        for word in made
        if (word.left, word.right, word.verdict) in wanted
        and (word.by, word.at, word.undone_at) == (made_by, made_at, None)
    ]
    return len([undo(session, word.id, by=by, reason=reason) for word in theirs])


def undo(session: Session, judgement_id: int, *, by: str, reason: str) -> Judgement:
    """Take one back: what was said of the pair before holds again; raises ConflictError if it was already."""
    row = session.get(JudgementRow, judgement_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(f"There is no judgement {judgement_id}.")
    if row.undone_at is not None:
        raise ConflictError(f"Judgement {judgement_id} was already undone by {row.undone_by}.")
    row.undone_at, row.undone_by, row.undone_reason = session.now(), by, reason
    session.flush()
    return _make(row)


def load(session: Session) -> list[Judgement]:
    """The word that holds on each pair: the latest that was not undone."""
    query = sa.select(JudgementRow).where(JudgementRow.undone_at.is_(None)).order_by(JudgementRow.id)
    return list({(row.left, row.right): _make(row) for row in session.scalars(query)}.values())


def load_among(session: Session, listing_keys: Collection[str]) -> list[Judgement]:
    """The word that holds on each pair of these listings."""
    held = [word for word in find(session, listing_keys) if word.undone_at is None]
    latest = {(word.left, word.right): word for word in held}
    return [word for pair, word in latest.items() if set(pair) <= set(listing_keys)]


def find(session: Session, listing_keys: Collection[str]) -> list[Judgement]:
    """Everything ever said of pairs with any of these listings, undone words too, oldest first."""
    row, keys, found = JudgementRow, sorted(listing_keys), dict[int, Judgement]()
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        query = sa.select(row).where(sa.or_(row.left.in_(part), row.right.in_(part)))
        found.update({item.id: _make(item) for item in session.scalars(query)})
    return [found[number] for number in sorted(found)]


def history(session: Session, listing_key: str | None = None) -> list[Judgement]:
    """Everything ever said (of pairs with this listing), undone words too, oldest first."""
    query = sa.select(JudgementRow).order_by(JudgementRow.id)
    if listing_key is not None:
        query = query.where(sa.or_(JudgementRow.left == listing_key, JudgementRow.right == listing_key))
    return [_make(row) for row in session.scalars(query)]


def _make(row: JudgementRow) -> Judgement:
    return Judgement(
        id=row.id,
        left=row.left,
        right=row.right,
        verdict=Verdict(row.verdict),
        by=row.by,
        at=row.at,
        reason=row.reason,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_reason=row.undone_reason,
    )
