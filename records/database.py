"""The database: opened, migrated, and used one transaction at a time."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event, orm

from directory.clock import Clock, SystemClock
from directory.errors import ConflictError, LockedError, PalpateError, RecordsUnavailableError, SettingsError
from directory.settings import Settings, ensure_secret
from records.migrate import find_head, find_revision, lock, migrate
from records.tables import FactRow, RemovalRow

BUSY_TIMEOUT_MS = 60_000
DISK_FULL = "53100"  # PostgreSQL's
KEPT_MARK = sa.select(FactRow.value).where(FactRow.name == "secret-mark")


class Session(orm.Session):
    """One transaction on the records; it knows the time and the secret that keys digests."""

    @property
    def secret(self) -> bytes:
        """The installation's secret."""
        secret: bytes = self.info["secret"]
        return secret

    @property
    def is_postgresql(self) -> bool:
        """Whether rows can be locked one by one."""
        return self.get_bind().dialect.name == "postgresql"

    def now(self) -> datetime:
        """The time by the database's clock."""
        clock: Clock = self.info["clock"]
        return clock.now()

    def change(self, statement: sa.Update | sa.Delete) -> int:
        """Carry out a change; returns how many rows it touched."""
        return cast(sa.CursorResult[Any], self.execute(statement)).rowcount


@dataclass(frozen=True)
class Database:
    """The records of one installation."""

    url: sa.URL
    clock: Clock
    secret: bytes
    _writer: sa.Engine
    _reader: sa.Engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, or rolled back whole by an error."""
        with self._transaction(self._writer) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that sees a single moment and cannot write; it never waits for writers."""
        with self._transaction(self._reader) as session:
            yield session

    @contextmanager
    def _transaction(self, engine: sa.Engine) -> Iterator[Session]:
        info = {"secret": self.secret, "clock": self.clock}
        try:
            with Session(engine, info=info, expire_on_commit=False) as session, session.begin():
                yield session
        except sa.exc.DBAPIError as error:
            raise translate(error) from error

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL; else it is SQLite."""
        return self.url.get_backend_name() == "postgresql"

    def close(self) -> None:
        """Give back every connection."""
        self._writer.dispose()
        self._reader.dispose()


def open_database(settings: Settings, *, clock: Clock | None = None) -> Database:
    """The database of `settings`, made and migrated if need be; safe when several processes open it at once."""
    settings = ensure_secret(settings)
    url = make_url(settings)
    writer, reader = make_engines(url)
    secret = settings.session_secret.encode()
    try:
        if not _is_ready(reader, secret):  # else nobody need wait for a writer
            migrate(writer)
            _check_secret(writer, secret)
    except sa.exc.DBAPIError as error:
        writer.dispose()
        reader.dispose()
        raise translate(error) from error
    except PalpateError:
        writer.dispose()
        reader.dispose()
        raise
    return Database(url, clock or SystemClock(), secret, writer, reader)


def make_url(settings: Settings) -> sa.URL:
    """Where the records are: the setting's address, else SQLite in the data folder."""
    if not settings.database_url:
        return sa.URL.create("sqlite", database=str(settings.data_dir / "records.sqlite3"))
    try:
        url = sa.make_url(settings.database_url)
    except sa.exc.ArgumentError as error:
        raise SettingsError("PALPATE_DATABASE_URL is not a database address. Correct it or leave it out.") from error
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def make_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
    """Two pools on one database: for writers, and for readers who can't write."""
    if url.get_backend_name() == "postgresql":
        try:
            engine = sa.create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise SettingsError("PostgreSQL needs its driver: pip install 'palpate[postgresql]'.") from error
        read = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return engine, read
    if not url.database or url.database == ":memory:":
        raise SettingsError("PALPATE_DATABASE_URL must name a file, as in sqlite:////var/lib/palpate/records.sqlite3.")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(path.parent):
            path.touch(mode=0o600)  # it holds people's data: nobody but its owner reads it
            _turn_to_write_ahead(url)
    except OSError as error:
        raise SettingsError(f"The records cannot be kept in {path} ({error.strerror}).") from error
    except sa.exc.DBAPIError as error:
        raise translate(error) from error
    return _make_sqlite(url, writes=True), _make_sqlite(url, writes=False)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Only one opener at a time, of any process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _turn_to_write_ahead(url: sa.URL) -> None:
    """Give the file a write-ahead log, for good; of several at once all but one would be refused, not kept waiting."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _make_sqlite(url: sa.URL, *, writes: bool) -> sa.Engine:
    """SQLite with a write-ahead log; a writer takes its lock at the start, so it can't fail halfway for want of it."""
    engine = sa.create_engine(url, pool_size=10, max_overflow=30, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the begin below is the only one
        for pragma in ("foreign_keys = ON", "cache_size = -16384", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if not writes:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _began(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make_mark(secret: bytes) -> str:
    return hmac.new(secret, b"palpate records", hashlib.sha256).hexdigest()


def _is_ready(engine: sa.Engine, secret: bytes) -> bool:
    """Whether the database is migrated and knows this secret."""
    with engine.begin() as connection:
        is_migrated = find_revision(connection) == find_head()
        return is_migrated and connection.scalar(KEPT_MARK) == _make_mark(secret)


def _check_secret(engine: sa.Engine, secret: bytes) -> None:
    """Refuse a secret under which the removals kept here would no longer be recognised."""
    mark = _make_mark(secret)
    with engine.begin() as connection:
        lock(connection)
        found = connection.scalar(KEPT_MARK)
        if found == mark:
            return
        if found is not None and connection.scalar(sa.select(sa.exists().where(RemovalRow.id.is_not(None)))):
            raise SettingsError(
                "This database keeps removals under another secret. Set PALPATE_SESSION_SECRET to the one it was "
                "made with (by default in the file 'session-secret' of the data folder)."
            )
        connection.execute(sa.delete(FactRow).where(FactRow.name == "secret-mark"))
        connection.execute(sa.insert(FactRow).values(name="secret-mark", value=mark))


def translate(error: sa.exc.DBAPIError) -> PalpateError:
    """The driver's error in our own words."""
    text = str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if "database is locked" in text:
        return LockedError("The records are being written by another process for too long. Try again.")
    if state in {"40001", "40P01"}:
        return ConflictError("Somebody else changed the same records first. Try again.")
    if isinstance(error, sa.exc.IntegrityError):
        return ConflictError(f"The records already hold something else in this place: {text.splitlines()[0]}")
    if "disk is full" in text or "disk I/O error" in text or state == DISK_FULL:  # I/O: SQLite's log did not fit either
        return RecordsUnavailableError(
            "There is no room left where the records are kept, or the disk fails. Make room; nothing was half written."
        )
    if "readonly database" in text or state == "25006":
        return PalpateError("A reading transaction tried to write.")
    return RecordsUnavailableError(
        f"The database did not answer ({text.strip().splitlines()[0] if text.strip() else type(error).__name__}). "
        "Is it running, and is PALPATE_DATABASE_URL right?"
    )
