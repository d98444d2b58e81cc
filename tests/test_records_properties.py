"""What holds whatever happens: chains find any tampering, ids never vanish, the last word on a pair holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from string import ascii_lowercase

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import Outcome
from directory.settings import Settings
from records import entities, judgements, ledger
from records.database import Database, Session, open_database
from records.judgements import Verdict
from records.tables import LedgerHeadRow, LedgerTableRow
from tests.records_fixtures import Group, make_entry, people

few = settings(max_examples=30, deadline=None)


class _Back(Exception):  # noqa: N818  never an error
    """Takes an example's writes back."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Empty records: each example takes back what it wrote."""
    database = open_database(Settings(data_dir=tmp_path_factory.mktemp("records"), session_secret="only-for-tests"))
    yield database
    database.close()


@contextmanager
def scratch(database: Database) -> Iterator[Session]:
    with suppress(_Back), database.begin() as session:
        yield session
        raise _Back


partitions = st.lists(st.integers(0, 4), min_size=6, max_size=6).map(
    lambda places: [
        "".join(letter for letter, place in zip(ascii_lowercase, places, strict=False) if place == wanted)
        for wanted in sorted(set(places) - {0})  # 0: the listing is gone
    ]
)


@few
@given(st.lists(partitions, min_size=1, max_size=8))
def test_no_sequence_of_merges_and_splits_loses_a_listing_or_an_id(kept: Database, steps: list[list[str]]) -> None:
    with scratch(kept) as session:
        ever: set[str] = set()
        for groups in steps:
            entities.save_clusters(session, people(*groups))
            owners = entities.load_members(session)
            assert sorted(owners) == sorted("".join(groups))
            for group in groups:
                assert len({owners[listing] for listing in group}) == 1
            assert len(set(owners.values())) == len(groups)
            ever |= set(owners.values())
            for entity_id in ever:
                live = entities.get(session, entity_id)
                assert entities.resolve_id(session, live.id) == live.id
                assert bool(live.members) is (live.closed_at is None)
            live_ids = {item.id for item in entities.load_all(session)}
            assert live_ids == set(owners.values())
            assert not live_ids & set(entities.redirects(session))


@few
@given(partitions)
def test_the_same_clusters_in_another_order_get_the_same_ids(kept: Database, groups: list[str]) -> None:
    turned = [Group(group.kind, group.members[::-1]) for group in people(*groups)][::-1]
    found = []
    for clusters in (people(*groups), turned):
        with scratch(kept) as session:
            entities.save_clusters(session, clusters)
            found.append(entities.load_members(session))
    assert found[0] == found[1]


columns = st.sampled_from(
    ["entity_id", "claim_id", "outcome", "rule", "rule_version", "decided_by", "payload", "digest", "previous", "mode"]
)


@few
@given(st.integers(1, 6), columns, st.text(ascii_lowercase, min_size=1, max_size=8))
def test_the_chain_finds_any_edited_row(kept: Database, seq: int, column: str, value: str) -> None:
    with scratch(kept) as session:
        ledger.append_many(session, [make_entry("p-one", str(number)) for number in range(6)])
        session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == seq).values({column: value}))
        report = ledger.check_chain(session)
        assert not report.ok
        assert report.faults[0].seq == seq


@few
@given(st.sets(st.integers(1, 6), min_size=1))
def test_the_chain_finds_any_missing_rows(kept: Database, gone: set[int]) -> None:
    with scratch(kept) as session:
        ledger.append_many(session, [make_entry("p-one", str(number)) for number in range(6)])
        session.execute(sa.delete(LedgerHeadRow))
        session.execute(sa.delete(LedgerTableRow).where(LedgerTableRow.seq.in_(gone)))
        assert not ledger.check_chain(session).ok


@few
@given(st.permutations(range(1, 7)))
def test_the_chain_finds_any_reordering(kept: Database, order: list[int]) -> None:
    with scratch(kept) as session:
        outcomes = [Outcome.EXPIRED, Outcome.VERIFIED] * 3
        ledger.append_many(session, [make_entry("p-one", "claim", outcome) for outcome in outcomes])
        session.execute(sa.delete(LedgerHeadRow))
        session.execute(sa.update(LedgerTableRow).values(seq=-LedgerTableRow.seq))
        for old, new in zip(range(1, 7), order, strict=True):
            session.execute(sa.update(LedgerTableRow).where(LedgerTableRow.seq == -old).values(seq=new))
        assert ledger.check_chain(session).ok is (order == sorted(order))


@few
@given(st.sets(st.integers(0, 5)))
def test_erasing_anything_never_breaks_the_chain(kept: Database, erased: set[int]) -> None:
    with scratch(kept) as session:
        ids = make_people(session, 6)
        ledger.append_many(session, [make_entry(entity_id) for entity_id in ids])
        for place in erased:
            ledger.erase(session, ids[place])
        report = ledger.check_chain(session)
        assert (report.ok, report.checked) == (True, 6)


def make_people(session: Session, number: int) -> list[str]:
    entities.save_clusters(session, people(*ascii_lowercase[:number]))
    return [str(entities.find_by_listing(session, letter)) for letter in ascii_lowercase[:number]]


acts = st.lists(
    st.one_of(st.tuples(st.sampled_from("abc"), st.sampled_from("def"), st.sampled_from(Verdict)), st.integers(0, 9)),
    max_size=15,
)


@few
@given(acts)
def test_the_last_word_that_was_not_undone_holds_on_every_pair(
    kept: Database, steps: list[tuple[str, str, Verdict] | int]
) -> None:
    said: list[tuple[int, tuple[str, str], Verdict]] = []
    undone: set[int] = set()
    with scratch(kept) as session:
        for step in steps:
            if isinstance(step, int):
                open_ids = [number for number, _, _ in said if number not in undone]
                if open_ids:
                    undone.add(open_ids[step % len(open_ids)])
                    judgements.undo(session, open_ids[step % len(open_ids)], by="ann", reason="")
            else:
                left, right, verdict = step
                added = judgements.add(session, right, left, verdict, by="ann", reason="")
                said.append((added.id, (left, right), verdict))
        held = {(item.left, item.right): item.verdict for item in judgements.load(session)}
        assert held == {pair: verdict for number, pair, verdict in said if number not in undone}
        assert len(judgements.history(session)) == len(said)
