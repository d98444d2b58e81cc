"""How fast the records are written and read, beside the same rows put in by SQLAlchemy's and the driver's executemany.

    python -m benchmarks.records [--rows 100000] [--database-url postgresql://…]

Prints one line a path: rows a second, and how that compares with the plain insert of the same rows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from directory.models import EntityKind, Observation, ObservationKind, Outcome, RegisterRecord
from directory.settings import Settings
from records import audit, entities, ledger, observations, registers, reviews
from records.backup import restore, write_backup
from records.database import Database, open_database
from records.ledger import ClaimFacts, LedgerEntry
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.tables import ObservationRow, RegisterNameRow, RegisterRecordRow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GIVEN = ("Ana", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal")
FAMILY = ("Example", "Sample", "Specimen", "Instance-Case", "Pattern")


@dataclass(frozen=True)
class Cluster:
    kind: EntityKind
    members: tuple[str, ...]


def make_observations(rows: int) -> list[Observation]:
    """A register of made-up people."""
    return [
        Observation(
            source="example",
            kind=ObservationKind.REGISTER,
            key=str(number),
            payload=RegisterRecord(
                register_id=f"X-{number}",
                source="example",
                jurisdiction="CO",
                licence_type="Massage Therapist",
                number=f"MT.{number:07d}",
                full_name=f"{GIVEN[number % 8]} {FAMILY[number % 5]}{number % 4001}",
                city="Denver",
                status="Active",
                issued_on=date(2015, 1, 1 + number % 28),
                expires_on=date(2027, 1, 1 + number % 28),
            ),
            read_at=NOW,
            read_on=NOW.date(),
        )
        for number in range(rows)
    ]


@contextmanager
def timed(name: str, rows: int) -> Iterator[list[float]]:
    """Print how many rows went through in a second, and in a second of this process's own: others may be busy too."""
    taken: list[float] = []
    started, used = time.perf_counter(), time.process_time()
    yield taken
    wall, cpu = rows / (time.perf_counter() - started), rows / (time.process_time() - used)
    taken.append(cpu)
    print(f"{name:<52}{wall:>12,.0f} rows/s{cpu:>12,.0f} rows/s of CPU", flush=True)


def copy_rows(database: Database, model: Any) -> list[dict[str, Any]]:
    with database.read() as session:
        return [dict(row._mapping) for row in session.execute(sa.select(*model.__table__.columns))]


def as_it_is(value: Any) -> Any:
    return value


def insert_plainly(database: Database, how: str) -> float:
    """The rows that `store_many` wrote, put into empty tables by executemany; returns the observations a second."""
    models = (ObservationRow, RegisterRecordRow, RegisterNameRow)
    tables = [(cast(sa.Table, model.__table__), copy_rows(database, model)) for model in models]
    with database.begin() as session:
        for table, _ in tables:
            session.execute(table.delete())
    with timed(f"plain: {how}, finished rows", len(tables[0][1])) as rate, database.begin() as session:
        for table, rows in tables:
            if how == "SQLAlchemy executemany":
                session.connection().execute(table.insert(), rows)
            else:
                statement = str(table.insert().compile(dialect=session.connection().dialect))
                kinds = [column.type.dialect_impl(session.connection().dialect) for column in table.columns]
                writers = [kind.bind_processor(session.connection().dialect) or as_it_is for kind in kinds]
                names = [column.name for column in table.columns]
                if session.is_postgresql:
                    values: list[Any] = rows
                else:
                    values = [tuple(write(row[n]) for n, write in zip(names, writers, strict=True)) for row in rows]
                session.connection().exec_driver_sql(statement, values)
    return rate[0]


def measure_observations(database: Database, rows: int) -> None:
    seen = make_observations(rows)
    with timed("store_many, all new (hash, compare, index by name)", rows) as rate, database.begin() as session:
        observations.store_many(session, seen)
    with timed("store_many, all unchanged", rows), database.begin() as session:
        observations.store_many(session, seen)
    for how in ("SQLAlchemy executemany", "driver executemany"):
        plain = insert_plainly(database, how)
        print(f"{'  store_many beside it':<52}{rate[0] / plain:>12.2f}x")
    with timed("load_current", rows), database.read() as session:
        assert sum(1 for _ in observations.load_current(session, ObservationKind.REGISTER)) == rows
    with timed("registers.iter_all", rows), database.read() as session:
        keys = [key for key, _ in registers.iter_all(session) if key]
    with timed("registers.find_by_keys", len(keys)), database.read() as session:
        assert len(registers.find_by_keys(session, keys)) == len(keys)
    with database.read() as session:
        print_times("registers.find_by_key", [partial(registers.find_by_key, session, key) for key in keys[:500]])
        names = [f"{FAMILY[n % 5]}{n}" for n in range(300)]
        print_times(
            "registers.find_by_family_name",
            [partial(registers.find_by_family_name, session, "CO", name) for name in names],
        )


def print_times(name: str, calls: list[Callable[[], object]]) -> None:
    times = []
    for call in calls:
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name:<52}{statistics.median(times):>9.2f} ms p50{p95:>9.2f} ms p95{max(times):>9.2f} ms max", flush=True)


def measure_entities(database: Database, rows: int) -> list[str]:
    groups = [Cluster(EntityKind.PERSON, (f"l-{n}", f"m-{n}")) for n in range(rows // 2)]
    for name in ("all new", "all unchanged"):
        with timed(f"save_clusters, {name} (listings)", rows), database.begin() as session:
            entities.save_clusters(session, groups)
    with timed("entities.load_all", rows // 2), database.read() as session:
        return [entity.id for entity in entities.load_all(session)]


def measure_ledger(database: Database, ids: list[str]) -> None:
    facts = ClaimFacts(raw="LMT 1234567", number="1234567", jurisdiction="CO", explanation="The number and name agree.")
    entries = [
        LedgerEntry(
            entity_id=entity_id,
            claim_id=ledger.make_claim_id(entity_id),
            outcome=Outcome.VERIFIED,
            rule="number-strong",
            rule_version="1",
            checked_on=NOW.date(),
            valid_from=NOW.date(),
            facts=facts,
        )
        for entity_id in ids
    ]
    with timed("ledger.append_many", len(entries)), database.begin() as session:
        ledger.append_many(session, entries)
    with timed("ledger.append_new, nothing new", len(entries)), database.begin() as session:
        assert ledger.append_new(session, entries) == 0
    with timed("ledger.latest_all", len(entries)), database.read() as session:
        assert sum(1 for _ in ledger.latest_all(session)) == len(entries)
    with timed("ledger.check_chain", len(entries)), database.read() as session:
        assert ledger.check_chain(session).ok
    with database.begin() as session:
        append = partial(audit.append, session, actor="ann", action="looked", subject="one")
        print_times("audit.append", [append] * 300)


def measure_reviews(database: Database, cases: int) -> None:
    kinds = list(CaseKind)
    drafts = [
        CaseDraft(kind=kinds[n % len(kinds)], key=str(n), input=CaseInput(heading=f"Case {n}", explanation="Look."))
        for n in range(cases)
    ]
    with timed("reviews.open_cases", cases), database.begin() as session:
        reviews.open_cases(session, drafts)
    with timed("reviews.open_cases, unchanged", cases), database.begin() as session:
        reviews.open_cases(session, drafts)
    with database.read() as session:
        places: list[str | None] = [None]
        while (after := reviews.load_queue(session, after=places[-1]).after) is not None:
            places.append(after)
        middle = len(places) // 2
        for name, part in (("first", places[:20]), ("middle", places[middle:][:20]), ("last", places[-20:])):
            turns = [partial(reviews.load_queue, session, after=place) for place in part]
            print_times(f"reviews.load_queue, the {name} pages of {cases:,} cases", list(turns))
        print_times("reviews.count", [lambda: reviews.count(session)] * 20)


def measure_backup(database: Database, folder: Path) -> None:
    path = folder / "backup.zip"
    with database.read() as session:
        total = sum(
            session.scalar(sa.select(sa.func.count()).select_from(t)) or 0
            for t in ObservationRow.metadata.sorted_tables
        )
    with timed("write_backup", total):
        write_backup(database, path)
    with timed("restore into SQLite, chains checked", total):
        restore(Settings(data_dir=folder / "restored"), path)
    print(f"{'size of the backup':<52}{path.stat().st_size / 1e6:>12.1f} MB for {total:,} rows")


def main() -> None:
    """Measure every bulk path once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database; default: SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", database_url=options.database_url)
        database = open_database(settings)
        print(f"{'PostgreSQL' if database.is_postgresql else 'SQLite'}, {options.rows:,} rows")
        measure_observations(database, options.rows)
        measure_ledger(database, measure_entities(database, options.rows))
        measure_reviews(database, options.cases)
        measure_backup(database, Path(folder))
        database.close()


if __name__ == "__main__":
    main()
