"""What a page said of its version (ETag, Last-Modified), so that the next run asks only whether it has changed.

A page that has not changed is read again from its kept copy: what it states is stored as seen today, its links are
followed as ever, and a better reader finds what an older one missed. Addresses are kept as hashes alone.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from scrapy.http import HtmlResponse

from directory.errors import NotFoundError
from records import snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy.http import Response

    from records.database import Database

FILE = "validators.sqlite3"
LONGEST = 1000  # a header longer than that is no version


@dataclass(frozen=True, slots=True)
class Version:
    """A page's version as its server named it, what its answer said beside it, and the hash of its kept copy."""

    etag: str
    last_modified: str
    content_type: str
    robots: str
    snapshot_hash: str

    def make_headers(self) -> dict[str, str]:
        """The headers that ask whether the page has changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class Validators:
    """The versions of pages, in a file of the data folder; losing it costs a full read and nothing else."""

    def __init__(self, data_dir: Path, database: Database) -> None:
        self._database = database
        data_dir.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(data_dir / FILE, timeout=30, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = off")
        self._connection.execute(
            "create table if not exists versions (url_hash text primary key, etag text, last_modified text,"
            " content_type text, robots text, snapshot_hash text) without rowid"
        )

    def find(self, url: str) -> Version | None:
        """The version of a page when it was last read."""
        query = "select etag, last_modified, content_type, robots, snapshot_hash from versions where url_hash = ?"
        row = self._connection.execute(query, [_hash(url)]).fetchone()
        return Version(*row) if row else None

    def keep(self, url: str, version: Version | None) -> None:
        """Remember the page's version; None forgets it."""
        if version is None:
            self._connection.execute("delete from versions where url_hash = ?", [_hash(url)])
        else:
            values = [_hash(url), *astuple(version)]
            self._connection.execute("insert or replace into versions values (?, ?, ?, ?, ?, ?)", values)

    def make_headers(self, url: str) -> dict[str, str]:
        """What to ask a page with: whether it has changed, if its copy is still kept."""
        version = self.find(url)
        if version is None:
            return {}
        with self._database.read() as session:
            return version.make_headers() if snapshots.is_kept(session, version.snapshot_hash) else {}

    def recall(self, response: Response) -> HtmlResponse | None:
        """The page that a 304 says is unchanged, from its kept copy; None if it must be asked for in full."""
        version = self.find(response.url)
        if version is None or "redirect_urls" in response.meta:  # it was another page's version that was asked with
            return None
        try:
            with self._database.read() as session:
                body = snapshots.get(session, version.snapshot_hash)
        except NotFoundError:
            return None
        robots = [version.robots, *(value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag"))]
        headers = {"Content-Type": version.content_type, "X-Robots-Tag": ", ".join(filter(None, robots))}
        stated = {name: value for name, value in headers.items() if value}
        return HtmlResponse(response.url, headers=stated, body=body, request=response.request)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


def read_version(response: Response, snapshot_hash: str) -> Version | None:
    """The version that an answer names, or None if it names none."""
    etag, last_modified, content_type = (
        (response.headers.get(name) or b"").decode("latin-1").strip()
        for name in ("ETag", "Last-Modified", "Content-Type")
    )
    robots = ", ".join(value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag"))
    if not (etag or last_modified) or max(len(etag), len(last_modified), len(robots)) > LONGEST:
        return None
    return Version(etag, last_modified, content_type, robots, snapshot_hash)


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
