"""One new listing against those already known, without a batch: the same keys, the same weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from directory.models import Listing
from resolution.blocking import MAX_BLOCK, make_keys
from resolution.comparison import PairScore, score_pair
from resolution.features import Features, make_features
from resolution.frequency import Frequencies
from resolution.resolve import is_link


@dataclass(frozen=True, slots=True)
class Match:
    """A known listing that may be the same person or practice; `merges`: heavy enough to be merged on its own."""

    listing_id: str
    score: PairScore
    merges: bool


class Pool:
    """Known listings, held by their blocking keys."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._known = [make_features(listing) for listing in listings]
        self._frequencies = Frequencies(self._known)
        self._blocks: defaultdict[tuple[str, str], list[Features]] = defaultdict(list)
        for item in self._known:
            for key in set(make_keys(item)):
                self._blocks[key].append(item)

    def find_matches(self, listing: Listing, *, limit: int = 10) -> list[Match]:
        """The likeliest known listings for one new listing, heaviest first; itself is left out."""
        new = make_features(listing)
        near: dict[str, Features] = {}
        for key in set(make_keys(new)):
            block = self._blocks.get(key, ())
            if len(block) <= MAX_BLOCK * 4:
                near.update((item.listing_id, item) for item in block)
        near.pop(new.listing_id, None)
        matches = []
        for item in near.values():
            score = score_pair(new, item, self._frequencies)
            matches.append(Match(item.listing_id, score, is_link(score)))
        matches.sort(key=lambda match: (-match.score.weight, match.listing_id))
        return matches[:limit]
