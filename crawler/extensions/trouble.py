"""Errors in a spider's callbacks: ours stop the source with their one line, a page's own set the page aside."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Self

from scrapy import signals

from crawler.sources.model import SourceKind
from directory.errors import PalpateError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.items import Batch

logger = logging.getLogger(__name__)


class TroubleExtension:
    """Sees to it that no error passes unnoticed and that none ends more than it must."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._tasks: set[asyncio.Task[None]] = set()
        crawler.signals.connect(self.on_spider_error, signal=signals.spider_error)
        crawler.signals.connect(self.on_item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)

    def on_spider_error(self, failure: Failure, response: Response) -> None:
        """A callback failed."""
        job = self._crawler.spider.job
        error = failure.value
        if isinstance(error, PalpateError):
            job.fail(error)
        else:
            logger.error("Reading %s failed", getattr(response, "url", ""), exc_info=error)
            job.fail(f"Source {job.source.id}: {getattr(response, 'url', '')} could not be read ({type(error).__name__}: {error}).")
        if job.source.kind is not SourceKind.PRACTICE_SITES:
            self._stop("error")

    def on_item_error(self, item: Batch, failure: Failure) -> None:
        """Something could not be stored: the run stops, for nothing may be lost."""
        job = self._crawler.spider.job
        error = failure.value
        job.fail(error if isinstance(error, PalpateError) else f"Source {job.source.id}: {item.unit} could not be stored ({error!r}).")
        self._stop("storing failed")

    def _stop(self, reason: str) -> None:
        task = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason=reason))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
