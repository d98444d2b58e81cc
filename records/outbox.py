"""Search documents to be made again: noted in the transaction of the change itself, so that none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from records.bulk import insert_rows
from records.database import Session
from records.tables import OutboxRow

CHUNK = 1000
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """That an entity changed; `version` is the one it had then."""

    seq: int
    entity_id: str
    version: int
    reason: str
    created_at: datetime
    attempts: int
    last_error: str | None


def add(session: Session, changes: Iterable[tuple[str, int]], reason: str) -> None:
    """Note that entities (id and version) changed."""
    now = session.now()
    rows = [
        {
            "entity_id": entity_id,
            "version": version,
            "reason": reason,
            "created_at": now,
            "attempts": 0,
            "next_try_at": now,
            "claimed_by": None,
            "claimed_until": None,
            "last_error": None,
        }
        for entity_id, version in changes
    ]
    insert_rows(session, OutboxRow, rows)


def claim(session: Session, worker: str, *, limit: int = 500, lease_s: float = 30) -> list[Change]:
    """Take the oldest changes that are due, for `lease_s` seconds; a worker that dies loses them to the next."""
    row, now = OutboxRow, session.now()
    free = sa.or_(row.claimed_until.is_(None), row.claimed_until <= now)
    query = sa.select(row).where(free, row.next_try_at <= now).order_by(row.seq).limit(limit)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    if found:
        values = {"claimed_by": worker, "claimed_until": now + timedelta(seconds=lease_s)}
        ids = [item.seq for item in found]
        update = sa.update(row).where(row.seq.in_(ids)).values(attempts=row.attempts + 1, **values)
        session.execute(update.execution_options(synchronize_session=False))
    return [
        Change(
            seq=item.seq,
            entity_id=item.entity_id,
            version=item.version,
            reason=item.reason,
            created_at=item.created_at,
            attempts=item.attempts + 1,
            last_error=item.last_error,
        )
        for item in found
    ]


def done(session: Session, seqs: Sequence[int]) -> None:
    """These are in the index."""
    for start in range(0, len(seqs), CHUNK):
        session.execute(sa.delete(OutboxRow).where(OutboxRow.seq.in_(seqs[start : start + CHUNK])))


def failed(session: Session, seqs: Sequence[int], error: str) -> None:
    """These could not be indexed; they come again after a wait that doubles with every attempt."""
    now = session.now()
    for item in session.scalars(sa.select(OutboxRow).where(OutboxRow.seq.in_(seqs))):
        wait = min(FIRST_WAIT * 2 ** min(max(item.attempts - 1, 0), 20), LONGEST_WAIT)
        item.next_try_at, item.claimed_by, item.claimed_until = now + wait, None, None
        item.last_error = error[:2000]
    session.flush()


def waiting_seqs(session: Session) -> list[int]:
    """The changes that this transaction sees: whoever reads all records in it may say that they are `done`.

    Their greatest number would not do: on PostgreSQL a smaller one may be committed later.
    """
    return list(session.scalars(sa.select(OutboxRow.seq).order_by(OutboxRow.seq)))


def count_waiting(session: Session) -> int:
    """How many changes wait."""
    return session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) or 0


def find_oldest(session: Session) -> datetime | None:
    """Since when the change that waits longest has waited; None if none does."""
    return session.scalar(sa.select(sa.func.min(OutboxRow.created_at)))
