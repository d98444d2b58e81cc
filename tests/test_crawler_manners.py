"""Manners that hold whatever the road: the pause a site asks for, and robots.txt also where an address was typed in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from crawler.tally import SourceState
from directory.settings import Settings
from tests.crawler_servers import Answer, serve
from tests.test_crawler_servers import Crawl, crawl, database

__all__ = ["crawl", "database"]

LINKS = ("about", "team", "services", "contact", "rates")
DELAY_S = 0.4


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, crawl_delay_s=0.02)  # AutoThrottle is on


def test_the_pause_that_robots_txt_asks_for_is_kept_between_any_two_pages(crawl: Crawl) -> None:
    asked: list[float] = []

    def route(path: str, query: dict[str, str], _: str) -> Answer | None:
        asked.append(time.monotonic())
        if path == "/robots.txt":
            return Answer(f"User-agent: *\nCrawl-delay: {DELAY_S}\n".encode(), content_type="text/plain")
        return Answer("".join(f'<a href="/{link}">{link}</a>' for link in LINKS).encode())

    with serve(route) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    robots, *pages = asked  # a page may come late on a busy machine, but never before its time
    assert len(pages) >= len(LINKS) + 1
    assert pages[-1] - robots >= DELAY_S * (len(pages) - 1) - 0.1


def test_a_directory_given_by_its_address_obeys_robots_txt(crawl: Crawl, settings: Settings) -> None:
    plan = {
        "title": "A", "publisher": "A", "kind": "directory", "tier": "association", "licence": "Facts only",
        "terms_url": "https://a.example/terms", "attribution": "A", "commercial_use": "conditions", "cadence_days": 30,
        "fresh_days": 90, "start_urls": ["https://a.example/"],
        "directory": {"card": "li", "fields": {"name": "b"}, "next": "a.next::attr(href)"},
    }  # fmt: skip
    folder = Path(settings.data_dir) / "sources"
    folder.mkdir()
    (folder / "made_up.yml").write_text(yaml.safe_dump(plan))

    def route(path: str, query: dict[str, str], _: str) -> Answer | None:
        if path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /shut\n", content_type="text/plain")
        following = '<a class="next" href="/open2">next</a>' if path == "/open" else ""
        return Answer(f"<ul><li><b>Ana Example {path}</b></ul>{following}".encode())

    with serve(route) as server:
        shut = crawl("made_up", from_=f"{server.url}/shut")
        opened = crawl("made_up", from_=f"{server.url}/open")
        assert server.count("/shut") == 0
    assert shut.state is SourceState.FAILED
    assert shut.set_aside == {"robots.txt forbids it": 1}
    assert (opened.state, opened.new) == (SourceState.DONE, 2)
