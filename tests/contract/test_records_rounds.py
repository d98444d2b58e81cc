"""What is promised of rounds of work, and of what a person may ask of a source, on every database."""

from __future__ import annotations

import pytest

from directory.errors import ConflictError, UsageError
from records import audit, jobs, rounds, runs
from records.database import Database
from records.jobs import Job, JobState
from records.rounds import Reading, Step
from records.runs import RunState, RunSummary
from tests.records_fixtures import StepClock


def ask(database: Database, *sources: str, parts: int = 1) -> str | None:
    with database.begin() as session:
        return rounds.ask(session, [Reading(source=source) for source in sources], parts=parts)


def claim(database: Database, worker: str = "one") -> Job | None:
    with database.begin() as session:
        return jobs.claim(session, worker)


def finish(database: Database, job: Job) -> None:
    with database.begin() as session:
        jobs.done(session, job)


def do_all(database: Database) -> list[tuple[str, str]]:
    """Do whatever can be claimed, one job after another; returns their kinds and keys."""
    did = []
    while (job := claim(database)) is not None:
        did.append((job.kind, job.key))
        finish(database, job)
    return did


def test_a_round_goes_step_by_step_and_its_parts_side_by_side(records_database: Database) -> None:
    assert ask(records_database, "co_dora", "wa_doh", parts=2)
    first, second = claim(records_database, "one"), claim(records_database, "two")
    assert first
    assert second
    assert {first.key, second.key} == {"co_dora", "wa_doh"}
    assert claim(records_database, "three") is None  # who is who waits for the last source
    finish(records_database, first)
    assert claim(records_database, "three") is None
    finish(records_database, second)
    assert [kind for kind, _ in do_all(records_database)] == [Step.RESOLVE, Step.VERIFY, Step.VERIFY, Step.INDEX]
    with records_database.read() as session:
        assert not rounds.is_under_way(session)


def test_a_source_that_fails_for_good_does_not_hold_up_the_rest(
    records_database: Database, records_clock: StepClock
) -> None:
    ask(records_database, "co_dora")
    while (job := claim(records_database)) is not None and job.kind == Step.CRAWL:
        with records_database.begin() as session:
            state = jobs.failed(session, job, "no answer")
        records_clock.step(hours=1)
    assert state is JobState.FAILED
    assert job is not None
    assert job.kind == Step.RESOLVE


def test_rounds_end_in_the_order_they_were_asked_for(records_database: Database) -> None:
    first, _ = ask(records_database, "co_dora"), ask(records_database, "wa_doh")
    crawls = [claim(records_database), claim(records_database)]
    for job in crawls:
        assert job is not None
        assert job.kind == Step.CRAWL
        finish(records_database, job)
    resolving = claim(records_database, "one")
    assert resolving is not None
    assert (resolving.kind, resolving.round_id) == (Step.RESOLVE, first)
    assert claim(records_database, "two") is None  # two never decide who is who at once
    finish(records_database, resolving)
    assert [kind for kind, _ in do_all(records_database)] == [
        Step.VERIFY, Step.INDEX, Step.RESOLVE, Step.VERIFY, Step.INDEX,
    ]  # fmt: skip


def test_what_is_being_read_is_not_asked_for_twice(records_database: Database) -> None:
    assert ask(records_database, "co_dora")
    assert ask(records_database, "co_dora") is None
    assert ask(records_database, "co_dora", "wa_doh")
    crawls = [key for kind, key in do_all(records_database) if kind == Step.CRAWL]
    assert crawls == ["co_dora", "wa_doh"]


def test_a_job_that_its_workers_die_of_is_given_up(records_database: Database, records_clock: StepClock) -> None:
    ask(records_database, "co_dora")
    deaths = 0
    while (job := claim(records_database)) is not None and job.kind == Step.CRAWL:
        deaths += 1
        records_clock.step(hours=1)
    assert deaths == jobs.MOST_DEATHS
    assert job is not None
    assert job.kind == Step.RESOLVE
    with records_database.read() as session:
        (given_up,) = jobs.load(session, Step.CRAWL)
    assert "none came to its end" in str(given_up.last_error)


def test_a_worker_that_is_told_to_stop_gives_its_job_back_at_once(records_database: Database) -> None:
    ask(records_database, "co_dora")
    job = claim(records_database, "one")
    assert job is not None
    with records_database.begin() as session:
        jobs.release(session, job)
    again = claim(records_database, "two")
    assert again is not None
    assert (again.id, again.attempts) == (job.id, 1)
    with pytest.raises(ConflictError):
        finish(records_database, job)


def test_old_jobs_are_forgotten_and_when_a_source_was_last_tried_is_known(
    records_database: Database, records_clock: StepClock
) -> None:
    ask(records_database, "co_dora")
    do_all(records_database)
    with records_database.begin() as session:
        assert jobs.find_finish(session, Step.CRAWL) == {"co_dora": records_clock.now()}
        assert jobs.prune(session, records_clock.now()) == 0
        records_clock.step(days=1)
        assert jobs.prune(session, records_clock.now()) == 4
        assert jobs.find_finish(session, Step.CRAWL) == {}


# --- what a person may ask of a source --------------------------------------------------------------------


def hold_back(database: Database, source: str = "co_dora") -> str:
    with database.begin() as session:
        run = runs.start(session, source, full=True)
        summary = RunSummary(fetched=900, gates=("at least expected: 900, expected 1000 or more",))
        runs.finish(session, run.id, summary, state=RunState.QUARANTINED)
    return run.id


def test_what_somebody_asks_for_now_comes_before_what_is_due(records_database: Database) -> None:
    ask(records_database, "co_dora", "wa_doh")
    with records_database.begin() as session:
        rounds.read_now(session, "tx_tdlr", by="ann")
    job = claim(records_database)
    assert job is not None
    assert job.key == "tx_tdlr"
    with pytest.raises(ConflictError, match="already"), records_database.begin() as session:
        rounds.read_now(session, "tx_tdlr", by="bob")


def test_a_paused_source_is_not_asked_for_until_it_goes_on(records_database: Database) -> None:
    run_id = hold_back(records_database)
    with records_database.begin() as session:
        rounds.pause(session, "co_dora", by="ann", reason="the board asked us to wait")
        assert rounds.load_pauses(session)["co_dora"].reason == "the board asked us to wait"
    with pytest.raises(ConflictError, match="paused"), records_database.begin() as session:
        rounds.read_now(session, "co_dora", by="bob")
    with pytest.raises(ConflictError, match="paused"), records_database.begin() as session:
        rounds.release(session, "co_dora", run_id, by="bob", reason="right")
    with pytest.raises(ConflictError, match="paused already"), records_database.begin() as session:
        rounds.pause(session, "co_dora", by="bob", reason="again")
    with records_database.begin() as session:
        rounds.resume(session, "co_dora", by="ann")
        rounds.read_now(session, "co_dora", by="ann")
    with pytest.raises(ConflictError, match="not paused"), records_database.begin() as session:
        rounds.resume(session, "co_dora", by="ann")


def test_only_the_last_run_that_was_held_back_is_let_through_and_for_a_reason(
    records_database: Database, records_clock: StepClock
) -> None:
    earlier = hold_back(records_database)
    records_clock.step(hours=1)
    last = hold_back(records_database)
    with pytest.raises(ConflictError, match="meanwhile"), records_database.begin() as session:
        rounds.release(session, "co_dora", earlier, by="ann", reason="they merged two registers")
    with pytest.raises(UsageError, match="why"), records_database.begin() as session:
        rounds.release(session, "co_dora", last, by="ann", reason=" ")
    with records_database.begin() as session:
        rounds.release(session, "co_dora", last, by="ann", reason="they merged two registers")
    job = claim(records_database)
    assert job is not None
    assert dict(job.payload) == {"source": "co_dora", "released": last}


def test_every_act_on_a_source_is_in_the_audit(records_database: Database) -> None:
    run_id = hold_back(records_database)
    with records_database.begin() as session:
        rounds.pause(session, "co_dora", by="ann", reason="wait")
        rounds.resume(session, "co_dora", by="bob")
        rounds.release(session, "co_dora", run_id, by="ann", reason="right")
        rounds.read_now(session, "wa_doh", by="bob")
        acts = [(row.actor, row.action, row.subject) for row in audit.export(session)]
    assert acts == [
        ("ann", "source.pause", "source:co_dora"),
        ("bob", "source.resume", "source:co_dora"),
        ("ann", "source.release", "source:co_dora"),
        ("bob", "source.read-now", "source:wa_doh"),
    ]
