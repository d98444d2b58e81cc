"""What is told to people outside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class MailRow(Base):
    """A message to be sent; once it is sent or given up, what it said and to whom is erased."""

    __tablename__ = "mails"
    seq: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    owner: Mapped[str] = mapped_column(String(60), index=True)
    recipient: Mapped[str | None]
    recipient_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    message: Mapped[str | None]
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    held: Mapped[bool]  # the server itself was in trouble: what came later waits behind it
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (Index("ix_mails_waiting", "sent_at", "failed_at", "seq"),)


class WatcherRow(Base):
    """Somebody who follows others: a person known by an e-mail address alone, or an account."""

    __tablename__ = "watchers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str | None]
    email_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    link_version: Mapped[int]  # a greater one makes every earlier link and feed address useless
    created_at: Mapped[datetime]


class WatchRow(Base):
    """One person or region that somebody follows; nothing is told before it is confirmed."""

    __tablename__ = "watches"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    watcher_id: Mapped[str] = mapped_column(ForeignKey("watchers.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("watcher_id", "kind", "subject"),)


class WatchEventRow(Base):
    """That something was told to a watch, so that it is never told again; `mail_key` once a mail says it."""

    __tablename__ = "watch_events"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    watch_id: Mapped[str] = mapped_column(ForeignKey("watches.id"))
    event_key: Mapped[str] = mapped_column(String(120))
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    payload: Mapped[str]
    told_at: Mapped[datetime]
    mail_key: Mapped[str | None] = mapped_column(String(120), index=True)
    __table_args__ = (UniqueConstraint("watch_id", "event_key"),)
