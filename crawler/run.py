"""Running sources: plans made, unfinished runs taken up again, gates kept, records closed only by a full read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.spiderloader import SpiderLoader

from crawler.gates import check_gates, let_through
from crawler.job import Job, Limits, Plan, Progress
from crawler.journal import Journal
from crawler.regions import parse_region
from crawler.settings import make_scrapy_settings
from crawler.sources.model import Source, SourceKind, get_source, load_sources
from crawler.spiders.directories import DirectorySpider
from crawler.tally import Gate, SourceState, SourceSummary, Tally
from directory.clock import Clock, SystemClock
from directory.errors import NotFoundError, PalpateError, SettingsError, UsageError
from directory.settings import Settings
from directory.shards import parse_shard
from records import observations, runs
from records.database import Database
from records.rounds import load_pauses

Override = Mapping[str, Any]
NOTHING_FOUND = "it was read, and holds nothing"
UNREVIEWED = "terms not yet reviewed by a person"


def run_crawl(
    settings: Settings,
    *,
    database: Database,
    sources: Sequence[str] = (),
    regions: Sequence[str] = (),
    shard: str | None = None,
    from_: str | None = None,
    full: bool = False,
    read_on: date | None = None,
    allow_local: bool = False,
    clock: Clock | None = None,
    overrides: Mapping[str, Override] | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    workers: int | None = None,
    released: str | None = None,
) -> list[SourceSummary]:
    """Run these sources (or all that are on) at once, each resumed if it was killed; one summary a source.

    `from_` is a file, a folder or an http(s) address to read instead of the source. `overrides` changes fields of a
    source for this run ({"wa_doh": {"base_url": "http://127.0.0.1:8080"}}); its `connect_to` leads made-up hosts to a
    server of one's own ({"practice_sites": {"connect_to": {"*.example": "127.0.0.1:8081"}}}). `released` is the
    source's last run, held back by its gates, whose counts a person accepted. A source that is paused is skipped.
    """
    overrides = overrides or {}
    clock = clock or SystemClock()
    if from_ and len(sources) != 1:
        raise UsageError("--from needs exactly one --source that says how to read it.")
    plan = make_plan(regions, shard, from_=from_, full=full, read_on=read_on, today=clock.today())
    chosen = choose_sources(sources, settings.data_dir)
    with database.read() as session:
        pauses = load_pauses(session)
    jobs: list[Job] = []
    summaries: dict[str, SourceSummary] = {}
    try:
        for base in chosen:
            source, connect_to = apply_override(base, overrides.get(base.id, {}))
            pause = pauses.get(source.id)
            skips = find_reason_to_skip(source, settings, plan, asked_for=bool(sources))
            if reason := f"paused by {pause.by}" if pause else skips:
                summaries[source.id] = SourceSummary(source=source.id, state=SourceState.SKIPPED, notes={reason: 1})
                continue
            jobs.append(
                open_job(
                    settings,
                    source,
                    plan,
                    database=database,
                    clock=clock,
                    overridden=base.id in overrides,
                    allow_local=allow_local,
                    limits=limits or Limits(),
                    connect_to=connect_to,
                    workers=workers,
                    released=released,
                    progress=progress,
                )
            )
    except PalpateError:  # one that another process runs: those opened before it are let go
        for job in jobs:
            job.journal.close(keep=True)
        raise
    for summary in asyncio.run(_run_jobs(jobs)):
        summaries[summary.source] = summary
    return [summaries[source.id] for source in chosen]


def make_plan(
    regions: Sequence[str], shard: str | None, *, from_: str | None, full: bool, read_on: date | None, today: date
) -> Plan:
    """What a run is to read, from the words it was asked in; raises `UsageError` for what can't be meant."""
    if read_on and read_on > today:
        raise UsageError(f"--read-on {read_on} lies ahead: write the day on which the source was read.")
    places = sorted({parse_region(text) for text in regions}, key=str)
    return Plan(regions=tuple(places), shard=parse_shard(shard), from_=from_, full=full, read_on=read_on)


def choose_sources(names: Sequence[str], data_dir: Path) -> list[Source]:
    """The sources of these names, or all there are; raises `UsageError` for one that there is not."""
    try:
        return [get_source(name, data_dir) for name in dict.fromkeys(names)] or list(load_sources(data_dir).values())
    except NotFoundError as error:
        raise UsageError(str(error)) from error


def apply_override(source: Source, override: Override) -> tuple[Source, dict[str, str]]:
    """The source with fields changed for one run, and where its hosts are served."""
    fields = dict(override)
    connect_to = dict(fields.pop("connect_to", {}))
    if not fields:
        return source, connect_to
    if "base_url" in fields:  # another server holds another number of rows
        fields.setdefault("expected", {**source.expected.model_dump(), "min": min(1, source.expected.min), "fill": {}})
        fields.setdefault("live", True)
    try:
        return Source.model_validate({**source.model_dump(), **fields}), connect_to
    except ValidationError as error:
        raise SettingsError(f"Source {source.id} cannot be overridden so: {error.errors()[0]['msg']}.") from error


def find_reason_to_skip(source: Source, settings: Settings, plan: Plan, *, asked_for: bool) -> str | None:
    """Why the source is not run now, or None."""
    off = {name.strip() for name in settings.sources_off.split(",")}
    if not source.enabled or source.id in off:
        return "switched off"
    if plan.from_ or (source.live and asked_for and not plan.regions and plan.shard.count == 1):
        return None
    if not source.live:
        return source.live_note or "comes as a saved file: give it by --from"
    if plan.regions and source.jurisdiction and not asked_for:
        here = {(region.country, region.code) for region in plan.regions}
        return None if (source.country, source.jurisdiction) in here else "of another region"
    if source.kind is SourceKind.PLACES and not plan.regions:
        return "needs a region: give --region"
    whole = source.kind in {
        SourceKind.REGISTER,
        SourceKind.EXCLUSIONS,
        SourceKind.DIRECTORY,
    }  # not made of regions or sites to be shared
    return "falls to another shard" if whole and not plan.shard.has(source.id) else None


def open_job(settings: Settings, source: Source, plan: Plan, *, database: Database, clock: Clock, **more: Any) -> Job:
    """The source's job: a new run, or the unfinished one of the same plan."""
    journal = Journal(settings.data_dir / "crawl" / f"{source.id}-{plan.digest(source)}")
    full = is_full_read(source, plan)
    if journal.run_id is None:
        with database.begin() as session:
            run = runs.start(session, source.id, full=full, shard=str(plan.shard) if plan.shard.count > 1 else None)
        journal.begin(run.id)
    assert journal.run_id is not None
    return Job(
        source=source,
        settings=settings,
        database=database,
        clock=clock,
        plan=plan,
        run_id=journal.run_id,
        journal=journal,
        started_at=clock.now(),
        read_on=plan.read_on or clock.today(),
        full=full,
        **more,
    )


def is_full_read(source: Source, plan: Plan) -> bool:
    """Whether the run reads all that an authoritative source has: only that may close records."""
    if not source.authoritative:
        return False
    return plan.full if plan.from_ else True


async def _run_jobs(jobs: Sequence[Job]) -> list[SourceSummary]:
    return list(await asyncio.gather(*(_run_job(job) for job in jobs)))


def find_spider(job: Job) -> type[Spider]:
    """The spider named as the source, or the one that reads every directory."""
    if job.source.kind is SourceKind.DIRECTORY:
        return DirectorySpider
    return SpiderLoader(make_scrapy_settings(job)).load(job.source.id)


async def _run_job(job: Job) -> SourceSummary:
    spider_class = find_spider(job)
    runner = AsyncCrawlerRunner(make_scrapy_settings(job))
    resumed = job.journal.resumed
    try:
        await runner.crawl(spider_class, job=job)
        summary = await asyncio.to_thread(finish_job, job)
    except PalpateError as error:
        job.fail(error)
        summary = await asyncio.to_thread(finish_job, job)
    except BaseException:
        job.journal.close(keep=True)
        raise
    return replace(summary, resumed=resumed)


def finish_job(job: Job) -> SourceSummary:
    """Check the gates, bring what passed to the records, close what is gone, and note how the run ended."""
    tally = job.journal.tally
    if job.is_spooled:
        with job.database.read() as session:
            previous = find_previous(session, job.source.id)
        saved = job.plan.from_ is not None
        gates = check_gates(job.source, tally, full=job.full, previous=previous, saved=saved)
    else:
        gates = check_gates(job.source, tally, full=False, previous=None, saved=job.plan.from_ is not None)
    if job.released:
        with job.database.read() as session:
            gates = let_through(gates, tally, runs.get(session, job.released))
    state = decide_state(job, gates)
    closed = 0
    if job.is_spooled and (state is SourceState.DONE or (job.plan.from_ and state is SourceState.FAILED)):
        promote(job)
    if state is SourceState.DONE and job.full:
        with job.database.begin() as session:
            closed = observations.close_unseen(session, job.source.id, job.run_id, job.read_on)
    summary = make_summary(job, tally, state, gates, closed)
    with job.database.begin() as session:
        runs.finish(session, job.run_id, make_record(summary), state=RUN_STATES[state])
    job.journal.close(keep=False)
    return summary


RUN_STATES = {
    SourceState.DONE: runs.RunState.DONE,
    SourceState.FAILED: runs.RunState.FAILED,
    SourceState.QUARANTINED: runs.RunState.QUARANTINED,
}


def decide_state(job: Job, gates: Sequence[Gate]) -> SourceState:
    """How the run ended: a source that could not be read has failed, one that fails a gate is quarantined."""
    unreadable = job.errors or job.open_tallies
    if unreadable and job.is_spooled:
        return SourceState.FAILED
    if any(not gate.passed for gate in gates):
        return SourceState.QUARANTINED
    tally = job.journal.tally
    nothing_readable = job.plan.from_ is not None and not tally.readable and (tally.set_aside or tally.passed_over)
    return SourceState.FAILED if job.errors or nothing_readable else SourceState.DONE


def find_previous(session: Any, source_id: str) -> int | None:
    """How many observations the last good full read of the source brought."""
    for run in runs.history(session, source_id):
        if run.state is runs.RunState.DONE and run.full and run.summary is not None:
            return run.summary.new + run.summary.changed + run.summary.unchanged
    return None


def promote(job: Job) -> None:
    """Bring the spooled observations to the records, batch by batch; what was brought before a kill is not again."""
    for place, batch in job.journal.load_unpromoted():
        with job.database.begin() as session:
            counts = observations.store_many(session, batch, run_id=job.run_id)
        stored = Tally(new=counts.new, changed=counts.changed, unchanged=counts.unchanged, removed=counts.removed)
        job.journal.note_promoted(place, stored)


def make_summary(job: Job, tally: Tally, state: SourceState, gates: tuple[Gate, ...], closed: int) -> SourceSummary:
    """The run's summary."""
    errors = [*job.errors, *job.warnings]
    if state is SourceState.FAILED and not errors:
        errors.append(f"Source {job.source.id}: nothing in {job.plan.from_} could be read.")
    if state is SourceState.QUARANTINED:
        failed = "; ".join(f"{gate.name}: {gate.detail}" for gate in gates if not gate.passed)
        errors.append(
            f"Source {job.source.id} is quarantined ({failed}). Nothing of this run was used and nothing was deleted."
        )
    return SourceSummary(
        source=job.source.id,
        state=state,
        run_id=job.run_id,
        fetched=tally.fetched,
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        removed=tally.removed,
        closed=closed,
        set_aside=dict(tally.set_aside),
        passed_over=dict(tally.passed_over),
        notes={**tally.notes, **find_notes(job, tally)},
        samples=tuple(tally.samples),
        gates=gates,
        error=errors[0] if errors and state is not SourceState.DONE else None,
        errors=tuple(errors),
        full=job.full,
        read_on=job.read_on,
        started_at=job.started_at,
        finished_at=job.clock.now(),
    )


def find_notes(job: Job, tally: Tally) -> dict[str, int]:
    """What the reader of the summary should know of the run as a whole."""
    notes = {
        UNREVIEWED: asks_unreviewed(job.source, job.plan, job.overridden),
        NOTHING_FOUND: not (tally.fetched or tally.set_aside or tally.passed_over or job.errors),
    }
    return {text: 1 for text, holds in notes.items() if holds}


def asks_unreviewed(source: Source, plan: Plan, overridden: bool) -> bool:
    """Whether the source itself was asked though nobody has read its terms yet."""
    return source.terms_reviewed_on is None and plan.from_ is None and not overridden


def make_record(summary: SourceSummary) -> runs.RunSummary:
    """The part of a summary that the records keep with the run."""
    return runs.RunSummary(
        fetched=summary.fetched,
        new=summary.new,
        changed=summary.changed,
        unchanged=summary.unchanged,
        removed=summary.removed,
        closed=summary.closed,
        set_aside=summary.set_aside,
        samples=summary.samples,
        gates=tuple(f"{gate.name}: {gate.detail}" for gate in summary.gates if not gate.passed),
    )
