"""robots.txt as RFC 9309 has it: read before anything else, in part if it is huge, and unreachable means no."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.http.request import NO_CALLBACK

from crawler.downloading import RefusedAddressError
from crawler.job import get_job

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_DELAY_S = 60.0
SITES_REMEMBERED = 2_000  # far more than are read side by side; one that was forgotten is asked once more


class RobotsRefusedError(IgnoreRequest):
    """robots.txt forbids the page, or cannot be had."""


class RobotsMiddleware:
    """Asks a site's robots.txt once a run and keeps to it, its Crawl-delay too."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._limit: int = get_job(crawler).limits.robots_bytes
        self._rules: dict[str, asyncio.Future[Protego | None]] = {}
        crawler.signals.connect(self._check_size, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise `RobotsRefusedError`."""
        if get_job(self._crawler).stopped:
            raise IgnoreRequest("the source has stopped")
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._get_rules(request.url)
        if rules is None:
            raise RobotsRefusedError("robots.txt cannot be had")
        if not rules.can_fetch(request.url, self._agent):
            raise RobotsRefusedError("robots.txt forbids it")
        delay = rules.crawl_delay(self._agent)
        name = str(request.meta.get("download_slot") or urlsplit(request.url).hostname)
        slot = self._crawler.engine.downloader.slots.get(name)
        if delay and slot is not None:
            slot.delay = max(slot.delay, min(float(delay), MAX_DELAY_S))
            request.meta["autothrottle_dont_adjust_delay"] = True  # it would lower what the site asked for

    async def _get_rules(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._fetch(site))
            if len(self._rules) > SITES_REMEMBERED:
                del self._rules[next(iter(self._rules))]
        return await asyncio.shield(self._rules[site])

    async def _fetch(self, site: str) -> Protego | None:
        request = Request(
            f"{site}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            headers={"Accept-Encoding": "identity"},
            meta={"dont_obey_robotstxt": True, "robots": True, "download_maxsize": 0, "seen_bytes": [0]},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except RefusedAddressError:
            raise
        except Exception:  # whatever kept it from us: no robots.txt, no crawl
            return None
        return parse_robots(response, self._limit)

    def _check_size(self, data: bytes, request: Request) -> None:
        """Stop reading a robots.txt at the limit; what came so far counts."""
        if request.meta.get("robots"):
            seen = request.meta["seen_bytes"]
            seen[0] += len(data)
            if seen[0] > self._limit:
                raise StopDownload(fail=False)


def parse_robots(response: Response, limit: int) -> Protego | None:
    """The rules an answer states: a 4xx states none, a 5xx or 429 forbids everything (None)."""
    if response.status == 429 or response.status >= 500:
        return None
    body = response.body[:limit] if response.status == 200 else b""
    return Protego.parse(body.decode("utf-8", "replace"))
