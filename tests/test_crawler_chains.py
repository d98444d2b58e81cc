"""A chain's site map: each location's page is read, and is a practice of its own."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawler.tally import SourceState
from directory.models import EntityKind, ObservationKind
from directory.settings import Settings
from records.database import Database
from records.observations import load_current
from resolution.listings import derive_listings
from tests.crawler_servers import Answer, Route, serve
from tests.test_crawler_servers import Crawl, crawl, database, settings

__all__ = ["crawl", "database", "settings"]

URLSET = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
INDEX = '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'
CITIES = {"denver": "80202", "boulder": "80301", "pueblo": "81003"}


def make_page(city: str, host: str) -> str:
    """A location's page, from a template that names the home page as canonical."""
    return (
        f"<title>Example Massage {city.title()}</title><link rel=canonical href='http://{host}/'>"
        f"<h1>Example Massage Therapy {city.title()}</h1><p>{len(city)}00 Example St, "
        f"{city.title()}, CO {CITIES[city]}</p><p>Call 303-555-01{len(city):02d}</p>"
        f"<h2>Our massage therapists</h2><p>Ana {city.title()}son, LMT</p>"
        "<a href='/about'>About</a>"
    )


def make_chain(*, packed: bool = False) -> Route:
    """A chain with an index of two maps, one of which lists its locations."""

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        def write(pages: list[str], form: str = URLSET, tag: str = "url") -> bytes:
            return form.format("".join(f"<{tag}><loc>http://{host}{page}</loc></{tag}>" for page in pages)).encode()

        places = write([*(f"/locations/co/{city}" for city in CITIES), "/locations/co", "/about"])
        maps = {
            "/sitemap.xml": write(["/blog.xml", "/places.xml"], INDEX, "sitemap"),
            "/blog.xml": write(["/blog/1"]),
            "/places.xml": gzip.compress(places) if packed else places,
        }
        if path in maps:
            return Answer(maps[path], content_type="application/xml")
        city = path.rpartition("/")[2]
        return Answer(make_page(city, host).encode()) if city in CITIES else Answer(b"<title>Other</title>")

    return route


def name_chain(settings: Settings, url: str, pages: str = "^/locations/[a-z]{2}/[^/]+/?$") -> Path:
    path = settings.data_dir / "chains.yml"
    path.write_text(f"chains:\n  - sitemap: {url}/sitemap.xml\n    pages: {pages}\n", "utf-8")
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_just_the_locations_are_read_and_each_is_a_practice_of_its_own(
    settings: Settings, crawl: Crawl, database: Database, *, packed: bool
) -> None:
    with serve(make_chain(packed=packed)) as server:
        name_chain(settings, server.url)
        summary = crawl("practice_sites")
        assert server.count("/about") == server.count("/blog/1") == 0
    assert (summary.state, summary.new, summary.set_aside) == (SourceState.DONE, 3, {})
    with database.read() as session:
        listings = list(derive_listings(load_current(session, ObservationKind.PAGE)))
    practices = [one for one in listings if one.kind is not EntityKind.PERSON]
    assert sorted(one.city or "" for one in practices) == ["Boulder", "Denver", "Pueblo"]
    assert len({one.listing_id for one in practices}) == 3
    people = {(one.name, one.city) for one in listings if one.kind is EntityKind.PERSON}
    assert people == {(f"Ana {city.title()}son", city.title()) for city in CITIES}, "nobody is put at another location"


def test_read_again_nothing_is_new(settings: Settings, crawl: Crawl) -> None:
    with serve(make_chain()) as server:
        name_chain(settings, server.url)
        crawl("practice_sites")
        summary = crawl("practice_sites")
    assert (summary.new, summary.unchanged) == (0, 3)


def test_a_chain_is_named_in_a_list_given_by_hand_and_shards_share_its_locations(
    settings: Settings, crawl: Crawl, tmp_path: Path
) -> None:
    with serve(make_chain()) as server:
        path = name_chain(settings, server.url).rename(tmp_path / "mine.yml")
        found = [crawl("practice_sites", from_=str(path), shard=f"{n}/2").new for n in (1, 2)]
    assert sum(found) == 3


def test_a_map_without_locations_is_said(settings: Settings, crawl: Crawl) -> None:
    with serve(make_chain()) as server:
        name_chain(settings, server.url, "^/studios/")
        summary = crawl("practice_sites")
    assert summary.set_aside == {"site map without a page of a location": 1}


def test_a_pattern_that_is_none_fails_by_name(settings: Settings, crawl: Crawl) -> None:
    name_chain(settings, "https://chain.example", "'^/(locations'")
    summary = crawl("practice_sites")
    assert "chains.yml: chains: pages" in (summary.error or "")
