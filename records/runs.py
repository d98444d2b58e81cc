"""Runs of sources: when each began and ended, and what it brought."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from directory.errors import NotFoundError
from records.codec import decode, encode
from records.database import Session
from records.tables import RunRow


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run brought; `set_aside` counts by reason, `gates` are the ones it failed."""

    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    closed: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of one source; `full` if it read the whole of it."""

    id: str
    source: str
    shard: str | None
    full: bool
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    summary: RunSummary | None


def start(session: Session, source: str, *, full: bool = False, shard: str | None = None) -> Run:
    """Note that a run of `source` began."""
    row = RunRow(
        id=uuid.uuid4().hex,
        source=source,
        shard=shard,
        full=full,
        state=RunState.RUNNING,
        started_at=session.now(),
        finished_at=None,
        summary=None,
    )
    session.add(row)
    session.flush()
    return _make(row)


def finish(session: Session, run_id: str, summary: RunSummary, *, state: RunState = RunState.DONE) -> Run:
    """Note how the run ended and what it brought."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFoundError(f"There is no run {run_id}.")
    row.state, row.finished_at, row.summary = state, session.now(), encode(summary)
    session.flush()
    return _make(row)


def get(session: Session, run_id: str) -> Run:
    """The run; raises NotFoundError."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFoundError(f"There is no run {run_id}.")
    return _make(row)


def latest(session: Session, source: str, *, state: RunState | None = None) -> Run | None:
    """The last run of `source` (of those in `state`, if given); None before the first."""
    query = sa.select(RunRow).where(RunRow.source == source).order_by(RunRow.started_at.desc(), RunRow.id).limit(1)
    row = session.scalar(query if state is None else query.where(RunRow.state == state))
    return None if row is None else _make(row)


def history(session: Session, source: str | None = None, *, limit: int = 50) -> list[Run]:
    """The last runs (of `source`, or of all), newest first."""
    query = sa.select(RunRow).order_by(RunRow.started_at.desc(), RunRow.id).limit(limit)
    return [_make(row) for row in session.scalars(query if source is None else query.where(RunRow.source == source))]


def list_sources(session: Session) -> list[str]:
    """The ids of all sources that ever ran."""
    return list(session.scalars(sa.select(RunRow.source).distinct().order_by(RunRow.source)))


def _make(row: RunRow) -> Run:
    return Run(
        id=row.id,
        source=row.source,
        shard=row.shard,
        full=row.full,
        state=RunState(row.state),
        started_at=row.started_at,
        finished_at=row.finished_at,
        summary=None if row.summary is None else decode(RunSummary, row.summary),
    )
