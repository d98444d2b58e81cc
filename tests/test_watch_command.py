"""`palpate watch` and what runs it: over real records, a real index and a real mail server that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from cli.app import App
from cli.keep import Ways, do_next
from cli.main import main
from cli.steps import Plan, run_steps
from directory.models import Outcome
from directory.settings import load_settings
from records import ledger, rounds, watches
from records.database import Database, open_database
from records.watches import WatchKind
from tests.mail_server import MailServer, run_mail_server
from tests.records_fixtures import StepClock, make_entry
from tests.web_world import NOW, make_documents, make_world

CARLA = "v-ma00012345"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with run_mail_server() as found:
        yield found


@pytest.fixture
def database(server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The records that the commands of this test open too, with one region followed and one thing to tell of it."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"),
        "SESSION_SECRET": "a secret for tests",
        "SMTP_URL": server.url,
        "BASE_URL": "https://palpate.example.org",
    }.items():
        monkeypatch.setenv(f"PALPATE_{name}", value)
    make_world(tmp_path / "data", make_documents()).database.close()
    found = open_database(load_settings(), clock=StepClock(NOW))
    with found.begin() as session:
        watcher = watches.open_watcher(session, email="doctor@example.com", language="es")
        watches.follow(session, watcher, WatchKind.REGION, "WA", confirmed=True)
        ledger.append(session, make_entry("wa-carla", CARLA, Outcome.VERIFIED))
    tell(found, Outcome.INACTIVE)
    yield found
    found.close()


def tell(database: Database, outcome: Outcome) -> None:
    """Have something new in the records."""
    database.clock.step(hours=1)  # type: ignore[attr-defined]  # a StepClock
    with database.begin() as session:
        ledger.append(session, make_entry("wa-carla", CARLA, outcome))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main([*words, "--json"])
    return code, orjson.loads(capsys.readouterr().out)


def test_the_command_tells_once_and_fails_plainly_while_the_server_is_away(
    database: Database, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.stop()
    code, found = run(capsys, "watch", "run")
    assert (code, found["told"], found["letters"]) == (1, 1, 1)
    server.start()
    with database.begin() as session:
        session.execute(text("UPDATE mails SET next_try_at = created_at"))  # the fifteen seconds have passed
    code, found = run(capsys, "watch", "run")
    assert (code, found["told"], found["letters"]) == (0, 0, 0)
    code, found = run(capsys, "watch", "run")
    assert (code, found["told"], found["letters"]) == (0, 0, 0)
    (letter,) = server.taken
    assert "inactiva" in letter.get_content()


def test_the_status_says_what_is_followed_and_what_is_to_be_written(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "watch", "status") == (
        0,
        {"followed": [{"kind": "region", "by_account": False, "count": 1}], "letters_to_write": 0},
    )
    assert main(["watch", "status"]) == 0
    assert "1 regions are followed by letter." in capsys.readouterr().out


def test_a_whole_run_tells_and_sends_at_its_end(database: Database, server: MailServer) -> None:
    said: list[str] = []
    app = App(load_settings(), StepClock(NOW + timedelta(hours=2)), database)
    report = run_steps(app, Plan(sources=()), say=said.append)
    assert said[-1].startswith("5/5 tell: 1 watches: ")
    assert report.to_json()["watch"]["told"] == 1
    assert [letter["To"] for letter in server.taken] == ["doctor@example.com"]


def test_a_worker_tells_once_the_index_is_up_to_date(database: Database, server: MailServer) -> None:
    app = App(load_settings(), database.clock, database)
    with database.begin() as session:
        rounds.ask(session, [])
    said: list[str] = []
    while do_next(app, "worker", ways=Ways(), say=said.append):
        pass
    assert any("1 watches: 1 events told in 1 letters." in line for line in said), said
