"""NPPES: the API in slices none of which is capped, saved answers, and the monthly bulk file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy.http import Response

from crawler.items import Batch, Finding, SetAside, make_batches
from crawler.job import Job
from crawler.readers import nppes
from crawler.readers.columns import check_columns
from crawler.readers.nppes_bulk import open_bulk
from crawler.readers.tables import TABLE_SUFFIXES, load_table
from crawler.regions import US, Region
from crawler.spiders.base import OtherKindError, SourceSpider, Yielded
from crawler.spiders.registers import load_json
from directory.errors import InputError, SourceUnavailableError
from directory.models import NpiRecord, ObservationKind
from records.observations import load_current

MAX_SKIP = 1000
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Slice:
    """A query: a state (and city), narrowed by the first digits of the ZIP where it would be capped."""

    region: Region
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.region} {self.prefix}*" if self.prefix else str(self.region)

    def split(self) -> list[Slice]:
        """Narrower slices that together hold the same rows; none below five digits."""
        if len(self.prefix) >= 5:
            return []
        tails = [a + b for a in DIGITS for b in DIGITS] if not self.prefix else list(DIGITS)  # the API wants two
        return [Slice(self.region, self.prefix + tail) for tail in tails]


class NppesSpider(SourceSpider):
    name = "nppes"
    suffixes: ClassVar[frozenset[str]] = TABLE_SUFFIXES

    def __init__(self, job: Job, **kwargs: Any) -> None:
        super().__init__(job, **kwargs)
        self.address = self.source.base_url

    def start_live(self) -> Iterable[Yielded]:
        """The first page of every region asked for, or of every state."""
        yield from self.ask_regions(self.job.plan.regions or tuple(Region("US", code) for code in sorted(US)))

    def start_at(self, url: str) -> Iterable[Yielded]:
        """The registry at an address, in slices; an address that is a file or a question of its own is asked once."""
        parts = urlsplit(url)
        query = {name: value for name, value in parse_qsl(parts.query) if name not in {"version", "limit", "skip"}}
        if PurePosixPath(parts.path).suffix.casefold() in TABLE_SUFFIXES or (query and "state" not in query):
            yield self.request(url, self.parse_start)
            return
        self.address = urlunsplit(parts._replace(query=""))
        stated = Region("US", query.get("state", "").upper(), query.get("city"))
        yield from self.ask_regions([stated]) if stated.code else self.start_live()

    def ask_regions(self, regions: Iterable[Region]) -> Iterator[Yielded]:
        """The first page of each region that falls to this worker."""
        regions = set(regions)
        regions -= {region for region in regions if region.city and Region(region.country, region.code) in regions}
        for region in sorted(regions, key=str):
            if region.country == "US" and self.job.plan.shard.has(str(region)):
                yield from self.ask_open(Slice(region))

    def ask_open(self, part: Slice) -> Iterator[Yielded]:
        """The first page of a slice, or of those it was split into, unless an earlier run has read it."""
        if f"split:{part}" in self.job.journal.done:
            for inner in part.split():
                yield from self.ask_open(inner)
        elif str(part) not in self.job.journal.done:
            yield self.ask(part, 0, [])

    def ask(self, part: Slice, skip: int, held: list[object]) -> Yielded:
        """A page of a slice."""
        query = {
            "version": "2.1",
            "taxonomy_description": "Massage Therapist",
            "address_purpose": "LOCATION",
            "country_code": "US",
            "state": part.region.code,
            "limit": str(self.source.page_size),
            "skip": str(skip),
        }
        if part.region.city:
            query["city"] = part.region.city
        if part.prefix:
            query["postal_code"] = part.prefix if len(part.prefix) == 5 else f"{part.prefix}*"
        return self.request(
            f"{self.address}?{urlencode(query)}",
            self.parse_page,
            cb_kwargs={"part": part, "skip": skip, "held": held},
        )

    def parse_page(self, response: Response, part: Slice, skip: int, held: list[object], *_: Any, **__: Any) -> Any:
        """A slice is read when a page brings nothing; one that fills all its pages, or whose pages shift, is split."""
        rows = nppes.read_answer(self.source, load_json(self.source.id, response))
        before, numbers = nppes.list_numbers(held), nppes.list_numbers(rows)
        is_last = not rows or before[-len(numbers) :] == numbers  # or a server that does not turn pages
        has_shifted = not is_last and not set(before).isdisjoint(numbers)
        following = skip + len(rows)
        if not is_last:
            held.extend(rows)
            is_last = following > MAX_SKIP and len(rows) < self.source.page_size
        is_capped = not is_last and following > MAX_SKIP
        if (is_capped or has_shifted) and (narrower := part.split()):
            yield Batch(f"split:{part}", done=True)
            for inner in narrower:
                yield from self.ask_open(inner)
        elif is_last or is_capped:
            yield from self.close_slice(part, held, capped=is_capped)
        else:
            yield self.ask(part, following, held)

    def close_slice(self, part: Slice, rows: list[object], *, capped: bool = False) -> Iterator[Batch]:
        """What a whole slice holds."""
        findings = self.read_rows(((f"{part} row {place}", row) for place, row in enumerate(rows, 1)), self.job.read_on)
        for batch in make_batches(str(part), findings):
            if batch.done and capped:
                batch.add(SetAside(str(part), "slice is capped at 1,200"))
            yield batch

    def read_rows(self, rows: Iterable[tuple[str, object]], read_on: date) -> Iterator[list[Finding]]:
        """What each result of the API becomes."""
        found = (
            row if isinstance(row, SetAside) else nppes.read_row(self.source, row, where, read_on)
            for where, row in rows
        )
        return ([self.wrap(one)] for one in nppes.drop_repeated(found))

    def wrap(self, found: nppes.Outcome) -> Finding:
        """A record as an observation; anything else as it is."""
        if not isinstance(found, NpiRecord):
            return found
        read_on = found.read_on or self.job.read_on
        return self.observe(ObservationKind.NPI, found.npi, found, read_on=read_on)

    def parse_start(self, response: Response, *_: Any, **__: Any) -> Iterator[Yielded]:
        """An answer saved at an address."""
        yield from self.read_fetched(response)

    def read_file(self, path: Path, unit: str, read_on: date) -> Iterator[Batch]:
        """Saved answers (JSON), or the monthly file (CSV)."""
        self.job.read_on = read_on
        with closing(load_table(path)) as table:
            if table.names is not None:
                yield from self._read_bulk(path, table.names, unit, read_on)
                return
            rows = self._unwrap(table.whole, path) if table.whole is not None else [row for _, row in table.rows]
        if rows and not any(isinstance(row, Mapping) and "enumeration_type" in row for row in rows):
            raise OtherKindError(f"{path.name} holds no NPPES results.")
        yield from make_batches(
            unit, self.read_rows(((f"{path.name} row {n}", row) for n, row in enumerate(rows, 1)), read_on)
        )

    def _unwrap(self, document: object, path: Path) -> list[Any]:
        if not isinstance(document, Mapping) or not ({"results", "Errors"} & set(document)):
            raise OtherKindError(f"{path.name} is not an NPPES answer.")
        try:
            return nppes.read_answer(self.source, document)
        except SourceUnavailableError as error:
            raise InputError(f"{path.name}: {error}") from error

    def _read_bulk(self, path: Path, names: list[str], unit: str, read_on: date) -> Iterator[Batch]:
        columns = self.source.other_columns["bulk"]
        if "NPI" not in names or "Healthcare Provider Taxonomy Code_1" not in names:
            raise OtherKindError(f"{path.name} is not a file of source {self.name}.")
        check_columns(self.source, columns, names, header=True)
        with self.job.database.read() as session:
            known = {stored.key for stored in load_current(session, ObservationKind.NPI, self.name)}
        with open_bulk(path, self.job.settings.data_dir, known) as rows:
            found = (nppes.read_bulk_row(columns, row, f"{path.name} NPI {row.get('NPI')}", read_on) for row in rows)
            yield from make_batches(unit, ([self.wrap(one)] for one in nppes.drop_repeated(found)), size=1000)
