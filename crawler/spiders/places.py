"""Open maps: where practices are, and the web addresses that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import duckdb
from scrapy.http import Response

from crawler.items import Batch, Finding, make_batches
from crawler.job import Job
from crawler.readers import places
from crawler.readers.columns import check_columns
from crawler.readers.tables import load_table
from crawler.regions import Region
from crawler.spiders.base import OtherKindError, SourceSpider, Yielded
from crawler.spiders.registers import load_json
from directory.errors import InputError, SourceUnavailableError
from directory.models import Listing, ObservationKind


class PlacesSpider(SourceSpider):
    """Places of an open map as listings."""

    def wrap(self, found: places.Outcome, read_on: date) -> Finding:
        """A listing as an observation; anything else as it is."""
        if not isinstance(found, Listing):
            return found
        return self.observe(ObservationKind.LISTING, found.listing_id, found, read_on=read_on, url=found.url)


class OsmSpider(PlacesSpider):
    name = "osm"
    suffixes: ClassVar[frozenset[str]] = frozenset({".json"})

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(job, **kwargs)
        self.address = self.source.base_url

    def start_live(self) -> Iterable[Yielded]:
        """One question a region, one after the other on the server's side."""
        for region in self.job.plan.regions:
            if self.job.is_open(str(region)):
                query = places.make_overpass_query(f"{region.country}-{region.code}", region.city)
                yield self.request(
                    self.address,
                    self.parse_region,
                    method="POST",
                    body=urlencode({"data": query}),
                    headers={"Content-Type": "application/x-www-form-urlencoded"},
                    cb_kwargs={"region": region},
                )

    def start_at(self, url: str) -> Iterable[Yielded]:
        """The Overpass server at an address, if regions are asked for; else the answer saved there."""
        if self.job.plan.regions and not urlsplit(url).path.endswith(".json"):
            self.address = url
            yield from self.start_live()
        else:
            yield self.request(url, self.parse_start)

    def parse_region(self, response: Response, region: Region, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The places of one region."""
        yield from self.read_document(load_json(self.name, response), str(region), region, self.job.read_on)

    def parse_start(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """An answer saved at an address."""
        yield from self.read_document(load_json(self.name, response), self.name, None, self.job.read_on)

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """A saved answer."""
        with closing(load_table(path)) as table:
            yield from self.read_document(table.whole, unit, None, read_on)

    def read_document(self, document: object, unit: str, region: Region | None, read_on: date) -> Iterator[Batch]:
        """The places of an answer; a server that ran out of time or memory has failed."""
        if not isinstance(document, Mapping) or not isinstance(document.get("elements"), list):
            raise OtherKindError(f"{unit} is not an Overpass answer.")
        remark = str(document.get("remark", ""))
        if "error" in remark.casefold():
            raise SourceUnavailableError(
                f"Source {self.name}: the server gave up ({remark}). Ask for a smaller region."
            )
        day = self.job.plan.read_on or places.read_osm_date(document) or read_on
        day = min(day, self.job.clock.today())
        asked = (region.country, region.code) if region else None
        rows = (
            [self.wrap(places.read_osm_element(self.source, element, f"{unit} element {place}", asked), day)]
            for place, element in enumerate(document["elements"], 1)
        )
        yield from make_batches(unit, rows)


class OvertureSpider(PlacesSpider):
    name = "overture"
    suffixes: ClassVar[frozenset[str]] = frozenset({".parquet", ".geoparquet"})

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """The massage places of a Parquet file; the filter runs inside DuckDB."""
        try:
            with duckdb.connect() as connection:
                yield from make_batches(unit, self._read_rows(connection, path, read_on))
        except duckdb.Error as error:
            raise InputError(f"{path.name} cannot be read as Overture places: {str(error).splitlines()[0]}") from error

    def _read_rows(self, connection: duckdb.DuckDBPyConnection, path: Path, read_on: date) -> Iterator[list[Finding]]:
        described = connection.execute("select * from read_parquet(?) limit 0", [str(path)]).description or []
        names = [column[0] for column in described]
        check_columns(self.source, self.source.columns, names, header=True)
        kept = [name for name in names if self.source.columns[name].keep]
        wanted = sorted(places.OVERTURE_CATEGORIES)
        tests = [
            test
            for column, test in (
                ("categories", "categories.primary in (select unnest(?))"),
                ("basic_category", "basic_category in (select unnest(?))"),
                ("taxonomy", 'taxonomy."primary" in (select unnest(?))'),
            )
            if column in names
        ]
        columns = ", ".join(f'"{name}"' for name in kept)
        query = f"select {columns} from read_parquet(?) where {' or '.join(tests) or 'false'}"  # nosec B608  # noqa: S608 - names checked above
        found = connection.execute(query, [str(path), *([wanted] * len(tests))])
        place = 0
        while rows := found.fetchmany(1000):
            for row in rows:
                place += 1
                outcome = places.read_overture_row(
                    self.source, dict(zip(kept, row, strict=True)), f"{path.name} row {place}"
                )
                yield [self.wrap(outcome, read_on)]

    def start_live(self) -> Iterable[Yielded]:
        """Nothing: the maps come as files."""
        return ()

    def start_at(self, url: str) -> Iterable[Yielded]:
        """The Parquet file at an address."""
        yield self.request(url, self.parse_start)

    def parse_start(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """The places of a Parquet file that was fetched."""
        yield from self.read_fetched(response)
