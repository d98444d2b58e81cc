"""Who may decide."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from records.tables.base import Base, BigInt


class UserRow(Base):
    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    email: Mapped[str | None]
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str]
    totp_salt: Mapped[str | None]  # the phone's secret is worked out from it and the installation's own
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInt)  # of the last code used: none is good twice
    totp_failures: Mapped[int]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """What stands in for a phone once; only a keyed digest of it is kept."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)


class PasswordResetRow(Base):
    """A link by which a new password is set; only a keyed digest of its token is kept."""

    __tablename__ = "password_resets"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]


class SessionRow(Base):
    """A signed-in browser; only a digest of its token is kept."""

    __tablename__ = "user_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInRow(Base):
    """Failed attempts of one client on one name, so that backing off never shuts out another client."""

    __tablename__ = "sign_ins"
    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    next_try_at: Mapped[datetime]


class ApiTokenRow(Base):
    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    label: Mapped[str]
    scope: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
