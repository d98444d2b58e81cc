"""A server that lies: each case is set aside with a reason, memory stays flat, and the run ends."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import zlib
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest
from aiohttp.abc import ResolveResult

from crawler.downloading import GuardedResolver, RefusedAddressError, check_url, is_public
from crawler.job import Limits
from crawler.run import run_crawl
from crawler.tally import SourceState, SourceSummary
from directory.models import ObservationKind
from directory.settings import Settings
from records.database import Database
from records.observations import load_current
from tests.crawler_servers import Answer, Route, serve
from tests.test_crawler_servers import database, settings

__all__ = ["database", "settings"]

PATIENT = Limits(request_s=120.0, retries=0, redirects=3)  # a busy machine is slow
# For an answer that never ends. Asked three times, so that one that a busy machine holds up is not taken for it.
QUICK = replace(PATIENT, request_s=3.0, retries=2)
HUGE = 500_000_000  # bytes; the first crawl of a process alone loads some fifty million of its own
Visit = Callable[..., SourceSummary]


@pytest.fixture
def visit(settings: Settings, database: Database) -> Visit:
    """Crawl one page of a server, with its robots.txt in order unless the route says otherwise."""

    def run(route: Route, path: str = "/", *, robots: bool = True, limits: Limits = PATIENT) -> SourceSummary:
        def guarded(asked: str, query: dict[str, str], host: str) -> Answer | None:
            return None if robots and asked in {"/robots.txt", "/sitemap.xml"} else route(asked, query, host)

        with serve(guarded) as server:
            return run_crawl(
                settings,
                database=database,
                sources=["practice_sites"],
                from_=f"{server.url}{path}",
                allow_local=True,
                limits=limits,
            )[0]

    return run


def count_pages(database: Database) -> int:
    with database.read() as session:
        return sum(1 for _ in load_current(session, ObservationKind.PAGE))


def measure_peak() -> int:
    """The most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pour(total: int, chunk: bytes = b"x" * 65536) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(total // len(chunk)):
            handler.wfile.write(chunk)

    return write


def test_a_page_of_500_mb_is_set_aside_without_being_held(visit: Visit) -> None:
    before = measure_peak()
    summary = visit(lambda *_: Answer(raw=pour(HUGE)))
    assert summary.set_aside == {"too large": 1}
    assert measure_peak() - before < HUGE // 2


def test_a_page_that_announces_10_gb_is_not_read(visit: Visit) -> None:
    summary = visit(lambda *_: Answer(b"<p>hello", length=10_000_000_000))
    assert summary.set_aside == {"too large": 1}


def test_a_body_without_end_is_cut_off(visit: Visit) -> None:
    summary = visit(lambda *_: Answer(raw=pour(10_000_000_000)))
    assert summary.set_aside == {"too large": 1}


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_bomb_is_not_unpacked(visit: Visit, encoding: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(HUGE // 1_000_000)) + packer.flush()
    assert len(bomb) < 1_000_000
    before = measure_peak()
    summary = visit(lambda *_: Answer(bomb, headers={"Content-Encoding": encoding}))
    assert summary.set_aside == {"too large": 1}
    assert measure_peak() - before < HUGE // 2


def test_a_bomb_inside_a_bomb_is_not_unpacked(visit: Visit) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000))
    summary = visit(lambda *_: Answer(bomb, headers={"Content-Encoding": "gzip, gzip"}))
    assert summary.set_aside == {"too large": 1}


def test_a_slow_drip_is_given_up(visit: Visit) -> None:
    over = Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not over.wait(0.05):
            handler.wfile.write(b".")
            handler.wfile.flush()

    try:
        summary = visit(lambda *_: Answer(raw=drip), limits=QUICK)
    finally:
        over.set()
    assert summary.set_aside == {"took too long": 1}


def test_redirects_without_end_are_given_up(visit: Visit) -> None:
    def route(path: str, query: dict[str, str], host: str) -> Answer:
        step = int(path.strip("/") or 0)
        return Answer(status=302, headers={"Location": f"/{step + 1}"})

    assert visit(route).set_aside == {"too many redirects": 1}


def test_a_page_that_redirects_to_itself_is_given_up(visit: Visit) -> None:
    assert visit(lambda *_: Answer(status=301, headers={"Location": "/"})).set_aside == {"too many redirects": 1}


def test_an_endless_calendar_costs_the_sites_budget_at_most(
    visit: Visit, database: Database, settings: Settings
) -> None:
    def route(path: str, query: dict[str, str], host: str) -> Answer:
        links = "".join(f'<a href="{path.rstrip("/")}/services-{n}?day={n}">Services, day {n}</a>' for n in range(100))
        return Answer(f"<title>{path}</title>{links}".encode())

    assert visit(route).state is SourceState.DONE
    assert 1 < count_pages(database) <= settings.crawl_site_pages


def test_a_robots_txt_of_500_mb_is_read_in_part_and_kept(visit: Visit, database: Database) -> None:
    head = b"User-agent: *\nDisallow: /secret\n"

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if path == "/robots.txt":
            return Answer(head, content_type="text/plain", raw=pour(HUGE, b"# padding\n" * 6000))
        return (
            Answer(b'<a href="/secret/contact">Contact</a><a href="/team">Team</a>') if path != "/sitemap.xml" else None
        )

    before = measure_peak()
    summary = visit(route, robots=False)
    assert summary.set_aside == {"robots.txt forbids it": 1}
    assert count_pages(database) == 2
    assert measure_peak() - before < HUGE // 2


def test_a_robots_txt_that_drips_forbids_the_site(visit: Visit) -> None:
    over = Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not over.wait(0.05):
            handler.wfile.write(b"#")
            handler.wfile.flush()

    def route(path: str, query: dict[str, str], host: str) -> Answer:
        return Answer(content_type="text/plain", raw=drip) if path == "/robots.txt" else Answer(b"<p>hello")

    try:
        summary = visit(route, robots=False, limits=QUICK)
    finally:
        over.set()
    assert summary.set_aside == {"robots.txt cannot be had": 1}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"<p>half", length=1000), "the answer broke off"),
        (Answer(b"<p>x", content_type="application/pdf"), "not a web page"),
        (Answer(b"\x00\x01\x02\x03" * 100, content_type="application/octet-stream"), "not a web page"),
        (Answer(b"gone", status=410), "HTTP 410"),
        (Answer(b"oops", status=500), "HTTP 500"),
        (Answer(b"not gzip at all", headers={"Content-Encoding": "gzip"}), "could not be fetched"),
    ],
)
def test_answers_that_are_no_page_are_set_aside_with_the_reason(visit: Visit, answer: Answer, reason: str) -> None:
    summary = visit(lambda *_: answer)
    assert [key for key in summary.set_aside if key.startswith(reason)], summary.set_aside


def test_a_server_that_hangs_up_is_set_aside(visit: Visit) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    summary = visit(lambda *_: Answer(b"", length=500, raw=hang_up))
    assert sum(summary.set_aside.values()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer("<title>Café</title><p>é".encode("latin-1"), content_type="text/html; charset=utf-8"),
        Answer(b"<title>x</title>", content_type="text/html; charset=no-such-charset"),
        Answer(b"<title>x</title><p>\xff\xfe\x00", content_type="text/html; charset=utf-16"),
        Answer(b'<script type="application/ld+json">{"@type": "Person", "name": [{{{</script><p>x'),
        Answer(b'<script type="application/ld+json">' + b'{"a":' * 5000 + b"</script>"),
        Answer(b"<div>" * 20_000 + b"x"),
        Answer(b""),
        Answer(b'<a href="http://[broken">x</a><a href="//:80">x</a><base href="http://[">'),
    ],
)
def test_pages_that_are_badly_written_are_read_as_far_as_they_go(
    visit: Visit, database: Database, answer: Answer
) -> None:
    summary = visit(lambda path, *_: answer if path == "/" else None)
    assert summary.state is SourceState.DONE, summary.errors
    assert count_pages(database) == 1


def test_more_headers_than_anyone_needs_are_refused(visit: Visit) -> None:
    headers = {f"X-Long-{n}": "y" * 8000 for n in range(200)}
    assert sum(visit(lambda *_: Answer(b"x", headers=headers)).set_aside.values()) == 1


ADDRESSES = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://a.localhost/",
    "http://10.0.0.7/",
    "http://172.16.9.9/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://router.internal/",
    "ftp://x.example/",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_private_addresses_are_refused_however_they_are_written(
    settings: Settings, database: Database, address: str, tmp_path: Path
) -> None:
    listed = tmp_path / "list.yml"
    listed.write_text(f"- '{address}'\n", "utf-8")
    source = {"practice_sites": {"start_urls": (address,)}}
    summary = run_crawl(settings, database=database, sources=["practice_sites"], overrides=source, limits=PATIENT)[0]
    assert sum(summary.set_aside.values()) == 1
    assert count_pages(database) == 0


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/secret", "http://169.254.169.254/", "file:///etc/passwd"])
def test_a_redirect_to_a_private_address_is_refused(settings: Settings, database: Database, target: str) -> None:
    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        port = server.port
        if path == "/":
            return Answer(status=302, headers={"Location": target.format(port=port)})
        return Answer(b"<p>secret") if path == "/secret" else None

    with serve(route) as server:
        overrides = {
            "practice_sites": {
                "start_urls": ("http://evil.example/",),
                "connect_to": {"evil.example": f"127.0.0.1:{server.port}"},
            }
        }
        summary = run_crawl(
            settings, database=database, sources=["practice_sites"], overrides=overrides, limits=PATIENT
        )[0]
        assert server.count("/secret") == 0
    assert sum(summary.set_aside.values()) == 1
    assert count_pages(database) == 0


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.1.1", "::1", "::ffff:10.0.0.1", "224.0.0.1", "0.0.0.0", "2002:7f00:1::"],
)
def test_addresses_of_nobodys_public_server(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RefusedAddressError):
        check_url(f"http://[{address}]/" if ":" in address else f"http://{address}/", allow_local=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses_may_be_visited(address: str) -> None:
    assert is_public(address)


class FlippingLoop(asyncio.SelectorEventLoop):
    """An event loop whose DNS gives a public address first and a private one afterwards, as a rebinding attack does."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = [["93.184.216.34", "127.0.0.1"], ["10.0.0.1"]]

    async def getaddrinfo(self, host, port, **_):  # type: ignore[no-untyped-def]  # only what the resolver asks
        found = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def test_dns_that_changes_never_leads_inside() -> None:
    loop = FlippingLoop()
    resolver = GuardedResolver(allow_local=False, connect_to={})
    try:
        first: list[ResolveResult] = loop.run_until_complete(resolver.resolve("rebind.example", 80))
        assert [result["host"] for result in first] == ["93.184.216.34"], "only checked addresses are passed on"
        with pytest.raises(RefusedAddressError):
            loop.run_until_complete(resolver.resolve("rebind.example", 80))
    finally:
        loop.close()
