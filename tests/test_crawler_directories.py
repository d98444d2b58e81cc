"""Directories read by their YAML alone: three made-up sites that have nothing in common but people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.sources import describe_sources, load_sources
from crawler.sources.model import load_source
from crawler.tally import SourceState
from directory.clock import FixedClock
from directory.errors import SettingsError
from directory.models import Listing, ObservationKind, Tier
from directory.settings import Settings
from records.database import Database
from records.observations import load_current
from tests.crawler_servers import Answer, Route, serve
from tests.test_crawler_servers import NOW, Crawl, crawl, database, settings

__all__ = ["crawl", "database", "settings"]

HEAD = """
title: {id}
publisher: Example
kind: directory
tier: {tier}
licence: Facts only
terms_url: https://directory.example/terms
attribution: Example
commercial_use: conditions
cadence_days: 30
fresh_days: 90
start_urls: ["{url}"]
directory:
"""
NUMBERED = """
  card: "div.card"
  profile: "a.more::attr(href)"
  page_url: "?page={page}"
  country: US
  fields:
    name: "h1"
    practice: ".at b::text"
    address: "p.where"
    phone: {css: "a[href^='tel:']::attr(href)", match: "tel:(.+)"}
    claims: "ul.creds li"
"""
LINKED = """
  card: "table#members tr.member"
  profile: "td:first-child a::attr(href)"
  next: "a[rel=next]::attr(href)"
  fields: {claims: "dd.designation"}
"""
DATA_ONLY = """
  types: [Person, MassageBusiness]
"""


def add_source(settings: Settings, source_id: str, url: str, plan: str, tier: Tier = Tier.THIRD_PARTY) -> None:
    folder = settings.data_dir / "sources"
    folder.mkdir(exist_ok=True)
    (folder / f"{source_id}.yml").write_text(HEAD.format(id=source_id, url=url, tier=tier.value) + plan, "utf-8")


def load_listings(database: Database, source: str) -> dict[str, Listing]:
    with database.read() as session:
        stored = list(load_current(session, ObservationKind.LISTING, source))
    return {item.key: item.payload for item in stored if isinstance(item.payload, Listing)}


def make_numbered(people: int = 25, page_size: int = 10, *, robots: str = "", same_forever: bool = False) -> Route:
    """A directory with numbered pages, and profiles without any structured data."""

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if path == "/robots.txt" and robots:
            return Answer(robots.encode(), content_type="text/plain")
        if path == "/find":
            page = 1 if same_forever else int(query.get("page", "1"))
            numbers = range((page - 1) * page_size, min(page * page_size, people))
            cards = "".join(
                f'<div class="card">Ana {n} <a class="more" href="t/{n}?utm_source=l">x</a></div>' for n in numbers
            )
            return Answer(f'<h1>Results</h1>{cards}<a href="/admin">Admin</a>'.encode())
        if path.startswith("/t/"):
            number = path.removeprefix("/t/")
            return Answer(
                f"<h1>Ana Example{number}</h1><div class=at>at <b>Clinic {number}</b></div>"
                "<p class=where>100 Example St, Denver, CO 80202</p><a href='tel:303-555-0100'>Call</a>"
                f"<ul class=creds><li>LMT</li><li>CO MT.{number}</li></ul>".encode()
            )
        return None

    return route


def linked(path: str, query: dict[str, str], host: str) -> Answer | None:
    """An association's table, gone through by 'next'; profiles in two JSON-LD blocks about one person."""
    pages = {"/members": (1, 2), "/members/b": (3, 4), "/members/c": (5, 1)}
    nexts = {"/members": "/members/b", "/members/b": "/members/c", "/members/c": "/members"}
    if path in pages:
        rows = "".join(
            f'<tr class="member"><td><a href="/member/{n}">M{n}</a></td><td><a href="https://own{n}.example">x</a></td></tr>'
            for n in pages[path]
        )
        return Answer(f'<table id="members">{rows}</table><a rel="next" href="{nexts[path]}">Next</a>'.encode())
    if not path.startswith("/member/"):
        return None
    number = path.removeprefix("/member/")
    me, clinic = f"http://{host}{path}#me", f"http://{host}{path}#clinic"
    blocks = [
        {"@type": "Organization", "@id": f"http://{host}/#us", "name": "Association", "telephone": "604-555-0199"},
        {"@type": "Person", "@id": me, "givenName": "Ana", "familyName": f"Example{number}",
         "worksFor": {"@id": clinic}},
        {"@id": me, "@type": "Person", "sameAs": f"https://own{number}.example/", "telephone": "604-555-0100",
         "hasCredential": {"@type": "EducationalOccupationalCredential", "name": "RMT", "identifier": f"00{number}"}},
        {"@type": "LocalBusiness", "@id": clinic, "name": f"Clinic {number}",
         "address": {"streetAddress": "1 Example Rd", "addressLocality": "Victoria", "addressRegion": "bc",
                     "postalCode": "V8V 1A1", "addressCountry": "Canada"},
         "geo": {"latitude": 0, "longitude": 0}},
    ]  # fmt: skip
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return Answer(f"<h1>Member</h1>{scripts}<dl><dd class='designation'>RMT 00{number}</dd></dl>".encode())


def data_only(path: str, query: dict[str, str], host: str) -> Answer | None:
    """Everybody on one page, which says so to machines alone."""
    people: list[dict[str, object]] = [
        {"@type": "Person", "@id": f"#p{n}", "name": f"Ana Example{n}", "honorificSuffix": "LMT",
         "address": f"{n} Example St, Portland, OR 97201", "memberOf": {"@type": "MassageBusiness", "name": "Group"}}
        for n in range(1, 8)
    ]  # fmt: skip
    shop = {"@type": "MassageBusiness", "@id": "#shop", "name": "Example Bodywork", "url": "https://shop.example/"}
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": item} for item in [*people, shop]]}
    text = json.dumps({"@context": "https://schema.org", **listed})
    return Answer(f"<script type='application/ld+json'>{text}</script>".encode()) if path == "/all" else None


def test_numbered_pages_to_the_last_one_and_profiles_by_selectors(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    with serve(make_numbered()) as server:
        add_source(settings, "made_up_cards", f"{server.url}/find", NUMBERED)
        summary = crawl("made_up_cards")
        assert server.count("/admin") == 0
        assert server.count("/robots.txt") == 1
    found = load_listings(database, "made_up_cards")
    assert (summary.state, summary.new, summary.fetched) == (SourceState.DONE, 25, 25 + 4)
    assert set(found) == {f"{server.url}/t/{n}" for n in range(25)}
    one = found[f"{server.url}/t/7"]
    assert (one.name, one.practice, one.city, one.region, one.postal_code) == (
        "Ana Example7", "Clinic 7", "Denver", "CO", "80202",
    )  # fmt: skip
    assert (one.phone, one.claims, one.tier, one.url) == (
        "+13035550100", ("LMT", "CO MT.7"), Tier.THIRD_PARTY, f"{server.url}/t/7",
    )  # fmt: skip


def test_next_links_are_followed_once_and_json_ld_is_merged_by_id(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    with serve(linked) as server:
        add_source(settings, "made_up_table", f"{server.url}/members", LINKED, Tier.ASSOCIATION)
        summary = crawl("made_up_table")
        assert server.count("/member/1") == 1, "a profile on two list pages is read once"
    found = load_listings(database, "made_up_table")
    assert (summary.state, set(found)) == (SourceState.DONE, {f"{server.url}/member/{n}" for n in range(1, 6)})
    one = found[f"{server.url}/member/3"]
    assert (one.name, one.practice, one.phone) == ("Ana Example3", "Clinic 3", "+16045550100")
    assert (one.street, one.city, one.region, one.country) == ("1 Example Rd", "Victoria", "BC", "CA")
    assert one.claims == ("RMT 003",), "what the selectors pick comes first"
    assert (one.website, one.lat, one.tier) == ("https://own3.example/", None, Tier.ASSOCIATION)


def test_a_page_of_json_ld_alone_is_a_listing_for_each_of_its_people(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    with serve(data_only) as server:
        add_source(settings, "made_up_data", f"{server.url}/all", DATA_ONLY)
        crawl("made_up_data")
    found = load_listings(database, "made_up_data")
    people = [listing for listing in found.values() if listing.name]
    assert sorted(listing.name or "" for listing in people) == [f"Ana Example{n}" for n in range(1, 8)]
    assert {(one.practice, one.city, one.postal_code, one.claims) for one in people} == {
        ("Group", "Portland", "97201", ("LMT",))
    }
    assert [(one.practice, one.website) for one in found.values() if not one.name] == [
        ("Example Bodywork", "https://shop.example/")
    ]


def test_robots_txt_shuts_a_directory_or_some_of_its_profiles(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    with serve(make_numbered(robots="User-agent: *\nDisallow: /t/3\n")) as server:
        add_source(settings, "partly", f"{server.url}/find", NUMBERED)
        summary = crawl("partly")
        assert server.count("/t/3") == 0
    assert (summary.state, summary.new, summary.set_aside) == (SourceState.DONE, 24, {"robots.txt forbids it": 1})
    with serve(make_numbered(robots="User-agent: *\nDisallow: /find\n")) as server:
        add_source(settings, "shut", f"{server.url}/find", NUMBERED)
        summary = crawl("shut")
        assert server.asked == ["/robots.txt"]
    assert summary.failed
    assert "robots.txt forbids it" in (summary.error or "")


def test_a_directory_that_shows_its_first_page_for_ever_ends(settings: Settings, crawl: Crawl) -> None:
    with serve(make_numbered(same_forever=True)) as server:
        add_source(settings, "forever", f"{server.url}/find", NUMBERED)
        summary = crawl("forever")
        assert server.count("/find") <= 2
    assert summary.new == 10


def test_read_again_nothing_is_new(settings: Settings, crawl: Crawl) -> None:
    with serve(linked) as server:
        add_source(settings, "made_up_table", f"{server.url}/members", LINKED, Tier.ASSOCIATION)
        crawl("made_up_table")
        summary = crawl("made_up_table")
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 5)


def test_a_profile_that_asks_not_to_be_indexed_is_held_back(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if path == "/find":
            return Answer(b'<div class="card"><a class="more" href="/t/1">x</a></div>' if not query else b"none")
        return Answer(b"<h1>Ana Example</h1>", headers={"X-Robots-Tag": "noindex"}) if path == "/t/1" else None

    with serve(route) as server:
        add_source(settings, "shy", f"{server.url}/find", NUMBERED)
        crawl("shy")
    (listing,) = load_listings(database, "shy").values()
    assert not listing.publish
    assert "noindex" in listing.hold_reasons[0]


def test_saved_profiles_are_read_as_live_ones(
    settings: Settings, crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    add_source(settings, "saved", "https://directory.example/find", NUMBERED)
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_text(
        "<link rel=canonical href='https://directory.example/t/1'><h1>Ana Example</h1>", "utf-8"
    )
    (folder / "b.html").write_text("<p>nobody</p>", "utf-8")
    summary = crawl("saved", from_=str(folder))
    assert set(load_listings(database, "saved")) == {"https://directory.example/t/1"}
    assert summary.set_aside == {"no name": 1}


def test_directories_of_the_data_folder_are_listed_beside_the_shipped_sources(
    settings: Settings, database: Database
) -> None:
    add_source(settings, "made_up", "https://directory.example/find", NUMBERED)
    assert set(load_sources(settings.data_dir)) - set(load_sources()) == {"made_up"}
    with database.read() as session:
        found = describe_sources(session, FixedClock(NOW), data_dir=settings.data_dir)
    assert "made_up" in {status.id for status in found}


@pytest.mark.parametrize(
    ("url", "plan", "said"),
    [
        ("https://www.yelp.com/search", NUMBERED, "never crawled"),
        ("https://d.example/", '  card: "div..x"\n  fields: {name: h1}\n', "no CSS selector"),
        ("https://d.example/", '  card: "div"\n', "needs `fields`"),
        ("https://d.example/", '  profile: "a::attr(href)"\n', "name that too"),
        ("https://d.example/", '  card: "div"\n  fields: {shoe_size: h1}\n', "shoe_size"),
        ("https://d.example/", '  card: "div"\n  fields: {name: {css: h1, match: "x"}}\n', "one group"),
        ("https://d.example/", '  next: "a"\n  page_url: "?p={page}"\n', "not by both"),
    ],
)
def test_a_directory_that_cannot_be_read_so_is_refused_by_name(
    settings: Settings, url: str, plan: str, said: str
) -> None:
    add_source(settings, "wrong", url, plan)
    with pytest.raises(SettingsError, match=said) as refused:
        load_sources(settings.data_dir)
    assert "wrong.yml" in str(refused.value)


def test_a_register_cannot_be_added_by_a_file_alone_nor_a_name_taken_twice(settings: Settings) -> None:
    add_source(settings, "leie", "https://directory.example/find", NUMBERED)
    with pytest.raises(SettingsError, match="already"):
        load_sources(settings.data_dir)
    path = settings.data_dir / "sources" / "leie.yml"
    text = path.read_text("utf-8").partition("start_urls")[0].replace("kind: directory", "kind: register")
    path.unlink()
    path.with_name("mine.yml").write_text(text, "utf-8")
    assert load_source(path.with_name("mine.yml")).id == "mine"
    with pytest.raises(SettingsError, match="kind directory"):
        load_sources(settings.data_dir)
