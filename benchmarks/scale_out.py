"""A round of crawling and checking by one worker and by several on one PostgreSQL, one of them killed in the middle.

    python -m benchmarks.scale_out [--workers 4] [--parts 8]

Each job is a row that a worker claims. Prints, for one worker and for several, the time it took, the processor time of
the workers, how often each job was done, and whether the records came out the same.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import sqlalchemy as sa

from demo.server import WorldServer, serve_world
from demo.world import make_world
from directory.clock import SystemClock
from directory.models import ObservationKind, to_json
from directory.settings import PREFIX, Settings
from records import jobs, ledger, observations, reviews, rounds
from records.database import Database, Session, open_database
from records.jobs import JobState
from records.rounds import Reading
from records.tables import JobRow
from tests.drill_worker import READY
from tests.postgresql_node import LocalServer, require_programs

ROOT = Path(__file__).parent.parent
SHARED = ("practice_sites", "nppes")
LEASE_S = 20.0  # a worker that a busy machine holds up for so long is taken for dead
DEADLINE_S = 900.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round by so many workers came to."""

    workers: int
    killed: int
    took_s: float
    cpu_s: float
    jobs: int
    attempts: Counter[int]
    states: Counter[str]
    by_worker: Counter[str]
    records: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The records in a word."""
        return hashlib.sha256("\n".join(self.records).encode()).hexdigest()

    def to_text(self) -> str:
        """The outcome in a line."""
        again = sum(count for attempts, count in self.attempts.items() if attempts > 1)
        return (
            f"{self.workers} worker{'s' if self.workers > 1 else ''}, {self.killed} killed: {self.took_s:.1f} s, "
            f"{self.cpu_s:.1f} s of processor; {self.jobs} jobs {dict(self.states)}, {again} taken over, done by "
            f"{sorted(self.by_worker.values(), reverse=True)}; records {self.digest[:12]}"
        )


def run_round(world: WorldServer, server: LocalServer, name: str, *, workers: int, parts: int, kill: bool) -> Outcome:
    """One whole round on an empty database of its own."""
    with tempfile.TemporaryDirectory(prefix="palpate-scale-out-") as text:
        folder = Path(text)
        settings = Settings(
            data_dir=folder,
            database_url=server.server.make_url(name),
            session_secret="only-for-this-benchmark",
            crawl_delay_s=0,
        )
        database = open_database(settings, clock=SystemClock())
        readings = [Reading(source=source, parts=parts if source in SHARED else 1) for source in world.overrides]
        ways = folder / "ways.json"
        ways.write_bytes(orjson.dumps(world.overrides))
        with started(settings, ways, workers) as processes:
            with database.begin() as session:
                rounds.ask(session, readings, parts=parts)
            killed = kill_one(database, processes) if kill else 0
            before = time.monotonic()
            wait_until_done(database)
            took_s = time.monotonic() - before
            cpu_s = sum(read_cpu_s(process.pid) for process in processes if process.poll() is None)
        with database.read() as session:
            done = jobs.load(session, limit=10_000)
            found = list_records(session)
        database.close()
    return Outcome(
        workers=workers,
        killed=killed,
        took_s=took_s,
        cpu_s=cpu_s,
        jobs=len(done),
        attempts=Counter(job.attempts for job in done),
        states=Counter(job.state.value for job in done),
        by_worker=Counter(str(job.claimed_by) for job in done),
        records=found,
    )


@contextmanager
def started(settings: Settings, ways: Path, workers: int) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """So many workers at work, each a process of its own; told to stop at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    changed = settings.model_dump(exclude_defaults=True)
    environ = {**kept, **{f"{PREFIX}{name.upper()}": str(value) for name, value in changed.items()}}
    command = [sys.executable, "-m", "tests.drill_worker", str(ways), "0.1", str(LEASE_S)]
    said = settings.data_dir / "workers.log"
    with said.open("ab") as log:
        processes = [subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log) for _ in range(workers)]
    try:
        wait_for(lambda: said.read_text("utf-8").count(READY) == workers, "the workers never began")
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(DEADLINE_S)


def kill_one(database: Database, processes: Sequence[subprocess.Popen[bytes]]) -> int:
    """Kill -9 the worker that is in the middle of a part of the crawl or of the checks."""
    claimed = sa.select(JobRow).where(JobRow.state == JobState.CLAIMED.value).with_for_update()

    def is_killed() -> bool:
        with database.begin() as session:  # while it holds the rows, none of these jobs comes to its end
            for job in session.scalars(claimed):
                owner = (job.claimed_by or "").split(":")
                victim = next((process for process in processes if f"{process.pid}" in owner), None)
                if victim is not None and orjson.loads(job.payload).get("shard"):
                    victim.kill()
                    victim.wait()
                    return True
        return False

    wait_for(is_killed, "no worker was ever in the middle of a part")
    return 1


def wait_until_done(database: Database) -> None:
    """Return once no job is left."""

    def is_done() -> bool:
        with database.read() as session:
            return not jobs.load_unfinished(session)

    wait_for(is_done, "the jobs never came to an end")


def wait_for(is_so: Callable[[], bool], why: str) -> None:
    """Return once it is so; raises after a long time."""
    between, deadline = threading.Event(), time.monotonic() + DEADLINE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(why)
        between.wait(0.02)


def read_cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def list_records(session: Session) -> tuple[str, ...]:
    """What was read, decided and left to people, without the times at which it was."""
    found: list[str] = []
    for kind in ObservationKind:
        for item in observations.load_current(session, kind):
            said = {name: value for name, value in to_json(item.payload).items() if name != "read_on"}
            found.append(f"{item.source} {item.key} {said}")
    for row in ledger.latest_all(session):
        entry = row.entry
        found.append(f"{entry.entity_id} {entry.claim_id} {entry.outcome} {entry.rule} {entry.facts.register_id}")
    found += [f"{kind} {state} {number}" for (kind, state), number in reviews.count(session).items()]
    return tuple(sorted(found))


def main() -> None:
    """Run both rounds and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--parts", type=int, default=8)
    arguments = parser.parse_args()
    server = LocalServer(require_programs())
    try:
        server.start()
        with serve_world(make_world(seed=1)) as world:
            outcomes = []
            for name, workers, kill in (("alone", 1, False), ("together", arguments.workers, True)):
                with server.server.make_janitor(name):
                    outcomes.append(run_round(world, server, name, workers=workers, parts=arguments.parts, kill=kill))
                print(outcomes[-1].to_text(), flush=True)
    finally:
        server.stop()
    same = len({outcome.digest for outcome in outcomes}) == 1
    print("The records are the same." if same else "THE RECORDS DIFFER.")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
