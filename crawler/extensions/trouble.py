"""Errors in a spider's callbacks: ours stop the source with their one line, a page's own set the page aside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from scrapy import signals

from crawler.job import get_job
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
        crawler.signals.connect(self.on_spider_error, signal=signals.spider_error)
        crawler.signals.connect(self.on_item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)

    def on_spider_error(self, failure: Failure, response: Response) -> None:
        """A callback failed."""
        job = get_job(self._crawler)
        error = failure.value
        if isinstance(error, PalpateError):
            job.fail(error)
        else:
            logger.error("Reading %s failed", getattr(response, "url", ""), exc_info=error)
            url = getattr(response, "url", "")
            job.fail(f"Source {job.source.id}: {url} could not be read ({type(error).__name__}: {error}).")
        if job.source.kind is not SourceKind.PRACTICE_SITES:
            job.stopped = True

    def on_item_error(self, item: Batch, failure: Failure) -> None:
        """Something could not be stored: the run stops, for nothing may be lost."""
        job = get_job(self._crawler)
        error = failure.value
        if isinstance(error, PalpateError):
            job.fail(error)
        else:
            job.fail(f"Source {job.source.id}: {item.unit} could not be stored ({error!r}).")
        job.stopped = True
