"""Links by which somebody sets a new password: good once, for a while; only digests of them are kept."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from directory.errors import NotAllowedError
from records.codec import keyed_digest
from records.database import Session
from records.tables import PasswordResetRow, UserRow
from records.users import User, get_row, make_user, set_password

FORGOTTEN = timedelta(hours=1)
INVITED = timedelta(days=3)


def find_account(session: Session, text: str) -> User | None:
    """The open account that a person means by their name or e-mail; None if there is none, or no mail reaches it."""
    given = text.strip()
    is_named = sa.or_(UserRow.name == given, sa.func.lower(UserRow.email) == given.lower())
    rows = session.scalars(sa.select(UserRow).where(is_named, UserRow.disabled_at.is_(None)).limit(2)).all()
    return make_user(rows[0]) if len(rows) == 1 and rows[0].email else None


def start(session: Session, name: str, *, lifetime: timedelta = FORGOTTEN) -> str:
    """A new link's token for an account; earlier ones hold no more."""
    row, token = get_row(session, name), secrets.token_urlsafe(32)
    session.execute(sa.delete(PasswordResetRow).where(PasswordResetRow.user_id == row.id))
    reset = PasswordResetRow(token_hash=_hash(session, token), user_id=row.id, expires_at=session.now() + lifetime)
    session.add(reset)
    session.flush()
    return token


def find_user(session: Session, token: str) -> User | None:
    """Whose link this is; None if it is unknown, too old, used, or its account is closed. Reads only."""
    reset = PasswordResetRow
    query = (
        sa.select(UserRow)
        .join(reset, reset.user_id == UserRow.id)
        .where(
            reset.token_hash == _hash(session, token), reset.expires_at > session.now(), UserRow.disabled_at.is_(None)
        )
    )
    row = session.scalar(query)
    return None if row is None else make_user(row)


def use(session: Session, token: str, password: str) -> User:
    """Set the password and sign the account out everywhere; raises NotAllowedError if the link holds no more."""
    session.get(PasswordResetRow, _hash(session, token), with_for_update=True)
    user = find_user(session, token)
    if user is None:
        raise NotAllowedError("This link has been used, or is too old. Ask for another one.")
    set_password(session, user.name, password)
    return user


def prune(session: Session) -> int:
    """Drop links that are too old; returns how many."""
    return session.change(sa.delete(PasswordResetRow).where(PasswordResetRow.expires_at <= session.now()))


def _hash(session: Session, token: str) -> str:
    return keyed_digest(session.secret, "reset", token)
