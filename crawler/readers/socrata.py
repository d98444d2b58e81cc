"""Where a Socrata data set is asked for: its own server, or an address that stands in for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.readers.tables import TABLE_SUFFIXES
from crawler.sources.model import Source

_RESOURCE = re.compile(r"(?P<before>.*)/resource/(?P<dataset>\w{4}-\w{4})(?:\.json)?/?")
_PAGING = frozenset({"$limit", "$offset", "$order", "$select"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of a data set's rows; `server` is where it is described and counted, None where nobody does that."""

    rows: str
    server: str | None = None
    dataset: str = ""
    where: str = ""

    def make_url(self, *, limit: int, offset: int) -> str:
        """The address of a page: always in the same order, or rows would be lost between pages."""
        parts = urlsplit(self.rows)
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in {*_PAGING, "$where"}]
        paging = [("$limit", str(limit)), ("$offset", str(offset)), ("$order", ":id")]
        where = [("$where", self.where)] if self.where else []
        return urlunsplit(parts._replace(query=urlencode([*kept, *paging, *where])))

    def make_count_url(self) -> str:
        """The address of the number of rows."""
        where = {"$where": self.where} if self.where else {}
        return f"{self.rows}?{urlencode({'$select': 'count(*) as count', **where})}"


def make_endpoint(server: str, dataset: str, where: str = "") -> Endpoint:
    """A data set on a Socrata server."""
    return Endpoint(f"{server}/resource/{dataset}.json", server, dataset, where)


def find_endpoint(source: Source, url: str) -> Endpoint | None:
    """What the address offers page by page; None if it is a file to be fetched whole.

    A bare server (`http://host/`) and a data set's own address (`…/resource/abcd-1234.json`) are asked as the source
    itself would be; any other address that is no file of a table is asked for its rows alone.
    """
    parts = urlsplit(url)
    where = dict(parse_qsl(parts.query)).get("$where", "")
    server = f"{parts.scheme}://{parts.netloc}"
    if not parts.path.strip("/"):
        return make_endpoint(server, source.dataset, where or source.where)
    if own := _RESOURCE.fullmatch(parts.path):
        return make_endpoint(server + own["before"], own["dataset"], where or source.where)
    path = PurePosixPath(parts.path)
    if path.name == "rows.json" or path.suffix.casefold() in TABLE_SUFFIXES - {".json"}:
        return None
    return Endpoint(url, where=where)
