"""Many rows into a table at once: by COPY on PostgreSQL, by one prepared statement on SQLite.

SQLAlchemy's own insert of many rows spends most of its time on each row's parameters; here they are laid out once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from records.database import Session
from records.tables import Base, table_of

CHUNK = 5000


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all name the same columns, within the session's transaction."""
    if not rows:
        return
    session.flush()
    table = table_of(model)
    columns = [table.columns[name] for name in rows[0]]
    connection = session.connection()
    if session.is_postgresql:
        _copy(connection, table, columns, rows)
        return
    names = [column.name for column in columns]
    quote = connection.dialect.identifier_preparer.quote
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) "  # nosec B608  # noqa: S608  our own names
        f"VALUES ({', '.join('?' * len(names))})"
    )
    writers = [_make_writer(column, connection.dialect) for column in columns]
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        connection.exec_driver_sql(
            statement, [tuple([write(row[name]) for name, write in zip(names, writers, strict=True)]) for row in part]
        )


def _make_writer(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any]:
    """How the driver wants the column's values; days and times repeat, so each is written out once."""
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    return _as_it_is if write is None else lru_cache(maxsize=4096)(write)


def _as_it_is(value: Any) -> Any:
    return value


def _copy(
    connection: sa.Connection, table: sa.Table, columns: list[sa.Column[Any]], rows: Sequence[Mapping[str, Any]]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = [column.name for column in columns]
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    driver = connection.dialect.loaded_dbapi
    try:
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except driver.Error as error:
        raise sa.exc.DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error
