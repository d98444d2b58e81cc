"""Listings into people and practices."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import numpy as np

from directory.models import EntityKind, Listing
from resolution.blocking import find_pairs
from resolution.clustering import Forest, Links, drop_ambiguous, find_vetoes_within, group_rows
from resolution.comparison import PairScores, Weigher
from resolution.frequency import Frequencies
from resolution.listings import find_base
from resolution.pairs import Pairs
from resolution.parsing import parse_listings
from resolution.spread import spread
from resolution.table import FeatureTable, Mask, Rows
from resolution.vetoes import find_vetoes

JUDGED, SIBLINGS = float("inf"), 99.0  # weights of a person's word, and of two places of one listing
BARE_ONE_TO_ONE = -4.0  # the same for files of nothing but names and addresses, one listing a person and source
BATCH_SIZE = 100_000  # from so many listings on, Splink sifts the pairs
THRESHOLD = 4.0  # match weight (log2 odds) from which two listings are merged; docs/resolution.md
CHUNK = 100_000  # pairs weighed at once


class PairJudgement(Protocol):
    """A person's word on a pair of listings (records.judgements)."""

    @property
    def left(self) -> str: ...

    @property
    def right(self) -> str: ...

    @property
    def verdict(self) -> str: ...


class MergeReason(NamedTuple):
    """Why two listings of a cluster were put together: by a person, or by the weight of what agrees."""

    left: str
    right: str
    weight: float
    judged: bool = False


class Cluster(NamedTuple):
    """Listings of one person or practice, sorted by id, and the merges that made it."""

    kind: EntityKind
    members: tuple[str, ...]
    reasons: tuple[MergeReason, ...] = ()


def resolve_listings(
    listings: Iterable[Listing], judgements: Iterable[PairJudgement] = (), *, one_per_source: bool = False
) -> list[Cluster]:
    """Clusters of listings, each listing in exactly one, sorted by first member.

    Positive judgements merge whatever the weights; negative ones keep apart, transitively. The same listings in any
    order give the same clusters.
    """
    return resolve_table(parse_listings(listings), judgements, one_per_source=one_per_source)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Millions of small objects and no cycle among them: looking for one would take a third of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


@_no_search_for_cycles()
def resolve_table(
    table: FeatureTable,
    judgements: Iterable[PairJudgement] = (),
    *,
    one_per_source: bool = False,
    sift: bool | None = None,
) -> list[Cluster]:
    """`resolve_listings` from parsed listings; `sift`: whether Splink sifts the pairs."""
    weigher = Weigher(table, Frequencies(table), one_to_one=one_per_source)

    def find(left: Rows, right: Rows) -> Mask:
        return find_vetoes(Pairs(table, left, right), names_decide=not weigher.is_bare) > 0

    sift = len(table) >= BATCH_SIZE if sift is None else sift
    links = find_links(weigher, one_per_source=one_per_source, sift=sift)
    links = drop_ambiguous(links, find).in_order()
    positives, negatives = _place_judgements(table, judgements)
    siblings = _find_siblings(table)
    vetoes = find_vetoes_within(len(table), links, [*siblings, *positives], find)
    sources = table.source.codes.tolist() if one_per_source else None
    forest = Forest(len(table), sources=sources, negatives=negatives, vetoes=vetoes.tolist())
    for left, right in siblings:
        forest.join(left, right, SIBLINGS, forced=True)
    for left, right in sorted(positives):
        forest.join(left, right, JUDGED, forced=True)
    for left, right, weight in zip(links.left.tolist(), links.right.tolist(), links.weights.tolist(), strict=True):
        forest.join(left, right, weight)
    return _make_clusters(table, forest)


def find_links(weigher: Weigher, *, one_per_source: bool = False, sift: bool = False) -> Links:
    """Pairs heavy enough to merge that have a second agreeing identifier and no veto."""
    threshold = BARE_ONE_TO_ONE if weigher.is_bare else THRESHOLD
    left, right = find_pairs(weigher.table, one_per_source=one_per_source, is_bare=weigher.is_bare)
    if sift:
        from resolution.batch import sift_pairs  # noqa: PLC0415 (Splink takes a second to import; few runs need it)

        left, right = sift_pairs(weigher.table, left, right)

    def weigh(at: int) -> Links:
        part = slice(at, at + CHUNK)
        scores = weigher.weigh(left[part], right[part])
        return Links(left[part], right[part], scores.weights).take(are_links(scores, threshold))

    weigher.weigh(left[:0], right[:0])  # what it reads of the columns is worked out here, once for all
    return Links.concatenate(spread(weigh, range(0, len(left), CHUNK)))


def are_links(scores: PairScores, threshold: float = THRESHOLD) -> Mask:
    """Which pairs may be merged on their own weight."""
    allowed = scores.has_identifier & (scores.vetoes == 0) & (scores.doubts == 0)
    links: Mask = allowed & (scores.weights >= threshold)
    return links


def _place_judgements(
    table: FeatureTable, judgements: Iterable[PairJudgement]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    places: dict[str, int] | None = None
    positives, negatives = [], []
    for judgement in judgements:
        places = places or {listing_id: row for row, listing_id in enumerate(table.ids)}
        left, right = places.get(judgement.left), places.get(judgement.right)
        if left is None or right is None:
            continue
        if judgement.verdict == "positive":
            positives.append((left, right))
        elif judgement.verdict == "negative":
            negatives.append((left, right))
    return positives, negatives


def _find_siblings(table: FeatureTable) -> list[tuple[int, int]]:
    """Places of one derived listing: one person or practice at several addresses."""
    first: dict[str, int] = {}
    pairs = []
    for row, listing_id in enumerate(table.ids):
        base = find_base(listing_id)
        if base in first:
            pairs.append((first[base], row))
        else:
            first[base] = row
    return pairs


def _make_clusters(table: FeatureTable, forest: Forest) -> list[Cluster]:
    roots = forest.roots()
    rows, starts = group_rows(roots)
    ends = np.append(starts[1:], len(rows)).tolist()
    members = table.ids[rows].tolist()
    is_person = np.logical_or.reduceat(table.is_person[rows], starts).tolist() if len(rows) else []
    kinds = [EntityKind.PERSON if person else EntityKind.PRACTICE for person in is_person]
    reasons = _give_reasons(table, forest, roots)
    why = [reasons.get(root, ()) for root in roots[rows[starts]].tolist()]
    order = np.argsort(rows[starts]).tolist()  # by first member
    starts = starts.tolist()
    return [Cluster(kinds[at], tuple(members[starts[at] : ends[at]]), tuple(why[at])) for at in order]


def _give_reasons(table: FeatureTable, forest: Forest, roots: Rows) -> dict[int, list[MergeReason]]:
    """The merges of each cluster, by its root."""
    merged = np.array([(left, right) for left, right, _ in forest.merged], np.int64).reshape(-1, 2)
    lefts, rights = table.ids[merged.min(axis=1)].tolist(), table.ids[merged.max(axis=1)].tolist()
    reasons: dict[int, list[MergeReason]] = {}
    for root, left, right, (_, _, weight) in zip(
        roots[merged[:, 0]].tolist(), lefts, rights, forest.merged, strict=True
    ):
        judged = weight == JUDGED
        reason = MergeReason(left, right, 0.0 if judged else round(weight, 3), judged)
        reasons.setdefault(root, []).append(reason)
    return reasons
