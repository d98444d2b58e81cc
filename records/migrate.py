"""Bringing a database to this version's tables, or back to an earlier one."""

from __future__ import annotations

import functools
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from directory.errors import SettingsError

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_KEY = 0x50414C50  # any number that no other user of the server takes


def make_config(connection: sa.Connection) -> Config:
    """Alembic's settings, without a file of its own: it works from an installed package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def find_revision(connection: sa.Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


@functools.cache
def find_head() -> str | None:
    """The revision this version of the software needs."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head()


def lock(connection: sa.Connection) -> None:
    """Let one opener at a time prepare the database, until its transaction ends; on SQLite any writer is alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_KEY)))


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database to `revision` in one transaction; others that try meanwhile wait and find it done."""
    with engine.begin() as connection:
        lock(connection)
        current = find_revision(connection)
        if revision == "head" and current == find_head():
            return
        config = make_config(connection)
        script = ScriptDirectory.from_config(config)
        known = {item.revision for item in script.walk_revisions()}
        if current is not None and current not in known:
            raise SettingsError("These records were made by a newer Palpate. Upgrade this one, or restore a backup.")
        order = [item.revision for item in script.walk_revisions()]  # newest first
        goes_back = (
            revision != "head"
            and current is not None
            and (revision == "base" or order.index(revision) > order.index(current))
        )
        (command.downgrade if goes_back else command.upgrade)(config, revision)


def new_revision(message: str) -> None:
    """Write a migration from the last one to the tables in the code, for a person to read and complete."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        config = make_config(connection)
        command.upgrade(config, "head")
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    engine.dispose()
