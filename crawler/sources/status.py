"""How every source stands: its terms, its last run, and whether it is due."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from crawler.sources.model import load_sources
from directory.clock import Clock
from records import runs
from records.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source as `palpate sources` lists it."""

    id: str
    title: str
    publisher: str
    kind: str
    tier: str
    jurisdiction: str | None
    licence: str
    terms_url: str
    attribution: str
    commercial_use: str
    terms_reviewed_on: date | None
    unconfirmed: tuple[str, ...]
    enabled: bool
    live: bool
    last_run_at: datetime | None
    last_state: str | None
    freshness: str
    is_due: bool

    def to_json(self) -> dict[str, object]:
        """Plain JSON values."""
        plain = asdict(self)
        plain["terms_reviewed_on"] = self.terms_reviewed_on.isoformat() if self.terms_reviewed_on else None
        plain["last_run_at"] = self.last_run_at.isoformat() if self.last_run_at else None
        return plain


def describe_sources(
    session: Session, clock: Clock, *, off: str = "", data_dir: Path | None = None
) -> list[SourceStatus]:
    """Every source in alphabetical order; `off` lists those that a setting switches off, separated by commas.

    `data_dir` is the data folder, whose own directories are listed too.
    """
    switched_off = {name.strip() for name in off.split(",")}
    found: list[SourceStatus] = []
    for source in load_sources(data_dir).values():
        last = runs.latest(session, source.id)
        good = runs.latest(session, source.id, state=runs.RunState.DONE)
        good_at = good.finished_at if good is not None else None
        age = clock.now() - good_at if good_at else None
        found.append(
            SourceStatus(
                id=source.id,
                title=source.title,
                publisher=source.publisher,
                kind=source.kind.value,
                tier=source.tier.value,
                jurisdiction=source.jurisdiction,
                licence=source.licence,
                terms_url=source.terms_url,
                attribution=source.attribution,
                commercial_use=source.commercial_use.value,
                terms_reviewed_on=source.terms_reviewed_on,
                unconfirmed=source.unconfirmed,
                enabled=source.enabled and source.id not in switched_off,
                live=source.live,
                last_run_at=last.started_at if last else None,
                last_state=last.state.value if last else None,
                freshness=describe_age(age, source.fresh_days),
                is_due=age is None or age >= timedelta(days=source.cadence_days),
            )
        )
    return found


def describe_age(age: timedelta | None, fresh_days: int) -> str:
    """How old the last good run is, in words."""
    if age is None:
        return "never read"
    days = age.days
    words = "today" if days < 1 else f"{days} day{'s' if days > 1 else ''} old"
    return words if days <= fresh_days else f"{words}: stale after {fresh_days}"
