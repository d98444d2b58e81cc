"""Why two listings are, or are not, one: field by field, for reviewers; and reviewers' decisions as labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from directory.models import Listing
from resolution.comparison import score_pair
from resolution.features import make_features
from resolution.frequency import Frequencies
from resolution.resolve import THRESHOLD, is_link


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
    a, b = make_features(left), make_features(right)
    score = score_pair(a, b, frequencies or Frequencies((a, b)))
    total = score.weight - sum(part.weight for part in score.parts)
    steps = [Step("before comparing", "two listings at random", None, None, round(total, 2), round(total, 2))]
    for part in score.parts:
        total += part.weight
        one, other = (_print_value(listing, part.field.value) for listing in (left, right))
        steps.append(Step(part.field.value, part.level, one, other, round(part.weight, 2), round(total, 2)))
    if score.vetoed:
        sentence = f"Never merged by the rules: {score.vetoed}."
    elif not score.has_identifier:
        sentence = "Not merged: besides the name, no phone, street, e-mail, site or licence agrees."
    elif is_link(score):
        sentence = f"Merged: the weight {score.weight:.1f} reaches the threshold of {THRESHOLD:.0f}."
    else:
        sentence = f"Not merged: the weight {score.weight:.1f} stays below the threshold of {THRESHOLD:.0f}."
    return MergeExplanation(
        left.listing_id, right.listing_id, tuple(steps), round(score.weight, 2), is_link(score), sentence
    )


def _print_value(listing: Listing, field: str) -> str | None:
    name = listing.name or listing.title
    values = {
        "given name": name,
        "surname": name,
        "middle name": name,
        "practice name": listing.practice or listing.title,
        "phone": listing.phone,
        "e-mail": listing.email,
        "site": listing.website,
        "street": listing.street,
        "city": listing.city,
        "postal code": listing.postal_code,
        "region": listing.region,
        "licence": "; ".join(listing.claims) or None,
        "claimed number": "; ".join(listing.claims) or None,
        "NPI": listing.npi,
    }
    return values[field]


class Reviewed(Protocol):
    """A judgement as the records keep it."""

    @property
    def left(self) -> str: ...

    @property
    def right(self) -> str: ...

    @property
    def verdict(self) -> str: ...

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
    frequencies = Frequencies(make_features(listing) for listing in listings.values())
    for judgement in judgements:
        left, right = listings.get(judgement.left), listings.get(judgement.right)
        if left is None or right is None or judgement.verdict not in ("positive", "negative"):
            continue
        score = score_pair(make_features(left), make_features(right), frequencies)
        levels = tuple((part.field.value, part.level) for part in score.parts)
        same = judgement.verdict == "positive"
        yield Label(judgement.left, judgement.right, same, round(score.weight, 3), levels, judgement.by, judgement.at)
