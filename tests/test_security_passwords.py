"""What is kept of a password is hard to guess from, and made anew where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import Type
from argon2.exceptions import VerifyMismatchError

from directory.settings import Settings
from records import users
from records.tables import UserRow
from records.users import Role
from tests.environment import HASHER_IN_USE
from tests.records_fixtures import open_new

PASSWORD = "a long enough password"


def test_passwords_are_kept_as_argon2id_with_64_mib_and_three_passes() -> None:
    """The second recommendation of RFC 9106."""
    hasher = HASHER_IN_USE
    assert (hasher.type, hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (Type.ID, 3, 2**16, 4)
    kept = hasher.hash(PASSWORD)
    assert kept != hasher.hash(PASSWORD)
    assert hasher.verify(kept, PASSWORD)
    with pytest.raises(VerifyMismatchError):
        hasher.verify(kept, f"{PASSWORD}s")


def test_a_password_kept_too_lightly_is_kept_anew_at_the_next_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_new(Settings(data_dir=tmp_path, session_secret="only-for-tests"))
    with database.begin() as session:
        users.create_user(session, name="ann", password=PASSWORD, role=Role.REVIEWER)
    monkeypatch.setattr(users, "HASHER", HASHER_IN_USE)
    for _ in range(2):
        assert users.sign_in(database, name="ann", password=PASSWORD, client="192.0.2.1").name == "ann"
    with database.read() as session:
        kept = session.scalars(sa.select(UserRow.password_hash)).one()
    database.close()
    assert kept
    assert not HASHER_IN_USE.check_needs_rehash(kept)
