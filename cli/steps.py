"""The whole job, step by step: crawl → resolve → verify → index → tell. Each step is resumable, so is the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.app import App
from cli.find import build_index, update_index
from cli.notify import send_mails, tell_watchers
from crawler.run import run_crawl
from crawler.sources import describe_sources
from resolution.run import run_resolve
from search.engine import open_engine
from verification.plan import find_due_sources
from verification.run import run_verify


@dataclass(frozen=True)
class Plan:
    """What one run does; without `sources`, every source that is switched on."""

    sources: tuple[str, ...] | None = None
    due: bool = False
    allow_local: bool = False
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rebuild: bool = False


@dataclass(frozen=True)
class StepsReport:
    """What every step came to."""

    steps: Mapping[str, Any]
    failed: bool

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {"failed": self.failed, **self.steps}


def run_steps(app: App, plan: Plan, *, say: Callable[[str], object]) -> StepsReport:
    """Run every step in order, saying each one's summary as it ends.

    A source that fails is reported and quarantined; the steps after it still run on what the records hold.
    """
    sources = _choose_sources(app, plan)
    steps: dict[str, Any] = {}
    failed = False
    if sources:
        say(f"1/5 crawl: {', '.join(sources)}")
        summaries = run_crawl(
            app.settings,
            database=app.database,
            sources=sources,
            allow_local=plan.allow_local,
            overrides=plan.overrides,
            clock=app.clock,
        )
        for summary in summaries:
            say(summary.to_text())
            failed |= summary.failed
        steps["crawl"] = [summary.to_json() for summary in summaries]
    else:
        say("1/5 crawl: nothing is due")
        steps["crawl"] = []
    resolved = run_resolve(app.database, clock=app.clock)
    say(f"2/5 resolve: {resolved.to_text()}")
    steps["resolve"] = resolved.to_json()
    verified = run_verify(app.database, on=app.clock.today(), mode=app.settings.verification_mode, clock=app.clock)
    say(f"3/5 verify: {verified.to_text()}")
    steps["verify"] = verified.to_json()
    live = open_engine(app.settings).live()
    index = build_index(app) if plan.rebuild or live is None else update_index(app)
    say(f"4/5 index: {index.to_text()}")
    steps["index"] = index.to_json()
    told, sent = tell_watchers(app), send_mails(app)
    say(f"5/5 tell: {told.to_text()} {sent.to_text()}")
    steps["watch"], steps["mail"] = told.to_json(), sent.to_json()
    return StepsReport(steps, failed)


def _choose_sources(app: App, plan: Plan) -> tuple[str, ...]:
    with app.database.read() as session:
        statuses = describe_sources(session, app.clock, off=app.settings.sources_off, data_dir=app.settings.data_dir)
        ending = find_due_sources(session, app.clock.today())
    chosen = [s for s in statuses if (s.id in plan.sources if plan.sources is not None else s.enabled)]
    return tuple(s.id for s in chosen if s.is_due or s.id in ending or not plan.due)
