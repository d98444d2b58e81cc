"""Practices' own web sites: from known addresses to the few pages that matter."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

import scrapy
from scrapy.http import HtmlResponse, Response

from crawler import addresses
from crawler.downloading import find_reason
from crawler.extraction import extract_page
from crawler.extraction.decoding import decode
from crawler.items import Batch, Note, SetAside
from crawler.job import Job
from crawler.readers import sites
from crawler.readers.pages import PageReading, read_page
from crawler.readers.sitemaps import SiteMap, find_locations, read_sitemap
from crawler.sources.model import Chain
from crawler.spiders.base import SourceSpider, Yielded
from crawler.validators import Validators, read_version
from directory.errors import InputError
from directory.models import LOCATION_KEY, ExtractedPage, Observation, ObservationKind

logger = logging.getLogger(__name__)

PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
NOINDEX = "noindex: the site asks not to be listed"
NOT_MODIFIED = "page not modified since it was last read: its kept copy was used"
SITEMAP_BYTES = 2_000_000
CHAIN_MAP_BYTES = 50_000_000  # as the protocol has it
SITEMAPS_A_SITE = 3
WORTH_A_POOL = 300
OPEN_SITES = 256  # read side by side; the others wait outside Scrapy, whose queues look at every site for each request


@dataclass(slots=True)
class Site:
    """One site while it is read: its budget, what was asked for, and what is still on its way."""

    name: str
    starts: tuple[str, ...]
    budget: int
    asked: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    chain: Chain | None = None  # whose locations its maps list
    is_location: bool = False
    pages: int = 0  # locations that a chain's maps list
    sitemaps: int = 0
    on_the_way: int = 0
    takes_room: bool = False  # whether its end lets another site begin
    began: float = field(default_factory=time.monotonic)


class PracticeSitesSpider(SourceSpider):
    name = "practice_sites"
    asks_again: ClassVar[bool] = False
    suffixes: ClassVar[frozenset[str]] = PAGE_SUFFIXES

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(job, **kwargs)
        self.pool: ProcessPoolExecutor | None = None
        self.room = asyncio.Semaphore(OPEN_SITES)
        self.validators = Validators(job.settings.data_dir, job.database)

    def closed(self, _: str) -> None:
        """Let the workers go."""
        self.validators.close()
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def is_saved(self, _path: Path) -> bool:
        """Whether the path holds pages; any other file is a list of addresses."""
        return _path.is_dir() or _path.suffix.casefold() in PAGE_SUFFIXES or not _path.exists()

    def start_at(self, _url: str) -> Iterable[Yielded]:
        """The one site of that address."""
        return self.start_live()

    def start_live(self) -> Iterable[Yielded]:
        """The first page of every site that is known."""
        found_sites = self.find_sites()
        self.open_pool(len(found_sites))
        for chain in self.chains:
            whole = Site(f"chain {chain.sitemap}", (), 0, chain=chain)
            yield from self.ask_sitemap(whole, chain.sitemap)
        for unit, found in found_sites.items():
            if isinstance(found, SetAside):
                yield Batch(unit, set_aside=[found], done=True)
            else:
                yield from self.open_site(found)

    def open_pool(self, sites_count: int) -> None:
        """Processes that read pages, if there are sites enough to be worth their start."""
        workers = self.job.workers
        if workers is None:
            workers = (os.cpu_count() or 1) if sites_count >= WORTH_A_POOL else 0
        if workers:
            self.pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

    def find_sites(self) -> dict[str, Site | SetAside]:
        """The sites to read, each once, with all the addresses known of it."""
        starts: dict[str, list[str]] = {}
        self.chains = self._load_chains()
        of_chains = {sites.find_site(chain.sitemap) for chain in self.chains}
        found: dict[str, Site | SetAside] = {}
        for address in self._load_starts():
            if isinstance(address, SetAside):
                found[address.where] = address
                continue
            url = sites.normalise_url(address)
            name = sites.find_site(url)
            if sites.is_never_host(name, self.source.never_hosts):
                found[f"never:{name}"] = SetAside(name, "site that is never crawled")
            elif name not in of_chains and url not in starts.setdefault(name, []):
                starts[name].append(url)
        for name, urls in starts.items():
            if self.job.is_open(name):
                found[name] = Site(name, tuple(urls), max(self.job.settings.crawl_site_pages, len(urls)))
        return found

    def _load_starts(self) -> Iterator[str | SetAside]:
        if path := self.job.saved_path:
            try:
                yield from addresses.load_addresses(path)
            except InputError as error:
                self.job.fail(error)
        elif url := self.job.start_url:
            yield url
        else:
            yield from self.source.start_urls
            if own := addresses.find_own_list(self.job.settings.data_dir):
                yield from addresses.load_addresses(own)
            yield from addresses.load_known_websites(self.job.database, self.job.plan.regions)

    def _load_chains(self) -> tuple[Chain, ...]:
        try:
            if path := self.job.saved_path:
                return addresses.load_chains(path)
            own = addresses.load_chains(self.job.settings.data_dir / "chains.yml")
        except InputError as error:
            self.job.fail(error)
            return ()
        return () if self.job.start_url else (*self.source.chains, *own)

    def open_site(self, site: Site) -> Iterator[scrapy.Request]:
        """The first requests to a site."""
        for url in site.starts:
            yield from self.ask(site, url, priority=100)

    def ask(self, site: Site, url: str, *, priority: int = 0) -> Iterator[scrapy.Request]:
        """A request for a page, once, while the site's budget lasts."""
        if url in site.asked or len(site.asked) >= site.budget:
            return
        if time.monotonic() - site.began > self.job.limits.site_seconds:
            return
        site.asked.add(url)
        request = self.make_request(site, url, priority=priority)
        for name, value in self.validators.make_headers(request.url).items():
            request.headers[name] = value
        yield request

    def make_request(self, site: Site, url: str, *, priority: int = 0) -> scrapy.Request:
        """A request for a page in full."""
        site.on_the_way += 1
        return scrapy.Request(
            url,
            callback=self.parse_page,
            errback=self.on_page_failure,
            cb_kwargs={"site": site},
            priority=priority,
            dont_filter=True,
            meta={"site": site, "handle_httpstatus_list": [304]},
        )

    async def parse_page(self, response: Response, site: Site, *_: Any, **__: Any) -> AsyncIterator[Yielded]:
        """What a page states, and the pages it leads to."""
        batch = Batch(site.name, fetched=1)
        requests: list[scrapy.Request] = []
        try:
            await self.look_at(response, site, batch, requests)
        except Exception:  # one page's oddity must not cost the others
            logger.exception("Reading %s failed", response.url)
            batch.add(SetAside(response.url, "could not be read"))
        for request in requests:
            yield request
        batch.done = self.count_out(site)
        yield batch

    async def look_at(self, response: Response, site: Site, batch: Batch, requests: list[scrapy.Request]) -> None:
        """Put what a page states into the batch, and where it leads to into the requests."""
        url = sites.normalise_url(response.url)
        is_kept = response.status == 304
        if is_kept:
            kept = self.validators.recall(response)
            if kept is None:
                self.validators.keep(response.url, None)
                requests.append(self.make_request(site, response.url, priority=100))
                return
            batch.add(Note(NOT_MODIFIED))
            response = kept
        if not isinstance(response, HtmlResponse):
            batch.add(SetAside(response.url, "not a web page"))
        elif sites.is_never_host(sites.find_site(url), self.source.never_hosts):
            batch.add(SetAside(response.url, "site that is never crawled"))
        elif url not in site.read:
            site.read.add(url)
            reading = await self.read_page(response)
            if reading.rules.follow and not site.is_location:
                requests.extend(self.follow(reading, site))
            if reading.page is not None:
                observation = self.keep_reading(reading.page, response.body, reading, is_location=site.is_location)
                batch.add(observation)
                if not is_kept:
                    is_own = observation.snapshot is not None and "redirect_urls" not in response.meta
                    version = read_version(response, observation.content_hash or "") if is_own else None
                    self.validators.keep(response.url, version)

    def follow(self, reading: PageReading, site: Site) -> Iterator[scrapy.Request]:
        """Requests for the pages that matter, best first; a server's plain list of files leads to all of them."""
        if reading.page is None:
            site.budget = max(site.budget, len(reading.links) + len(site.asked))
        for rank, url in reading.links:
            yield from self.ask(site, url, priority=rank)
        if reading.page is not None and not site.sitemaps and len(site.asked) < site.budget:
            yield from self.ask_sitemap(site, urljoin(reading.url, "/sitemap.xml"))

    def ask_sitemap(self, site: Site, url: str) -> Iterator[scrapy.Request]:
        """A request for a site map, outside the budget of pages."""
        if site.sitemaps >= (site.chain.max_maps if site.chain else SITEMAPS_A_SITE):
            return
        site.sitemaps += 1
        site.on_the_way += 1
        yield scrapy.Request(
            url,
            callback=self.parse_sitemap,
            errback=self.on_sitemap_failure,
            cb_kwargs={"site": site},
            dont_filter=True,
            meta={"site": site, "download_maxsize": CHAIN_MAP_BYTES if site.chain else SITEMAP_BYTES},
        )

    def parse_sitemap(self, response: Response, site: Site, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The pages of a site map that matter, or the maps that it lists."""
        listed = read_sitemap(response.body, CHAIN_MAP_BYTES if site.chain else SITEMAP_BYTES)
        if listed and listed.is_index:
            of_site = [url for url in listed.locations if sites.find_site(url) == sites.find_site(response.url)]
            for url in of_site if site.chain else of_site[:2]:
                yield from self.ask_sitemap(site, url)
        elif listed and site.chain:
            found = find_locations(site.chain, listed)
            site.pages += len(found)
            yield from self.ask_locations(found)
        elif listed:
            yield from self.ask_listed(site, listed)
        in_vain = site.chain is not None and site.on_the_way == 1 and not site.pages  # this was its last map
        yield self.leave(site, *([SetAside(site.name, "site map without a page of a location")] if in_vain else []))

    def ask_locations(self, urls: list[str]) -> Iterator[scrapy.Request]:
        """A request for each location of a chain that is still to be read: a unit, and a practice, of its own."""
        for url in urls:
            if self.job.is_open(f"location {url}"):
                yield from self.ask(Site(f"location {url}", (url,), 1, is_location=True), url)

    def ask_listed(self, site: Site, listed: SiteMap) -> Iterator[scrapy.Request]:
        """Requests for the pages of a site map that matter, best first."""
        ranked: list[tuple[int, str]] = []
        for location in listed.locations[:5000]:
            try:
                url = sites.normalise_url(location)
            except ValueError:
                continue
            if sites.find_site(url) == site.name:
                ranked.append((sites.rank_link(url, ""), url))
        for rank, url in sorted(ranked, key=lambda item: (-item[0], len(item[1]), item[1])):
            if rank:
                yield from self.ask(site, url, priority=rank)

    def leave(self, site: Site, *aside: SetAside) -> Batch:
        """The end of one request of a site, which may be the end of the site."""
        return Batch(site.name, set_aside=list(aside), done=self.count_out(site))

    def count_out(self, site: Site) -> bool:
        """Count one request of a site as ended; whether it was the last, which lets another site begin."""
        site.on_the_way -= 1
        if site.on_the_way == 0 and site.takes_room:
            self.room.release()
        return site.on_the_way == 0

    def on_sitemap_failure(self, failure: Any) -> Iterator[Yielded]:
        """A site needs no map; a chain does."""
        site: Site = failure.request.meta["site"]
        aside = [SetAside(failure.request.url, find_reason(failure.value))] if site.chain else []
        yield self.leave(site, *aside)

    def on_page_failure(self, failure: Any) -> Iterator[Yielded]:
        """A page that could not be had is set aside with the reason."""
        request: scrapy.Request = failure.request
        batch = self.leave(request.meta["site"], SetAside(request.url, find_reason(failure.value)))
        batch.fetched = 1
        yield batch

    async def read_page(self, response: HtmlResponse) -> PageReading:
        """All that the page brings, read in a process of the pool if there is one."""
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1") or None
        asked = (response.body, response.url, content_type, tuple(sites.list_robots(response)))
        if self.pool is None:
            return read_page(*asked)
        return await asyncio.get_running_loop().run_in_executor(self.pool, read_page, *asked)

    def keep_reading(self, page: ExtractedPage, body: bytes, reading: PageReading, *, is_location: bool) -> Observation:
        """The page with its raw copy if that may be kept, under its canonical address.

        A location stays under its own: templates of chains often name the home page as canonical.
        """
        if not is_location:
            return self.keep_page(page, body, reading.rules, url=reading.address)
        url = sites.normalise_url(reading.url)
        return self.keep_page(page, body, reading.rules, url=url, key=f"{LOCATION_KEY}{url}")

    def keep_page(
        self, page: ExtractedPage, body: bytes, rules: sites.PageRules, *, url: str | None, key: str = ""
    ) -> Observation:
        """The page as an observation; one that asks not to be indexed is held back."""
        page = replace(page, url=url)
        if not rules.index:
            page = replace(page, publish=False, hold_reasons=tuple(dict.fromkeys((*page.hold_reasons, NOINDEX))))
        return Observation(
            source=self.source.id,
            kind=ObservationKind.PAGE,
            key=key or url or "",
            payload=page,
            read_at=self.job.clock.now(),
            read_on=self.job.read_on,
            url=url,
            content_hash=hashlib.sha256(body).hexdigest(),
            snapshot=body if rules.archive else None,
        )

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """A saved page."""
        batch = Batch(unit, fetched=1, done=True)
        limit = self.job.settings.crawl_page_limit_bytes
        if path.stat().st_size > limit:
            batch.add(SetAside(path.name, "too large"))
            yield batch
            return
        body = path.read_bytes()
        page = sites.Page(f"file:///{path.name}", decode(body))
        extracted = extract_page(body, file=path.name)
        url = sites.find_canonical(page) or extracted.url
        self.job.read_on = read_on
        observation = self.keep_page(extracted, body, sites.read_rules(page), url=url, key=url or f"file:{path.name}")
        batch.add(replace(observation, read_on=read_on))
        yield batch
