"""What was seen: runs, observations, snapshots, registers, and who asked to be left out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class RunRow(Base):
    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str]
    shard: Mapped[str | None]
    full: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[str | None]
    __table_args__ = (Index("ix_runs_source_started_at", "source", "started_at"),)


class ObservationRow(Base):
    """One version of what a source said under one of its keys; the version in force has no `superseded_at`."""

    __tablename__ = "observations"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    observation_id: Mapped[str] = mapped_column(String(32))
    source: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str]
    payload: Mapped[str]
    payload_hash: Mapped[str] = mapped_column(String(64))
    url: Mapped[str | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    read_on: Mapped[date]
    run_id: Mapped[str | None] = mapped_column(String(32))
    superseded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_observations_current",
            "observation_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_observations_history", "observation_id", "id"),
        Index("ix_observations_kind_source", "kind", "source", "id"),
        Index(
            "ix_observations_snapshot_hash",
            "snapshot_hash",
            sqlite_where=text("snapshot_hash IS NOT NULL"),
            postgresql_where=text("snapshot_hash IS NOT NULL"),
        ),
    )


class SnapshotRow(Base):
    __tablename__ = "snapshots"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    stored_at: Mapped[datetime]


class RegisterRecordRow(Base):
    """Where to find a register's row: by exact key and by place; the row itself is its observation's payload."""

    __tablename__ = "register_records"
    observation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str]
    register_id: Mapped[str]
    jurisdiction: Mapped[str]
    family: Mapped[str | None]
    number: Mapped[int | None] = mapped_column(BigInt)
    full_name: Mapped[str]
    city: Mapped[str | None]
    status: Mapped[str | None]
    expires_on: Mapped[date | None]
    discipline: Mapped[bool]
    __table_args__ = (
        Index("ix_register_records_key", "jurisdiction", "family", "number"),
        Index("ix_register_records_register_id", "register_id"),
    )


class RegisterNameRow(Base):
    """A folded family name (each part, and former ones) under which a register's row is found."""

    __tablename__ = "register_names"
    jurisdiction: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    observation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    __table_args__ = (Index("ix_register_names_observation_id", "observation_id"),)


class RemovalRow(Base):
    """That somebody asked out, when and why; who it was is kept only as keyed digests."""

    __tablename__ = "removals"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str | None] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class RemovalDigestRow(Base):
    __tablename__ = "removal_digests"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    removal_id: Mapped[str] = mapped_column(ForeignKey("removals.id"), primary_key=True)
