"""A second factor: the code of a phone (TOTP, RFC 6238) or one of ten recovery codes, each good for one sign-in.

The phone's secret is kept nowhere: it is worked out from the account's salt and the installation's own secret, so who
reads the database alone cannot make codes. Recovery codes are kept as keyed digests.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from hashlib import sha1, sha256
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from directory.errors import ConflictError, NotAllowedError, UsageError
from records.codec import keyed_digest
from records.database import Session
from records.tables import RecoveryCodeRow, SessionRow, UserRow
from records.users import VOID, get_row

STEP_S = 30
DIGITS = 6
DRIFT = 1  # steps that a phone's clock may be off
MOST_FAILURES = 20
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken for something else


def begin(session: Session, name: str) -> None:
    """Prepare an account's phone; nothing is asked for until `confirm`. Raises ConflictError if one is in use."""
    row = get_row(session, name)
    if row.totp_since is not None:
        raise ConflictError("A second factor is in use already. Remove it first.")
    row.totp_salt = secrets.token_hex(16)
    session.flush()


def find_secret(session: Session, name: str) -> bytes | None:
    """What the phone must be shown, between `begin` and `confirm`; afterwards nobody sees it again."""
    row = session.scalar(sa.select(UserRow).where(UserRow.name == name, UserRow.totp_since.is_(None)))
    return None if row is None or row.totp_salt is None else _make_secret(session, row)


def confirm(session: Session, name: str, code: str) -> tuple[str, ...]:
    """Ask for the phone from now on, if it shows the right code; returns the recovery codes, kept by nobody here.

    Signs the account out everywhere. Raises NotAllowedError for a wrong code.
    """
    row = get_row(session, name)
    if row.totp_salt is None or row.totp_since is not None:
        raise ConflictError("There is no phone to be confirmed. Begin again.")
    row.totp_step = None
    if not _take_code(session, row, code):
        raise NotAllowedError("This code is wrong. Is the phone's clock right?")
    row.totp_since, row.totp_failures = session.now(), 0
    session.execute(sa.delete(SessionRow).where(SessionRow.user_id == row.id))
    return make_recovery_codes(session, name)


def remove(session: Session, name: str) -> None:
    """Ask for no second factor any more."""
    row = get_row(session, name)
    row.totp_salt = row.totp_since = row.totp_step = None
    row.totp_failures = 0
    session.execute(sa.delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == row.id))
    session.flush()


def make_recovery_codes(session: Session, name: str) -> tuple[str, ...]:
    """Ten new recovery codes in place of the old ones."""
    row = get_row(session, name)
    session.execute(sa.delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == row.id))
    codes = tuple(_make_recovery_code() for _ in range(RECOVERY_CODES))
    session.add_all(RecoveryCodeRow(code_hash=_hash(session, row, code), user_id=row.id) for code in codes)
    session.flush()
    return codes


def count_recovery_codes(session: Session, user_id: str) -> int:
    """How many recovery codes are left."""
    query = sa.select(sa.func.count()).where(RecoveryCodeRow.user_id == user_id)
    return session.scalar(query) or 0


def check(session: Session, name: str, code: str) -> bool:
    """Whether this is the phone's code, or a recovery code; either is used up by it.

    Whoever comes here has the first factor. After twenty wrong codes in a row it is taken to be in the hands of
    somebody without the phone: the password is void, and no code is taken (NotAllowedError), whatever way was gone,
    until the account's owner sets a new password by mail.
    """
    row = get_row(session, name)
    if row.totp_since is None:
        raise UsageError("This account has no second factor.")
    if row.totp_failures >= MOST_FAILURES:
        raise NotAllowedError("Too many wrong codes were given for this account. Set a new password by mail first.")
    if _take_code(session, row, code) or _take_recovery_code(session, row, code):
        row.totp_failures = 0
        session.flush()
        return True
    row.totp_failures += 1
    if row.totp_failures >= MOST_FAILURES:
        row.password_hash = VOID
        session.execute(sa.delete(SessionRow).where(SessionRow.user_id == row.id))
    session.flush()
    return False


def make_uri(secret: bytes, name: str, issuer: str) -> str:
    """What the picture tells the phone (the key URI format that authenticator apps read)."""
    given = {"secret": write_secret(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{quote(f'{issuer}:{name}')}?{urlencode(given, quote_via=quote)}"


def write_secret(secret: bytes) -> str:
    """The secret as it is typed in where no picture can be read."""
    return b32encode(secret).decode().rstrip("=")


def make_code(secret: bytes, step: int) -> str:
    """The code of one step of time (RFC 4226)."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), sha1).digest()
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def find_step(at_s: float) -> int:
    """The step of time that a moment falls into."""
    return int(at_s) // STEP_S


def _make_secret(session: Session, row: UserRow) -> bytes:
    parts = b"totp\x1f" + row.id.encode() + b"\x1f" + (row.totp_salt or "").encode()
    return hmac.new(session.secret, parts, sha256).digest()[:20]


def _take_code(session: Session, row: UserRow, code: str) -> bool:
    """Whether a code is right now and newer than the last one that was used."""
    secret, now = _make_secret(session, row), find_step(session.now().timestamp())
    given = "".join(code.split()).encode()
    for step in range(now - DRIFT, now + DRIFT + 1):
        is_new = row.totp_step is None or step > row.totp_step
        if hmac.compare_digest(make_code(secret, step).encode(), given) and is_new:
            row.totp_step = step
            session.flush()
            return True
    return False


def _take_recovery_code(session: Session, row: UserRow, code: str) -> bool:
    found = session.get(RecoveryCodeRow, _hash(session, row, code), with_for_update=True)
    if found is None:
        return False
    session.delete(found)
    session.flush()
    return True


def _make_recovery_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(3))


def _hash(session: Session, row: UserRow, code: str) -> str:
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return keyed_digest(session.secret, "recovery", row.id, plain)
