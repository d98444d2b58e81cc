"""Conditional requests: a page that has not changed is not sent again, and is seen today all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from crawler.run import run_crawl
from crawler.spiders.practice_sites import NOT_MODIFIED
from crawler.tally import SourceSummary
from crawler.validators import FILE, Validators, Version
from directory.clock import FixedClock
from directory.settings import Settings
from records import snapshots
from records.database import Database
from tests.crawler_servers import Answer, Server, serve
from tests.test_crawler_servers import FAST, NOW, database, settings
from tests.test_crawler_sites import load_pages

__all__ = ["database", "settings"]


@dataclass
class Site:
    """A made-up site whose pages name their versions."""

    pages: dict[str, str] = field(
        default_factory=lambda: {"/": '<title>Example</title><a href="/contact">Contact</a>', "/contact": "<p>Contact"}
    )
    headers: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)

    def route(self, path: str, query: dict[str, str], host: str) -> Answer | None:
        """The answer to a request."""
        if path in self.moved:
            return Answer(status=301, headers={"Location": self.moved[path]})
        if path not in self.pages:
            return None
        body = self.pages[path].encode()
        return Answer(body, headers={"ETag": f'"{hash(body)}"', **self.headers})


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with serve(site.route) as running:
        yield running


def crawl_on(day: int, settings: Settings, database: Database, server: Server) -> SourceSummary:
    """Crawl the site so many days later; what was asked before is forgotten."""
    server.asked.clear()
    server.headers.clear()
    clock = FixedClock(NOW + timedelta(days=day))
    return run_crawl(
        settings, database=database, sources=["practice_sites"], from_=f"{server.url}/", allow_local=True,
        clock=clock, limits=FAST,
    )[0]  # fmt: skip


def count_conditional(server: Server) -> int:
    return sum("if-none-match" in stated for stated in server.headers)


def test_an_unchanged_page_is_seen_today_and_its_links_are_followed(
    settings: Settings, database: Database, server: Server
) -> None:
    assert crawl_on(0, settings, database, server).new == 2
    assert count_conditional(server) == 0
    summary = crawl_on(7, settings, database, server)
    assert (summary.new, summary.changed, summary.unchanged, summary.notes) == (0, 0, 2, {NOT_MODIFIED: 2})
    assert count_conditional(server) == 2
    assert {page.read_on for page in load_pages(database).values()} == {(NOW + timedelta(days=7)).date()}
    assert {page.last_seen_at for page in load_pages(database).values()} == {NOW + timedelta(days=7)}


def test_a_changed_page_is_read_anew(settings: Settings, database: Database, server: Server, site: Site) -> None:
    crawl_on(0, settings, database, server)
    site.pages["/contact"] = "<title>Contact</title><p>100 Example St, Denver, CO 80202</p>"
    summary = crawl_on(1, settings, database, server)
    assert (summary.changed, summary.unchanged, summary.notes) == (1, 1, {NOT_MODIFIED: 1})
    assert crawl_on(2, settings, database, server).notes == {NOT_MODIFIED: 2}


def test_a_page_whose_copy_is_gone_is_asked_for_in_full(settings: Settings, database: Database, server: Server) -> None:
    crawl_on(0, settings, database, server)
    validators = Validators(settings.data_dir, database)
    validators.keep(f"{server.url}/", Version('"x"', "", "text/html", "", "0" * 64))
    assert validators.make_headers(f"{server.url}/") == {}
    validators.close()
    summary = crawl_on(1, settings, database, server)
    assert (summary.unchanged, count_conditional(server)) == (2, 1)


def test_a_page_that_keeps_no_copy_is_always_asked_for_in_full(
    settings: Settings, database: Database, server: Server, site: Site
) -> None:
    site.headers["X-Robots-Tag"] = "noarchive"
    crawl_on(0, settings, database, server)
    crawl_on(1, settings, database, server)
    assert count_conditional(server) == 0


def test_what_the_header_asked_when_the_page_was_sent_still_holds(
    settings: Settings, database: Database, server: Server, site: Site
) -> None:
    site.headers["X-Robots-Tag"] = "noindex"
    crawl_on(0, settings, database, server)
    summary = crawl_on(1, settings, database, server)
    assert (summary.unchanged, summary.notes) == (2, {NOT_MODIFIED: 2})


def test_a_page_that_moved_is_not_mistaken_for_the_one_that_was_kept(
    settings: Settings, database: Database, server: Server, site: Site
) -> None:
    crawl_on(0, settings, database, server)
    site.pages["/contact-us"] = site.pages.pop("/contact")
    site.moved["/contact"] = "/contact-us"
    crawl_on(1, settings, database, server)
    assert "contact-us" in load_pages(database)


def test_losing_the_file_costs_a_full_read_and_nothing_else(
    settings: Settings, database: Database, server: Server
) -> None:
    crawl_on(0, settings, database, server)
    for path in settings.data_dir.glob(f"{FILE}*"):
        path.unlink()
    summary = crawl_on(1, settings, database, server)
    assert (summary.unchanged, count_conditional(server)) == (2, 0)


def test_no_address_is_kept(settings: Settings, database: Database, server: Server) -> None:
    crawl_on(0, settings, database, server)
    assert b"127.0.0.1" not in (settings.data_dir / FILE).read_bytes()
    with database.read() as session:
        assert not snapshots.is_kept(session, "0" * 64)
