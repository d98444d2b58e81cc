"""The two federal exclusion lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from crawler.items import Finding
from crawler.readers import exclusions
from crawler.sources.model import Column
from crawler.spiders.tables import TableSpider
from directory.models import Exclusion, ObservationKind


class ExclusionSpider(TableSpider):
    """Rows of an exclusion list."""

    def read_row(
        self, row: Mapping[str, object], where: str, columns: Mapping[str, Column], read_on: date
    ) -> Iterator[Finding]:
        """The row's exclusion."""
        found = exclusions.read_row(self.source, columns, row, where, read_on)
        if isinstance(found, Exclusion):
            key = found.exclusion_id.partition(":")[2]
            yield self.observe(ObservationKind.EXCLUSION, key, found, read_on=read_on)
        else:
            yield found


class LeieSpider(ExclusionSpider):
    name = "leie"


class SamSpider(ExclusionSpider):
    name = "sam"
