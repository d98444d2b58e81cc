"""Records on every database that is promised: each contract test runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import functools
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from directory.clock import Clock, FixedClock
from directory.models import (
    PAYLOADS,
    EntityKind,
    Listing,
    Observation,
    Outcome,
    Payload,
    RegisterRecord,
)
from directory.settings import Settings
from records.database import Database, make_engines, make_url, open_database
from records.ledger import ClaimFacts, LedgerEntry
from records.migrate import migrate
from tests.postgresql_node import PostgresqlServer

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=1)


class StepClock(FixedClock):
    """Stands still until told: `step` moves it on."""

    def step(self, **by: float) -> datetime:
        """Move on by a timedelta's parts; returns the time then."""
        self.at += timedelta(**by)
        return self.at


@dataclass(frozen=True)
class Group:
    """A cluster, as resolution makes them."""

    kind: EntityKind
    members: tuple[str, ...]


def people(*groups: str) -> list[Group]:
    """Clusters of people; each letter is a listing."""
    return [Group(EntityKind.PERSON, tuple(group)) for group in groups]


def observe(
    payload: Payload, key: str, *, source: str = "demo", at: datetime = START, on: date | None = None
) -> Observation:
    """`payload` as seen at a source."""
    kinds = {kind: name for name, kind in PAYLOADS.items()}
    return Observation(
        source=source,
        kind=kinds[type(payload)],
        key=key,
        payload=payload,
        read_at=at,
        read_on=on or at.date(),
    )


def make_record(number: int, **parts: Any) -> RegisterRecord:
    """A register's row of a made-up person."""
    values: dict[str, Any] = {
        "register_id": f"CO-{number}",
        "source": "co_dora",
        "jurisdiction": "CO",
        "licence_type": "Massage Therapist",
        "number": f"MT.{number:07d}",
        "full_name": "Ana Example-Sample",
        "city": "Denver",
        "status": "Active",
        "expires_on": date(2027, 8, 31),
    }
    return RegisterRecord(**{**values, **parts})


def make_listing(listing_id: str = "1", **parts: Any) -> Listing:
    """A listing of a made-up person."""
    return Listing(**{"listing_id": listing_id, "source": "demo", "name": "Ana Example", "city": "Denver", **parts})


def make_entry(
    entity_id: str, claim_id: str = "claim", outcome: Outcome = Outcome.VERIFIED, **parts: Any
) -> LedgerEntry:
    """A ledger entry."""
    values: dict[str, Any] = {
        "entity_id": entity_id,
        "claim_id": claim_id,
        "outcome": outcome,
        "rule": "number-strong",
        "rule_version": "1",
        "checked_on": date(2026, 11, 20),
        "valid_from": date(2026, 11, 20),
        "facts": ClaimFacts(raw="LMT 12345", explanation="The number and the name agree."),
    }
    return LedgerEntry(**{**values, **parts})


@functools.cache
def make_template() -> bytes:
    """A migrated SQLite file, to be copied: quicker than migrating each."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        writer, reader = make_engines(make_url(settings))
        migrate(writer)
        writer.dispose()  # the last to go brings everything into the one file
        reader.dispose()
        return (settings.data_dir / "records.sqlite3").read_bytes()


def open_new(settings: Settings, *, clock: Clock | None = None) -> Database:
    """Opens records as `open_database` does; where SQLite has none yet, they are made from the template."""
    path = settings.data_dir / "records.sqlite3"
    if not settings.database_url and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_template())
    return open_database(settings, clock=clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation on each database, which nobody has opened yet."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    return Settings(data_dir=tmp_path / "data", database_url=url, session_secret="only-for-tests")


@pytest.fixture(scope="session")
def records_template(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The name of a migrated database on the server, to be copied: quicker than migrating each."""
    name = f"palpate_template_{uuid.uuid4().hex}"
    with postgresql_server.make_janitor(name):
        engine = sa.create_engine(postgresql_server.make_url(name).replace("postgresql:", "postgresql+psycopg:"))
        migrate(engine)
        engine.dispose()
        yield name


@pytest.fixture
def postgresql_records_url(postgresql_server: PostgresqlServer, records_template: str) -> Iterator[str]:
    """The address of migrated records of this test's own."""
    name = f"palpate_{uuid.uuid4().hex}"
    with postgresql_server.make_janitor(name, template=records_template):
        yield postgresql_server.make_url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def records_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation on each database, without any records."""
    url = request.getfixturevalue("postgresql_records_url") if request.param == "postgresql" else ""
    return Settings(data_dir=tmp_path / "data", database_url=url, session_secret="only-for-tests")


@pytest.fixture
def records_clock() -> StepClock:
    """The records' time; it stands still until a test moves it."""
    return StepClock(START)


@pytest.fixture
def open_records(records_settings: Settings, records_clock: StepClock) -> Iterator[Callable[[], Database]]:
    """Opens the same records as often as asked, as several processes would."""
    with ExitStack() as stack:

        def open_one() -> Database:
            database = open_new(records_settings, clock=records_clock)
            stack.callback(database.close)
            return database

        yield open_one


@pytest.fixture
def records_database(open_records: Callable[[], Database]) -> Database:
    """Empty records."""
    return open_records()
