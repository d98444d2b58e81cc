"""Boards' registers: those on Socrata, and Florida's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
from scrapy.http import Response

from crawler.items import Batch, Finding, SetAside
from crawler.job import Job
from crawler.readers.columns import check_columns, keep_columns
from crawler.readers.registers import RegisterReader, make_key, read_case
from crawler.readers.socrata import Endpoint, find_endpoint, make_endpoint
from crawler.sources.model import Column
from crawler.spiders.base import OtherKindError, Yielded, find_modified
from crawler.spiders.tables import TableSpider
from directory.errors import SourceUnavailableError
from directory.models import ObservationKind, RegisterRecord

MOST_ROWS = 10_000_000  # more than any board has


class RegisterSpider(TableSpider):
    """Rows of a board's register."""

    discipline: Mapping[str, tuple[str, ...]] = {}

    def make_reader(self, columns: Mapping[str, Column], read_on: date) -> RegisterReader:
        """A reader of this register's rows."""
        return RegisterReader(self.source, columns, read_on, self.discipline)

    def read_rows(
        self, rows: Iterable[tuple[str, Mapping[str, object] | SetAside]], columns: Mapping[str, Column], read_on: date
    ) -> Iterator[list[Finding]]:
        """What each row becomes; merged records come with the last row."""
        reader = self.make_reader(columns, read_on)
        last: list[Finding] = []
        for place, (where, row) in enumerate(rows):
            if place:
                yield last
            last = [row] if isinstance(row, SetAside) else [self.wrap(found) for found in reader.read(row, where)]
        yield [*last, *(self.wrap(record) for record in reader.finish())]

    def wrap(self, found: RegisterRecord | Finding) -> Finding:
        """A record as an observation; anything else as it is."""
        if not isinstance(found, RegisterRecord):
            return found
        key = make_key(self.source, found.licence_type, found.number)
        return self.observe(
            ObservationKind.REGISTER, key, found, read_on=found.read_on or self.job.read_on, url=found.url
        )


class SocrataSpider(RegisterSpider):
    """A register on a Socrata server: ordered pages until every counted row has come."""

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(job, **kwargs)
        self.endpoint = make_endpoint(self.source.base_url, self.source.dataset, self.source.where)
        self.last_page: frozenset[bytes] = frozenset()

    def start_live(self) -> Iterable[Yielded]:
        """The data set's description comes first: its columns, and when its rows were last written."""
        if self.source.metadata and self.endpoint.server:
            address = f"{self.endpoint.server}/api/views/{self.endpoint.dataset}.json"
            yield self.request(address, self.parse_metadata, errback=self.on_no_metadata)
        else:
            yield from self.ask_discipline_or_count()

    def start_at(self, url: str) -> Iterable[Yielded]:
        """The rows at an address, page by page, or the table saved there."""
        endpoint = find_endpoint(self.source, url)
        if endpoint is None:
            yield from super().start_at(url)
            return
        self.endpoint = endpoint
        yield from self.start_live() if endpoint.server else self.ask_rows(None)

    def parse_metadata(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The columns, checked before a row is asked for, and the date of the data."""
        described = load_json(self.source.id, response)
        if isinstance(described, Mapping):
            columns = described.get("columns")
            if isinstance(columns, list):
                names = [str(column.get("fieldName")) for column in columns if isinstance(column, Mapping)]
                visible = [name for name in names if not name.startswith(":")]
                check_columns(self.source, self.source.columns, visible, header=True)
            stamp = described.get("rowsUpdatedAt")
            if isinstance(stamp, int | float) and not self.job.plan.read_on:
                self.job.read_on = min(datetime.fromtimestamp(stamp, UTC).date(), self.job.clock.today())
        yield from self.ask_discipline_or_count()

    def on_no_metadata(self, failure: Any) -> Iterator[Yielded]:
        """A server without descriptions: the rows are checked as they come."""
        if self.is_no_service(failure):
            yield from self.ask_discipline_or_count()

    def is_no_service(self, failure: Any) -> bool:
        """Whether the server answered that it has no such thing; any other failure ends the source."""
        response = getattr(failure.value, "response", None)
        if response is not None and response.status in {400, 404}:
            return True
        self.on_failure(failure)
        return False

    def ask_discipline_or_count(self) -> Iterator[Yielded]:
        """The next question: the table of disciplinary actions if there is one, else how many rows there are."""
        if self.source.discipline and self.endpoint.server:
            yield self.ask_discipline(make_endpoint(self.endpoint.server, self.source.discipline.dataset), 0, {})
        else:
            yield self.ask_count()

    def ask_discipline(self, endpoint: Endpoint, offset: int, found: dict[str, tuple[str, ...]]) -> Yielded:
        """A page of the disciplinary actions."""
        return self.request(
            endpoint.make_url(limit=self.source.page_size, offset=offset),
            self.parse_discipline,
            cb_kwargs={"endpoint": endpoint, "offset": offset, "found": found},
        )

    def parse_discipline(
        self, response: Response, endpoint: Endpoint, offset: int, found: dict[str, tuple[str, ...]], **_: Any
    ) -> Iterator[Yielded]:
        """The actions by licence number, until a page holds none."""
        assert self.source.discipline is not None
        columns = self.source.discipline.columns
        rows = load_rows(self.source.id, response)
        for row in rows:
            check_columns(self.source, columns, row, header=False)
            kept = keep_columns(columns, row)
            if number := kept.get("number"):
                found[number] = tuple(dict.fromkeys((*found.get(number, ()), *read_case(kept))))
        if rows and not self.is_repeated(response):
            yield self.ask_discipline(endpoint, offset + len(rows), found)
        else:
            self.discipline = found
            yield self.ask_count()

    def ask_count(self) -> Yielded:
        """How many rows the server says there are."""
        return self.request(self.endpoint.make_count_url(), self.parse_count, errback=self.on_no_count)

    def on_no_count(self, failure: Any) -> Iterator[Yielded]:
        """A server that does not count: an empty page ends the table."""
        if self.is_no_service(failure):
            yield from self.ask_rows(None)

    def parse_count(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The count, if the server did count."""
        rows = load_rows(self.source.id, response)
        counted = rows[0].get("count") if len(rows) == 1 and set(rows[0]) == {"count"} else None
        yield from self.ask_rows(int(str(counted)) if counted is not None else None)

    def ask_rows(self, count: int | None) -> Iterator[Yielded]:
        """The first page of rows."""
        yield self.ask_page(0, count, None)

    def ask_page(self, offset: int, count: int | None, reader: RegisterReader | None) -> Yielded:
        """A page of rows."""
        return self.request(
            self.endpoint.make_url(limit=self.source.page_size, offset=offset),
            self.parse_page,
            cb_kwargs={"offset": offset, "count": count, "reader": reader},
        )

    def parse_page(
        self, response: Response, offset: int, count: int | None, reader: RegisterReader | None, *_: Any, **__: Any
    ) -> Iterator[Yielded]:
        """A page's records, and the next page until all that were counted have come, or a page brings nothing."""
        if self.endpoint.server is None and offset == 0 and not response.body.lstrip().startswith(b"["):
            yield from self.parse_start(response)
            return
        rows = load_rows(self.source.id, response)
        if reader is None:
            if self.endpoint.server is None and not self.job.plan.read_on:
                self.job.read_on = min(find_modified(response) or self.job.read_on, self.job.clock.today())
            reader = self.make_reader(self.source.columns, self.job.read_on)
        is_last = not rows or (count is None and self.is_repeated(response))
        batch = Batch(self.source.id)
        for place, row in enumerate(() if is_last else rows, offset + 1):
            batch.fetched += 1
            for found in reader.read(row, f"{self.endpoint.dataset or self.source.id} row {place}"):
                batch.add(self.wrap(found))
        seen = offset + batch.fetched
        if not is_last and (count is None or seen < count):
            if seen > MOST_ROWS:
                raise SourceUnavailableError(f"Source {self.source.id}: {response.url}: the pages never end.")
            yield batch
            yield self.ask_page(seen, count, reader)
            return
        if count is not None and seen < count:
            raise SourceUnavailableError(
                f"Source {self.source.id}: the server counted {count} rows and gave {seen}. Try again later."
            )
        for record in reader.finish():
            batch.add(self.wrap(record))
        batch.done = True
        yield batch

    def is_repeated(self, response: Response) -> bool:
        """Whether the page holds just the rows of the one before it: a server that does not turn pages."""
        rows = orjson.loads(response.body)
        page = frozenset(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
        repeated, self.last_page = page == self.last_page, page
        return repeated

    def unwrap(self, document: object, name: str) -> list[Any]:
        """The rows of Socrata's whole-table download, which carries its own description."""
        if isinstance(document, Mapping) and {"message", "error"} <= set(document):
            raise SourceUnavailableError(f"{name} is an error of the server ({document['message']}). Fetch it again.")
        if not (isinstance(document, Mapping) and isinstance(document.get("data"), list)):
            raise OtherKindError(f"{name} is not a file of source {self.source.id}.")
        meta = document.get("meta")
        view = meta.get("view") if isinstance(meta, Mapping) else None
        columns = view.get("columns") if isinstance(view, Mapping) else None
        if not isinstance(columns, list):
            raise OtherKindError(f"{name} says nothing of its columns.")
        names = [str(column.get("fieldName")) for column in columns]
        return [
            {key: value for key, value in zip(names, row, strict=False) if not key.startswith(":")}
            for row in document["data"]
        ]


def load_json(source_id: str, response: Response) -> object:
    """The JSON of an answer; raises `SourceUnavailableError` if it is none."""
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError as error:
        raise SourceUnavailableError(f"Source {source_id}: the answer of {response.url} is not whole JSON.") from error


def load_rows(source_id: str, response: Response) -> list[dict[str, Any]]:
    """The rows of an answer; raises `SourceUnavailableError` with the server's own words for anything else."""
    rows = load_json(source_id, response)
    if isinstance(rows, list):
        return rows
    words = rows.get("message", "no rows") if isinstance(rows, Mapping) else "no rows"
    raise SourceUnavailableError(f"Source {source_id}: the server said: {words}.")


class WaDohSpider(SocrataSpider):
    name = "wa_doh"


class CoDoraSpider(SocrataSpider):
    name = "co_dora"


class TxTdlrSpider(SocrataSpider):
    name = "tx_tdlr"


class CtDphSpider(SocrataSpider):
    name = "ct_dph"


class IlIdfprSpider(SocrataSpider):
    name = "il_idfpr"


class DeDprSpider(SocrataSpider):
    name = "de_dpr"


class FlMqaSpider(RegisterSpider):
    name = "fl_mqa"
