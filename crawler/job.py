"""One source in one run: what was asked for, what it may do, and what it has brought so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.journal import Journal
from crawler.regions import Region
from crawler.sources.model import Source, SourceKind
from crawler.tally import Tally
from directory.clock import Clock
from directory.errors import PalpateError
from directory.settings import Settings
from directory.shards import WHOLE, Shard
from records.database import Database

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Progress = Callable[[str, int], None]  # the source, and how many rows or pages it has read


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked of a run; the same plan resumes an unfinished one."""

    regions: tuple[Region, ...] = ()
    shard: Shard = WHOLE
    from_: str | None = None
    full: bool = False
    read_on: date | None = None

    def digest(self, source: Source) -> str:
        """A short name of the plan, as a folder's name."""
        parts = [str(self.regions), str(self.shard), str(self.from_), str(self.full), str(self.read_on)]
        parts += [source.base_url, source.dataset]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a source may take before it is cut off."""

    page_bytes: int = 5_000_000
    table_bytes: int = 1_000_000_000
    robots_bytes: int = 512_000  # RFC 9309 §2.5: at least 500 KiB
    request_s: float = 60.0
    table_request_s: float = 900.0
    redirects: int = 5
    retries: int = 2
    ask_again: int = 20  # 202 and 429 of one address
    ask_again_s: float = 1.0  # then twice as long each time, to two minutes
    site_seconds: float = 900.0


@dataclass(kw_only=True)
class Job:
    """The run of one source."""

    source: Source
    settings: Settings
    database: Database
    clock: Clock
    plan: Plan
    run_id: str
    journal: Journal
    started_at: datetime
    read_on: date
    full: bool
    overridden: bool = False  # another server stands in for the source's own
    allow_local: bool = False
    limits: Limits = field(default_factory=Limits)
    connect_to: dict[str, str] = field(default_factory=dict)
    released: str | None = None  # the held-back run whose counts a person accepted
    workers: int | None = None  # processes that read pages; None: as many as the work is worth
    progress: Progress | None = None
    stopped: bool = False  # nothing more is fetched: what is on its way ends
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    open_tallies: dict[str, Tally] = field(default_factory=dict)
    stored: Tally = field(default_factory=Tally)  # what the open units brought to the records

    @property
    def is_spooled(self) -> bool:
        """Whether rows wait on disk for the source's gates; pages of practices need none."""
        return self.source.kind is not SourceKind.PRACTICE_SITES

    @property
    def saved_path(self) -> Path | None:
        """The file or folder to read instead of the source itself."""
        from_ = self.plan.from_
        return Path(from_) if from_ and urlsplit(from_).scheme not in {"http", "https"} else None

    @property
    def start_url(self) -> str | None:
        """The address to read instead of the source's own."""
        return self.plan.from_ if self.plan.from_ and self.saved_path is None else None

    def is_open(self, unit: str) -> bool:
        """Whether the unit is this worker's and still to be done."""
        return self.plan.shard.has(unit) and unit not in self.journal.done

    def drop_unit(self, unit: str) -> None:
        """Forget what a unit brought so far: it turned out to be unreadable."""
        self.journal.drop(unit)
        self.open_tallies.pop(unit, None)

    def warn(self, error: PalpateError) -> None:
        """Note why one file among others was set aside."""
        self.warnings.append(str(error))

    def fail(self, error: PalpateError | str) -> None:
        """Note why the source, or one of its files, could not be used."""
        text = str(error)
        if text not in self.errors and not self.stopped:
            self.errors.append(text)


def get_job(crawler: Crawler) -> Job:
    """The job that a crawler's spider runs."""
    job = getattr(crawler.spider, "job", None)
    assert isinstance(job, Job)
    return job
