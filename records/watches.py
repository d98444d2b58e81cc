"""Who follows whom, and what they were told: each event once per watch, and nothing of anybody who asked out.

An e-mail address is kept only while something is followed under it, because letters must have one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from directory.errors import GoneError
from records import mail
from records.codec import decode, encode, keyed_digest
from records.database import Session
from records.tables import EntityRow, UserRow, WatcherRow, WatchEventRow, WatchRow

UNCONFIRMED_FOR = timedelta(days=7)
ASKED_ANEW_AFTER = timedelta(hours=1)
MOST_FOLLOWED = 500
NOT_MAILED = "-"  # in place of a mail's key where there is no address to write to


class WatchKind(StrEnum):
    """What can be followed."""

    THERAPIST = "therapist"
    REGION = "region"


class EventKind(StrEnum):
    """What can be told, all of it public."""

    ENDS = "ends"
    ENDED = "ended"
    RENEWED = "renewed"
    CURRENT = "current"
    INACTIVE = "inactive"
    BOARD_ACTION = "board-action"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to be told of somebody's licence; `key` is the same whenever and for whomever it is found."""

    key: str
    kind: EventKind
    entity_id: str
    name: str
    title: str
    jurisdiction: str | None
    day: date
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as it was told."""

    id: int
    event: Event
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Who follows. `address` is where letters go, if anywhere; an account that was shut is no longer `is_open`."""

    id: str
    address: str | None
    user_id: str | None
    language: str
    link_version: int
    created_at: datetime
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One thing that is followed."""

    id: str
    watcher_id: str
    kind: WatchKind
    subject: str
    created_at: datetime
    confirmed_at: datetime | None
    checked_at: datetime | None


# --- who follows what -------------------------------------------------------------------------------------


def open_watcher(session: Session, *, email: str | None = None, user_id: str | None = None, language: str) -> Watcher:
    """The watcher of an address or of an account, made if there is none; an address keeps its first language."""
    hashed = None if email is None else _hash(session, email)
    same = WatcherRow.user_id == user_id if email is None else WatcherRow.email_hash == hashed
    row = session.scalar(sa.select(WatcherRow).where(same))
    if row is None:
        row = WatcherRow(
            id=uuid.uuid4().hex,
            email=email,
            email_hash=hashed,
            user_id=user_id,
            language=language,
            link_version=1,
            created_at=session.now(),
        )
        session.add(row)
        session.flush()
    return get_watcher(session, row.id)


def get_watcher(session: Session, watcher_id: str) -> Watcher:
    """The watcher; raises GoneError once it was forgotten."""
    query = (
        sa.select(WatcherRow, UserRow.email, UserRow.disabled_at).outerjoin(UserRow).where(WatcherRow.id == watcher_id)
    )
    found = session.execute(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise GoneError("Nothing is followed under this link any more.")
    row, account_email, disabled_at = found
    address = row.email if row.user_id is None else (account_email if disabled_at is None else None)
    return Watcher(
        id=row.id,
        address=address,
        user_id=row.user_id,
        language=row.language,
        link_version=row.link_version,
        created_at=row.created_at,
        is_open=disabled_at is None,
    )


def find_by_account(session: Session, user_id: str) -> Watcher | None:
    """The watcher of an account; None if it follows nothing."""
    found = session.scalar(sa.select(WatcherRow.id).where(WatcherRow.user_id == user_id))
    return None if found is None else get_watcher(session, found)


def follow(session: Session, watcher: Watcher, kind: WatchKind, subject: str, *, confirmed: bool = False) -> Watch:
    """Note that somebody wants to follow this; following it twice is following it once.

    What was not confirmed for an hour is asked anew, so that a letter that was lost can be sent again.
    """
    same = sa.and_(WatchRow.watcher_id == watcher.id, WatchRow.kind == kind.value, WatchRow.subject == subject)
    row = session.scalar(sa.select(WatchRow).where(same))
    if row is not None and row.confirmed_at is None and row.created_at <= session.now() - ASKED_ANEW_AFTER:
        _drop(session, [row.id])
        row = None
    if row is None:
        row = WatchRow(
            id=uuid.uuid4().hex,
            watcher_id=watcher.id,
            kind=kind.value,
            subject=subject,
            created_at=session.now(),
            confirmed_at=None,
            checked_at=None,
        )
        session.add(row)
    if confirmed and row.confirmed_at is None:
        row.confirmed_at = session.now()
    session.flush()
    return _make(row)


def count_followed(session: Session, watcher_id: str) -> int:
    """How many things somebody follows, confirmed or not."""
    return session.scalar(sa.select(sa.func.count()).where(WatchRow.watcher_id == watcher_id)) or 0


def get(session: Session, watch_id: str) -> Watch:
    """The watch; raises GoneError once it was stopped."""
    row = session.get(WatchRow, watch_id, populate_existing=True)
    if row is None:
        raise GoneError("This is not followed any more.")
    return _make(row)


def confirm(session: Session, watch_id: str) -> Watch:
    """From now on events are told; confirming again changes nothing. Raises GoneError once it was stopped."""
    row = session.get(WatchRow, watch_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise GoneError("This is not followed any more.")
    row.confirmed_at = row.confirmed_at or session.now()
    session.flush()
    return _make(row)


def load(session: Session, watcher_id: str | None = None) -> list[Watch]:
    """What is followed and confirmed (by one watcher), oldest first."""
    query = sa.select(WatchRow).where(WatchRow.confirmed_at.is_not(None)).order_by(WatchRow.created_at, WatchRow.id)
    if watcher_id is not None:
        query = query.where(WatchRow.watcher_id == watcher_id)
    return [_make(row) for row in session.scalars(query)]


def count(session: Session) -> dict[tuple[WatchKind, bool], int]:
    """How many confirmed watches there are, by what they follow and whether an account does."""
    by_account = WatcherRow.user_id.is_not(None)
    query = sa.select(WatchRow.kind, by_account, sa.func.count()).join(WatcherRow)
    found = session.execute(query.where(WatchRow.confirmed_at.is_not(None)).group_by(WatchRow.kind, by_account))
    return {(WatchKind(kind), bool(account)): number for kind, account, number in found}


def stop(session: Session, watcher_id: str, watch_id: str) -> None:
    """Follow this no more; with the last one the watcher is forgotten."""
    row = session.get(WatchRow, watch_id)
    if row is not None and row.watcher_id == watcher_id:
        _drop(session, [watch_id])
    if not count_followed(session, watcher_id):
        forget(session, watcher_id)


def forget(session: Session, watcher_id: str) -> None:
    """Erase a watcher: address, watches, what was told, and letters that wait."""
    mail.take_back(session, watcher_id)
    _drop(session, session.scalars(sa.select(WatchRow.id).where(WatchRow.watcher_id == watcher_id)).all())
    session.execute(sa.delete(WatcherRow).where(WatcherRow.id == watcher_id))


def forget_address(session: Session, email: str) -> bool:
    """Erase whoever follows under an address; False if nobody does."""
    found = session.scalar(sa.select(WatcherRow.id).where(WatcherRow.email_hash == _hash(session, email)))
    if found is not None:
        forget(session, found)
    return found is not None


def renew_links(session: Session, watcher_id: str) -> Watcher:
    """Make every link and feed address that was given out so far useless."""
    row = WatcherRow
    session.execute(sa.update(row).where(row.id == watcher_id).values(link_version=row.link_version + 1))
    return get_watcher(session, watcher_id)


def tidy(session: Session) -> int:
    """Forget what nobody confirmed in a week, and addresses under which nothing is followed; returns how many."""
    row, limit = WatchRow, session.now() - UNCONFIRMED_FOR
    _drop(session, session.scalars(sa.select(row.id).where(row.confirmed_at.is_(None), row.created_at < limit)).all())
    followed = sa.exists().where(row.watcher_id == WatcherRow.id)
    idle = session.scalars(sa.select(WatcherRow.id).where(~followed)).all()
    for watcher_id in idle:
        forget(session, watcher_id)
    return len(idle)


# --- what is told -----------------------------------------------------------------------------------------


def tell(session: Session, watch_id: str, events: Iterable[Event]) -> int:
    """Note what a watch is told; what it was told before, and whoever asked out, is passed over. Returns how many."""
    items = {event.key: event for event in events}
    row, known = WatchEventRow, set[str]()
    if not items or session.get(WatchRow, watch_id, with_for_update=True, populate_existing=True) is None:
        return 0
    known.update(
        session.scalars(sa.select(row.event_key).where(row.watch_id == watch_id, row.event_key.in_(sorted(items))))
    )
    subjects = sorted({event.entity_id for event in items.values()})
    gone = EntityRow.removed_at.is_not(None)
    removed = set(session.scalars(sa.select(EntityRow.id).where(EntityRow.id.in_(subjects), gone)))
    fresh = [event for key, event in items.items() if key not in known and event.entity_id not in removed]
    for event in fresh:
        session.add(
            WatchEventRow(
                watch_id=watch_id,
                event_key=event.key,
                entity_id=event.entity_id,
                payload=encode(event),
                told_at=session.now(),
                mail_key=None,
            )
        )
    session.flush()
    return len(fresh)


def mark_checked(session: Session, watch_ids: Sequence[str], at: datetime) -> None:
    """Everything known at `at` was looked through for these watches."""
    session.execute(sa.update(WatchRow).where(WatchRow.id.in_(watch_ids)).values(checked_at=at))


def load_told(session: Session, watcher_id: str, *, limit: int = 500) -> list[Told]:
    """What somebody was told, newest first; what two of their watches were told comes once."""
    query = _select_events(watcher_id).order_by(WatchEventRow.id.desc()).limit(limit)
    return _once(session.scalars(query))


def find_waiting(session: Session) -> list[str]:
    """The watchers who were told something that no letter says yet."""
    query = sa.select(WatchRow.watcher_id).join(WatchEventRow).where(WatchEventRow.mail_key.is_(None)).distinct()
    return sorted(session.scalars(query))


def load_waiting(session: Session, watcher_id: str) -> list[Told]:
    """What somebody was told and no letter says yet, oldest first; no other transaction takes it meanwhile."""
    session.scalar(sa.select(WatcherRow.id).where(WatcherRow.id == watcher_id).with_for_update())
    query = _select_events(watcher_id).where(WatchEventRow.mail_key.is_(None)).order_by(WatchEventRow.id)
    return _once(session.scalars(query))


def mark_mailed(session: Session, watcher_id: str, key: str = NOT_MAILED) -> None:
    """All that waits for this watcher is said by the letter `key`."""
    row = WatchEventRow
    theirs = row.watch_id.in_(sa.select(WatchRow.id).where(WatchRow.watcher_id == watcher_id))
    update = sa.update(row).where(theirs, row.mail_key.is_(None)).values(mail_key=key)
    session.execute(update.execution_options(synchronize_session=False))


def forget_entity(session: Session, entity_ids: Sequence[str]) -> None:
    """End what is told of somebody: waiting letters that name them are taken back, what else those said comes again."""
    event, watch = WatchEventRow, WatchRow
    keys = session.scalars(
        sa.select(event.mail_key).where(event.entity_id.in_(entity_ids), event.mail_key.is_not(None))
    )
    again = mail.take_back_keys(session, [key for key in keys if key])
    session.execute(sa.update(event).where(event.mail_key.in_(again)).values(mail_key=None))
    session.execute(sa.delete(event).where(event.entity_id.in_(entity_ids)))
    theirs = sa.and_(watch.kind == WatchKind.THERAPIST.value, watch.subject.in_(entity_ids))
    _drop(session, session.scalars(sa.select(watch.id).where(theirs)).all())


def _select_events(watcher_id: str) -> sa.Select[WatchEventRow]:
    return sa.select(WatchEventRow).join(WatchRow).where(WatchRow.watcher_id == watcher_id)


def _once(rows: Iterable[WatchEventRow]) -> list[Told]:
    found: dict[str, Told] = {}
    for row in rows:
        told = Told(id=row.id, event=decode(Event, row.payload), at=row.told_at)
        found.setdefault(row.event_key, told)
    return list(found.values())


def _drop(session: Session, watch_ids: Sequence[str]) -> None:
    """Delete watches, what they were told, and the letters that ask to confirm them."""
    if watch_ids:
        mail.take_back_keys(session, [make_confirm_key(watch_id) for watch_id in watch_ids])
        session.execute(sa.delete(WatchEventRow).where(WatchEventRow.watch_id.in_(watch_ids)))
        session.execute(sa.delete(WatchRow).where(WatchRow.id.in_(watch_ids)))


def make_confirm_key(watch_id: str) -> str:
    """The key of the one letter that asks whether a watch is wanted."""
    return f"confirm:{watch_id}"


def _hash(session: Session, email: str) -> str:
    return keyed_digest(session.secret, "watcher", email.strip().casefold())


def _make(row: WatchRow) -> Watch:
    return Watch(
        id=row.id,
        watcher_id=row.watcher_id,
        kind=WatchKind(row.kind),
        subject=row.subject,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        checked_at=row.checked_at,
    )
