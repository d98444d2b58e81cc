"""Third duty: everything is counted, by unit of work, for the summary and the gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.job import Job, get_job
from crawler.tally import Tally

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Batch


class CountingPipeline:
    """Keeps a tally a unit, which the journal writes down when the unit is done, and tells the progress."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._fill = tuple(job.source.expected.fill)
        self._read = job.journal.tally.fetched

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(get_job(crawler))

    def process_item(self, item: Batch) -> Batch:
        """The batch, counted."""
        tally = self._job.open_tallies.setdefault(item.unit, Tally())
        tally.count_batch(item, self._fill)
        self._read += item.fetched
        if self._job.progress:
            self._job.progress(self._job.source.id, self._read)
        return item
