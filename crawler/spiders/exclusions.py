"""The two federal exclusion lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from crawler.items import Finding, SetAside
from crawler.readers import exclusions
from crawler.sources.model import Column
from crawler.spiders.tables import TableSpider
from directory.models import Exclusion, ObservationKind


class ExclusionSpider(TableSpider):
    """Rows of an exclusion list."""

    def read_rows(
        self, rows: Iterable[tuple[str, Mapping[str, object] | SetAside]], columns: Mapping[str, Column], read_on: date
    ) -> Iterator[list[Finding]]:
        """The exclusion that each row states."""
        for where, row in rows:
            found = row if isinstance(row, SetAside) else exclusions.read_row(self.source, columns, row, where, read_on)
            yield [self.wrap(found, read_on)]

    def wrap(self, found: Exclusion | SetAside, read_on: date) -> Finding:
        """An exclusion as an observation; anything else as it is."""
        if isinstance(found, SetAside):
            return found
        key = found.exclusion_id.partition(":")[2]
        return self.observe(ObservationKind.EXCLUSION, key, found, read_on=read_on)


class LeieSpider(ExclusionSpider):
    name = "leie"


class SamSpider(ExclusionSpider):
    name = "sam"
