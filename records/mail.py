"""Messages to be sent: written in the transaction of what causes them, sent in order, each once, none lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from records.codec import keyed_digest
from records.database import Session
from records.tables import MailRow

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)
LEASE_S = 40.0
GIVE_UP_AFTER = timedelta(days=5)
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be sent; `key` is its own for ever, `owner` is whom it is taken back with."""

    key: str
    owner: str
    recipient: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message that a worker has taken to send."""

    seq: int
    key: str
    recipient: str
    message: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCounts:
    """How many messages wait, since when, why the first one does, and how many were given up."""

    waiting: int
    oldest_at: datetime | None
    last_error: str | None
    given_up: int


def queue(session: Session, draft: Draft) -> bool:
    """Put a message behind the others; False if one with this key was queued before."""
    if session.scalar(sa.select(MailRow.seq).where(MailRow.key == draft.key)) is not None:
        return False
    row = MailRow(
        key=draft.key,
        owner=draft.owner,
        recipient=draft.recipient,
        recipient_hash=_hash(session, draft.recipient),
        message=draft.message,
        created_at=session.now(),
        attempts=0,
        next_try_at=session.now(),
        held=False,
        claimed_by=None,
        claimed_until=None,
        sent_at=None,
        failed_at=None,
        last_error=None,
    )
    session.add(row)
    session.flush()
    return True


def claim(session: Session, worker: str, *, lease_s: float = LEASE_S) -> Mail | None:
    """Take the oldest message that is due, for `lease_s` seconds; None if there is none or another worker sends.

    A worker that takes longer renews its claim; one that dies holds up the others no longer than this.

    Behind a message that waits because the server was in trouble everything waits, so that order is kept; one that
    waits for its own sake is passed.
    """
    row, now = MailRow, session.now()
    if session.scalar(sa.select(sa.exists().where(_waits(), row.claimed_until > now))):
        return None
    held = session.scalar(sa.select(sa.func.min(row.seq)).where(_waits(), row.held, row.next_try_at > now))
    query = sa.select(row).where(_waits(), row.next_try_at <= now).order_by(row.seq).limit(1)
    if held is not None:
        query = query.where(row.seq < held)
    found = session.scalar(query.with_for_update(skip_locked=True))
    if found is None or found.recipient is None or found.message is None:
        return None
    found.attempts, found.claimed_by = found.attempts + 1, worker
    found.claimed_until = now + timedelta(seconds=lease_s)
    session.flush()
    return Mail(seq=found.seq, key=found.key, recipient=found.recipient, message=found.message, attempts=found.attempts)


def renew(session: Session, seq: int, worker: str, *, lease_s: float = LEASE_S) -> None:
    """Keep a message that this worker still has."""
    own = sa.and_(MailRow.seq == seq, MailRow.claimed_by == worker)
    session.execute(sa.update(MailRow).where(own).values(claimed_until=session.now() + timedelta(seconds=lease_s)))


def sent(session: Session, seq: int) -> None:
    """The server took it over: what it said and to whom is kept no longer."""
    _settle(session, seq, sent_at=session.now(), last_error=None)


def give_up(session: Session, seq: int, error: str) -> None:
    """It cannot be delivered: that it was tried, and why not, is all that is kept."""
    _settle(session, seq, failed_at=session.now(), last_error=error[:500])


def put_off(session: Session, seq: int, error: str, *, server: bool) -> None:
    """It could not be sent now; it comes again after a wait that doubles, for five days.

    `server`: the trouble is not the message's own, so those behind it wait too, and it is never given up.
    """
    row = session.get(MailRow, seq, with_for_update=True, populate_existing=True)
    if row is None:
        return
    if not server and row.created_at + GIVE_UP_AFTER < session.now():
        give_up(session, seq, error)
        return
    wait = min(FIRST_WAIT * 2 ** min(max(row.attempts - 1, 0), 20), LONGEST_WAIT)
    row.next_try_at, row.held, row.last_error = session.now() + wait, server, error[:500]
    row.claimed_by = row.claimed_until = None
    session.flush()


def take_back(session: Session, owner: str) -> int:
    """Drop what waits for this owner; returns how many messages."""
    return _drop(session, sa.and_(_waits(), MailRow.owner == owner))


def take_back_keys(session: Session, keys: Iterable[str]) -> list[str]:
    """Drop those of these messages that still wait; returns which."""
    found = list(session.scalars(sa.select(MailRow.key).where(_waits(), MailRow.key.in_(sorted(set(keys))))))
    _drop(session, MailRow.key.in_(found))
    return found


def count(session: Session) -> MailCounts:
    """How the queue stands."""
    row = MailRow
    waiting, oldest = session.execute(sa.select(sa.func.count(), sa.func.min(row.created_at)).where(_waits())).one()
    error = session.scalar(sa.select(row.last_error).where(_waits()).order_by(row.seq).limit(1))
    given_up = session.scalar(sa.select(sa.func.count()).where(row.failed_at.is_not(None))) or 0
    return MailCounts(waiting=waiting, oldest_at=oldest, last_error=error, given_up=given_up)


def count_to(session: Session, address: str, since: datetime, *, prefix: str = "") -> int:
    """How many messages (whose key begins so) were queued for an address since then."""
    theirs = sa.and_(MailRow.recipient_hash == _hash(session, address), MailRow.created_at >= since)
    query = sa.select(sa.func.count()).where(theirs, MailRow.key.startswith(prefix, autoescape=True))
    return session.scalar(query) or 0


def prune(session: Session) -> int:
    """Forget messages that were settled long ago; returns how many."""
    row, limit = MailRow, session.now() - KEPT
    return _drop(session, sa.or_(row.sent_at < limit, row.failed_at < limit))


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(MailRow.sent_at.is_(None), MailRow.failed_at.is_(None))


def _settle(session: Session, seq: int, **values: Any) -> None:
    gone = {"recipient": None, "message": None, "claimed_by": None, "claimed_until": None, "held": False}
    session.execute(sa.update(MailRow).where(MailRow.seq == seq).values(**gone, **values))


def _drop(session: Session, which: sa.ColumnElement[bool]) -> int:
    return session.change(sa.delete(MailRow).where(which))


def _hash(session: Session, address: str) -> str:
    return keyed_digest(session.secret, "mail", address.strip().casefold())
