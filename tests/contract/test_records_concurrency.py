"""What is promised when many write at once and when a writer dies, on every database."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from directory.errors import ConflictError, PalpateError
from directory.models import EntityKind
from directory.settings import Settings
from records import audit, entities, jobs, ledger, outbox, reviews
from records.database import Database, open_database
from records.reviews import CaseDraft, CaseInput, CaseKind, CaseState, Choice
from tests.postgresql_node import LocalServer, require_programs
from tests.records_fixtures import Group, make_entry

REVIEWERS = 20
CASES = 60
BATCH = 20


def open_cases(database: Database) -> None:
    listings = [f"listing-{number}" for number in range(CASES)]
    with database.begin() as session:
        entities.save_clusters(session, [Group(EntityKind.PERSON, (listing,)) for listing in listings])
        owners = entities.load_members(session)
        drafts = [
            CaseDraft(kind=CaseKind.WEAK, key=key, entity_id=owners[key], input=CaseInput(heading=key))
            for key in listings
        ]
        assert reviews.open_cases(session, drafts) == CASES


def review_all(database: Database, reviewer: str) -> Counter[str]:
    """Take cases from the queue until it is empty, as a person with a page of it open would."""
    told: Counter[str] = Counter()
    while True:
        with database.read() as session:
            cases = reviews.load_queue(session, limit=5).cases
        if not cases:
            return told
        for case in cases:
            try:
                with database.begin() as session:
                    reviews.decide(session, case.id, Choice.ACCEPT, version=case.version, by=reviewer)
                told["decided"] += 1
            except ConflictError:
                told["told that somebody was first"] += 1


def test_twenty_reviewers_at_once_decide_every_case_once(records_database: Database) -> None:
    open_cases(records_database)
    with ThreadPoolExecutor(REVIEWERS) as pool:
        told = sum(pool.map(lambda n: review_all(records_database, f"reviewer {n}"), range(REVIEWERS)), Counter())
    assert told["decided"] == CASES
    with records_database.read() as session:
        assert reviews.count(session) == {(CaseKind.WEAK, CaseState.DECIDED): CASES}
        assert Counter(len(reviews.get_decisions(session, case.id)) for case, _ in reviews.load_decided(session)) == {
            1: CASES
        }
        report = audit.check_chain(session)
        assert (report.ok, report.checked) == (True, CASES)
        assert {entity.version for entity in entities.load_all(session)} == {2}  # resolved, then reviewed: none lost
        assert outbox.count_waiting(session) == 2 * CASES


def append_some(database: Database, writer: str) -> None:
    for number in range(10):
        with database.begin() as session:
            entries = [make_entry(f"p-{writer}", f"{number}-{place}") for place in range(3)]
            ledger.append_many(session, entries)
            audit.append(session, actor=writer, action="wrote", subject=str(number))


def test_many_appenders_make_one_chain(records_database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append_some(records_database, str(n)), range(8)))
    with records_database.read() as session:
        report, acts = ledger.check_chain(session), audit.check_chain(session)
    assert (report.ok, report.checked) == (True, 240)
    assert (acts.ok, acts.checked) == (True, 80)


def work(database: Database, worker: str) -> list[int]:
    taken: list[int] = []
    while True:
        with database.begin() as session:
            job = jobs.claim(session, worker)
        if job is None:
            return taken
        taken.append(job.id)
        with database.begin() as session:
            jobs.done(session, job)


def test_every_job_is_done_once_by_whoever_comes_first(records_database: Database) -> None:
    with records_database.begin() as session:
        added = [jobs.add(session, "crawl", str(number)).id for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda n: work(records_database, str(n)), range(6)))
    assert sorted(job for one in taken for job in one) == added


def drain(database: Database, worker: str) -> list[int]:
    taken: list[int] = []
    while True:
        with database.begin() as session:
            changes = outbox.claim(session, worker, limit=7)
        if not changes:
            return taken
        seqs = [change.seq for change in changes]
        assert seqs == sorted(seqs)
        taken += seqs
        with database.begin() as session:
            outbox.done(session, seqs)


def test_every_change_reaches_the_index_once(records_database: Database) -> None:
    with records_database.begin() as session:
        outbox.add(session, [(f"p-{number}", 1) for number in range(100)], "test")
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: drain(records_database, str(n)), range(4)))
    assert len({seq for one in taken for seq in one}) == sum(map(len, taken)) == 100


# --- writers that die -------------------------------------------------------------------------------------


def write_for_ever(settings: Settings, told: Connection) -> None:
    """Append batches; tell each only once its transaction is over."""
    database = open_database(settings)
    number = 0
    while True:
        with database.begin() as session:
            ledger.append_many(session, [make_entry("p-one", f"{number}-{place}") for place in range(BATCH)])
            audit.append(session, actor="writer", action="wrote", subject=str(number))
        told.send(number)
        number += 1


@contextmanager
def started_writer(settings: Settings) -> Iterator[tuple[BaseProcess, Connection]]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=write_for_ever, args=(settings, there), daemon=True)
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join(timeout=300)
        here.close()


def read_told(pipe: Connection) -> int:
    """The last number that was told before the other end died."""
    last = -1
    try:
        while True:
            last = pipe.recv()
    except EOFError:
        return last


def check_whole(database: Database, told: int) -> None:
    """Nothing acknowledged is lost, nothing is there by halves, and the chains hold."""
    with database.read() as session:
        report, acts = ledger.check_chain(session), audit.check_chain(session)
    assert report.ok
    assert acts.ok
    assert report.checked == acts.checked * BATCH
    assert acts.checked in {told + 1, told + 2}  # the last one may have been over before it could be told


@pytest.mark.parametrize("wanted", [0, 5])
def test_a_writer_killed_in_the_middle_leaves_the_chains_whole(records_settings: Settings, wanted: int) -> None:
    with started_writer(records_settings) as (process, pipe):
        while (told := pipe.recv()) < wanted:
            pass
        process.kill()
        process.join(timeout=300)
        told = max(told, read_told(pipe))
    database = open_database(records_settings)
    check_whole(database, told)
    with database.begin() as session:
        ledger.append(session, make_entry("p-after"))
        assert ledger.check_chain(session).ok
    database.close()


@pytest.fixture
def own_server() -> Iterator[LocalServer]:
    """A server that may be killed: the shared one must live."""
    server = LocalServer(require_programs())
    server.start()
    yield server
    server.stop()


def test_nothing_acknowledged_is_lost_when_postgresql_is_killed(own_server: LocalServer, tmp_path: Path) -> None:
    url = own_server.server.make_url("postgres")
    settings = Settings(data_dir=tmp_path, database_url=url, session_secret="only-for-tests")
    database = open_database(settings)
    open_cases(database)
    acknowledged: list[str] = []
    with database.read() as session:
        cases = reviews.load_queue(session, limit=CASES).cases
    for place, case in enumerate(cases):
        if place in {10, 25}:
            own_server.kill()
            with pytest.raises(PalpateError, match="did not answer"), database.begin() as session:
                reviews.decide(session, case.id, Choice.ACCEPT, version=case.version, by="ann")
            own_server.start()
        with database.begin() as session:
            reviews.decide(session, case.id, Choice.ACCEPT, version=case.version, by="ann")
        acknowledged.append(case.id)
    with database.read() as session:
        assert {case.id for case, _ in reviews.load_decided(session)} == set(acknowledged)
        assert audit.check_chain(session).checked == CASES
        assert audit.check_chain(session).ok
    database.close()
