"""Work to be done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class OutboxRow(Base):
    """That an entity's search document must be made again; written with the change itself."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int] = mapped_column(BigInt)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    last_error: Mapped[str | None]


class JobRow(Base):
    """Work to be claimed; the jobs of a round are done stage by stage, rounds in the order they were asked for."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    round_id: Mapped[str | None] = mapped_column(String(32), index=True)
    stage: Mapped[int]
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str]
    payload: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int]
    run_at: Mapped[datetime]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        Index("ix_jobs_waiting", "state", "kind", "run_at", "id"),
        Index(
            "ix_jobs_unfinished_key",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'claimed')"),
            postgresql_where=text("state IN ('waiting', 'claimed')"),
        ),
    )


class PauseRow(Base):
    """That a source is not read until somebody lets it go on; without a row it is read when it is due."""

    __tablename__ = "pauses"
    source: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
