"""Last duty: pages go to the records in batches; rows of a table wait on disk until the source has passed its gates."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from crawler.job import Job, get_job
from crawler.tally import Tally
from records import observations

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Batch

BATCH = 200
LONGEST_WAIT_S = 5.0


class StoringPipeline:
    """Writes in one thread beside the crawl, in order, so that a unit is closed only when all of it is kept."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._waiting: list[Batch] = []
        self._flushed_at = time.monotonic()
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="storing")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(get_job(crawler))

    async def process_item(self, item: Batch) -> Batch:
        """The batch, kept or waiting to be."""
        if self._job.is_spooled:
            self._job.journal.spool(item.unit, item.observations)
            if item.done:
                self._close_unit(item.unit)
            return item
        self._waiting.append(item)
        if len(self._waiting) >= BATCH or time.monotonic() - self._flushed_at > LONGEST_WAIT_S:
            await self._flush()
        return item

    async def close_spider(self) -> None:
        """Keep what is still waiting."""
        try:
            await self._flush()
        finally:
            self._executor.shutdown()

    async def _flush(self) -> None:
        batches, self._waiting = self._waiting, []
        self._flushed_at = time.monotonic()
        if batches:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._executor, self._store, batches)

    def _store(self, batches: list[Batch]) -> None:
        job = self._job
        found = [observation for batch in batches for observation in batch.observations]
        with job.database.begin() as session:
            counts = observations.store_many(session, found, run_id=job.run_id)
        stored = Tally(new=counts.new, changed=counts.changed, unchanged=counts.unchanged, removed=counts.removed)
        job.stored.add(stored)
        for batch in batches:
            if batch.done:
                self._close_unit(batch.unit)

    def _close_unit(self, unit: str) -> None:
        tally = self._job.open_tallies.pop(unit, Tally())
        tally.add(self._job.stored)
        self._job.stored = Tally()
        self._job.journal.close_unit(unit, tally)
