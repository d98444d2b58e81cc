"""Who may decide: accounts with a role, and their passwords.

Passwords are kept as Argon2id. A failed sign-in makes the same client wait before its next try at the same name; nobody
else who signs in with that name waits for it (`records.tries`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from directory.errors import ConflictError, NotAllowedError, NotFoundError, UsageError
from records import tries
from records.database import Database, Session
from records.tables import PasswordResetRow, SessionRow, UserRow

HASHER = PasswordHasher()
# Checked in place of a missing account's, so that its absence takes as long to find out.
NOBODY = HASHER.hash("nobody")
VOID = "!"  # no password: none opens the account until a new one is set
SHORTEST_PASSWORD = 12
LONGEST_NAME = 120


class Role(StrEnum):
    """What an account may do; each further one may also do what comes before it."""

    READ_ONLY = "read-only"
    REVIEWER = "reviewer"
    SECOND_REVIEWER = "second-reviewer"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account, without its password."""

    id: str
    name: str
    email: str | None
    role: Role
    has_totp: bool
    created_at: datetime
    disabled_at: datetime | None


def create_user(
    session: Session,
    *,
    name: str,
    password: str | None,
    role: Role,
    email: str | None = None,
    at: datetime | None = None,
) -> User:
    """Make an account; without a password nobody signs in until one is set by a link.

    Raises ConflictError if the name is taken, UsageError if it cannot be one or the password is too short.
    """
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise UsageError(f"A user needs a name of at most {LONGEST_NAME} characters.")
    if exists(session, name):
        raise ConflictError(f"There is already a user {name}.")
    row = UserRow(
        id=uuid.uuid4().hex,
        name=name,
        email=email,
        role=role.value,
        password_hash=VOID if password is None else _hash(password),
        totp_salt=None,
        totp_since=None,
        totp_step=None,
        totp_failures=0,
        created_at=at or session.now(),
        disabled_at=None,
    )
    session.add(row)
    session.flush()
    return make_user(row)


def exists(session: Session, name: str) -> bool:
    """Whether there is an account of this name."""
    return session.scalar(sa.select(UserRow.id).where(UserRow.name == name.strip())) is not None


def get(session: Session, name: str) -> User:
    """The account of this name; raises NotFoundError."""
    return make_user(get_row(session, name))


def find_by_email(session: Session, email: str) -> User | None:
    """The account that mails to this address are for, closed or not; None if there is none, or more than one."""
    rows = session.scalars(sa.select(UserRow).where(sa.func.lower(UserRow.email) == email.lower()).limit(2)).all()
    return make_user(rows[0]) if len(rows) == 1 else None


def load_all(session: Session) -> list[User]:
    """Every account, by name."""
    return [make_user(row) for row in session.scalars(sa.select(UserRow).order_by(UserRow.name))]


def sign_in(database: Database, *, name: str, password: str, client: str) -> User:
    """The account, if the password is right; `client` is the address the attempt comes from.

    Raises NotAllowedError, the same for a wrong name and a wrong password, or TooManyTriesError while this client must
    wait.
    """
    name = name.strip()
    tries.take(database, name, client)
    with database.read() as session:
        row = session.scalar(sa.select(UserRow).where(UserRow.name == name))
        password_hash = NOBODY if row is None or row.password_hash == VOID else row.password_hash
    if not _verify(password_hash, password) or row is None or row.disabled_at is not None:
        raise NotAllowedError("The name or the password is wrong.")
    with database.begin() as session:
        tries.forget(session, name, client)
        if HASHER.check_needs_rehash(password_hash):
            get_row(session, name).password_hash = HASHER.hash(password)
        return make_user(row)


def set_password(session: Session, name: str, password: str) -> None:
    """Give an account a new password and sign it out everywhere; links to set one hold no more."""
    row = get_row(session, name)
    row.password_hash, row.totp_failures = _hash(password), 0
    session.execute(sa.delete(SessionRow).where(SessionRow.user_id == row.id))
    session.execute(sa.delete(PasswordResetRow).where(PasswordResetRow.user_id == row.id))
    session.flush()


def set_email(session: Session, name: str, email: str | None) -> None:
    """Where mails to the account's owner go."""
    get_row(session, name).email = email
    session.flush()


def set_role(session: Session, name: str, role: Role) -> None:
    """Give an account another role; it holds from its next request."""
    row = get_row(session, name)
    if row.role == Role.ADMIN.value and role is not Role.ADMIN:
        _require_another_admin(session, row)
    row.role = role.value
    session.flush()


def disable(session: Session, name: str) -> None:
    """Close an account and sign it out everywhere; its decisions stay under its name."""
    row = get_row(session, name)
    if row.role == Role.ADMIN.value:
        _require_another_admin(session, row)
    row.disabled_at = session.now()
    session.execute(sa.delete(SessionRow).where(SessionRow.user_id == row.id))
    session.flush()


def enable(session: Session, name: str) -> None:
    """Open a closed account again."""
    get_row(session, name).disabled_at = None
    session.flush()


def get_row(session: Session, name: str) -> UserRow:
    """The row of the account of this name, locked; raises NotFoundError."""
    row = session.scalar(sa.select(UserRow).where(UserRow.name == name.strip()).with_for_update())
    if row is None:
        raise NotFoundError(f"There is no user {name}.")
    return row


def make_user(row: UserRow) -> User:
    """The account of a row."""
    return User(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        has_totp=row.totp_since is not None,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def _require_another_admin(session: Session, row: UserRow) -> None:
    others = sa.select(UserRow.id).where(
        UserRow.role == Role.ADMIN.value, UserRow.disabled_at.is_(None), UserRow.id != row.id
    )
    if session.scalar(others.limit(1)) is None:
        raise ConflictError("This is the last administrator: make another one first.")


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"A password needs at least {SHORTEST_PASSWORD} characters.")
    return HASHER.hash(password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
