"""Practice sites: the pages that matter, within a budget, as the site itself allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.http import TextResponse

from crawler.addresses import complete_url, load_addresses
from crawler.items import SetAside
from crawler.middlewares.robots import parse_robots
from crawler.readers import sites
from crawler.readers.pages import choose_address
from crawler.readers.sites import Page
from crawler.spiders import practice_sites
from crawler.tally import SourceState
from directory.models import ExtractedPage, ObservationKind
from directory.settings import Settings
from records import snapshots
from records.database import Database
from records.observations import StoredObservation, load_current
from tests.crawler_servers import Answer, Route, serve
from tests.test_crawler_servers import Crawl, crawl, database, settings

__all__ = ["crawl", "database", "settings"]

PAGES = {
    "/": "<title>Example Clinic</title>"
    '<a href="/about">About us</a> <a href="/book">Book</a> <a href="/team">Our team</a>'
    '<a href="/services/deep-tissue">Deep tissue</a><a href="/contact.html">Contact</a>'
    '<a href="/blog/2020/01/x">News</a>'
    '<a href="https://elsewhere.example/contact">Partner</a><a href="/rates?utm_source=x">Rates</a>',
    "/about": "<title>About</title><p>Ana Example, LMT</p>",
    "/team": "<title>Team</title><p>Ana Example, LMT</p>",
    "/services/deep-tissue": "<title>Deep tissue</title>",
    "/contact.html": "<title>Contact</title><p>100 Example St, Denver, CO 80202</p>",
    "/rates": "<title>Rates</title>",
    "/hidden": "<title>Hidden</title>",
}


def make_site(pages: dict[str, str], robots: str = "", sitemap: str = "") -> Route:
    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if path == "/robots.txt" and robots:
            return Answer(robots.encode(), content_type="text/plain")
        if path == "/sitemap.xml" and sitemap:
            return Answer(sitemap.encode(), content_type="application/xml")
        return Answer(pages[path].encode()) if path in pages else None

    return route


def load_pages(database: Database) -> dict[str, StoredObservation]:
    with database.read() as session:
        return {
            item.key.partition("://")[2].partition("/")[2]: item for item in load_current(session, ObservationKind.PAGE)
        }


def get_page(stored: StoredObservation) -> ExtractedPage:
    assert isinstance(stored.payload, ExtractedPage)
    return stored.payload


def test_the_pages_that_matter_are_read_and_no_others(crawl: Crawl, database: Database) -> None:
    with serve(make_site(PAGES)) as server:
        summary = crawl("practice_sites", from_=f"{server.url}/")
    assert summary.state is SourceState.DONE
    assert set(load_pages(database)) == {"", "about", "team", "services/deep-tissue", "contact.html", "rates"}


def test_robots_txt_is_obeyed(crawl: Crawl, database: Database) -> None:
    robots = "User-agent: *\nDisallow: /team\n\nUser-agent: PalpateBot\nDisallow: /about\n"
    with serve(make_site(PAGES, robots)) as server:
        summary = crawl("practice_sites", from_=f"{server.url}/")
        assert server.count("/about") == 0, "a page that robots.txt forbids is not even asked for"
    assert "about" not in load_pages(database)
    assert "team" in load_pages(database), "the rules for our own name are the ones that count"
    assert summary.set_aside == {"robots.txt forbids it": 1}


def test_a_robots_txt_that_cannot_be_had_forbids_everything(crawl: Crawl, database: Database) -> None:
    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        return Answer(b"", 503, "text/plain") if path == "/robots.txt" else Answer(PAGES["/"].encode())

    with serve(route) as server:
        summary = crawl("practice_sites", from_=f"{server.url}/")
    assert summary.set_aside == {"robots.txt cannot be had": 1}
    assert load_pages(database) == {}


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (429, None), (500, None), (503, None)])
def test_robots_txt_by_status_as_rfc_9309_has_it(status: int, *, allowed: bool | None) -> None:
    rules = parse_robots(
        TextResponse("http://x.example/robots.txt", status=status, body=b"User-agent: *\nDisallow: /"), 1000
    )
    assert (rules is None) if allowed is None else (rules is not None and rules.can_fetch("/a", "PalpateBot"))


def test_noindex_holds_the_page_back_and_noarchive_keeps_no_copy(crawl: Crawl, database: Database) -> None:
    pages = {
        "/": '<title>x</title><meta name="robots" content="noindex, noarchive"><a href="/contact">Contact</a>',
        "/contact": "<title>Contact</title>",
    }
    with serve(make_site(pages)) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    found = load_pages(database)
    assert not get_page(found[""]).publish
    assert "noindex" in " ".join(get_page(found[""]).hold_reasons)
    assert found[""].snapshot_hash is None
    stored = found["contact"].snapshot_hash
    assert stored is not None
    with database.read() as session:
        assert snapshots.get(session, stored) == b"<title>Contact</title>"


def test_nofollow_is_kept(crawl: Crawl, database: Database) -> None:
    pages = {**PAGES, "/": PAGES["/"] + '<meta name="robots" content="nofollow">'}
    with serve(make_site(pages)) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    assert set(load_pages(database)) == {""}


def test_a_sitemap_leads_to_pages_no_link_leads_to(crawl: Crawl, database: Database) -> None:
    pages = {"/": "<title>One page</title>", "/our-team": "<title>Team</title>", "/hidden": "<title>Hidden</title>"}
    sitemap = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if path == "/sitemap.xml":
            places = "".join(f"<url><loc>http://{host}{page}</loc></url>" for page in pages)
            return Answer(sitemap.format(places).encode(), content_type="application/xml")
        return Answer(pages[path].encode()) if path in pages else None

    with serve(route) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    assert set(load_pages(database)) == {"", "our-team"}


def test_the_budget_of_a_site_is_kept(settings: Settings, crawl: Crawl, database: Database) -> None:
    links = "".join(f'<a href="/services/{n}">Service {n}</a>' for n in range(50))
    pages = {"/": f"<title>x</title>{links}", **{f"/services/{n}": f"<title>{n}</title>" for n in range(50)}}
    with serve(make_site(pages)) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    assert len(load_pages(database)) == settings.crawl_site_pages


def test_a_list_of_sites_is_read_by_name_through_a_server_of_ones_own(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    listed = tmp_path / "sites.txt"
    listed.write_text(
        "# practices\nhttp://one.example/\nhttp://www.two.example/\nnot an address\nhttps://www.yelp.com/biz/x\n"
    )
    with serve(make_site({"/": "<title>Example</title>"})) as server:
        summary = crawl(
            "practice_sites",
            server,
            from_=str(listed),
            fields={"connect_to": {"*.example": f"127.0.0.1:{server.port}"}},
        )
        assert server.count("yelp") == 0
    with database.read() as session:
        keys = {item.key for item in load_current(session, ObservationKind.PAGE)}
    assert keys == {"http://one.example/", "http://www.two.example/"}
    assert summary.set_aside == {"not a web address": 1, "site that is never crawled": 1}


def test_more_sites_than_are_read_side_by_side_are_all_read_with_all_their_addresses(
    crawl: Crawl, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice_sites, "OPEN_SITES", 2)
    listed = tmp_path / "sites.txt"
    wanted = {f"http://s{site}.example/{page}" for site in range(9) for page in ("", "contact")}
    listed.write_text("\n".join(sorted(wanted)), "utf-8")
    with serve(make_site({"/": "<title>Example</title>", "/contact": "<title>Contact</title>"})) as server:
        summary = crawl(
            "practice_sites",
            server,
            from_=str(listed),
            fields={"connect_to": {"*.example": f"127.0.0.1:{server.port}"}},
        )
    with database.read() as session:
        assert {item.key for item in load_current(session, ObservationKind.PAGE)} == wanted
    assert (summary.new, summary.state) == (18, SourceState.DONE)


def test_the_data_folders_own_list_is_read_and_unreviewed_terms_are_noted(
    settings: Settings, crawl: Crawl, database: Database
) -> None:
    with serve(make_site({"/": "<title>Example</title>"})) as server:
        (settings.data_dir / "practice_sites.txt").write_text(f"{server.url}/\n", "utf-8")
        summary = crawl("practice_sites")
    assert set(load_pages(database)) == {""}
    assert summary.notes == {"terms not yet reviewed by a person": 1}


def test_saved_pages_are_read_as_live_ones_and_other_files_passed_over(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "a.html").write_text('<title>A</title><link rel="canonical" href="https://a.example/">', "utf-8")
    (folder / "b.html").write_text("<title>B</title>", "utf-8")
    (folder / "notes.md").write_text("x", "utf-8")
    (folder / "huge.html").write_bytes(b"<p>" + b"x" * 6_000_000)
    summary = crawl("practice_sites", from_=str(folder))
    assert (summary.new, summary.passed_over, summary.set_aside) == (2, {"another kind of file": 1}, {"too large": 1})
    with database.read() as session:
        assert {item.key for item in load_current(session, ObservationKind.PAGE)} == {
            "https://a.example/",
            "file:b.html",
        }


def test_a_plain_list_of_files_leads_to_every_page(crawl: Crawl, database: Database) -> None:
    names = [f"page{n}.html" for n in range(30)]
    index = "<title>Directory listing for /</title>" + "".join(
        f'<a href="{name}">{name}</a>' for name in [*names, "x.tsv"]
    )
    with serve(make_site({"/": index, **{f"/{name}": f"<title>{name}</title>" for name in names}})) as server:
        crawl("practice_sites", from_=f"{server.url}/")
    assert set(load_pages(database)) == set(names)


def test_an_address_of_this_machine_needs_leave(settings: Settings, database: Database) -> None:
    from crawler.run import run_crawl

    with serve(make_site(PAGES)) as server:
        summary = run_crawl(settings, database=database, sources=["practice_sites"], from_=f"{server.url}/")[0]
        assert server.asked == []
    assert summary.state is SourceState.FAILED
    assert summary.set_aside == {"address of this machine or a private network refused": 1}


@pytest.mark.parametrize(
    ("url", "text", "wanted"),
    [
        ("https://x.example/contact-us", "", True),
        ("https://x.example/p/3", "Meet our therapists", True),
        ("https://x.example/tarifs", "", True),
        ("https://x.example/nous-joindre", "", True),
        ("https://x.example/servicios/masaje", "", True),
        ("https://x.example/blog/massage-tips", "", False),
        ("https://x.example/menu.pdf", "Services", False),
        ("https://x.example/calendar/2026/11", "", False),
        ("https://x.example/zzz", "", False),
    ],
)
def test_links_are_worth_reading_by_their_words(url: str, text: str, *, wanted: bool) -> None:
    assert (sites.rank_link(url, text) > 0) is wanted


def test_one_page_has_one_address() -> None:
    same = {
        "http://x.example",
        "http://x.example/",
        "http://x.example/#top",
        "http://x.example/?utm_source=a",
        "http://x.example/index.html",
    }
    assert {sites.normalise_url(url) for url in same} == {"http://x.example/"}


def test_a_canonical_address_of_another_site_is_not_believed() -> None:
    body = '<link rel="canonical" href="https://victim.example/">'
    assert choose_address(Page("https://x.example/", body), "https://x.example/") == "https://x.example/"
    assert choose_address(Page("http://127.0.0.1/", body), "http://127.0.0.1/") == "https://victim.example/"


@pytest.mark.parametrize("text", ["", "two words", "ftp://x.example/", "http://", "http://x.example:99999999/", "word"])
def test_what_is_no_web_address_is_none(text: str) -> None:
    assert complete_url(text) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "x.example\n"),
        ("a.csv", "name,Website\nA,x.example\n"),
        ("a.jsonl", '{"website": "https://x.example"}\n'),
        ("a.yml", "start_urls: [x.example]\n"),
    ],
)
def test_lists_of_addresses_come_in_several_shapes(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    found = list(load_addresses(path))
    assert found == ["https://x.example"]
    assert not any(isinstance(item, SetAside) for item in found)
