"""Directories, each by its YAML alone: list page, cards, profiles; robots.txt obeyed, one listing a profile."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

import scrapy
from scrapy.http import HtmlResponse, Response

from crawler.downloading import find_reason
from crawler.items import Batch, SetAside
from crawler.job import Job
from crawler.readers import directories, sites
from crawler.sources.directory import DirectoryPlan
from crawler.spiders.base import SourceSpider, Yielded
from directory.errors import SourceUnavailableError
from directory.models import Listing, Observation, ObservationKind

logger = logging.getLogger(__name__)

NOINDEX = "noindex: the page asks not to be listed"


@dataclass(slots=True)
class ListPage:
    """A list page while its profiles are on their way; it is one unit of the run."""

    url: str
    number: int
    start: str
    on_the_way: int = 0


class DirectorySpider(SourceSpider):
    """The spider of every source of kind `directory`; its name is the source's id."""

    suffixes: ClassVar[frozenset[str]] = frozenset({".html", ".htm", ".xhtml"})

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(job, name=job.source.id, **kwargs)
        self.lists: set[str] = set()
        self.known: set[str] = set()  # profiles, or listings of cards

    @property
    def plan(self) -> DirectoryPlan:
        """How the directory's pages are read."""
        assert self.source.directory is not None
        return self.source.directory

    def start_live(self) -> Iterable[Yielded]:
        """The first list page of each start."""
        for url in self.source.start_urls:
            yield from self.ask_list(url, self.plan.first_page, url)

    def ask_list(self, url: str, number: int, start: str) -> Iterator[scrapy.Request]:
        """A request for a list page, once, up to as many as the plan allows."""
        url = sites.normalise_url(url)
        if url not in self.lists and number < self.plan.first_page + self.plan.max_pages:
            self.lists.add(url)
            page = ListPage(url, number, start)
            yield self.ask(url, self.parse_list, self.on_list_failure, page=page)

    def ask(self, url: str, callback: Any, errback: Any, *, page: ListPage, priority: int = 0) -> scrapy.Request:
        """A request that robots.txt must allow."""
        meta = {"page": page, "download_maxsize": self.job.settings.crawl_page_limit_bytes}
        return scrapy.Request(
            url, callback, errback=errback, cb_kwargs={"page": page}, meta=meta, priority=priority, dont_filter=True
        )

    def start_at(self, url: str) -> Iterable[Yielded]:
        """A list page given by its address; robots.txt must allow it as any other."""
        yield from self.ask_list(url, self.plan.first_page, url)

    def parse_list(self, response: Response, page: ListPage, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The cards of a list page, the profiles they lead to, and the page after it."""
        batch = Batch(page.url, fetched=1)
        if not isinstance(response, HtmlResponse):
            raise SourceUnavailableError(f"Source {self.source.id}: {page.url} is not a web page. Look at its YAML.")
        shown = sites.Page.of(response)
        rules = sites.read_rules(shown)
        cards = directories.find_cards(self.plan, shown.selector)
        is_open = page.url not in self.job.journal.done
        if self.plan.profile is not None:
            links = [directories.find_link(card, self.plan.profile, response.url) for card in cards]
            fresh = [url for url in dict.fromkeys(links) if url and url not in self.known] if rules.follow else []
            for _missing in range(links.count(None)):
                batch.add(SetAside(page.url, "card without a profile on this site"))
            if is_open:
                page.on_the_way = len(fresh)
                for url in fresh:
                    yield self.ask(url, self.parse_profile, self.on_profile_failure, page=page, priority=10)
        else:
            found = list(self.read_list(response, cards))
            fresh = [one.listing_id for one in found if isinstance(one, Listing) and one.listing_id not in self.known]
            for one in found if is_open else ():
                batch.add(self.wrap(one, rules, self.job.read_on))
        self.known.update(fresh)
        if rules.follow:
            yield from self.go_on(shown, page, found=bool(fresh))
        if is_open:
            batch.done = page.on_the_way == 0
            yield batch

    def read_list(self, response: HtmlResponse, cards: list[Any]) -> Iterator[Listing | SetAside]:
        """What a list page states by itself."""
        if self.plan.card is None:
            yield from directories.read_stated(self.source, self.plan, response, sites.normalise_url(response.url))
        for card in cards:
            yield directories.read_card(self.source, self.plan, card, sites.normalise_url(response.url))

    def go_on(self, shown: sites.Page, page: ListPage, *, found: bool) -> Iterator[scrapy.Request]:
        """The list page after this one; a page by number that holds nobody new is the last."""
        if self.plan.next and (url := directories.find_link(shown.selector, self.plan.next, shown.url)):
            yield from self.ask_list(url, page.number + 1, page.start)
        elif self.plan.page_url and found:
            query = self.plan.page_url.format(page=page.number + 1)
            yield from self.ask_list(urljoin(page.start, query), page.number + 1, page.start)

    def parse_profile(self, response: Response, page: ListPage, *_: Any, **__: Any) -> Iterator[Batch]:
        """The one listing of a profile."""
        batch = Batch(page.url, fetched=1)
        if not isinstance(response, HtmlResponse):
            batch.add(SetAside(response.url, "not a web page"))
        else:
            try:
                url = sites.normalise_url(response.url)
                found = directories.read_profile(self.source, self.plan, response, url)
                batch.add(self.wrap(found, sites.read_rules(sites.Page.of(response)), self.job.read_on))
            except Exception:  # one page's oddity must not cost the others
                logger.exception("Reading %s failed", response.url)
                batch.add(SetAside(response.url, "could not be read"))
        yield self.leave(batch, page)

    def leave(self, batch: Batch, page: ListPage) -> Batch:
        """The batch, which closes its list page if it was the last on its way."""
        page.on_the_way -= 1
        batch.done = page.on_the_way == 0
        return batch

    def on_profile_failure(self, failure: Any) -> Iterator[Batch]:
        """A profile that could not be had is set aside with the reason."""
        page: ListPage = failure.request.meta["page"]
        batch = Batch(page.url, fetched=1)
        batch.add(SetAside(failure.request.url, find_reason(failure.value)))
        yield self.leave(batch, page)

    def on_list_failure(self, failure: Any) -> Iterator[Batch]:
        """A numbered page that is not there ends the list; any other list page that cannot be had fails the source."""
        page: ListPage = failure.request.meta["page"]
        reason = find_reason(failure.value)
        if self.plan.page_url and page.number > self.plan.first_page and reason == "HTTP 404":
            return
        batch = Batch(page.url, fetched=1, done=True)
        batch.add(SetAside(page.url, reason))
        self.job.fail(SourceUnavailableError(f"Source {self.source.id}: {page.url}: {reason}."))
        yield batch

    def wrap(self, found: Listing | SetAside, rules: sites.PageRules, read_on: date) -> Observation | SetAside:
        """A listing as an observation; one whose page asks not to be indexed is held back."""
        if isinstance(found, SetAside):
            return found
        if not rules.index:
            found = replace(found, publish=False, hold_reasons=(NOINDEX,))
        key = (
            found.listing_id if len(found.listing_id) <= 500 else hashlib.sha256(found.listing_id.encode()).hexdigest()
        )
        found = replace(found, listing_id=key)
        return self.observe(ObservationKind.LISTING, key, found, read_on=read_on, url=found.url)

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """A saved profile, or a saved list page that is all there is."""
        body = path.read_bytes()
        response = HtmlResponse(f"file:///{path.name}", body=body)
        shown = sites.Page.of(response)
        url = sites.find_canonical(shown) or response.url
        response = response.replace(url=url)
        batch = Batch(unit, fetched=1, done=True)
        if self.plan.profile is not None:
            found: Iterable[Listing | SetAside] = [directories.read_profile(self.source, self.plan, response, url)]
        else:
            found = self.read_list(response, directories.find_cards(self.plan, shown.selector))
        for one in found:
            batch.add(self.wrap(one, sites.read_rules(shown), read_on))
        yield batch
