"""Why two listings are, or are not, one: field by field, for reviewers; and reviewers' decisions as labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Protocol

import numpy as np

from directory.models import Listing
from resolution.comparison import Field, Weigher
from resolution.features import make_features
from resolution.frequency import Frequencies
from resolution.resolve import THRESHOLD, PairJudgement, are_links
from resolution.table import FeatureTable


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall: what the field says, its weight, and the sum so far (log2 odds)."""

    field: str
    level: str
    left: str | None
    right: str | None
    weight: float
    total: float


@dataclass(frozen=True, slots=True)
class MergeExplanation:
    """The whole waterfall of a pair, from the prior to the sum, with the verdict in a sentence."""

    left: str
    right: str
    steps: tuple[Step, ...]
    weight: float
    merges: bool
    sentence: str


def explain_merge(left: Listing, right: Listing, frequencies: Frequencies | None = None) -> MergeExplanation:
    """Which fields of two listings agree and differ, with their weights.

    `frequencies` are those of the listings they were resolved among; without them the national ones stand in.
    """
    table = FeatureTable.from_features((make_features(left), make_features(right)))
    scores = Weigher(table, frequencies or Frequencies(table)).weigh(np.array([0]), np.array([1]))
    weight, merges = float(scores.weights[0]), bool(are_links(scores)[0])
    parts = scores.of(0)
    total = weight - sum(part.weight for part in parts)
    steps = [Step("before comparing", "two listings at random", None, None, round(total, 2), round(total, 2))]
    for part in parts:
        total += part.weight
        one, other = (_print_value(listing, part.field) for listing in (left, right))
        steps.append(Step(part.field.value, part.level, one, other, round(part.weight, 2), round(total, 2)))
    if why := scores.why_not(0):
        sentence = f"Never merged by the rules: {why}."
    elif not scores.has_identifier[0]:
        sentence = "Not merged: besides the name, no phone, street, e-mail, site or licence agrees."
    elif merges:
        sentence = f"Merged: the weight {weight:.1f} reaches the threshold of {THRESHOLD:.0f}."
    else:
        sentence = f"Not merged: the weight {weight:.1f} stays below the threshold of {THRESHOLD:.0f}."
    return MergeExplanation(left.listing_id, right.listing_id, tuple(steps), round(weight, 2), merges, sentence)


def _print_value(listing: Listing, field: Field) -> str | None:
    """What the listing itself says in a field."""
    if field in (Field.GIVEN, Field.FAMILY, Field.MIDDLE):
        return listing.name or listing.title
    if field is Field.PRACTICE:
        return listing.practice or listing.title
    if field in (Field.LICENCE, Field.MARK):
        return "; ".join(listing.claims) or None
    printed: str | None = getattr(listing, _PRINTED[field])
    return printed


_PRINTED = {Field.PHONE: "phone", Field.EMAIL: "email", Field.SITE: "website", Field.STREET: "street",
            Field.CITY: "city", Field.POSTAL: "postal_code", Field.REGION: "region", Field.NPI: "npi"}  # fmt: skip


class Reviewed(PairJudgement, Protocol):
    """A judgement as the records keep it."""

    @property
    def by(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A reviewer's decision with the weight the pair had: training data for weights and threshold."""

    left: str
    right: str
    same: bool
    weight: float
    levels: tuple[tuple[str, str], ...]
    by: str
    at: datetime


def export_labels(judgements: Iterable[Reviewed], listings: Mapping[str, Listing]) -> Iterator[Label]:
    """Every positive and negative judgement on two known listings, as a labelled pair; unsure ones are left out."""
    table = FeatureTable.from_features(map(make_features, listings.values()))
    rows = {listing_id: row for row, listing_id in enumerate(table.ids)}
    told = [
        judgement
        for judgement in judgements
        if judgement.left in rows and judgement.right in rows and judgement.verdict in ("positive", "negative")
    ]
    left, right = (np.array([rows[side(word)] for word in told], np.int64) for side in (_LEFT, _RIGHT))
    scores = Weigher(table, Frequencies(table)).weigh(left, right)
    for place, word in enumerate(told):
        levels = tuple((part.field.value, part.level) for part in scores.of(place))
        weight = round(float(scores.weights[place]), 3)
        yield Label(word.left, word.right, word.verdict == "positive", weight, levels, word.by, word.at)


_LEFT, _RIGHT = attrgetter("left"), attrgetter("right")
