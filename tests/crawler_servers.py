"""Servers on loopback that behave as the real ones do, limits and lies included."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qsl, urlsplit

Row = dict[str, object]


@dataclass
class Answer:
    """What a server says; `raw` writes to the socket itself after the head."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None


def answer_json(value: object, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(json.dumps(value).encode(), status, "application/json")


Route = Callable[[str, dict[str, str], str], Answer | None]  # path, query, host


@dataclass
class Server:
    """A running server and what it was asked."""

    url: str
    port: int
    asked: list[str]
    headers: list[dict[str, str]] = field(default_factory=list)  # of each request, by names in lower case

    def count(self, part: str) -> int:
        """How many requests had `part` in their target."""
        return sum(part in target for target in self.asked)


@contextmanager
def serve(route: Route) -> Iterator[Server]:
    """Serve on a free port of loopback; what the route knows nothing of is a 404."""
    asked: list[str] = []
    headers: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.path = f"{self.path}?{form}"
            self.do_GET()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked.append(self.path)
            stated = {name.lower(): value for name, value in self.headers.items()}
            headers.append(stated)
            try:
                found = route(parts.path, dict(parse_qsl(parts.query)), self.headers.get("Host", ""))
                etag = found.headers.get("ETag") if found else None
                if found and etag and stated.get("if-none-match") == etag:
                    found = Answer(status=304, headers={"ETag": etag})
                self._send(found or Answer(b"not here", 404, "text/plain"))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.raw is None or answer.length is not None:
                length = len(answer.body) if answer.length is None else answer.length
                self.send_header("Content-Length", str(length))
            if answer.raw is not None or answer.length is not None:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.raw is not None:
                answer.raw(self)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.block_on_close = False
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    port = http.server_address[1]
    try:
        yield Server(f"http://127.0.0.1:{port}", port, asked, headers)
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@dataclass
class Socrata:
    """A Socrata server: no order unless asked for, pages as short as it likes, 202 and 429 now and then."""

    tables: dict[str, list[Row]]
    columns: dict[str, list[str]]
    page_cap: int = 50_000
    counts: bool = True
    trouble: bool = False
    updated_at: int | None = 1795000000
    _asked: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def route(self, path: str, query: dict[str, str], _: str) -> Answer | None:
        """The answer to a request."""
        dataset = path.rpartition("/")[2].removesuffix(".json")
        if dataset not in self.tables:
            return None
        if self.trouble and (answer := self._find_trouble(f"{path}{sorted(query.items())}")):
            return answer
        if "/api/views/" in path:
            columns = [{"fieldName": name} for name in self.columns[dataset]]
            return answer_json({"rowsUpdatedAt": self.updated_at, "columns": columns})
        rows = self.tables[dataset]
        if query.get("$select", "").startswith("count("):
            return answer_json(
                [{"count": str(len(rows))}] if self.counts else {"message": "no"}, 200 if self.counts else 400
            )
        ordered = list(rows)
        if query.get("$order") != ":id":
            random.shuffle(ordered)
        limit = min(int(query.get("$limit", "1000")), self.page_cap)
        offset = int(query.get("$offset", "0"))
        return answer_json(ordered[offset : offset + limit])

    def _find_trouble(self, question: str) -> Answer | None:
        with self._lock:
            self._asked[question] += 1
            times = self._asked[question]
        if times == 1:
            return Answer(b"", 202, "application/json")
        if times == 2:
            return Answer(b"", 429, "application/json", {"Retry-After": "0"})
        return None


@dataclass
class Nppes:
    """The NPI registry: 200 a page, skip up to 1000, errors in a 200, ZIP prefixes of two digits or more."""

    rows: list[Row]

    def route(self, path: str, query: dict[str, str], _: str) -> Answer | None:
        """The answer to a request."""
        if path != "/api/":
            return None
        limit, skip = int(query.get("limit", "10")), int(query.get("skip", "0"))
        if limit > 200 or skip > 1000:
            return self._refuse("skip or limit beyond what is allowed")
        prefix = query.get("postal_code", "")
        if prefix.endswith("*") and len(prefix) < 3:
            return self._refuse("wildcard needs two characters")
        if not query.get("state"):
            return self._refuse("No valid search criteria provided")
        found = [row for row in self.rows if self._fits(row, query, prefix)]
        page = found[skip : skip + limit]
        return answer_json({"result_count": len(page), "results": page})

    def _fits(self, row: Row, query: dict[str, str], prefix: str) -> bool:
        addresses = row["addresses"]
        assert isinstance(addresses, list)
        location = addresses[0]
        code = location["postal_code"]
        fits = code.startswith(prefix[:-1]) if prefix.endswith("*") else not prefix or code[:5] == prefix
        city = query.get("city", "").upper()
        return fits and location["state"] == query["state"] and city in ("", location["city"])

    @staticmethod
    def _refuse(words: str) -> Answer:
        return answer_json({"Errors": [{"description": words, "field": "generic", "number": "04"}]})


def make_npi(number: int) -> str:
    """A well-formed NPI."""
    body = f"1{number:08d}"
    for check in range(10):
        total = 0
        for place, digit in enumerate(reversed(f"80840{body}{check}")):
            value = int(digit) * (2 if place % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return f"{body}{check}"
    raise AssertionError


def make_npi_row(
    number: int, *, state: str = "CO", zip_code: str = "80202", city: str = "DENVER", **basic: object
) -> Row:
    """A made-up massage therapist as the registry gives them; even numbers in the old generation of answers."""
    old = number % 2 == 0
    npi = make_npi(number)
    return {
        "number": int(npi) if old else npi,
        "enumeration_type": "NPI-1",
        "created_epoch": 1256083200 if old else "1256083200000",
        "last_updated_epoch": 1553380697 if old else "1553380697000",
        "basic": {
            "first_name": "ANA",
            "last_name": f"EXAMPLE{number}",
            "sole_proprietor": "NO",
            "gender": "F",
            "status": "A",
            "last_updated": "2024-03-23",
            **basic,
        },
        "addresses": [
            {
                "address_purpose": "LOCATION",
                "address_1": "100 EXAMPLE ST",
                "address_2": "",
                "city": city,
                "state": state,
                "postal_code": f"{zip_code}1234",
                "country_code": "US",
                "telephone_number": "303-555-0100",
            },
            {
                "address_purpose": "MAILING",
                "address_1": "7 SECRET LN",
                "city": "HIDEAWAY",
                "state": state,
                "postal_code": "800010000",
                "country_code": "US",
                "telephone_number": "303-555-0199",
            },
        ],
        "taxonomies": [
            {
                "code": "225700000X",
                "desc": "Massage Therapist",
                "primary": True,
                "state": state,
                "license": f"MT.{number}",
            }
        ],
        "other_names": [],
        "identifiers": [],
        "practiceLocations": [],
    }


def make_wa_row(number: int, **parts: object) -> Row:
    """A made-up row of Washington's register."""
    return {
        "credentialnumber": f"MA{number:08d}",
        "lastname": f"EXAMPLE{number}",
        "firstname": "ANA",
        "credentialtype": "Massage Therapist License",
        "status": "ACTIVE",
        "birthyear": "1999",
        "firstissuedate": "20180102",
        "lastissuedate": "20260103",
        "expirationdate": "20270105",
        "actiontaken": "No",
        **parts,
    }
