"""The sources at a glance: what they are, how fresh they are, and what their last runs brought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from fastapi import APIRouter
from starlette.responses import Response

from records import entities, jobs, rounds, runs, sightings
from records.database import Session
from records.rounds import Pause
from records.runs import Run, RunState
from records.users import Role
from resolution.finding import guess_listing
from web.admin.access import Reading
from web.admin.chart import Chart, make_chart
from web.admin.rooms import show
from web.values import Link, clean, find_safe_url

router = APIRouter()

DONE = {
    "read": "asked for. A worker reads it before anything that is due.",
    "paused": "paused. It is not read until somebody lets it go on.",
    "resumed": "goes on. It is read when it is due.",
    "released": "it is read again, and held to the counts that were accepted.",
}
SHOWN_RUNS = 24
SHOWN_SAMPLES = 10
SHOWN_PEOPLE = 5
TONES = {RunState.DONE: "good", RunState.RUNNING: "plain", RunState.FAILED: "bad", RunState.QUARANTINED: "bad"}


class KnownSource(Protocol):
    """What is known of a source beside its runs; the crawler's own description of it fits."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def terms_url(self) -> str: ...
    @property
    def terms_reviewed_on(self) -> date | None: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def live(self) -> bool: ...
    @property
    def freshness(self) -> str: ...
    @property
    def is_due(self) -> bool: ...


ListSources = Callable[[Session], Sequence[KnownSource]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source as it is shown."""

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    terms_url: str | None
    state: str
    tone: str
    started_at: datetime | None
    gates: tuple[str, ...]
    set_aside: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
    chart: Chart | None
    runs: tuple[Run, ...]
    known: bool = False
    pause: Pause | None = None
    is_asked_for: bool = False
    held: str | None = None  # the last run, if its gates held it back
    people: tuple[Link, ...] = ()  # of whom it told last


@router.get("/sources")
def show_sources(desk: Reading, done: str = "", source: str = "") -> Response:
    """Every source that is known, and every other that ever ran (an imported file's)."""
    site = desk.visit.site
    with site.database.read() as session:
        known = site.list_sources(session)
        names = {item.id for item in known}
        others = sorted(set(runs.list_sources(session)) - names)
        pauses = rounds.load_pauses(session)
        asked = {job.payload.get("source") for job in jobs.load_unfinished(session)}
        views = [
            replace(
                make_source_view(item, runs.history(session, item.id, limit=SHOWN_RUNS)),
                known=True,
                pause=pauses.get(item.id),
                is_asked_for=item.id in asked,
            )
            for item in known
        ]
        views += [make_other_view(name, runs.history(session, name, limit=SHOWN_RUNS)) for name in others]
        views = [replace(view, people=list_people(session, view.id)) for view in views]
    troubled = [view for view in views if view.tone == "bad"]
    return show(
        desk,
        "admin/sources.html",
        title="Sources",
        sources=views,
        troubled=troubled,
        may_ask=desk.may(Role.ADMIN),
        note=f"{clean(source, 80)}: {DONE[done]}" if done in DONE else "",
    )


def list_people(session: Session, source: str) -> tuple[Link, ...]:
    """A few of those whom the source told of last, as far as they were resolved."""
    seen = dict(guess_listing(item) for item in sightings.find_newest(session, source, limit=SHOWN_PEOPLE))
    homes = entities.find_by_listings(session, list(seen))
    return tuple(Link(clean(seen[key], 120), f"/admin/people/{home}") for key, home in homes.items())


def make_source_view(source: KnownSource, history: Sequence[Run]) -> SourceView:
    """A source that the crawler describes."""
    due = "switched off" if not source.enabled else "due now" if source.is_due else "not due"
    facts = (
        ("Kind", source.kind),
        ("Publisher", clean(source.publisher, 120)),
        ("Licence", clean(source.licence, 200)),
        ("Terms reviewed on", source.terms_reviewed_on.isoformat() if source.terms_reviewed_on else "not yet"),
        ("Freshness", source.freshness),
        ("Next run", due if source.live else f"{due}; comes as a saved file only"),
    )
    return _make(source.id, clean(source.title, 120), facts, find_safe_url(source.terms_url), history)


def make_other_view(name: str, history: Sequence[Run]) -> SourceView:
    """A source of which only its runs are known."""
    return _make(name, clean(name, 80), (("Kind", "imported file"),), None, history)


def _make(
    source_id: str, title: str, facts: tuple[tuple[str, str], ...], terms_url: str | None, history: Sequence[Run]
) -> SourceView:
    last = history[0] if history else None
    ended = next((run.summary for run in history if run.summary is not None), None)
    aside = sorted(ended.set_aside.items(), key=lambda item: (-item[1], item[0])) if ended else []
    return SourceView(
        id=source_id,
        title=title,
        facts=facts,
        terms_url=terms_url,
        state=last.state.value if last else "never run",
        tone=TONES[last.state] if last else "plain",
        started_at=last.started_at if last else None,
        gates=tuple(clean(gate, 300) for gate in ended.gates) if ended else (),
        set_aside=tuple((clean(reason, 200), count) for reason, count in aside),
        samples=tuple(clean(sample, 300) for sample in ended.samples[:SHOWN_SAMPLES]) if ended else (),
        chart=make_chart(history),
        runs=tuple(history),
        held=last.id if last and last.state is RunState.QUARANTINED else None,
    )
