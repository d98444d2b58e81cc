"""All records in one file, and back again, on either database: a backup of SQLite restores into PostgreSQL too.

The file is a zip of one JSON Lines file a table, read in one moment, with a manifest of what must be found again:
the counts, and the last links of the chains. It holds the secret as well, without which removals would be forgotten,
so it is for its owner's eyes only.
"""

from __future__ import annotations

import base64
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from pydantic import ValidationError

from directory.errors import ConflictError, InputError, SettingsError, TamperedError
from directory.settings import Settings
from records import audit, ledger
from records.bulk import insert_rows
from records.codec import decode, encode
from records.database import Database, Session, open_database
from records.migrate import find_head
from records.tables import Base, ChainRow, EntityRow, FactRow, ObservationRow, UserRow, table_of

FORMAT = 1
CHUNK = 2000
MANIFEST = "manifest.json"
OWN = frozenset({FactRow.__tablename__})  # facts about a database, not about what it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: int
    revision: str
    made_at: datetime
    rows: Mapping[str, int]
    chains: Mapping[str, tuple[int, str]]
    secret: str | None


def write_backup(database: Database, path: Path, *, with_secret: bool = True) -> Manifest:
    """Write all records to `path`, as they are at one moment; nobody has to stop working meanwhile."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, database.read() as session:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                rows = {model.__tablename__: _dump(session, archive, model) for model in _find_models()}
                manifest = Manifest(
                    format=FORMAT,
                    revision=str(find_head()),
                    made_at=session.now(),
                    rows=rows,
                    chains=_load_chains(session),
                    secret=database.secret.decode() if with_secret else None,
                )
                archive.writestr(MANIFEST, encode(manifest))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(f"The backup cannot be written to {path} ({error.strerror}).") from error
    return manifest


def check_backup(path: Path) -> Manifest:
    """What a backup holds; raises InputError unless all of it can be read and is there."""
    with _open(path) as archive:
        manifest = _read_manifest(archive, path)
        for name, expected in manifest.rows.items():
            with archive.open(f"{name}.jsonl") as file:
                found = sum(1 for _ in file)
            if found != expected:
                raise InputError(f"{path} is damaged: {name} has {found} rows, {expected} were written.")
    return manifest


def restore(settings: Settings, path: Path, *, overwrite: bool = False) -> Manifest:
    """Bring the records of `settings` to what the backup holds, or leave them as they were.

    Raises ConflictError if there are records already, unless `overwrite`; TamperedError if the chains do not come out
    as they went in.
    """
    with _open(path) as archive:
        manifest = _read_manifest(archive, path)
        settings = _take_secret(settings, manifest)
        database = open_database(settings)
        try:
            with database.begin() as session:
                if not overwrite and _holds_records(session):
                    raise ConflictError(f"There are records already: {path} would replace them all. Say so to do it.")
                for model in reversed(_find_models()):
                    session.execute(sa.delete(model))
                for model in _find_models():
                    _load(session, archive, model)
                _check(session, manifest)
        finally:
            database.close()
    return manifest


# --- writing ----------------------------------------------------------------------------------------------


def _find_models() -> list[type[Base]]:
    """Every table, those that others refer to first."""
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    return [models[table.name] for table in Base.metadata.sorted_tables if table.name not in OWN]


def _columns(model: type[Base]) -> list[sa.Column[Any]]:
    return list(table_of(model).columns)


def _dump(session: Session, archive: zipfile.ZipFile, model: type[Base]) -> int:
    """Write one table in the order of its key, in batches; returns how many rows."""
    columns = _columns(model)
    keys = [column for column in columns if column.primary_key]
    query = sa.select(*columns).order_by(*keys).limit(CHUNK)
    written, place = 0, None
    with archive.open(f"{model.__tablename__}.jsonl", "w", force_zip64=True) as file:
        while rows := session.execute(query if place is None else query.where(place)).all():
            file.write(b"".join(orjson.dumps(list(row), default=_to_plain) + b"\n" for row in rows))
            written += len(rows)
            last = rows[-1]._mapping
            place = sa.tuple_(*keys) > sa.tuple_(*[sa.literal(last[key.name], key.type) for key in keys])
    return written


def _to_plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} has no place in a backup")


def _load_chains(session: Session) -> dict[str, tuple[int, str]]:
    found = session.execute(sa.select(ChainRow.name, ChainRow.seq, ChainRow.digest))
    return {item.name: (item.seq, item.digest) for item in found}


# --- reading ----------------------------------------------------------------------------------------------


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from error
    except zipfile.BadZipFile as error:
        raise InputError(f"{path} is not a whole backup: {error}.") from error


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        if (damaged := archive.testzip()) is not None:
            raise InputError(f"{path} is damaged: {damaged} cannot be read.")
        manifest = decode(Manifest, archive.read(MANIFEST).decode())
    except (KeyError, ValidationError, orjson.JSONDecodeError) as error:
        raise InputError(f"{path} is not a backup of Palpate's records.") from error
    if manifest.format != FORMAT or manifest.revision != find_head():
        raise InputError(
            f"{path} was made by another version (tables {manifest.revision}). Restore it with that one, then upgrade."
        )
    return manifest


def _take_secret(settings: Settings, manifest: Manifest) -> Settings:
    """The settings with the backup's secret, kept in the data folder unless it is set elsewhere already."""
    if manifest.secret is None:
        return settings
    if settings.session_secret:
        if settings.session_secret != manifest.secret and manifest.rows.get("removals"):
            raise SettingsError("The backup has removals under another PALPATE_SESSION_SECRET. Set that one, or none.")
        return settings
    path = settings.data_dir / "session-secret"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(manifest.secret, "ascii")
    return settings


def _holds_records(session: Session) -> bool:
    return any(session.scalar(sa.select(sa.exists(sa.select(model)))) for model in (ObservationRow, EntityRow, UserRow))


def _load(session: Session, archive: zipfile.ZipFile, model: type[Base]) -> None:
    columns = _columns(model)
    readers = [_make_reader(column) for column in columns]
    redirects: list[dict[str, str]] = []
    with archive.open(f"{model.__tablename__}.jsonl") as file:
        for batch in _batches(file):
            rows = [
                {column.name: read(value) for column, read, value in zip(columns, readers, values, strict=True)}
                for values in map(orjson.loads, batch)
            ]
            if model is EntityRow:  # a redirect may lead to a row that comes later
                redirects += [{"row_id": row["id"], "to": row["redirect_to"]} for row in rows if row["redirect_to"]]
                rows = [{**row, "redirect_to": None} for row in rows]
            insert_rows(session, model, rows)
    if redirects:
        table = table_of(EntityRow)
        change = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(redirect_to=sa.bindparam("to"))
        session.connection().execute(change, redirects)
    if session.is_postgresql:
        _set_sequence(session, table_of(model))


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, CHUNK)):
        yield batch


def _make_reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """How a column's value is read back from JSON."""
    kind = column.type.python_type
    readers: dict[type, Callable[[Any], Any]] = {
        datetime: datetime.fromisoformat,
        date: date.fromisoformat,
        bytes: base64.b64decode,
    }
    read = readers.get(kind)
    return (lambda value: value) if read is None else (lambda value: None if value is None else read(value))


def _set_sequence(session: Session, table: sa.Table) -> None:
    """Let PostgreSQL number the next row after the last one restored."""
    column = table.autoincrement_column
    if column is None or column.autoincrement is False:
        return
    last = session.scalar(sa.select(sa.func.max(column)))
    if last is not None:
        session.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, column.name), last)))


def _check(session: Session, manifest: Manifest) -> None:
    """Raise TamperedError unless all rows are there and the chains end as they did."""
    for model in _find_models():
        found = session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        if found != manifest.rows.get(model.__tablename__):
            raise TamperedError(f"The backup does not hold all of {model.__tablename__}: nothing was restored.")
    if _load_chains(session) != {name: tuple(link) for name, link in manifest.chains.items()}:
        raise TamperedError("The chains do not end as the backup says: nothing was restored.")
    for report in (ledger.check_chain(session), audit.check_chain(session)):
        report.require_whole()
