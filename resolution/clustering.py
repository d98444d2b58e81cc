"""Pairs into clusters: strongest first, and no merge that any cross pair forbids.

Connected components would chain strangers through one weak pair; here two clusters merge only if no listing of one is
vetoed by, or was judged apart from, a listing of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from resolution.spread import spread
from resolution.table import Mask, Rows, Weights

MARGIN = 3.0  # match weights closer than this are about equal
MAX_RIVALS = 12
CHUNK = 100_000  # pairs looked at once

FindVetoes = Callable[[Rows, Rows], Mask]


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of rows (low, high) worth merging; the heavier, the earlier."""

    left: Rows
    right: Rows
    weights: Weights

    def __len__(self) -> int:
        return len(self.left)

    def take(self, where: Mask | Rows) -> Links:
        """The links in `where`."""
        return Links(self.left[where], self.right[where], self.weights[where])

    @staticmethod
    def concatenate(parts: Sequence[Links]) -> Links:
        """All links of several."""
        nothing = np.zeros(0, np.int64)
        return Links(
            np.concatenate([nothing, *(part.left for part in parts)]),
            np.concatenate([nothing, *(part.right for part in parts)]),
            np.concatenate([np.zeros(0), *(part.weights for part in parts)]),
        )

    def in_order(self) -> Links:
        """Strongest first; ties by the rows, so that the order of the input does not matter."""
        return self.take(np.lexsort((self.right, self.left, -np.round(self.weights, 6))))


@dataclass(slots=True)
class Forest:
    """Clusters being merged; every row starts alone."""

    size: int
    sources: Sequence[int] | None = None  # given: no two of one source in a cluster
    negatives: Iterable[tuple[int, int]] = ()  # judged apart
    vetoes: Iterable[tuple[int, int]] = ()  # kept apart by the rules
    merged: list[tuple[int, int, float]] = field(default_factory=list)
    _root: list[int] = field(init=False)
    _members: dict[int, list[int]] = field(init=False)
    _judged: defaultdict[int, set[int]] = field(init=False)
    _vetoed: defaultdict[int, set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._root = list(range(self.size))
        self._members = {}
        self._judged, self._vetoed = _both_ways(self.negatives), _both_ways(self.vetoes)

    def root(self, row: int) -> int:
        """The cluster a row is in."""
        root = self._root
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    def members(self, root: int) -> list[int]:
        """The rows of a cluster."""
        return self._members.get(root) or [root]

    def join(self, left: int, right: int, weight: float, *, forced: bool = False) -> bool:
        """Merge the clusters of two rows unless that is forbidden; `forced` (not weighed) heeds judgements only."""
        one, other = self.root(left), self.root(right)
        if one == other:
            return False
        ones, others = self.members(one), self.members(other)
        if _are_apart(self._judged, ones, others) or (not forced and self._is_forbidden(ones, others)):
            return False
        keep, gone = (one, other) if len(ones) >= len(others) else (other, one)
        self._members[keep] = self.members(keep) + self.members(gone)
        self._members.pop(gone, None)
        self._root[gone] = keep
        self.merged.append((left, right, weight))
        return True

    def roots(self) -> Rows:
        """The cluster of every row."""
        return _follow(np.array(self._root, np.int64))

    def _is_forbidden(self, ones: list[int], others: list[int]) -> bool:
        if self.sources is not None and {self.sources[one] for one in ones} & {self.sources[other] for other in others}:
            return True
        return _are_apart(self._vetoed, ones, others)


def _both_ways(pairs: Iterable[tuple[int, int]]) -> defaultdict[int, set[int]]:
    apart: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        apart[one].add(other)
        apart[other].add(one)
    return apart


def _are_apart(apart: defaultdict[int, set[int]], ones: list[int], others: list[int]) -> bool:
    return bool(apart) and any(not apart[one].isdisjoint(others) for one in ones if one in apart)


def find_vetoes_within(size: int, links: Links, forced: Sequence[tuple[int, int]], find: FindVetoes) -> Rows:
    """Pairs of rows (one a line) that chains of links would bring together and that are vetoed."""
    known = (links.left << 32) | links.right  # a link is no vetoed pair
    bound = np.array(forced, np.int64).reshape(-1, 2)
    roots = find_components(size, np.append(links.left, bound[:, 0]), np.append(links.right, bound[:, 1]))

    def look(components: list[Rows]) -> Rows:
        pairs = np.concatenate([_pair_up(lines) for lines in components])
        pairs = pairs[~np.isin((pairs[:, 0] << 32) | pairs[:, 1], known)]
        return pairs[find(pairs[:, 0], pairs[:, 1])]

    find(known[:0], known[:0])  # what it reads of the columns is worked out here, once for all
    return np.concatenate([np.zeros((0, 2), np.int64), *spread(look, _find_chained(roots))])


def find_components(size: int, left: Rows, right: Rows) -> Rows:
    """The first row of the component of every row, where each two rows (left, right) are of one."""
    root = np.arange(size)
    while len(left):
        one, other = root[left], root[right]
        apart = one != other
        left, right, one, other = left[apart], right[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        root = _follow(root)
    return root


def _follow(root: Rows) -> Rows:
    """Where every row ends that is sent from row to row."""
    while not np.array_equal(root, further := root[root]):
        root = further
    return root


def _find_chained(roots: Rows) -> Iterator[list[Rows]]:
    """The rows of the components of three rows or more, a component a line, in parts of about `CHUNK` pairs."""
    rows, starts = group_rows(roots)
    sizes = np.diff(starts, append=len(rows))
    part: list[Rows] = []
    pairs = 0
    for length in np.unique(sizes[sizes > 2]).tolist():
        lines = rows[starts[sizes == length][:, None] + np.arange(length)]
        each = length * (length - 1) // 2
        for some in np.array_split(lines, len(lines) * each // CHUNK + 1):
            part.append(some)
            pairs += len(some) * each
            if pairs >= CHUNK:
                yield part
                part, pairs = [], 0
    if part:
        yield part


def _pair_up(lines: Rows) -> Rows:
    """Every two numbers of each line."""
    one, other = np.triu_indices(lines.shape[1], 1)
    return np.column_stack((lines[:, one].ravel(), lines[:, other].ravel()))


def group_rows(roots: Rows) -> tuple[Rows, Rows]:
    """The rows of one cluster after the other, each in order, and where in them each cluster starts."""
    rows = np.argsort(roots, kind="stable")
    return rows, np.flatnonzero(np.diff(roots[rows], prepend=-1))


def drop_ambiguous(links: Links, find: FindVetoes) -> Links:
    """The links less those of a listing that fits two others about equally well, which cannot be one.

    A lone "Smith" at the phone of both Ann and Bob Smith belongs to neither until somebody says so.
    """
    count = len(links)
    here, there = np.concatenate((links.left, links.right)), np.concatenate((links.right, links.left))
    weights, link = np.tile(links.weights, 2), np.tile(np.arange(count), 2)
    order = np.lexsort((there, -np.round(weights, 6), here))
    here, there, weights, link = here[order], there[order], weights[order], link[order]
    starts = np.flatnonzero(np.diff(here, prepend=-1))
    rank = np.arange(len(here)) - np.repeat(starts, np.diff(starts, append=len(here)))
    dropped = np.zeros(count, np.bool_)
    for step in range(1, MAX_RIVALS):
        rivals = (
            (here[:-step] == here[step:]) & (rank[step:] < MAX_RIVALS) & (weights[:-step] - weights[step:] <= MARGIN)
        )
        place = np.flatnonzero(rivals)
        apart = find(there[place], there[place + step])
        dropped[link[place[apart]]] = dropped[link[place[apart] + step]] = True
    return links.take(~dropped)
