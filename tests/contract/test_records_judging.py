"""What is promised of merges and splits by reviewers, on every database, with the real resolution run afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from directory.errors import ConflictError, NotAllowedError, UsageError
from directory.models import Listing, Outcome
from records import audit, entities, judgements, ledger, observations, outbox, reviews
from records.clusters import plan_clusters
from records.database import Database, Session
from records.judgements import Verdict
from records.reviews import Case, CaseKind, CaseState, Choice
from resolution import judging, run
from resolution.judging import Proposal
from resolution.resolve import resolve_listings
from resolution.run import run_resolve
from tests.records_fixtures import make_entry, observe, people

OAK = Listing(
    listing_id="", source="guide", city="Denver", region="CO", country="US", street="12 Oak Street", postal_code="80202"
)
CROWD = [
    replace(OAK, listing_id="ann1", name="Ann Example", phone="303-555-0101"),
    replace(OAK, listing_id="ann2", name="Ann Example, LMT", phone="303-555-0101", source="finder"),
    replace(OAK, listing_id="ann3", name="Ann Example", email="ann@example.com", phone="303-555-0101", source="third"),
    replace(OAK, listing_id="bea1", name="Bea Sample", phone="303-555-0102"),
    replace(OAK, listing_id="bea2", name="Bea Sample", phone="303-555-0102", source="finder"),
    replace(OAK, listing_id="shop", practice="Oak Street Massage", phone="303-555-0103"),
]
ANN, BEA = ("ann1", "ann2", "ann3"), ("bea1", "bea2")


def fill(database: Database) -> None:
    with database.begin() as session:
        observations.store_many(session, [observe(listing, listing.listing_id) for listing in CROWD])
    run_resolve(database)


def find_groups(session: Session) -> set[tuple[str, ...]]:
    return {entity.members for entity in entities.load_all(session)}


def home(session: Session, listing: str) -> str:
    found = entities.find_by_listing(session, listing)
    assert found
    return found


def propose(session: Session, proposal: Proposal, by: str = "ann", reason: str = "looked") -> Case:
    seen = judging.preview(session, proposal).seen
    return judging.propose(session, proposal, seen=seen, heading="Who is who?", by=by, reason=reason)


def merge(session: Session, by: str = "ann") -> Case:
    return propose(session, judging.propose_merge(session, home(session, "ann1"), home(session, "bea1")), by)


def split(session: Session, *chosen: str, by: str = "ann") -> Case:
    return propose(session, judging.propose_split(session, home(session, chosen[0]), chosen), by)


def undo(session: Session, case: Case, by: str = "bob") -> Case:
    return judging.undo(session, case.id, version=reviews.get(session, case.id).version, by=by, reason="mistaken")


def test_a_merge_holds_at_once_and_after_the_next_run(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        large, small = home(session, "ann1"), home(session, "bea1")
        before, waiting = find_groups(session), outbox.count_waiting(session)
        assert before == {ANN, BEA, ("shop",)}
        case = merge(session)
        assert (case.kind, case.state) == (CaseKind.MERGE, CaseState.DECIDED)
        assert find_groups(session) == {ANN + BEA, ("shop",)}
        assert entities.resolve_id(session, small) == large
        assert outbox.count_waiting(session) > waiting
        told = {change.entity_id for change in outbox.claim(session, "worker")}
        assert {large, small} <= told
        assert [act.action for act in audit.load(session, subject=large)] == ["person-together"]
        words = judgements.load(session)
        assert {word.verdict for word in words} == {Verdict.POSITIVE}
        assert {(word.by, word.reason) for word in words} == {("ann", "looked")}
    summary = run_resolve(records_database)
    assert (summary.changed, summary.merged, summary.created) == (0, 0, 0)
    with records_database.read() as session:
        assert find_groups(session) == {ANN + BEA, ("shop",)}


def test_an_undone_merge_gives_both_their_ids_back_and_the_next_run_leaves_it_so(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        large, small, before = home(session, "ann1"), home(session, "bea1"), find_groups(session)
        case = merge(session)
    with records_database.begin() as session:
        assert undo(session, case).state is CaseState.OPEN
        assert find_groups(session) == before
        assert (home(session, "ann1"), home(session, "bea1")) == (large, small)
        assert entities.redirects(session) == {}
        assert judgements.load(session) == []
        assert {word.undone_by for word in judgements.history(session)} == {"bob"}
    assert run_resolve(records_database).merged == 0
    with records_database.read() as session:
        assert find_groups(session) == before


def test_a_split_holds_at_once_and_blocks_the_next_run(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        whole = home(session, "ann1")
        case = split(session, "ann2")
        assert (case.kind, case.state) == (CaseKind.SPLIT, CaseState.DECIDED)
        assert find_groups(session) == {("ann1", "ann3"), ("ann2",), BEA, ("shop",)}
        assert home(session, "ann1") == home(session, "ann3") == whole
        other = home(session, "ann2")
    summary = run_resolve(records_database)
    assert (summary.merged, summary.created) == (0, 0)
    with records_database.begin() as session:
        assert find_groups(session) == {("ann1", "ann3"), ("ann2",), BEA, ("shop",)}
        assert home(session, "ann2") == other
        undo(session, case)
        assert find_groups(session) == {ANN, BEA, ("shop",)}
        assert entities.resolve_id(session, other) == whole
    run_resolve(records_database)
    with records_database.begin() as session:
        assert find_groups(session) == {ANN, BEA, ("shop",)}
        split(session, "ann2")
        assert home(session, "ann2") == other  # the id it had is its own again


def test_what_a_split_leaves_is_what_the_reviewer_saw_though_nothing_else_ties_it(records_database: Database) -> None:
    chain = [
        replace(OAK, listing_id="left", name="Cy Example", phone="303-555-0120", street="1 Elm Street"),
        replace(OAK, listing_id="mid", name="Cy Example", phone="303-555-0120", email="cy@example.com", street=None),
        replace(OAK, listing_id="right", name="Cy Example", email="cy@example.com", street="9 Ash Street"),
    ]
    with records_database.begin() as session:
        observations.store_many(session, [observe(listing, listing.listing_id) for listing in chain])
    run_resolve(records_database)
    with records_database.begin() as session:
        assert find_groups(session) == {("left", "mid", "right")}
        split(session, "mid")
        assert find_groups(session) == {("left", "right"), ("mid",)}
    run_resolve(records_database)
    with records_database.read() as session:
        assert find_groups(session) == {("left", "right"), ("mid",)}


def test_two_that_are_kept_apart_are_not_merged_by_a_later_run(records_database: Database) -> None:
    fill(records_database)
    twin = replace(CROWD[0], listing_id="twin", source="fourth", phone="720-555-0144", street="77 Far Road")
    with records_database.begin() as session:
        observations.store(session, observe(twin, "twin"))
    run_resolve(records_database)
    with records_database.begin() as session:
        assert home(session, "twin") != home(session, "ann1")
        proposal = judging.propose_merge(session, home(session, "ann1"), home(session, "twin"), apart=True)
        shown = judging.preview(session, proposal)
        assert (shown.after, shown.redirects) == (shown.before, {})
        propose(session, proposal)
        observations.store(session, observe(replace(CROWD[0], listing_id="twin", source="fourth"), "twin"))
    run_resolve(records_database)
    with records_database.begin() as session:
        assert home(session, "twin") != home(session, "ann1")
        (case,) = reviews.load_queue(session, state=CaseState.DECIDED, kind=CaseKind.SPLIT).cases
        undo(session, case)
    run_resolve(records_database)
    with records_database.read() as session:
        assert home(session, "twin") == home(session, "ann1")


def test_the_last_word_wins_and_undoing_it_brings_back_the_one_before(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        merge(session)
        parted = split(session, *BEA, by="bob")
        assert find_groups(session) == {ANN, BEA, ("shop",)}
    run_resolve(records_database)
    with records_database.begin() as session:
        assert find_groups(session) == {ANN, BEA, ("shop",)}
        undo(session, parted)
        assert find_groups(session) == {ANN + BEA, ("shop",)}
    run_resolve(records_database)
    with records_database.read() as session:
        assert find_groups(session) == {ANN + BEA, ("shop",)}


def test_a_merge_that_another_word_still_holds_is_not_parted_by_undoing_one(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        first = merge(session)
        judgements.add(session, "ann2", "bea2", Verdict.POSITIVE, by="cy", reason="her own word")
        undo(session, first)
        assert find_groups(session) == {ANN + BEA, ("shop",)}


@pytest.mark.parametrize("outcome", [Outcome.DISCIPLINED, Outcome.NAME_MISMATCH])
def test_what_weighs_on_somebody_is_moved_only_by_two(records_database: Database, outcome: Outcome) -> None:
    fill(records_database)
    with records_database.begin() as session:
        before = find_groups(session)
        ledger.append(session, make_entry(home(session, "bea1"), outcome=outcome))
        case = merge(session)
        assert (case.state, case.input.is_grave) == (CaseState.SECOND, True)
        assert find_groups(session) == before
        assert judgements.load(session) == []
    with records_database.begin() as session, pytest.raises(ConflictError, match="proposed already"):
        merge(session, by="cy")
    with records_database.begin() as session, pytest.raises(NotAllowedError):
        judging.decide(session, case.id, Choice.ACCEPT, version=case.version, by="ann")
    with records_database.begin() as session:
        judging.decide(session, case.id, Choice.ACCEPT, version=case.version, by="bob")
        assert find_groups(session) == {ANN + BEA, ("shop",)}
        assert undo(session, case).state is CaseState.SECOND
        assert find_groups(session) == before
        again = reviews.get(session, case.id)
        judging.decide(session, again.id, Choice.REJECT, version=again.version, by="bob")
        assert find_groups(session) == before


def test_what_changed_since_it_was_looked_at_is_not_carried_out(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        proposal = judging.propose_merge(session, home(session, "ann1"), home(session, "bea1"))
        seen = judging.preview(session, proposal).seen
        split(session, "ann2", by="bob")
    with records_database.begin() as session, pytest.raises(ConflictError, match="since you looked"):
        judging.propose(session, proposal, seen=seen, heading="", by="ann", reason="looked")
    with records_database.read() as session:
        assert find_groups(session) == {("ann1", "ann3"), ("ann2",), BEA, ("shop",)}


def test_of_two_who_confirm_one_merge_at_once_one_wins_and_the_other_is_told(
    open_records: Callable[[], Database],
) -> None:
    databases = [open_records(), open_records()]
    fill(databases[0])
    with databases[0].read() as session:
        proposal = judging.propose_merge(session, home(session, "ann1"), home(session, "bea1"))
        seen = judging.preview(session, proposal).seen
    together = threading.Barrier(2)

    def confirm(place: int) -> str:
        together.wait()
        try:
            with databases[place].begin() as session:
                judging.propose(session, proposal, seen=seen, heading="", by=f"reviewer {place}", reason="looked")
        except ConflictError:
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, range(2))) == ["told", "won"]
    with databases[0].read() as session:
        assert find_groups(session) == {ANN + BEA, ("shop",)}
        assert len({word.by for word in judgements.load(session)}) == 1
        assert len(reviews.load_queue(session, state=CaseState.DECIDED).cases) == 1


def test_what_cannot_be_judged_is_said(records_database: Database) -> None:
    fill(records_database)
    with records_database.begin() as session:
        person, practice = home(session, "ann1"), home(session, "shop")
        for left, right in ((person, practice), (person, person)):
            with pytest.raises(UsageError):
                judging.propose_merge(session, left, right)
        for chosen in ((), ANN, ("bea1",)):
            with pytest.raises(UsageError):
                judging.propose_split(session, person, chosen)
        proposal = judging.propose_merge(session, person, home(session, "bea1"))
        with pytest.raises(UsageError, match="why"):
            propose(session, proposal, reason="  ")
        case = merge(session)
        opened = undo(session, case)
        with pytest.raises(UsageError):
            judging.decide(session, case.id, Choice.EDIT, version=opened.version, by="ann", outcome=Outcome.VERIFIED)


def test_the_places_of_one_listing_are_never_parted(records_database: Database) -> None:
    base = "site-" + "a" * 20
    with records_database.begin() as session:
        entities.save_clusters(session, people("x"), partial=True)
        member = [base, f"{base}@2", "x"]
        entities.save_clusters(session, [judging.Group(people("x")[0].kind, tuple(member))])
        proposal = judging.propose_split(session, home(session, base), [f"{base}@2"])
        assert (proposal.ones, proposal.others) == ((base, f"{base}@2"), ("x",))


def test_a_plan_says_what_saving_does_and_does_nothing(records_database: Database) -> None:
    groups = people("abc", "d", "ef")
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "cd", "e", "z"))
        ids = {letter: home(session, letter) for letter in "abcdez"}
        before = list(entities.load_all(session))
        plan = plan_clusters(session, groups)
        assert list(entities.load_all(session)) == before
        entities.save_clusters(session, groups, partial=True)
        assert plan.ids == tuple(home(session, letter) for letter in "ade")
        assert home(session, "z") == ids["z"]
        assert (set(plan.ids), plan.created, plan.redirected) == ({ids["a"], ids["c"], ids["e"]}, frozenset(), {})


def test_a_run_does_not_undo_what_was_said_while_it_thought(
    records_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(records_database)
    thought: list[int] = []

    def think(*args: Any, **more: Any) -> Any:
        thought.append(1)
        if len(thought) == 1:
            with records_database.begin() as session:
                merge(session)
        return resolve_listings(*args, **more)

    monkeypatch.setattr(run, "resolve_listings", think)
    run_resolve(records_database)
    assert len(thought) == 2
    with records_database.read() as session:
        assert find_groups(session) == {ANN + BEA, ("shop",)}
