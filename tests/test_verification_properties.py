"""What holds for any register and any listings, not only for the ones somebody thought of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import Listing, Outcome, RegisterRecord
from tests.verification_records import ON, make_listing, make_record, make_sharing
from verification.combine import check_listing
from verification.lookup import MemoryRegister, is_neighbour, neighbours_of
from verification.model import Mode
from verification.subject import make_subject

GIVES = (Outcome.VERIFIED, Outcome.EXPIRED, Outcome.INACTIVE, Outcome.DISCIPLINED, Outcome.STALE)
names = st.sampled_from(
    [
        "Ann Example",
        "Annie Example",
        "Ann B Example",
        "Ann Tester",
        "Bert Example",
        "Bert Tester Jr",
        "A Example",
        "Zoe",
    ]
)
cities = st.sampled_from(["Denver", "Pueblo", None])
numbers = st.sampled_from(["12917", "12918", "12971", "22917", "55555"])
records = st.builds(
    lambda n, number, name, city, status, expires, discipline: make_record(
        number, name, register_id=f"r{n}", city=city, status=status, expires_on=expires, discipline=discipline
    ),
    st.integers(0, 10**6),
    numbers,
    names,
    cities,
    st.sampled_from(["Active", "Expired", "Suspended", "Odd word", "Inactive", None]),
    st.sampled_from([date(2027, 8, 31), date(2020, 1, 1), None]),
    st.booleans(),
)
registers = st.lists(records, max_size=8, unique_by=lambda record: record.register_id)
listings = st.builds(
    lambda n, name, city, phone, claims: replace(
        make_listing(name, listing_id=f"l{n}", city=city, phone=phone), claims=claims
    ),
    st.integers(0, 10**6),
    names,
    cities,
    st.sampled_from(["+13035550100", "+13035550101", None]),
    st.lists(numbers.map("LMT {}".format), max_size=2).map(tuple),
)
worlds = st.lists(listings, min_size=1, max_size=6, unique_by=lambda listing: listing.listing_id)
modes = st.sampled_from(list(Mode))


def decide(rows: list[RegisterRecord], world: list[Listing], mode: Mode) -> dict[str, tuple[object, ...]]:
    lookup = MemoryRegister(rows)
    sharing = make_sharing(lookup, *world)
    found: dict[str, tuple[object, ...]] = {}
    for listing in world:
        verdict = check_listing(
            make_subject(listing), listing.claims, lookup, on=ON, mode=mode, sharing=sharing
        ).deciding
        found[listing.listing_id] = (verdict.outcome, verdict.register_id, verdict.rule, verdict.suggestions)
    return found


@settings(max_examples=150, deadline=None)
@given(rows=registers, world=worlds, mode=modes, order=st.randoms(use_true_random=False))
def test_no_order_of_rows_or_listings_changes_an_outcome(
    rows: list[RegisterRecord], world: list[Listing], mode: Mode, order: Random
) -> None:
    shuffled_rows, shuffled_world = list(rows), list(world)
    order.shuffle(shuffled_rows)
    order.shuffle(shuffled_world)
    assert decide(rows, world, mode) == decide(shuffled_rows, shuffled_world, mode)


@settings(max_examples=100, deadline=None)
@given(rows=registers, world=worlds, mode=modes)
def test_irrelevant_records_change_nothing(rows: list[RegisterRecord], world: list[Listing], mode: Mode) -> None:
    elsewhere = [
        make_record("MT091753", "Ann Example", register_id="tx", jurisdiction="TX"),
        make_record("7777777", "Quentin Unlike", register_id="far", city="Durango"),
        make_record("12917", "Ann Example", register_id="other", licence_type="Esthetician"),
        make_record("12917", "Ann Example", register_id="shop", licence_type="Massage Establishment"),
    ]
    if rows:
        assert decide(rows, world, mode) == decide([*rows, *elsewhere], world, mode)


@settings(max_examples=150, deadline=None)
@given(rows=registers, world=worlds, mode=modes)
def test_a_status_stands_on_a_record_of_the_very_number(
    rows: list[RegisterRecord], world: list[Listing], mode: Mode
) -> None:
    by_id = {row.register_id: row for row in rows}
    claimed = {listing.listing_id: {text.split()[1] for text in listing.claims} for listing in world}
    for listing_id, (outcome, register_id, _, _) in decide(rows, world, mode).items():
        assert (outcome in GIVES) == (register_id is not None)
        if register_id is not None:
            assert by_id[str(register_id)].number in claimed[listing_id]


@settings(max_examples=150, deadline=None)
@given(rows=registers, world=worlds, mode=modes)
def test_an_adverse_record_is_never_shown_as_verified(
    rows: list[RegisterRecord], world: list[Listing], mode: Mode
) -> None:
    by_id = {row.register_id: row for row in rows}
    for outcome, register_id, _, _ in decide(rows, world, mode).values():
        if outcome is Outcome.VERIFIED:
            row = by_id[str(register_id)]
            assert not row.discipline
            assert row.status == "Active"
            assert row.expires_on is not None
            assert row.expires_on >= ON


@settings(max_examples=100, deadline=None)
@given(rows=registers, world=worlds)
def test_strict_verifies_nobody_whom_default_would_not(rows: list[RegisterRecord], world: list[Listing]) -> None:
    strict, default = decide(rows, world, Mode.STRICT), decide(rows, world, Mode.DEFAULT)
    for listing_id, (outcome, register_id, _, _) in strict.items():
        if outcome in GIVES:
            assert default[listing_id][:2] == (outcome, register_id)


@settings(max_examples=100, deadline=None)
@given(rows=registers, world=worlds, mode=modes)
def test_a_claim_that_is_added_never_hides_a_board_action(
    rows: list[RegisterRecord], world: list[Listing], mode: Mode
) -> None:
    before = decide(rows, world, mode)
    more = [replace(listing, claims=(*listing.claims, "AMTA member", "LMT")) for listing in world]
    after = decide(rows, more, mode)
    for listing_id, verdict in before.items():
        if verdict[0] is Outcome.DISCIPLINED:
            assert after[listing_id][0] is Outcome.DISCIPLINED


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_neighbours_are_exactly_one_keystroke_away(one: int, other: int) -> None:
    assert all(is_neighbour(one, near) for near in neighbours_of(one))
    assert (other in neighbours_of(one)) == is_neighbour(one, other)
