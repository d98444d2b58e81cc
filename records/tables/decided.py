"""What people decide, and what is asked for by those whom it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class CaseRow(Base):
    """Something a person must look at; `version` grows with every change, so that two deciders cannot overwrite."""

    __tablename__ = "review_cases"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    priority: Mapped[int]
    key: Mapped[str]
    entity_id: Mapped[str | None] = mapped_column(String(40), index=True)
    claim_id: Mapped[str | None] = mapped_column(String(64))
    group_key: Mapped[str | None] = mapped_column(String(64), index=True)
    input_hash: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    later_until: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_review_cases_queue", "state", "priority", "opened_at", "id"),
        Index("ix_review_cases_kind", "kind", "state", "priority", "opened_at", "id"),
    )


class DecisionRow(Base):
    """One act of a reviewer on a case; undone, never deleted."""

    __tablename__ = "review_decisions"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    case_version: Mapped[int]
    input_hash: Mapped[str] = mapped_column(String(64))
    decision: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(20))
    register_id: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    second: Mapped[bool]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("case_id", "case_version"),)


class ProofRow(Base):
    """A link sent to an address that the practice itself publishes; who uses it reads that address's mail."""

    __tablename__ = "proofs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    address: Mapped[str | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]


class StatementRow(Base):
    """A therapist's own word on their listing: that it is theirs, or an answer to a status; shown once accepted."""

    __tablename__ = "statements"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("review_cases.id"), index=True)
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None]
    made_at: Mapped[datetime]
