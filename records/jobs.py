"""Work claimed row by row: one worker at a time has a job, and a dead worker's job goes to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
import sqlalchemy as sa

from directory.errors import ConflictError
from records.codec import dump
from records.database import Session
from records.tables import JobRow

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


class JobState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work; `key` tells it from others of its kind."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, str]
    state: JobState
    run_at: datetime
    attempts: int
    claimed_by: str | None
    claimed_until: datetime | None
    last_error: str | None


def add(
    session: Session,
    kind: str,
    key: str,
    payload: Mapping[str, str] | None = None,
    *,
    run_at: datetime | None = None,
    priority: int = 100,
) -> Job:
    """Ask for work; if the same is asked for already and not finished, that one is returned."""
    now = session.now()
    unfinished = sa.and_(JobRow.kind == kind, JobRow.key == key, JobRow.state.in_(("waiting", "claimed")))
    row = session.scalar(sa.select(JobRow).where(unfinished))
    if row is None:
        row = JobRow(
            kind=kind,
            key=key,
            payload=dump(dict(payload or {})),
            state=JobState.WAITING.value,
            priority=priority,
            run_at=run_at or now,
            attempts=0,
            created_at=now,
            claimed_by=None,
            claimed_until=None,
            finished_at=None,
            last_error=None,
        )
        session.add(row)
        session.flush()
    return _make(row)


def claim(session: Session, worker: str, kinds: Sequence[str] | None = None, *, lease_s: float = 300) -> Job | None:
    """The most urgent job that is due, for `lease_s` seconds; None if there is none. Workers never wait for another."""
    now, row = session.now(), JobRow
    waits = sa.and_(row.state == JobState.WAITING.value, row.run_at <= now)
    dead = sa.and_(row.state == JobState.CLAIMED.value, row.claimed_until <= now)
    query = sa.select(row).where(sa.or_(waits, dead)).order_by(row.priority, row.run_at, row.id).limit(1)
    if kinds is not None:
        query = query.where(row.kind.in_(list(kinds)))
    found = session.scalar(query.with_for_update(skip_locked=True))
    if found is None:
        return None
    found.state, found.claimed_by, found.attempts = JobState.CLAIMED.value, worker, found.attempts + 1
    found.claimed_until = now + timedelta(seconds=lease_s)
    session.flush()
    return _make(found)


def renew(session: Session, job: Job, *, lease_s: float = 300) -> Job:
    """Keep a claimed job longer; raises ConflictError if it went to another worker."""
    row = _get_own(session, job)
    row.claimed_until = session.now() + timedelta(seconds=lease_s)
    session.flush()
    return _make(row)


def done(session: Session, job: Job) -> None:
    """The work is done; raises ConflictError if the job went to another worker meanwhile."""
    row = _get_own(session, job)
    row.state, row.finished_at, row.claimed_until = JobState.DONE.value, session.now(), None
    session.flush()


def failed(session: Session, job: Job, error: str, *, most_attempts: int = 5) -> JobState:
    """The work failed: it waits twice as long as before, or is given up after `most_attempts`; returns which."""
    row, now = _get_own(session, job), session.now()
    row.last_error, row.claimed_by, row.claimed_until = error[:2000], None, None
    if row.attempts >= most_attempts:
        row.state, row.finished_at = JobState.FAILED.value, now
    else:
        row.state = JobState.WAITING.value
        row.run_at = now + min(FIRST_WAIT * 2 ** min(row.attempts - 1, 20), LONGEST_WAIT)
    session.flush()
    return JobState(row.state)


def load(session: Session, kind: str | None = None, *, limit: int = 100) -> list[Job]:
    """The last jobs (of a kind), newest first."""
    query = sa.select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    return [_make(row) for row in session.scalars(query if kind is None else query.where(JobRow.kind == kind))]


def _get_own(session: Session, job: Job) -> JobRow:
    row = session.get(JobRow, job.id, with_for_update=True, populate_existing=True)
    own = (JobState.CLAIMED.value, job.claimed_by, job.attempts)
    if row is None or (row.state, row.claimed_by, row.attempts) != own:
        raise ConflictError(f"Job {job.kind} {job.key} was taken over by another worker.")
    return row


def _make(row: JobRow) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        key=row.key,
        payload=orjson.loads(row.payload),
        state=JobState(row.state),
        run_at=row.run_at,
        attempts=row.attempts,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        last_error=row.last_error,
    )
