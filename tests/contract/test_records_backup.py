"""What is promised of backups, from and to every database."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from directory.errors import ConflictError, InputError, SettingsError, TamperedError
from directory.models import ExtractedPage, Outcome
from directory.settings import Settings
from records import audit, entities, judgements, ledger, observations, outbox, removals, reviews, snapshots, users
from records.backup import check_backup, restore, write_backup
from records.database import Database, open_database
from records.judgements import Verdict
from records.removals import Identity
from records.reviews import CaseDraft, CaseInput, CaseKind, Choice
from records.tables import Base
from records.users import Role
from tests.records_fixtures import make_entry, make_listing, make_record, observe, people

OUT = Identity(emails=("gone@example.com",))


def fill(database: Database) -> None:
    """Something in every table that a person would miss."""
    with database.begin() as session:
        page = observe(ExtractedPage(name="Example Massage"), "https://example.com/")
        observations.store(session, replace(page, snapshot=b"<p>\x00\xff</p>"))
        observations.store_many(session, [observe(make_record(number), str(number)) for number in range(50)])
        observations.store(session, observe(make_listing(name="Ána\x00 \U0001f9d8"), "l"))
        entities.save_clusters(session, people("ab", "c", "d"))
        entities.save_clusters(session, people("abc", "d"))
        entities.save_clusters(session, people("abcd"))
        person = str(entities.find_by_listing(session, "a"))
        ledger.append_many(session, [make_entry(person, str(n), Outcome.EXPIRED) for n in range(5)])
        ledger.erase(session, person)
        ledger.append(session, make_entry(person, "last"))
        case = reviews.open_case(session, CaseDraft(kind=CaseKind.WEAK, key="k", input=CaseInput(heading="?")))
        reviews.decide(session, case.id, Choice.ACCEPT, version=1, by="ann")
        judgements.add(session, "a", "b", Verdict.NEGATIVE, by="ann", reason="no")
        removals.ask_out(session, OUT, by="ann", reason="asked")
        users.create_user(session, name="ann", password="correct horse battery", role=Role.ADMIN)


def dump_all(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as session:
        return {
            table.name: [tuple(row) for row in session.execute(sa.select(*table.columns).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_what_is_restored_elsewhere_is_what_was_backed_up(
    records_database: Database, tmp_path: Path, to: str, request: pytest.FixtureRequest
) -> None:
    fill(records_database)
    manifest = write_backup(records_database, tmp_path / "backup.zip")
    assert check_backup(tmp_path / "backup.zip") == manifest
    url = request.getfixturevalue("postgresql_url") if to == "postgresql" else ""
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", database_url=url)
    assert restore(elsewhere, tmp_path / "backup.zip") == manifest
    database = open_database(elsewhere)
    assert dump_all(database) == dump_all(records_database)
    with database.begin() as session:
        assert removals.is_removed(session, OUT)  # the secret came with it
        assert ledger.check_chain(session).ok
        (page,) = dump_all(database)["snapshots"]
        assert snapshots.get(session, str(page[0])) == b"<p>\x00\xff</p>"
    with database.begin() as session:  # and life goes on
        ledger.append(session, make_entry("p-after"))
        entities.save_clusters(session, people("abcd", "e"))
        observations.store(session, observe(make_listing("9"), "9"))
        judgements.add(session, "a", "e", Verdict.NEGATIVE, by="ann", reason="no")
        audit.append(session, actor="ann", action="restored", subject="all")
        assert outbox.count_waiting(session) > 0
    assert users.sign_in(database, name="ann", password="correct horse battery", client="192.0.2.1").name == "ann"
    database.close()


def test_records_are_not_replaced_by_accident(records_settings: Settings, tmp_path: Path) -> None:
    database = open_database(records_settings)
    write_backup(database, tmp_path / "empty.zip")
    fill(database)
    before = dump_all(database)
    with pytest.raises(ConflictError, match="already"):
        restore(records_settings, tmp_path / "empty.zip")
    assert dump_all(database) == before
    restore(records_settings, tmp_path / "empty.zip", overwrite=True)
    assert dump_all(database)["observations"] == []
    database.close()


def test_a_backup_whose_ledger_was_edited_restores_nothing(records_settings: Settings, tmp_path: Path) -> None:
    database = open_database(records_settings)
    fill(database)
    before = dump_all(database)
    write_backup(database, tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            body = good.read(name)
            bad.writestr(name, body.replace(b'"expired"', b'"verified"') if name == "ledger.jsonl" else body)
    with pytest.raises(TamperedError, match="ledger"):
        restore(records_settings, tmp_path / "bad.zip", overwrite=True)
    assert dump_all(database) == before
    database.close()


def make_sqlite(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", session_secret="only-for-tests")


def test_a_broken_or_foreign_file_is_named_plainly(tmp_path: Path) -> None:
    database = open_database(make_sqlite(tmp_path))
    path = tmp_path / "backup.zip"
    write_backup(database, path)
    database.close()
    whole = path.read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped.zip").write_bytes(whole[:40] + bytes([whole[40] ^ 255]) + whole[41:])
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as foreign:
        foreign.writestr("hello.txt", "hello")
    for name in ("half.zip", "foreign.zip", "missing.zip", "flipped.zip"):
        with pytest.raises(InputError, match=name):
            restore(make_sqlite(tmp_path), tmp_path / name)


def test_nobody_but_the_owner_reads_a_backup_and_a_failed_one_leaves_nothing(tmp_path: Path) -> None:
    database = open_database(make_sqlite(tmp_path))
    manifest = write_backup(database, tmp_path / "backup.zip", with_secret=False)
    assert manifest.secret is None
    assert stat.S_IMODE((tmp_path / "backup.zip").stat().st_mode) == 0o600
    with pytest.raises(InputError, match="cannot be written"):
        write_backup(database, tmp_path / "no" / "such" / "folder.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.zip", "data"]
    database.close()


def test_removals_are_not_lost_to_another_secret(tmp_path: Path) -> None:
    database = open_database(make_sqlite(tmp_path))
    fill(database)
    write_backup(database, tmp_path / "backup.zip")
    database.close()
    with pytest.raises(SettingsError, match="PALPATE_SESSION_SECRET"):
        restore(Settings(data_dir=tmp_path / "other", session_secret="another"), tmp_path / "backup.zip")
