"""Is it true: the two hash-chained tables, of verification and of acts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class ChainRow(Base):
    """The last link of a hash chain; locking it puts appenders in a row."""

    __tablename__ = "chains"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInt)
    digest: Mapped[str] = mapped_column(String(64))


class LedgerTableRow(Base):
    """One outcome of one claim; all but the payload and its salt is for ever."""

    __tablename__ = "ledger"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    entity_id: Mapped[str] = mapped_column(String(40))
    claim_id: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(20))
    withdrawn: Mapped[bool]
    rule: Mapped[str]
    rule_version: Mapped[str]
    grade: Mapped[str | None]
    mode: Mapped[str]
    parser_version: Mapped[str]
    decided_by: Mapped[str]
    fhir_status: Mapped[str]
    row_hash: Mapped[str | None] = mapped_column(String(64))
    checked_on: Mapped[date]
    read_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    recorded_at: Mapped[datetime]
    supersedes: Mapped[int | None] = mapped_column(BigInt)
    payload: Mapped[str | None]
    payload_salt: Mapped[str | None] = mapped_column(String(32))
    payload_digest: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_ledger_entity_id", "entity_id", "claim_id", "seq"),)


class LedgerHeadRow(Base):
    """The latest row of each claim: derived from the ledger, kept so that reading it is one join."""

    __tablename__ = "ledger_heads"
    entity_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("ledger.seq"))


class AuditTableRow(Base):
    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[str | None]
    payload_salt: Mapped[str | None] = mapped_column(String(32))
    payload_digest: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime | None]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_subject", "subject", "seq"),)
