"""First duty: an observation is what it claims to be, or it is set aside with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.items import Batch, SetAside
from crawler.job import get_job
from directory.models import PAYLOADS, Observation

if TYPE_CHECKING:
    from datetime import date

    from scrapy.crawler import Crawler

MAX_KEY = 2000


class ValidationPipeline:
    """Sets aside observations without a key, of another source, of the wrong kind, or read in the future."""

    def __init__(self, source: str, today: date) -> None:
        self._source = source
        self._today = today

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        job = get_job(crawler)
        return cls(job.source.id, job.clock.today())

    def process_item(self, item: Batch) -> Batch:
        """The batch with only valid observations."""
        kept: list[Observation] = []
        for observation in item.observations:
            reason = self._find_fault(observation)
            if reason is None:
                kept.append(observation)
            else:
                item.set_aside.append(SetAside(observation.key[:200] or item.unit, reason))
        item.observations = kept
        return item

    def _find_fault(self, observation: Observation) -> str | None:
        if not observation.key or len(observation.key) > MAX_KEY:
            return "no usable key"
        if observation.source != self._source:
            return "of another source"
        if not isinstance(observation.payload, PAYLOADS[observation.kind]):
            return "of the wrong kind"
        return "read in the future" if observation.read_on > self._today else None
