"""Signed-in browsers and API tokens: only digests of their tokens are kept."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from directory.errors import NotAllowedError, NotFoundError, UnknownTokenError, UsageError
from records.codec import keyed_digest
from records.database import Session
from records.tables import ApiTokenRow, SessionRow, UserRow
from records.users import Role, User, get_row, make_user

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)
LONGEST_LABEL = 80
SEEN_EVERY = timedelta(minutes=5)  # a request needs no write of its own


class Scope(StrEnum):
    """What an API token may be used for, within what its owner's role allows."""

    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"

    @property
    def role(self) -> Role:
        """The most that somebody with such a token may do."""
        return {Scope.READ: Role.READ_ONLY, Scope.REVIEW: Role.SECOND_REVIEWER, Scope.ADMIN: Role.ADMIN}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token for programs; the token itself is shown once, when it is made."""

    id: str
    user: str
    label: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def start(session: Session, user: User) -> str:
    """Sign a browser in; returns its new token."""
    token, now = secrets.token_urlsafe(32), session.now()
    row = SessionRow(
        token_hash=_hash(session, token), user_id=user.id, created_at=now, last_used_at=now, expires_at=now + LIFETIME
    )
    session.add(row)
    session.flush()
    return token


def find_user(session: Session, token: str) -> User | None:
    """Whose token this is; None if it is unknown, expired, idle for too long, or its account is closed. Reads only."""
    row, user, now = SessionRow, UserRow, session.now()
    query = (
        sa.select(user)
        .join(row, row.user_id == user.id)
        .where(row.token_hash == _hash(session, token), row.expires_at > now, row.last_used_at > now - IDLE)
        .where(user.disabled_at.is_(None))
    )
    found = session.scalar(query)
    return None if found is None else make_user(found)


def touch(session: Session, token: str) -> None:
    """Note that a browser, or a program by its token, is in use, at most once in five minutes."""
    own, now = _hash(session, token), session.now()
    for row in (SessionRow, ApiTokenRow):
        unused = sa.or_(row.last_used_at.is_(None), row.last_used_at < now - SEEN_EVERY)
        session.execute(sa.update(row).where(row.token_hash == own, unused).values(last_used_at=now))


def rotate(session: Session, token: str) -> str:
    """A new token in place of this one, with the same end; raises NotAllowedError if it no longer holds."""
    row = session.get(SessionRow, _hash(session, token), with_for_update=True)
    if row is None or find_user(session, token) is None:
        raise NotAllowedError("You are signed out. Sign in again.")
    fresh, now = secrets.token_urlsafe(32), session.now()
    session.add(
        SessionRow(
            token_hash=_hash(session, fresh),
            user_id=row.user_id,
            created_at=row.created_at,
            last_used_at=now,
            expires_at=row.expires_at,
        )
    )
    session.delete(row)
    session.flush()
    return fresh


def is_due(session: Session, token: str) -> bool:
    """Whether it should be noted again that a browser, or a program by its token, is in use. Reads only."""
    limit, own = session.now() - SEEN_EVERY, _hash(session, token)
    browser = sa.select(SessionRow.token_hash).where(SessionRow.token_hash == own, SessionRow.last_used_at < limit)
    unused = sa.or_(ApiTokenRow.last_used_at.is_(None), ApiTokenRow.last_used_at < limit)
    program = sa.select(ApiTokenRow.id).where(ApiTokenRow.token_hash == own, unused)
    return session.scalar(browser) is not None or session.scalar(program) is not None


def end_others(session: Session, token: str) -> int:
    """Sign the same account out everywhere else; returns how many browsers."""
    own = sa.select(SessionRow.user_id).where(SessionRow.token_hash == _hash(session, token)).scalar_subquery()
    others = sa.and_(SessionRow.user_id == own, SessionRow.token_hash != _hash(session, token))
    return session.change(sa.delete(SessionRow).where(others).execution_options(synchronize_session=False))


def count(session: Session, user: User) -> int:
    """In how many browsers an account is signed in."""
    query = sa.select(sa.func.count()).where(SessionRow.user_id == user.id, SessionRow.expires_at > session.now())
    return session.scalar(query.where(SessionRow.last_used_at > session.now() - IDLE)) or 0


def end(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.execute(sa.delete(SessionRow).where(SessionRow.token_hash == _hash(session, token)))


def prune(session: Session) -> int:
    """Drop what has expired; returns how many."""
    return session.change(sa.delete(SessionRow).where(SessionRow.expires_at <= session.now()))


def create_token(
    session: Session, name: str, *, label: str, scope: Scope, lifetime: timedelta | None = None
) -> tuple[str, ApiToken]:
    """Make an API token for an account; returns it with what is kept of it."""
    label = " ".join(label.split())
    if not 0 < len(label) <= LONGEST_LABEL:
        raise UsageError(f"Say in at most {LONGEST_LABEL} characters what the token is for.")
    user, token, now = get_row(session, name), f"palpate_{secrets.token_urlsafe(32)}", session.now()
    row = ApiTokenRow(
        id=uuid.uuid4().hex,
        token_hash=_hash(session, token),
        user_id=user.id,
        label=label,
        scope=scope.value,
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
        last_used_at=None,
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    return token, _make(row, user.name)


def check_token(session: Session, token: str, scope: Scope = Scope.READ) -> tuple[User, Scope]:
    """Whose token this is, and its scope; raises NotAllowedError if that does not cover `scope`. Reads only.

    Raises UnknownTokenError for one that is made up, expired or revoked, or whose account is closed.
    """
    row, user = ApiTokenRow, UserRow
    query = sa.select(row, user).join(user, user.id == row.user_id).where(row.token_hash == _hash(session, token))
    found = session.execute(query.where(row.revoked_at.is_(None), user.disabled_at.is_(None))).first()
    if found is None or (found[0].expires_at is not None and found[0].expires_at <= session.now()):
        raise UnknownTokenError("This token is unknown, expired or revoked.")
    held, order = Scope(found[0].scope), list(Scope)
    if order.index(held) < order.index(scope):
        raise NotAllowedError(f"This token may not be used for '{scope}'.")
    return make_user(found[1]), held


def revoke_token(session: Session, token_id: str, *, owner: User | None = None) -> None:
    """Make a token (of this owner) useless."""
    row = session.get(ApiTokenRow, token_id)
    if row is None or (owner is not None and row.user_id != owner.id):
        raise NotFoundError("There is no such token.")
    row.revoked_at = row.revoked_at or session.now()
    session.flush()


def load_tokens(session: Session, name: str | None = None) -> list[ApiToken]:
    """Every token (of an account), newest first."""
    query = sa.select(ApiTokenRow, UserRow.name).join(UserRow, UserRow.id == ApiTokenRow.user_id)
    if name is not None:
        query = query.where(UserRow.name == name)
    return [_make(row, user) for row, user in session.execute(query.order_by(ApiTokenRow.created_at.desc()))]


def _hash(session: Session, token: str) -> str:
    return keyed_digest(session.secret, "token", token)


def _make(row: ApiTokenRow, user: str) -> ApiToken:
    return ApiToken(
        id=row.id,
        user=user,
        label=row.label,
        scope=Scope(row.scope),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
