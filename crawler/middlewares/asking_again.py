"""Asking again as a server wishes: 202 (not ready yet) and 429 (too often) wait for Retry-After, others back off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from crawler.job import get_job

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

WAIT_STATUSES = frozenset({202, 429, 503})
LONGEST_S = 120.0


class AskingAgainMiddleware:
    """Repeats a request to a register's server while it says 'later', up to a limit."""

    def __init__(self, crawler: Crawler) -> None:
        self._limits = get_job(crawler).limits
        self._enabled: bool = getattr(crawler.spider, "asks_again", True)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the same request once more after the wait that the server asked for."""
        if not self._enabled or response.status not in WAIT_STATUSES:
            return response
        asked = request.meta.get("asked_again", 0)
        if asked >= self._limits.ask_again:
            return response
        await asyncio.sleep(find_wait(response, asked, self._limits.ask_again_s))
        return request.replace(dont_filter=True, meta={**request.meta, "asked_again": asked + 1})


def find_wait(response: Response, asked: int, base_s: float) -> float:
    """Seconds to wait: what Retry-After says, else twice as long each time."""
    stated = (response.headers.get("Retry-After") or b"").decode("ascii", "ignore")
    if stated.isdigit():
        return min(float(stated), LONGEST_S)
    return min(base_s * 2.0 ** min(asked, 10), LONGEST_S)
