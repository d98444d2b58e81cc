"""Pairs into clusters: strongest first, and no merge that any cross pair forbids.

Connected components would chain strangers through one weak pair; here two clusters merge only if no listing of one is
vetoed by, or was judged apart from, a listing of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

MARGIN = 3.0  # match weights closer than this are about equal
MAX_RIVALS = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of positions worth merging; the heavier, the earlier."""

    left: int
    right: int
    weight: float


@dataclass(slots=True)
class Forest:
    """Clusters being merged; every position starts alone."""

    size: int
    sources: Sequence[str] | None = None  # given: no two of one source in a cluster
    negatives: Iterable[tuple[int, int]] = ()
    find_veto: Callable[[int, int], str | None] | None = None
    _root: list[int] = field(init=False)
    _members: dict[int, list[int]] = field(init=False)
    _apart: defaultdict[int, set[int]] = field(init=False)
    merged: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._root = list(range(self.size))
        self._members = {}
        self._apart = defaultdict(set)
        for one, other in self.negatives:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def root(self, position: int) -> int:
        """The cluster a position is in."""
        while self._root[position] != position:
            self._root[position] = self._root[self._root[position]]
            position = self._root[position]
        return position

    def members(self, root: int) -> list[int]:
        """The positions of a cluster."""
        return self._members.get(root) or [root]

    def join(self, link: Link, *, forced: bool = False) -> bool:
        """Merge the clusters of a link unless that is forbidden; `forced` (not weighed) heeds judgements only."""
        one, other = self.root(link.left), self.root(link.right)
        if one == other:
            return False
        ones, others = self.members(one), self.members(other)
        if self._is_judged_apart(ones, others) or (not forced and self._is_forbidden(ones, others)):
            return False
        keep, gone = (one, other) if len(ones) >= len(others) else (other, one)
        self._members[keep] = self.members(keep) + self.members(gone)
        self._members.pop(gone, None)
        self._root[gone] = keep
        self.merged.append(link)
        return True

    def clusters(self) -> list[list[int]]:
        """All clusters, members in order, ordered by their first member."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for position in range(self.size):
            groups[self.root(position)].append(position)
        return list(groups.values())

    def _is_judged_apart(self, ones: list[int], others: list[int]) -> bool:
        if not self._apart:
            return False
        reach = set(others)
        return any(self._apart[one] & reach for one in ones if one in self._apart)

    def _is_forbidden(self, ones: list[int], others: list[int]) -> bool:
        if self.sources is not None and {self.sources[one] for one in ones} & {self.sources[other] for other in others}:
            return True
        if self.find_veto is None:
            return False
        return any(self.find_veto(one, other) is not None for one in ones for other in others)


def order_links(links: Iterable[Link], ids: Sequence[str]) -> list[Link]:
    """Links strongest first; ties by the listings' ids, so that the order of the input does not matter."""
    return sorted(links, key=lambda link: (-round(link.weight, 6), *sorted((ids[link.left], ids[link.right]))))


def drop_ambiguous(links: Sequence[Link], find_veto: Callable[[int, int], str | None]) -> list[Link]:
    """The links less those of a listing that fits two others about equally well, which cannot be one.

    A lone "Smith" at the phone of both Ann and Bob Smith belongs to neither until somebody says so.
    """
    touching: defaultdict[int, list[Link]] = defaultdict(list)
    for link in links:
        touching[link.left].append(link)
        touching[link.right].append(link)
    dropped: set[Link] = set()
    for position, own in touching.items():
        if len(own) > 1:
            own.sort(key=lambda link: -link.weight)
            rivals = own[:MAX_RIVALS]
            for place, link in enumerate(rivals):
                for other in rivals[place + 1 :]:
                    if link.weight - other.weight <= MARGIN and find_veto(_end(link, position), _end(other, position)):
                        dropped.update((link, other))
    return [link for link in links if link not in dropped]


def _end(link: Link, position: int) -> int:
    return link.right if link.left == position else link.left
