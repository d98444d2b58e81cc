"""The audit leaves the house whole or not at all: by command and from the administrators' room."""

from __future__ import annotations

import csv
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from cli.main import main
from directory.errors import TamperedError
from directory.settings import load_settings
from records import audit, users
from records.database import Database, open_database
from records.tables import AuditTableRow
from records.trail import TrailFormat, write_trail
from records.users import Role
from tests.admin_visits import PASSWORD, sign_in
from tests.web_world import make_world


def act(database: Database, number: int = 3) -> None:
    with database.begin() as session:
        for place in range(number):
            detail = {"reason": f"=HYPERLINK({place})"}
            audit.append(session, actor="=ann", action="review.accept", subject=f"case-{place}", detail=detail)


def tamper(database: Database) -> None:
    with database.begin() as session:
        session.execute(sa.update(AuditTableRow).where(AuditTableRow.seq == 2).values(actor="bob"))


def test_every_act_is_a_line_with_its_link_of_the_chain(records_database: Database) -> None:
    act(records_database)
    with records_database.read() as session:
        lines = [orjson.loads(line) for line in write_trail(session, TrailFormat.JSONL)]
        kept = list(audit.export(session))
    assert [(line["seq"], line["digest"]) for line in lines] == [(row.seq, row.digest) for row in kept]
    assert lines[0]["detail"] == {"reason": "=HYPERLINK(0)"}


def test_a_spreadsheet_runs_nothing_of_it(records_database: Database) -> None:
    act(records_database)
    with records_database.read() as session:
        text = b"".join(write_trail(session, TrailFormat.CSV)).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["actor"] for row in rows] == ["'=ann"] * 3
    assert orjson.loads(rows[2]["detail"]) == {"reason": "=HYPERLINK(2)"}


def test_not_a_line_is_given_of_a_chain_that_does_not_hold(records_database: Database) -> None:
    act(records_database)
    tamper(records_database)
    with records_database.read() as session, pytest.raises(TamperedError, match="row 2"):
        next(write_trail(session, TrailFormat.CSV))


def test_the_command_writes_a_file_or_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "data"))
    out = tmp_path / "audit.csv"
    assert main(["admin", "audit", "--format", "csv", "--out", str(out)]) == 0
    database = open_database(load_settings())
    act(database)
    assert main(["admin", "audit", "--format", "csv", "--out", str(out)]) == 0
    before = out.read_bytes()
    assert before.count(b"\n") == 4
    tamper(database)
    database.close()
    assert main(["admin", "audit", "--format", "csv", "--out", str(out)]) == 1
    assert "chain does not hold at row 2" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_an_administrator_reads_and_takes_it_away_and_that_is_an_act_too(tmp_path: Path) -> None:
    world = make_world(tmp_path, [])
    act(world.database, 120)
    with world.database.begin() as session:
        users.create_user(session, name="max", password=PASSWORD, role=Role.ADMIN)
    with TestClient(world.app) as client:
        sign_in(client, "max")
        page = client.get("/admin/audit").text
        assert "case-119" in page
        assert "case-3<" not in page
        older = page.split('<a class="button quiet" href="')[1].split('"')[0].replace("&amp;", "&")
        assert "case-3<" in client.get(older).text
        assert client.get("/admin/audit?subject=case-7").text.count("review.accept") == 1
        token = page.split('name="form_token" value="')[1].split('"')[0]
        answer = client.post("/admin/audit/export", data={"form_token": token, "kind": "jsonl"})
        lines = [orjson.loads(line) for line in answer.text.splitlines()]
        assert lines[-1]["action"] == "audit.export"
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        tamper(world.database)
        assert client.post("/admin/audit/export", data={"form_token": token}).status_code == 500
    world.database.close()
