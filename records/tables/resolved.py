"""Who is who: entities, the listings in each, and what reviewers said of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class EntityRow(Base):
    """A person or practice; `version` grows with every change that its page or its search document could show."""

    __tablename__ = "entities"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(BigInt)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    redirect_to: Mapped[str | None] = mapped_column(ForeignKey("entities.id"), index=True)
    closed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class MembershipRow(Base):
    """That a listing belonged to an entity from one time to another; without `left_at` it still does."""

    __tablename__ = "memberships"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    listing_key: Mapped[str]
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    said: Mapped[str | None] = mapped_column(String(64))  # digest of the listing when it was last resolved
    __table_args__ = (
        Index(
            "ix_memberships_current",
            "listing_key",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("ix_memberships_listing_key", "listing_key"),
        Index("ix_memberships_entity_id", "entity_id"),
    )


class JudgementRow(Base):
    """A person's word that two listings are, are not, or may be the same; undone, never deleted."""

    __tablename__ = "judgements"
    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    left: Mapped[str]
    right: Mapped[str]
    verdict: Mapped[str] = mapped_column(String(20))
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_reason: Mapped[str | None]
    __table_args__ = (Index("ix_judgements_pair", "left", "right"),)
