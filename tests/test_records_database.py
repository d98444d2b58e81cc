"""What is promised of opening and migrating the records, on every database."""

from __future__ import annotations

import multiprocessing
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from directory.errors import PalpateError, RecordsUnavailableError, SettingsError
from directory.settings import Settings
from records import audit, entities, removals, users
from records.database import Database, make_engines, make_url, open_database
from records.migrate import find_head, find_revision, migrate
from records.removals import Identity
from records.tables import Base
from records.users import Role
from tests.records_fixtures import people


def test_the_migrations_make_exactly_the_tables_of_the_code(records_database: Database) -> None:
    engine, _ = make_engines(records_database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert find_revision(connection) == find_head()
    engine.dispose()


def test_migrations_go_back_and_forward_again(empty_settings: Settings) -> None:
    engine, _ = make_engines(make_url(empty_settings))
    migrate(engine)
    migrate(engine, "base")
    with engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate(engine)
    with engine.connect() as connection:
        assert find_revision(connection) == find_head()
    engine.dispose()


def test_opening_again_keeps_what_is_there(open_records: Callable[[], Database]) -> None:
    with open_records().begin() as session:
        entities.save_clusters(session, people("a"))
    with open_records().read() as session:
        assert len(list(entities.load_all(session))) == 1


def test_several_may_open_an_empty_database_at_once(empty_settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = [future.result() for future in [pool.submit(open_database, empty_settings) for _ in range(8)]]
    for number, database in enumerate(opened):
        with database.begin() as session:
            audit.append(session, actor="ann", action="opened", subject=str(number))
    with opened[0].read() as session:
        assert audit.check_chain(session).checked == 8
    for database in opened:
        database.close()


def test_the_first_connections_to_a_new_file_never_refuse_each_other(tmp_path: Path) -> None:
    def connect(path: Path, start: Barrier) -> None:
        start.wait()
        writer, reader = make_engines(sa.URL.create("sqlite", database=str(path)))
        with reader.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        writer.dispose()
        reader.dispose()

    with ThreadPoolExecutor(8) as pool:
        for number in range(60):  # a careless opening is refused in one of forty
            start = Barrier(8)
            for done in [pool.submit(connect, tmp_path / f"{number}.sqlite3", start) for _ in range(8)]:
                done.result()


def open_and_write(settings: Settings) -> None:
    database = open_database(settings)
    with database.begin() as session:
        audit.append(session, actor="ann", action="opened", subject=str(os.getpid()))
    database.close()


def test_several_processes_may_too(empty_settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=open_and_write, args=(empty_settings,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=600)  # a busy machine is slow
    assert [process.exitcode for process in processes] == [0, 0, 0]
    database = open_database(empty_settings)
    with database.read() as session:
        assert audit.check_chain(session).checked == 3
    database.close()


def test_a_reading_transaction_can_t_write(records_database: Database) -> None:
    with pytest.raises(PalpateError, match="reading transaction"), records_database.read() as session:
        audit.append(session, actor="ann", action="sneaked", subject="in")
    with records_database.begin() as session:
        audit.append(session, actor="ann", action="wrote", subject="openly")


def test_a_reader_sees_one_moment_and_waits_for_nobody(records_database: Database) -> None:
    with records_database.read() as reading:
        assert audit.load(reading) == []
        with records_database.begin() as session:
            audit.append(session, actor="ann", action="wrote", subject="meanwhile")
        assert audit.load(reading) == []
    with records_database.read() as reading:
        assert len(audit.load(reading)) == 1


def test_another_secret_is_refused_once_it_would_lose_removals(records_settings: Settings) -> None:
    other = records_settings.model_copy(update={"session_secret": "another"})
    for settings in (records_settings, other):
        open_database(settings).close()
    database = open_database(other)
    with database.begin() as session:
        removals.ask_out(session, Identity(emails=("ana@example.com",)), by="ann", reason="asked")
    database.close()
    with pytest.raises(SettingsError, match="PALPATE_SESSION_SECRET"):
        open_database(records_settings)


def test_a_database_of_a_later_version_is_refused(records_settings: Settings) -> None:
    open_database(records_settings).close()
    engine, _ = make_engines(make_url(records_settings))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SettingsError, match="newer"):
        open_database(records_settings)


def test_a_server_that_is_not_there_is_named_plainly(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(RecordsUnavailableError, match="PALPATE_DATABASE_URL") as caught:
        open_database(Settings(data_dir=tmp_path, database_url=url, session_secret="x"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_records_in_memory_are_refused(tmp_path: Path, url: str) -> None:
    settings = Settings.model_construct(**{**Settings().model_dump(), "data_dir": tmp_path, "database_url": url})
    with pytest.raises(SettingsError, match="file"):
        make_engines(make_url(settings))


def test_nobody_but_the_owner_reads_the_file(tmp_path: Path) -> None:
    database = open_database(Settings(data_dir=tmp_path / "data", session_secret="x"))
    with database.begin() as session:
        users.create_user(session, name="ann", password="correct horse battery", role=Role.ADMIN)
    database.close()
    mode = stat.S_IMODE((tmp_path / "data" / "records.sqlite3").stat().st_mode)
    assert mode & 0o077 == 0
