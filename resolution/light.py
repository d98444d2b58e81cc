"""One new listing against those already known, without a batch: the same keys, the same weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from directory.models import Listing
from resolution.blocking import MAX_BLOCK, make_keys
from resolution.comparison import Weigher
from resolution.features import make_features
from resolution.frequency import Frequencies
from resolution.resolve import are_links
from resolution.table import FeatureTable


@dataclass(frozen=True, slots=True)
class Match:
    """A known listing that may be the same person or practice; `merges`: heavy enough to be merged on its own."""

    listing_id: str
    weight: float
    merges: bool


class Pool:
    """Known listings, held by their blocking keys."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._known = sorted(map(make_features, listings), key=lambda item: item.listing_id)
        table = FeatureTable.from_features(self._known)
        self._frequencies = Frequencies(table)
        rows, digests = (np.concatenate(part) for part in zip(*make_keys(table), strict=True))
        order = np.argsort(digests)
        self._rows, self._digests = rows[order], digests[order]

    def find_matches(self, listing: Listing, *, limit: int = 10) -> list[Match]:
        """The likeliest known listings for one new listing, heaviest first; itself is left out."""
        new = make_features(listing)
        near = {row for block in self._find_blocks(FeatureTable.from_features([new])) for row in block}
        items = [self._known[row] for row in near if self._known[row].listing_id != new.listing_id]
        table = FeatureTable.from_features([new, *items])
        own = table.ids == new.listing_id
        others = np.flatnonzero(~own)
        scores = Weigher(table, self._frequencies).weigh(np.repeat(np.flatnonzero(own), len(others)), others)
        found = zip(table.ids[others].tolist(), scores.weights.tolist(), are_links(scores).tolist(), strict=True)
        matches = [Match(*match) for match in found]
        matches.sort(key=lambda match: (-match.weight, match.listing_id))
        return matches[:limit]

    def _find_blocks(self, table: FeatureTable) -> Iterator[list[int]]:
        for _, digests in make_keys(table):
            starts, ends = (np.searchsorted(self._digests, digests, side) for side in ("left", "right"))
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
                if end - start <= MAX_BLOCK * 4:
                    yield self._rows[start:end].tolist()
