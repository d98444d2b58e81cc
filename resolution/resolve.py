"""Listings into people and practices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from directory.models import EntityKind, Listing
from resolution.blocking import find_pairs
from resolution.clustering import Forest, Link, drop_ambiguous, order_links
from resolution.comparison import PairScore, find_veto, score_pair
from resolution.features import Features, make_features
from resolution.frequency import Frequencies
from resolution.listings import find_base

JUDGED, SIBLINGS = float("inf"), 99.0  # weights of a person's word, and of two places of one listing
BARE_ONE_TO_ONE = -4.0  # the same for files of nothing but names and addresses, one listing a person and source
BATCH_SIZE = 100_000  # from so many listings on, Splink sifts the pairs
THRESHOLD = 4.0  # match weight (log2 odds) from which two listings are merged; docs/resolution.md


class PairJudgement(Protocol):
    """A person's word on a pair of listings (records.judgements)."""

    @property
    def left(self) -> str: ...

    @property
    def right(self) -> str: ...

    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True, slots=True)
class MergeReason:
    """Why two listings of a cluster were put together: by a person, or by the weight of what agrees."""

    left: str
    right: str
    weight: float
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
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
    features = [make_features(listing) for listing in listings]
    features.sort(key=lambda item: item.listing_id)
    return resolve_features(features, judgements, one_per_source=one_per_source)


def resolve_features(
    features: Sequence[Features],
    judgements: Iterable[PairJudgement] = (),
    *,
    one_per_source: bool = False,
    sift: bool | None = None,
) -> list[Cluster]:
    """`resolve_listings` from parsed listings, which must be sorted by id; `sift`: whether Splink sifts the pairs."""
    ids = [item.listing_id for item in features]
    positives, negatives = _place_judgements(ids, judgements)
    frequencies = Frequencies(features)
    names_decide = not (frequencies.is_bare and one_per_source)

    def veto(one: int, other: int) -> str | None:
        return find_veto(features[one], features[other], names_decide=names_decide)

    sources = [item.source for item in features] if one_per_source else None
    forest = Forest(len(features), sources=sources, negatives=negatives, find_veto=veto)
    for left, right in _find_siblings(ids):
        forest.join(Link(left, right, SIBLINGS), forced=True)
    for left, right in sorted(positives):
        forest.join(Link(left, right, JUDGED), forced=True)
    sift = len(features) >= BATCH_SIZE if sift is None else sift
    links = drop_ambiguous(find_links(features, frequencies, one_per_source=one_per_source, sift=sift), veto)
    for link in order_links(links, ids):
        forest.join(link)
    return _make_clusters(features, forest)


def find_links(
    features: Sequence[Features], frequencies: Frequencies, *, one_per_source: bool = False, sift: bool = False
) -> list[Link]:
    """Pairs heavy enough to merge that have a second agreeing identifier and no veto."""
    threshold = BARE_ONE_TO_ONE if frequencies.is_bare and one_per_source else THRESHOLD
    links = []
    for low, high in _find_candidates(features, one_per_source=one_per_source, sift=sift):
        score = score_pair(features[low], features[high], frequencies, one_to_one=one_per_source)
        if is_link(score, threshold):
            links.append(Link(low, high, score.weight))
    return links


def _find_candidates(features: Sequence[Features], *, one_per_source: bool, sift: bool) -> Iterable[tuple[int, int]]:
    if not sift:
        return find_pairs(features, one_per_source=one_per_source)
    from resolution.batch import sift_pairs  # noqa: PLC0415 (Splink takes a second to import; few runs need it)

    return sift_pairs(features, one_per_source=one_per_source)


def is_link(score: PairScore, threshold: float = THRESHOLD) -> bool:
    """Whether a pair may be merged on its own weight."""
    return score.weight >= threshold and score.has_identifier and score.vetoed is None


def _place_judgements(
    ids: Sequence[str], judgements: Iterable[PairJudgement]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    places = {listing_id: place for place, listing_id in enumerate(ids)}
    positives, negatives = [], []
    for judgement in judgements:
        left, right = places.get(judgement.left), places.get(judgement.right)
        if left is None or right is None:
            continue
        if judgement.verdict == "positive":
            positives.append((left, right))
        elif judgement.verdict == "negative":
            negatives.append((left, right))
    return positives, negatives


def _find_siblings(ids: Sequence[str]) -> list[tuple[int, int]]:
    """Places of one derived listing: one person or practice at several addresses."""
    first: dict[str, int] = {}
    pairs = []
    for place, listing_id in enumerate(ids):
        base = find_base(listing_id)
        if base in first:
            pairs.append((first[base], place))
        else:
            first[base] = place
    return pairs


def _make_clusters(features: Sequence[Features], forest: Forest) -> list[Cluster]:
    reasons: dict[int, list[MergeReason]] = {}
    for link in forest.merged:
        left, right = sorted((features[link.left].listing_id, features[link.right].listing_id))
        judged = link.weight == JUDGED
        reason = MergeReason(left, right, 0.0 if judged else round(link.weight, 3), judged)
        reasons.setdefault(forest.root(link.left), []).append(reason)
    clusters = []
    for group in forest.clusters():
        kinds = {features[position].kind for position in group}
        kind = EntityKind.PERSON if EntityKind.PERSON in kinds else EntityKind.PRACTICE
        members = tuple(sorted(features[position].listing_id for position in group))
        clusters.append(Cluster(kind, members, tuple(reasons.get(forest.root(group[0]), ()))))
    return sorted(clusters, key=lambda cluster: cluster.members)
