"""The made-up world on loopback: practices' sites by host name, registers, NPPES and the exclusion list by path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.model import World
from demo.pages import make_site
from demo.registers import Row, make_colorado, make_delaware, make_washington
from directory.errors import PalpateError

SOCRATA = {"wa_doh": ("wa", "qxh8-f4bd"), "co_dora": ("co", "7s5z-vewr"), "de_dpr": ("de", "pjnv-eaih")}
DELAWARE_DISCIPLINE = "dz6p-akeq"
NPPES_PAGE, NPPES_SKIP = 200, 1000
SUFFIX = ".localhost"  # resolves to this machine everywhere (RFC 6761), so the links work in a browser too


@dataclass
class WorldServer:
    """A world being served; `overrides` point the real sources at it."""

    world: World
    port: int
    sites: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for practice in self.world.practices:
            self.sites[practice.slug] = make_site(practice, self.site_url(practice.slug))
        self.tables = {
            "qxh8-f4bd": make_washington(self.world),
            "7s5z-vewr": make_colorado(self.world),
            "pjnv-eaih": make_delaware(self.world),
            DELAWARE_DISCIPLINE: [],
        }

    @property
    def url(self) -> str:
        """Where the registers are."""
        return f"http://127.0.0.1:{self.port}"

    def site_url(self, slug: str) -> str:
        """A practice's own address."""
        return f"http://{slug}{SUFFIX}:{self.port}"

    @cached_property
    def overrides(self) -> dict[str, dict[str, object]]:
        """By source id, what differs from the source's own file: addresses, and the counts of a small world."""
        expected = {"min": 1, "max": 10_000, "max_drop_percent": 90.0, "fill": {}}
        found: dict[str, dict[str, object]] = {
            source: {"base_url": f"{self.url}/{path}", "expected": expected} for source, (path, _) in SOCRATA.items()
        }
        found["nppes"] = {"base_url": f"{self.url}/nppes/api/", "expected": expected}
        found["leie"] = {"base_url": f"{self.url}/leie", "expected": expected}
        found["practice_sites"] = {"start_urls": tuple(f"{self.site_url(slug)}/" for slug in self.sites)}
        return found

    def answer(self, host: str, target: str) -> tuple[HTTPStatus, str, str]:
        """Status, content type and body for a request."""
        url = urlsplit(target)
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        name = host.rpartition(":")[0] or host
        if name.endswith(SUFFIX):
            return self._answer_site(name.removesuffix(SUFFIX), url.path)
        if url.path.startswith("/nppes/api"):
            return HTTPStatus.OK, "application/json", json.dumps(self._answer_nppes(query))
        if url.path.startswith("/leie/"):
            return HTTPStatus.OK, "text/csv", self.world.exclusions
        return self._answer_socrata(url.path, query)

    def _answer_site(self, slug: str, path: str) -> tuple[HTTPStatus, str, str]:
        pages = self.sites.get(slug)
        if pages is None:
            return _NOT_FOUND
        if path == "/robots.txt":
            rules = f"User-agent: *\nDisallow: /book\nSitemap: {self.site_url(slug)}/sitemap.xml\n"
            return HTTPStatus.OK, "text/plain", rules
        if path == "/sitemap.xml":
            places = "".join(f"<url><loc>{self.site_url(slug)}{page}</loc></url>" for page in pages)
            space = "http://www.sitemaps.org/schemas/sitemap/0.9"
            return HTTPStatus.OK, "application/xml", f'<?xml version="1.0"?><urlset xmlns="{space}">{places}</urlset>'
        page = pages.get(path)
        return (HTTPStatus.OK, "text/html; charset=utf-8", page) if page is not None else _NOT_FOUND

    def _answer_socrata(self, path: str, query: dict[str, str]) -> tuple[HTTPStatus, str, str]:
        dataset = path.rpartition("/")[2].removesuffix(".json")
        rows = self.tables.get(dataset)
        if rows is None:
            return _NOT_FOUND
        if "/api/views/" in path:
            columns = [{"fieldName": name} for name in dict.fromkeys(key for row in rows for key in row)]
            day = self.world.on.strftime("%s")
            return HTTPStatus.OK, "application/json", json.dumps({"rowsUpdatedAt": int(day), "columns": columns})
        offset, limit = int(query.get("$offset", "0")), min(int(query.get("$limit", "1000")), 50_000)
        if query.get("$select", "").lower().startswith("count("):
            return HTTPStatus.OK, "application/json", json.dumps([{"count": str(len(rows))}])
        return HTTPStatus.OK, "application/json", json.dumps(rows[offset : offset + limit])

    def _answer_nppes(self, query: dict[str, str]) -> dict[str, Any]:
        """As the real API: at most 200 a page, nothing beyond skip 1000, errors in a 200."""
        limit, skip = int(query.get("limit", "10")), int(query.get("skip", "0"))
        if skip > NPPES_SKIP or limit > NPPES_PAGE:
            return {"Errors": [{"description": "Field skip must not exceed 1000", "field": "skip", "number": "14"}]}
        found = [row for row in self.world.npis if _matches(row, query)]
        page = found[skip : skip + limit]
        return {"result_count": len(page), "results": page}


_NOT_FOUND = (HTTPStatus.NOT_FOUND, "text/plain", "not here")


def _matches(row: Row, query: dict[str, str]) -> bool:
    addresses = row["addresses"]
    assert isinstance(addresses, list)
    if query.get("enumeration_type") not in (None, "", row["enumeration_type"]):
        return False
    for address in addresses:
        prefix = query.get("postal_code", "")
        fits = (
            address["postal_code"].startswith(prefix[:-1])
            if prefix.endswith("*")
            else prefix in ("", address["postal_code"])
        )
        if fits and query.get("state") in (None, "", address["state"]):
            city = query.get("city", "").upper()
            if city in ("", address["city"]):
                return True
    return False


@contextmanager
def serve_world(world: World, port: int = 0) -> Iterator[WorldServer]:
    """Serve a world on 127.0.0.1 until the block ends; port 0 takes a free one."""
    try:
        http = _Http(("127.0.0.1", port), _Handler)
    except OSError as error:
        raise PalpateError(
            f"Port {port} of this machine is taken ({error.strerror}). "
            "Stop what uses it, or choose another with --world-port."
        ) from error
    http.daemon_threads = True
    server = http.world = WorldServer(world, http.server_address[1])
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class _Http(ThreadingHTTPServer):
    world: WorldServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Http)
        status, content_type, text = self.server.world.answer(self.headers.get("Host", ""), self.path)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the crawl's own summary tells what was asked."""
