"""Rounds of the whole job, shared between workers: sources read, then who is who, then the checks, then the index.

A source may be paused, asked for at once, or have the run that its gates held back let through; each is in the audit.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from directory.errors import ConflictError, UsageError
from directory.shards import Shard
from records import audit, jobs, runs
from records.database import Session
from records.jobs import Job
from records.runs import RunState
from records.tables import PauseRow

SOON, LATER = 10, 100  # of jobs that are due, what a person asked for comes first


class Step(StrEnum):
    """The steps of the whole job, in order; each is a kind of job."""

    CRAWL = "crawl"
    RESOLVE = "resolve"
    VERIFY = "verify"
    INDEX = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """That a source is not read, by whose word, since when and why."""

    source: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One source to be read in a round, in so many parts; `released` is the held-back run whose counts are accepted."""

    source: str
    parts: int = 1
    released: str | None = None


def ask(session: Session, readings: Sequence[Reading], *, parts: int = 1, priority: int = LATER) -> str | None:
    """Ask for a round that reads these sources and does all that follows; None if each is being read already.

    The checks are shared between `parts` jobs. A round without sources does what follows alone.
    """
    round_id = uuid.uuid4().hex
    wanted = [(reading, shard) for reading in readings for shard in Shard.of(reading.parts)]
    added = [_ask_reading(session, reading, shard, round_id, priority) for reading, shard in wanted]
    if added and all(job.round_id != round_id for job in added):
        return None
    jobs.add(session, Step.RESOLVE, round_id, round_id=round_id, stage=1, priority=priority)
    for shard in Shard.of(parts):
        payload = {"shard": str(shard)}
        jobs.add(session, Step.VERIFY, f"{round_id} {shard}", payload, round_id=round_id, stage=2, priority=priority)
    jobs.add(session, Step.INDEX, round_id, round_id=round_id, stage=3, priority=priority)
    return round_id


def _ask_reading(session: Session, reading: Reading, shard: Shard, round_id: str, priority: int) -> Job:
    payload: dict[str, str] = {"source": reading.source}
    if shard.count > 1:
        payload["shard"] = str(shard)
    if reading.released:
        payload["released"] = reading.released
    key = f"{reading.source} {shard}" if shard.count > 1 else reading.source
    return jobs.add(session, Step.CRAWL, key, payload, round_id=round_id, priority=priority)


def is_under_way(session: Session) -> bool:
    """Whether a round is waiting or being done."""
    return any(job.round_id for job in jobs.load_unfinished(session))


# --- what a person may ask of a source --------------------------------------------------------------------


def read_now(session: Session, source: str, *, by: str) -> None:
    """Ask for the source to be read before what is due; raises ConflictError if it is paused or asked for already."""
    _require_running(session, source)
    if ask(session, [Reading(source=source)], priority=SOON) is None:
        raise ConflictError(f"Source {source} is being read, or waits for it, already.")
    audit.append(session, actor=by, action="source.read-now", subject=f"source:{source}")


def release(session: Session, source: str, run_id: str, *, by: str, reason: str) -> None:
    """Ask for a source whose last run its gates held back to be read again, with that run's counts accepted.

    Raises ConflictError if that run is not its last one any more, or was not held back; UsageError without a reason.
    """
    _require_running(session, source)
    if not reason.strip():
        raise UsageError("Say why what the gates held back is right: it is kept.")
    last = runs.latest(session, source)
    if last is None or last.id != run_id or last.state is not RunState.QUARANTINED:
        raise ConflictError(f"Source {source} was read again meanwhile. Look at it again.")
    if ask(session, [Reading(source=source, released=run_id)], priority=SOON) is None:
        raise ConflictError(f"Source {source} is being read, or waits for it, already.")
    detail = {"run": run_id, "reason": reason.strip()}
    audit.append(session, actor=by, action="source.release", subject=f"source:{source}", detail=detail)


def pause(session: Session, source: str, *, by: str, reason: str) -> None:
    """Have the source not read until it is let go on; raises ConflictError if it is paused already."""
    if session.get(PauseRow, source) is not None:
        raise ConflictError(f"Source {source} is paused already.")
    session.add(PauseRow(source=source, by=by, at=session.now(), reason=reason.strip()))
    session.flush()
    detail = {"reason": reason.strip()}
    audit.append(session, actor=by, action="source.pause", subject=f"source:{source}", detail=detail)


def resume(session: Session, source: str, *, by: str) -> None:
    """Let a paused source be read again; raises ConflictError if it is not paused."""
    row = session.get(PauseRow, source, with_for_update=True)
    if row is None:
        raise ConflictError(f"Source {source} is not paused.")
    session.delete(row)
    session.flush()
    audit.append(session, actor=by, action="source.resume", subject=f"source:{source}")


def load_pauses(session: Session) -> Mapping[str, Pause]:
    """Every paused source, by its id."""
    found = session.scalars(sa.select(PauseRow))
    return {row.source: Pause(source=row.source, by=row.by, at=row.at, reason=row.reason) for row in found}


def _require_running(session: Session, source: str) -> None:
    if source in load_pauses(session):
        raise ConflictError(f"Source {source} is paused: let it go on first.")
