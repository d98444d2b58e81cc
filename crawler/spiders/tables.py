"""Sources that are one table: fetched whole from an address, or saved beforehand."""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy.http import Response

from crawler.items import Batch, Finding, SetAside, make_batches
from crawler.readers.columns import check_columns, choose_shape
from crawler.readers.tables import TABLE_SUFFIXES, WRONG_LENGTH, Table, load_table, parse_table
from crawler.sources.model import Column
from crawler.spiders.base import OtherKindError, SourceSpider, Yielded, find_modified


class TableSpider(SourceSpider):
    """Reads one table, whole; a subclass says what a row becomes."""

    suffixes: ClassVar[frozenset[str]] = TABLE_SUFFIXES

    def start_live(self) -> Iterable[Yielded]:
        """The table's own address."""
        address = f"{self.source.base_url}/{self.source.dataset}" if self.source.dataset else self.source.base_url
        yield from self.start_at(address)

    def start_at(self, url: str) -> Iterable[Yielded]:
        """The table saved at an address."""
        yield self.request(url, self.parse_start)

    def parse_start(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The rows of a table fetched from an address."""
        name = PurePosixPath(urlsplit(response.url).path).name or self.source.id
        read_on = self.job.plan.read_on or find_modified(response) or self.job.read_on
        self.job.read_on = min(read_on, self.job.clock.today())
        table = parse_table(io.BufferedReader(io.BytesIO(response.body)), name)
        yield from self.read_table(table, self.source.id, self.job.read_on, name)

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """The rows of a saved table."""
        self.job.read_on = read_on
        with closing(load_table(path)) as table:
            yield from self.read_table(table, unit, read_on, path.name)

    def read_table(self, table: Table, unit: str, read_on: date, name: str) -> Iterator[Batch]:
        """The table's rows in batches; every column is checked before the first row is read."""
        if table.whole is not None:
            rows = self.unwrap(table.whole, name)
            table = Table(None, ((f"{name} row {place}", row) for place, row in enumerate(rows, 1)))
        if table.names is not None:
            names: list[str] = table.names
            rows_in = table.rows
        else:
            rows_list = list(table.rows)  # a JSON document is in memory anyway
            names = sorted({key for _, row in rows_list if isinstance(row, Mapping) for key in row})  # all there are
            rows_in = iter(rows_list)
        if not names:
            yield Batch(unit, done=True)
            return
        columns, written = choose_shape(self.source, names)
        if table.names is not None:
            rows_in = _check_length(rows_in, names, columns)
        if written:
            names = [written.get(name, name) for name in names]
            rows_in = ((where, _rename(row, written)) for where, row in rows_in)
        known = sum(column in columns for column in names)
        if known * 2 < len(names):
            raise OtherKindError(f"{name} is not a file of source {self.source.id}: most of its columns are unknown.")
        check_columns(self.source, columns, names, header=True)
        yield from make_batches(unit, self.read_rows(rows_in, columns, read_on))

    def unwrap(self, document: object, name: str) -> list[Any]:
        """The rows inside a JSON document that is not a list."""
        kind = type(document).__name__
        raise OtherKindError(f"{name} is not a file of source {self.source.id}: it holds one {kind}, no rows.")

    @abstractmethod
    def read_rows(
        self, rows: Iterable[tuple[str, Mapping[str, object] | SetAside]], columns: Mapping[str, Column], read_on: date
    ) -> Iterator[list[Finding]]:
        """What each row becomes."""


def _check_length(
    rows: Iterator[tuple[str, Mapping[str, object] | SetAside]], names: list[str], columns: Mapping[str, Column]
) -> Iterator[tuple[str, Mapping[str, object] | SetAside]]:
    """The rows; one that ends before a column that is kept cannot be told from a broken one."""
    kept = [place for place, name in enumerate(names, 1) if name not in columns or columns[name].keep]
    needed = max(kept, default=0)
    for where, row in rows:
        yield where, SetAside(where, WRONG_LENGTH) if isinstance(row, Mapping) and len(row) < needed else row


def _rename(row: Mapping[str, object] | SetAside, written: Mapping[str, str]) -> Mapping[str, object] | SetAside:
    return row if isinstance(row, SetAside) else {written.get(name, name): value for name, value in row.items()}
