"""Who is who: what merges, what never does, and what judgements decide."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import EntityKind, Listing
from resolution.resolve import Cluster, resolve_listings

ANN = Listing(
    listing_id="a1",
    source="guide",
    name="Ann Example",
    street="12 Oak Street",
    city="Denver",
    region="CO",
    postal_code="80202",
    country="US",
    phone="(303) 555-0101",
)


@dataclass(frozen=True)
class Judged:
    left: str
    right: str
    verdict: str


def resolve(*listings: Listing, judgements: tuple[Judged, ...] = (), one_per_source: bool = False) -> list[set[str]]:
    clusters = resolve_listings(listings, judgements, one_per_source=one_per_source)
    assert sorted(member for cluster in clusters for member in cluster.members) == sorted(
        listing.listing_id for listing in listings
    )
    return [set(cluster.members) for cluster in clusters]


def other(**changes: Any) -> Listing:
    return replace(ANN, **{"listing_id": "a2", "source": "finder", **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ann Example, LMT", "street": "12 Oak St #4"},
        {"name": "EXAMPLE, ANN"},
        {"name": None, "title": "Serenity Massage – Ann Example, LMT"},
        {"name": "Ann Exampel", "street": None},
        {"phone": None, "street": "12 Oak St., Suite 3"},
        {"phone": "303-555-0199", "street": "12 Oak St."},
        {"street": None, "postal_code": None},
    ],
)
def test_the_same_person_in_another_writing_merges(changes: dict[str, object]) -> None:
    assert resolve(ANN, other(**changes)) == [{"a1", "a2"}]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phone": "303-555-0199", "street": None}, "a namesake in the same city without a second identifier"),
        ({"phone": "303-555-0199", "street": "99 Elm Street"}, "a namesake at another street with another phone"),
        ({"name": "Bob Example"}, "a relative at the same address with the same phone"),
        ({"name": "Ann Sample"}, "a colleague with the same given name"),
        ({"name": None, "title": "Serenity Massage"}, "a business is no person"),
        ({"name": "Sample"}, "a lone surname that is another's"),
    ],
)
def test_two_people_stay_two(changes: dict[str, object], why: str) -> None:
    assert resolve(ANN, other(**changes)) == [{"a1"}, {"a2"}], why


def test_generations_middle_names_and_licence_numbers_of_one_board_veto() -> None:
    senior, junior = replace(ANN, name="Ann Example Sr"), other(name="Ann Example Jr")
    assert len(resolve(senior, junior)) == 2
    assert len(resolve(replace(ANN, name="Ann M Example"), other(name="Ann K Example"))) == 2
    assert len(resolve(replace(ANN, claims=("LMT #12345",)), other(claims=("LMT #67890",)))) == 2
    assert len(resolve(replace(ANN, claims=("LMT #12345",)), other(claims=("LMT #12346",)))) == 1, "a mistyped number"


def test_father_and_son_stay_two_where_one_listing_leaves_the_generation_out() -> None:
    son, unsaid = other(name="Bob Example Jr"), replace(ANN, name="Bob Example")
    assert len(resolve(unsaid, son)) == 2, "one address and one phone are a household's"
    own: dict[str, Any] = {"email": "bob.example42@example.net"}
    assert len(resolve(replace(unsaid, **own), replace(son, **own))) == 1
    assert len(resolve(replace(unsaid, claims=("LMT #12345",)), replace(son, claims=("LMT #12345",)))) == 1


def test_an_initial_of_another_name_is_another_person() -> None:
    assert len(resolve(ANN, other(name="P. Example"))) == 2
    assert len(resolve(ANN, other(name="A. Example"))) == 1
    assert len(resolve(replace(ANN, name="William Example"), other(name="B. Example"))) == 1, "he may go by Bill"


def test_a_toll_free_number_is_no_second_identifier() -> None:
    one = replace(ANN, phone="800-555-0100", street=None)
    assert len(resolve(one, other(phone="800-555-0100", street=None))) == 2


def test_a_married_name_merges_only_with_something_of_her_own() -> None:
    assert len(resolve(ANN, other(name="Ann Sample"))) == 2
    own: dict[str, Any] = {"email": "ann.example42@example.net"}
    assert len(resolve(replace(ANN, **own), other(name="Ann Sample", **own))) == 1


def test_one_weak_listing_does_not_chain_two_people() -> None:
    ann, bob = ANN, other(name="Bob Example")
    lone = replace(ANN, listing_id="a3", source="map", name="Example")
    clusters = resolve(ann, bob, lone)
    assert {"a1", "a2"} not in [cluster & {"a1", "a2"} for cluster in clusters]
    assert {"a3"} in clusters, "it fits both equally well"


def test_practices_merge_with_practices_by_name_and_one_identifier() -> None:
    spa = replace(ANN, listing_id="s1", name=None, practice="Serenity Massage LLC")
    twin = replace(spa, listing_id="s2", source="map", practice="Serenity Massage", phone=None)
    away = replace(
        spa, listing_id="s3", source="map", phone=None, street="99 Elm St", postal_code="80301", city="Boulder"
    )
    neighbour = replace(spa, listing_id="s4", source="map", practice="Kneaded Touch Spa")
    clusters = resolve_listings([spa, twin, away, neighbour, ANN])
    assert [set(cluster.members) for cluster in clusters] == [{"a1"}, {"s1", "s2"}, {"s3"}, {"s4"}]
    assert [cluster.kind for cluster in clusters] == [EntityKind.PERSON] + [EntityKind.PRACTICE] * 3


def test_one_per_source_keeps_two_listings_of_a_source_apart() -> None:
    twin = other(source=ANN.source)
    assert len(resolve(ANN, twin)) == 1
    assert len(resolve(ANN, twin, one_per_source=True)) == 2


def test_a_positive_judgement_merges_and_a_negative_blocks() -> None:
    bob = other(name="Bob Sample", phone=None, street=None)
    assert len(resolve(ANN, bob, judgements=(Judged("a1", "a2", "positive"),))) == 1
    assert len(resolve(ANN, other(), judgements=(Judged("a1", "a2", "negative"),))) == 2
    assert len(resolve(ANN, other(), judgements=(Judged("a1", "a2", "unsure"),))) == 1


def test_a_merge_says_why() -> None:
    (cluster,) = resolve_listings([ANN, other()])
    (reason,) = cluster.reasons
    assert (reason.left, reason.right, reason.judged) == ("a1", "a2", False)
    assert reason.weight > 4


NAMES = (
    "Ann Example", "A Example", "Annie Example", "Bob Example", "Example", "Ann M Example", "Ann K Example"
)  # fmt: skip


def make_crowd(seed: int) -> list[Listing]:
    """Few names, phones and streets, so that everything is a near duplicate of something."""
    rng = random.Random(seed)
    return [
        replace(
            ANN,
            listing_id=f"l{number}",
            source=rng.choice(("guide", "finder", "map")),
            name=rng.choice(NAMES),
            phone=rng.choice((None, "303-555-0101", "303-555-0102", "303-555-0103")),
            street=rng.choice((None, "12 Oak Street", "12 Oak St", "99 Elm Street")),
            claims=rng.choice(((), ("LMT #12345",), ("LMT #54321",))),
        )
        for number in range(rng.randint(2, 12))
    ]


def find_cluster(clusters: list[Cluster], listing_id: str) -> tuple[str, ...]:
    return next(cluster.members for cluster in clusters if listing_id in cluster.members)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_whatever_is_judged_no_listing_is_lost_and_no_negative_broken(seed: int, data: st.DataObject) -> None:
    crowd = make_crowd(seed)
    pairs = list(combinations([listing.listing_id for listing in crowd], 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=6, unique=True))
    verdicts = data.draw(
        st.lists(st.sampled_from(["positive", "negative"]), min_size=len(chosen), max_size=len(chosen))
    )
    judgements = [Judged(*pair, verdict) for pair, verdict in zip(chosen, verdicts, strict=True)]
    clusters = resolve_listings(crowd, judgements)
    assert sorted(member for cluster in clusters for member in cluster.members) == sorted(
        listing.listing_id for listing in crowd
    )
    for judgement in judgements:
        if judgement.verdict == "negative":
            assert find_cluster(clusters, judgement.left) != find_cluster(clusters, judgement.right)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_listings_and_judgements_changes_nothing(seed: int, rng: random.Random) -> None:
    crowd = make_crowd(seed)
    ids = [listing.listing_id for listing in crowd]
    judgements = [Judged(ids[0], ids[-1], "positive"), Judged(ids[0], ids[1], "negative")]
    shuffled, turned = list(crowd), list(reversed(judgements))
    rng.shuffle(shuffled)
    assert resolve_listings(shuffled, turned) == resolve_listings(crowd, judgements)
