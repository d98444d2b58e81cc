"""What goes on by itself: a round when something is due, its jobs by whoever is free, and no round twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cli.app import App
from cli.keep import TRY_AGAIN_AFTER, Ways, ask_for_due, do_next, find_due, keep_up
from cli.labour import go_on
from crawler.sources import load_sources
from directory.errors import RecordsUnavailableError
from directory.settings import Settings
from records import jobs, rounds
from records.rounds import Step
from search.engine import open_engine
from tests.records_fixtures import START, StepClock, open_new
from tests.search_records import make_people, record


def make_app(folder: Path, clock: StepClock, *, only: tuple[str, ...] = ()) -> App:
    """An installation that reads `only` these sources."""
    off = ",".join(name for name in load_sources() if name not in only)
    settings = Settings(data_dir=folder, session_secret="only-for-tests", sources_off=off)
    return App(settings, clock, open_new(settings, clock=clock))


@pytest.fixture
def clock() -> StepClock:
    return StepClock(START)


@pytest.fixture
def app(tmp_path: Path, clock: StepClock) -> Iterator[App]:
    """Nothing to read: the checks of the day alone are due."""
    made = make_app(tmp_path, clock)
    yield made
    made.database.close()


def do_all(app: App) -> list[str]:
    said: list[str] = []
    while do_next(app, "one", ways=Ways(), say=said.append):
        pass
    return said


def test_the_days_checks_are_asked_for_once_a_day_and_done_step_by_step(app: App, clock: StepClock) -> None:
    record(app.database, clock, make_people(3))
    assert ask_for_due(app, parts=2)
    assert not ask_for_due(app, parts=2)
    said = do_all(app)
    assert [line.partition(":")[0] for line in said] == ["resolve", "verify 1/2", "verify 2/2", "index"]
    assert open_engine(app.settings).open_reader().count() == 3
    assert not ask_for_due(app)
    clock.step(days=1)
    assert ask_for_due(app)


def test_the_scheduler_brings_what_changed_to_the_index_and_says_so(app: App, clock: StepClock) -> None:
    people = make_people(3)
    record(app.database, clock, people)
    said: list[str] = []
    keep_up(app, parts=1, say=said.append)
    do_all(app)
    record(app.database, clock, make_people(4))
    keep_up(app, parts=1, say=said.append)
    assert open_engine(app.settings).open_reader().count() == 4
    assert said[0] == "A round is due: asked for."
    assert any(line.startswith("index: ") for line in said)


def test_a_source_is_due_until_it_was_tried_and_not_while_it_is_paused(tmp_path: Path, clock: StepClock) -> None:
    app = make_app(tmp_path, clock, only=("wa_doh", "practice_sites", "osm"))
    with app.database.begin() as session:
        assert {status.id for status in find_due(app, session)} == {"wa_doh", "practice_sites"}  # osm needs a region
        rounds.pause(session, "practice_sites", by="ann", reason="wait")
        assert {status.id for status in find_due(app, session)} == {"wa_doh"}
    assert ask_for_due(app)
    with app.database.begin() as session:
        job = jobs.claim(session, "one")
        assert job is not None
        assert (job.kind, job.key) == (Step.CRAWL, "wa_doh")
        jobs.failed(session, job, "no answer", most_attempts=1)
        assert find_due(app, session) == []
        clock.step(seconds=TRY_AGAIN_AFTER.total_seconds())
        assert {status.id for status in find_due(app, session)} == {"wa_doh"}
    app.database.close()


def test_a_job_that_another_version_knows_is_left_to_it(app: App) -> None:
    with app.database.begin() as session:
        jobs.add(session, "a step of tomorrow", "all", run_at=START - timedelta(days=1))
    assert do_all(app) == []
    with app.database.read() as session:
        assert [job.state for job in jobs.load_unfinished(session)] == ["waiting"]


@pytest.fixture
def signals() -> Iterator[None]:
    """Whatever a test does about being told to stop is undone."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("error", [None, RecordsUnavailableError("The database did not answer.")])
def test_who_is_told_to_stop_in_the_middle_of_a_call_stops_though_an_error_hides_it(
    signals: None, number: signal.Signals, error: Exception | None
) -> None:
    acted: list[int] = []

    def act() -> None:
        acted.append(len(acted))
        assert len(acted) == 1, "it went on"
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:  # as a driver whose clean-up fails
            if error:
                raise error from None

    assert go_on(act, 0.01) == 0
    assert acted == [0]


def test_an_error_that_nobody_was_told_of_is_no_end(signals: None) -> None:
    def act() -> None:
        raise RecordsUnavailableError("The database did not answer.")

    with pytest.raises(RecordsUnavailableError):
        go_on(act, 0.01)
