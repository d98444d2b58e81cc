"""Guessing made slow: after a few failures a client waits before its next try at the same thing; nobody else waits."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from directory.errors import TooManyTriesError
from records.codec import keyed_digest
from records.database import Database, Session
from records.tables import SignInRow

FREE_TRIES = 4
LONGEST_WAIT = timedelta(minutes=15)
KEPT = timedelta(days=1)


def take(database: Database, what: str, client: str) -> None:
    """Count one try, as failed until `forget` says that it was right; raises TooManyTriesError for one that must wait.

    It is counted before anything is looked at, so that many at once gain nothing; one that must wait is not counted.
    """
    with database.begin() as session:
        wait_s = _count(session, what, client)
    if wait_s:
        raise TooManyTriesError(f"Too many failed attempts from here. Try again in {wait_s} seconds.")


def forget(session: Session, what: str, client: str) -> None:
    """The try was right: the client starts afresh."""
    session.execute(sa.delete(SignInRow).where(*_is_from(session, what, client)))


def prune(session: Session) -> int:
    """Drop what nobody has tried for a day; returns how many."""
    return session.change(sa.delete(SignInRow).where(SignInRow.last_at < session.now() - KEPT))


def _is_from(session: Session, what: str, client: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    name_hash, client_hash = _hash(session, what, client)
    return (SignInRow.name_hash == name_hash, SignInRow.client_hash == client_hash)


def _hash(session: Session, what: str, client: str) -> tuple[str, str]:
    return keyed_digest(session.secret, "name", what), keyed_digest(session.secret, "client", client)


def _count(session: Session, what: str, client: str) -> int:
    """The seconds this client must wait; 0: this try counts."""
    now = session.now()
    row = session.scalar(sa.select(SignInRow).where(*_is_from(session, what, client)).with_for_update())
    if row is None:
        name_hash, client_hash = _hash(session, what, client)
        row = SignInRow(name_hash=name_hash, client_hash=client_hash, failures=0)
        session.add(row)
    elif row.next_try_at > now:
        return int((row.next_try_at - now).total_seconds()) + 1
    row.failures += 1
    over = row.failures - FREE_TRIES
    row.last_at = now
    row.next_try_at = now + (min(timedelta(seconds=2 ** min(over, 20)), LONGEST_WAIT) if over > 0 else timedelta())
    session.flush()
    return 0
