"""Accounts and tokens by command, for whoever runs the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from directory.settings import Settings
from records import audit, second_factor, sign_ins, users
from records.database import Database, open_database
from records.sign_ins import Scope

PASSWORD = "a long enough password"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NEW_PASSWORD", PASSWORD)
    assert main(["admin", "create-user", "alex", "--email", "alex@example.org"]) == 0
    found = open_database(Settings(data_dir=tmp_path / "data"))
    yield found
    found.close()


def test_the_first_account_is_made_by_command(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["admin", "users", "--json"]) == 0
    (user,) = json.loads(capsys.readouterr().out)
    assert (user["name"], user["role"], user["email"]) == ("alex", "admin", "alex@example.org")
    assert "password" not in str(user)
    assert main(["admin", "create-user", "alex"]) == 1
    assert main(["admin", "create-user", "bo", "--email", "bo@example.org\nBcc: x@example.org"]) == 2


def test_a_token_is_printed_once_listed_and_revoked(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["admin", "create-token", "alex", "--label", "export", "--scope", "review", "--days", "2"]) == 0
    token = capsys.readouterr().out.strip()
    with database.read() as session:
        assert sign_ins.check_token(session, token)[1] is Scope.REVIEW
    assert main(["admin", "tokens", "--json"]) == 0
    listed = capsys.readouterr().out
    assert token not in listed
    (kept,) = json.loads(listed)
    assert main(["admin", "revoke-token", kept["id"]]) == 0
    assert main(["admin", "revoke-token", "made-up"]) == 1
    capsys.readouterr()
    assert main(["admin", "tokens"]) == 0
    assert "revoked" in capsys.readouterr().out


def test_an_operator_lets_somebody_in_again_and_the_audit_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin() as session:
        token = sign_ins.start(session, users.get(session, "alex"))
        second_factor.begin(session, "alex")
    monkeypatch.setenv("NEW_PASSWORD", "another long password")
    assert main(["admin", "set-password", "alex"]) == 0
    assert main(["admin", "set-email", "alex", "a@example.org"]) == 0
    assert main(["admin", "remove-second-factor", "alex"]) == 0
    assert main(["admin", "set-password", "nobody"]) == 1
    with database.read() as session:
        assert sign_ins.find_user(session, token) is None
        assert second_factor.find_secret(session, "alex") is None
        acts = [(act.actor, act.action) for act in audit.load(session)]
        assert audit.check_chain(session).ok
    assert acts == [
        ("operator", "account.phone"), ("operator", "account.email"), ("operator", "password.set"),
        ("operator", "account.made"),
    ]  # fmt: skip
    assert users.sign_in(database, name="alex", password="another long password", client="192.0.2.1").email == (
        "a@example.org"
    )
