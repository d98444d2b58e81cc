"""Work claimed row by row: one worker at a time has a job, and a dead worker's job goes to the next.

The jobs of a round are done stage by stage: a later stage waits until nothing of an earlier one is left, done or given
up. Rounds end in the order they were asked for, so two never work on the same records at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

from directory.errors import ConflictError
from records.codec import dump
from records.database import Session
from records.tables import JobRow

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
UNFINISHED = ("waiting", "claimed")
MOST_ATTEMPTS = 5
MOST_DEATHS = 20  # of workers that had the job: it may be what they die of


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
    round_id: str | None
    stage: int
    payload: Mapping[str, str]
    state: JobState
    run_at: datetime
    attempts: int
    claimed_by: str | None
    claimed_until: datetime | None
    finished_at: datetime | None
    last_error: str | None


def add(
    session: Session,
    kind: str,
    key: str,
    payload: Mapping[str, str] | None = None,
    *,
    run_at: datetime | None = None,
    priority: int = 100,
    round_id: str | None = None,
    stage: int = 0,
) -> Job:
    """Ask for work; if the same is asked for already and not finished, that one is returned."""
    now = session.now()
    unfinished = sa.and_(JobRow.kind == kind, JobRow.key == key, JobRow.state.in_(UNFINISHED))
    row = session.scalar(sa.select(JobRow).where(unfinished))
    if row is None:
        row = JobRow(
            kind=kind,
            key=key,
            round_id=round_id,
            stage=stage,
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
    free = sa.and_(sa.or_(waits, dead), ~_find_earlier().exists())
    query = sa.select(row).where(free).order_by(row.priority, row.run_at, row.id).limit(1)
    if kinds is not None:
        query = query.where(row.kind.in_(list(kinds)))
    query = query.with_for_update(skip_locked=True, of=row)
    while (found := session.scalar(query)) is not None and found.attempts >= MOST_DEATHS:
        found.state, found.finished_at, found.claimed_until = JobState.FAILED.value, now, None
        found.last_error = f"Given up: {MOST_DEATHS} workers began it and none came to its end."
        session.flush()
    if found is None:
        return None
    found.state, found.claimed_by, found.attempts = JobState.CLAIMED.value, worker, found.attempts + 1
    found.claimed_until = now + timedelta(seconds=lease_s)
    session.flush()
    return _make(found)


def _find_earlier() -> sa.Select[int]:
    """What a job waits for: earlier stages of its round, and all but the first stage of earlier rounds."""
    row, other = JobRow, orm.aliased(JobRow)
    same_round = sa.and_(other.round_id == row.round_id, other.stage < row.stage)
    earlier_round = sa.and_(other.round_id != row.round_id, row.stage > 0, other.stage > 0, other.id < row.id)
    unfinished = other.state.in_(UNFINISHED)
    return sa.select(other.id).where(unfinished, sa.or_(same_round, earlier_round)).correlate(row)


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


def failed(session: Session, job: Job, error: str, *, most_attempts: int = MOST_ATTEMPTS) -> JobState:
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


def release(session: Session, job: Job) -> None:
    """Give a claimed job back undone, as a worker does that is told to stop: the next one may take it at once."""
    row = _get_own(session, job)
    row.state, row.claimed_by, row.claimed_until, row.attempts = JobState.WAITING.value, None, None, row.attempts - 1
    session.flush()


def load(session: Session, kind: str | None = None, *, limit: int = 100) -> list[Job]:
    """The last jobs (of a kind), newest first."""
    query = sa.select(JobRow).order_by(JobRow.id.desc()).limit(limit)
    return [_make(row) for row in session.scalars(query if kind is None else query.where(JobRow.kind == kind))]


def load_unfinished(session: Session) -> list[Job]:
    """Every job that waits or is being done, in the order asked for."""
    query = sa.select(JobRow).where(JobRow.state.in_(UNFINISHED)).order_by(JobRow.id)
    return [_make(row) for row in session.scalars(query)]


def find_finish(session: Session, kind: str) -> dict[str, datetime]:
    """When work of a kind last ended, done or given up, by its key."""
    row = JobRow
    query = sa.select(row.key, sa.func.max(row.finished_at)).where(row.kind == kind, row.finished_at.is_not(None))
    return {key: at for key, at in session.execute(query.group_by(row.key)) if at is not None}


def prune(session: Session, before: datetime) -> int:
    """Forget jobs that ended before then; returns how many."""
    ended = sa.and_(JobRow.finished_at < before, JobRow.state.not_in(UNFINISHED))
    return session.change(sa.delete(JobRow).where(ended))


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
        round_id=row.round_id,
        stage=row.stage,
        payload=orjson.loads(row.payload),
        state=JobState(row.state),
        run_at=row.run_at,
        attempts=row.attempts,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        finished_at=row.finished_at,
        last_error=row.last_error,
    )
