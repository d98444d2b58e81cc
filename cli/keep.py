"""What keeps a directory going: rounds are asked for when they are due, jobs done, changes indexed, mail sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cli.app import App
from cli.find import build_index, update_index
from cli.notify import send_mails, tell_watchers
from crawler.run import run_crawl
from crawler.sources import SourceKind, SourceStatus, describe_sources
from crawler.tally import SourceState
from directory.errors import ConflictError, EngineUnavailableError, PalpateError, SourceUnavailableError
from directory.meanwhile import meanwhile
from directory.shards import parse_shard
from records import jobs, outbox, rounds
from records.database import Session
from records.jobs import Job
from records.rounds import Reading, Step
from resolution.run import run_resolve
from search.engine import open_engine
from verification.plan import find_due_sources
from verification.run import run_verify

LEASE_S = 120.0
TRY_AGAIN_AFTER = timedelta(hours=6)  # a source that is due and could not be read
KEEP_JOBS = timedelta(days=30)
SHARED = (SourceKind.NPI, SourceKind.PRACTICE_SITES)  # made of slices and sites: several workers can read them at once

Say = Callable[[str], object]


@dataclass(frozen=True)
class Ways:
    """How this worker reads sources: as `run_crawl` takes them."""

    allow_local: bool = False
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


# --- asking for work --------------------------------------------------------------------------------------


def ask_for_due(app: App, *, parts: int = 1) -> bool:
    """Ask for a round if a source is due or the day's checks are not done; False if not, or if one is under way."""
    with app.database.begin() as session:
        if rounds.is_under_way(session):
            return False
        readings = [
            Reading(source=status.id, parts=parts if status.kind in SHARED else 1) for status in find_due(app, session)
        ]
        last = max(jobs.find_finish(session, Step.INDEX).values(), default=None)
        if not readings and last is not None and last.date() == app.clock.today():
            return False
        return rounds.ask(session, readings, parts=parts) is not None


def find_due(app: App, session: Session) -> list[SourceStatus]:
    """The sources that can be read without being told more, are due, and were not tried a short while ago."""
    tries = sorted(jobs.find_finish(session, Step.CRAWL).items(), key=lambda item: item[1])
    tried = {key.partition(" ")[0]: at for key, at in tries}  # of several parts the last one
    paused = rounds.load_pauses(session)
    ending = find_due_sources(session, app.clock.today())
    statuses = describe_sources(session, app.clock, off=app.settings.sources_off, data_dir=app.settings.data_dir)
    return [
        status
        for status in statuses
        if status.enabled
        and status.live
        and (status.is_due or status.id in ending)
        and status.kind != SourceKind.PLACES  # needs to be told which region
        and status.id not in paused
        and (status.id not in tried or app.clock.now() - tried[status.id] >= TRY_AGAIN_AFTER)
    ]


def keep_up(app: App, *, parts: int, say: Say) -> None:
    """One look at everything that has to happen by itself; what fails says so, and the rest is done all the same."""

    def ask() -> str | None:
        return "A round is due: asked for." if ask_for_due(app, parts=parts) else None

    def index() -> str | None:
        with app.database.read() as session:
            waiting = outbox.count_waiting(session)
        if not waiting or open_engine(app.settings).live() is None:
            return None
        return f"index: {update_index(app).to_text()}"

    def send() -> str | None:
        summary = send_mails(app)
        return f"mail: {summary.to_text()}" if summary.sent or summary.refused or summary.trouble else None

    def forget() -> str | None:
        with app.database.begin() as session:
            jobs.prune(session, app.clock.now() - KEEP_JOBS)
        return None

    for name, act in (("rounds", ask), ("index", index), ("mail", send), ("old jobs", forget)):
        try:
            if said := act():
                say(said)
        except PalpateError as error:
            say(f"{name}: {error}")


# --- doing it ---------------------------------------------------------------------------------------------


def do_next(
    app: App,
    worker: str,
    *,
    ways: Ways,
    say: Say,
    lease_s: float = LEASE_S,
    beat: Callable[[], object] = lambda: None,
) -> bool:
    """Claim the most urgent job and do it; False if there is none.

    What fails is tried again later. A worker that dies loses its job to the next one, which goes on where it stood; one
    that is told to stop gives its job back. `beat` is called whenever the claim is renewed.
    """
    with app.database.begin() as session:
        job = jobs.claim(session, worker, list(Step), lease_s=lease_s)  # another version may know other steps
    if job is None:
        return False
    began = app.clock.now()
    name = " ".join(filter(None, (job.kind, job.payload.get("source"), job.payload.get("shard"))))
    try:
        with kept_claimed(app, job, lease_s, beat):
            said = do_job(app, job, ways)
        with app.database.begin() as session:
            jobs.done(session, job)
        say(f"{name}: {said} ({_seconds_since(app, began)} s)")
    except KeyboardInterrupt:
        _give_back(app, job)
        raise
    except PalpateError as error:
        say(f"{name}: {_note_failure(app, job, str(error))}, {error}")
    except Exception as error:
        _note_failure(app, job, f"Unexpected {type(error).__name__}: {error}")
        raise
    return True


def do_job(app: App, job: Job, ways: Ways) -> str:
    """Do one job; returns what it came to in words."""
    match Step(job.kind):
        case Step.CRAWL:
            return read_source(app, job, ways)
        case Step.RESOLVE:
            return run_resolve(app.database, clock=app.clock).to_text()
        case Step.VERIFY:
            shard, mode = parse_shard(job.payload["shard"]), app.settings.verification_mode
            return run_verify(app.database, on=app.clock.today(), mode=mode, clock=app.clock, shard=shard).to_text()
        case Step.INDEX:
            if open_engine(app.settings).live() is None:
                return f"{build_index(app).to_text()} {tell_watchers(app).to_text()}"
            report = update_index(app)
            if report.to_json()["failed"]:
                raise EngineUnavailableError(report.to_text())
            return f"{report.to_text()} {tell_watchers(app).to_text()}"  # of what is now published


def read_source(app: App, job: Job, ways: Ways) -> str:
    """Read the source of a job; raises SourceUnavailableError where it could not be read."""
    source = job.payload["source"]
    (summary,) = run_crawl(
        app.settings,
        database=app.database,
        sources=[source],
        shard=job.payload.get("shard"),
        released=job.payload.get("released"),
        allow_local=ways.allow_local,
        overrides={name: fields for name, fields in ways.overrides.items() if name == source},
        clock=app.clock,
    )
    if summary.state is SourceState.FAILED:
        raise SourceUnavailableError(summary.error or f"Source {source} could not be read.")
    return summary.to_text().splitlines()[0]


def kept_claimed(app: App, job: Job, lease_s: float, beat: Callable[[], object]) -> AbstractContextManager[None]:
    """Renew the claim on a job again and again while the block runs."""

    def renew() -> None:
        beat()
        with suppress(PalpateError), app.database.begin() as session:  # away, it may be back before the claim runs out
            jobs.renew(session, job, lease_s=lease_s)

    return meanwhile(renew, lease_s / 4)


def _note_failure(app: App, job: Job, error: str) -> str:
    """Have the job tried again later; returns how it stands now."""
    try:
        with app.database.begin() as session:
            return jobs.failed(session, job, error)
    except ConflictError:
        return "taken over by another worker"


def _give_back(app: App, job: Job) -> None:
    try:
        with app.database.begin() as session:
            jobs.release(session, job)
    except PalpateError:
        return  # another worker has it, or the database is away: then the claim runs out by itself


def _seconds_since(app: App, began: datetime) -> int:
    return round((app.clock.now() - began).total_seconds())
