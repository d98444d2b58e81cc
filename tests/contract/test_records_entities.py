"""What is promised of entities, judgements and the outbox, on every database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from directory.errors import ConflictError, GoneError, NotFoundError, UsageError
from directory.models import EntityKind
from records import entities, judgements, outbox
from records.database import Database, Session
from records.judgements import Verdict
from tests.records_fixtures import Group, StepClock, people


def ids_of(session: Session, listings: str) -> list[str | None]:
    return [entities.find_by_listing(session, listing) for listing in listings]


def test_an_entity_keeps_its_id_while_listings_come_and_go(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("abc"))
        (before,) = set(ids_of(session, "abc"))
        entities.save_clusters(session, people("bcde"))
        assert set(ids_of(session, "bcde")) == {before}
        assert entities.find_by_listing(session, "a") is None


def test_a_person_and_a_practice_never_share_an_id(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a"))
        (person,) = ids_of(session, "a")
        entities.save_clusters(session, [Group(EntityKind.PRACTICE, ("a",))])
        (practice,) = ids_of(session, "a")
        assert (str(person)[:2], str(practice)[:2]) == ("p-", "o-")
        assert entities.get(session, str(person)).id == practice


def test_a_merge_keeps_the_larger_s_id_and_the_other_leads_to_it(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "c"))
        large, _, small = ids_of(session, "abc")
        assert entities.save_clusters(session, people("abc")).merged == 1
        assert entities.redirects(session) == {small: large}
        assert entities.get(session, str(small)).members == ("a", "b", "c")


def test_redirects_lead_all_the_way(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a", "bc", "defg"))
        first, second, third = (ids_of(session, letter)[0] for letter in "abd")
        entities.save_clusters(session, people("abc", "defg"))
        entities.save_clusters(session, people("abcdefg"))
        assert entities.redirects(session) == {first: third, second: third}
        assert entities.find_aliases(session, str(third)) == sorted(map(str, (first, second, third)))
        assert entities.resolve_id(session, str(first)) == third


def test_an_undone_merge_gives_the_old_ids_back(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "cd"))
        before = ids_of(session, "abcd")
        entities.save_clusters(session, people("abcd"))
        entities.save_clusters(session, people("ab", "cd"))
        assert ids_of(session, "abcd") == before
        assert entities.redirects(session) == {}


def test_an_entity_without_listings_is_closed_and_opens_again_with_them(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a", "b"))
        (before,) = ids_of(session, "a")
        assert entities.save_clusters(session, people("b")).closed == 1
        assert entities.get(session, str(before)).closed_at is not None
        assert [item.members for item in entities.load_all(session)] == [("b",)]
        entities.save_clusters(session, people("a", "b"))
        assert ids_of(session, "a") == [before]
        assert entities.get(session, str(before)).closed_at is None


def test_a_partial_save_leaves_the_others_where_they_are(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "cd"))
        before = ids_of(session, "abcd")
        entities.save_clusters(session, people("cde"), partial=True)
        assert ids_of(session, "abcd") == before
        assert ids_of(session, "e") == [before[2]]


def test_a_removed_entity_says_so_and_its_id_is_not_given_again(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a"))
        (before,) = ids_of(session, "a")
        entities.remove(session, str(before))
        with pytest.raises(GoneError):
            entities.get(session, str(before))
        entities.save_clusters(session, people("a"))
        assert ids_of(session, "a") != [before]
        with pytest.raises(NotFoundError):
            entities.get(session, "p-unknown")


def test_saving_the_same_again_changes_nothing(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("ab", "c"))
        waiting, before = outbox.count_waiting(session), list(entities.load_all(session))
        assert entities.save_clusters(session, people("c", "ba")).unchanged == 2
        assert (outbox.count_waiting(session), list(entities.load_all(session))) == (waiting, before)


def test_every_change_grows_the_version_and_is_in_the_outbox(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a"))
        (entity,) = ids_of(session, "a")
        entities.touch(session, {str(entity), "p-unknown"}, "ledger")
        changes = outbox.claim(session, "worker")
        assert [(item.entity_id, item.version, item.reason) for item in changes] == [
            (entity, 1, "resolved"),
            (entity, 2, "ledger"),
        ]
        assert entities.get(session, str(entity)).version == 2


def fail_after_saving(session: Session) -> None:
    entities.save_clusters(session, people("a"))
    raise ZeroDivisionError


def test_a_change_that_fails_rolls_back_with_its_outbox_row(records_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), records_database.begin() as session:
        fail_after_saving(session)
    with records_database.read() as session:
        assert list(entities.load_all(session)) == []
        assert outbox.count_waiting(session) == 0


def test_the_outbox_gives_each_change_to_one_worker_and_again_when_it_dies(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a", "b", "c"))
        first = outbox.claim(session, "one", limit=2)
        second = outbox.claim(session, "two")
        assert [len(first), len(second)] == [2, 1]
        assert outbox.claim(session, "three") == []
        outbox.done(session, [item.seq for item in second])
        records_clock.step(minutes=3)
        again = outbox.claim(session, "three")
        assert [(item.seq, item.attempts) for item in again] == [(item.seq, 2) for item in first]


def test_a_full_build_takes_out_only_what_it_has_read(open_records: Callable[[], Database]) -> None:
    database = open_records()
    with database.begin() as session:
        outbox.add(session, [("p-one", 1), ("p-two", 1)], "test")
    with database.read() as reading:
        read = outbox.waiting_seqs(reading)
        with database.begin() as session:
            outbox.add(session, [("p-three", 1)], "test")
        assert outbox.waiting_seqs(reading) == read
    with database.begin() as session:
        outbox.done(session, read)
        assert [change.entity_id for change in outbox.claim(session, "worker")] == ["p-three"]


def test_a_failed_change_waits_longer_each_time(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a"))
        for wait_s in (5, 10, 20):
            (change,) = outbox.claim(session, "worker")
            outbox.failed(session, [change.seq], "the engine is away")
            records_clock.step(seconds=wait_s - 1)
            assert outbox.claim(session, "worker") == []
            records_clock.step(seconds=1)
        (change,) = outbox.claim(session, "worker")
    assert (change.attempts, change.last_error) == (4, "the engine is away")


def test_the_latest_word_on_a_pair_holds_and_undoing_it_brings_back_the_one_before(records_database: Database) -> None:
    with records_database.begin() as session:
        judgements.add(session, "b", "a", Verdict.POSITIVE, by="ann", reason="same phone")
        last = judgements.add(session, "a", "b", Verdict.NEGATIVE, by="bob", reason="father and son")
        assert [item.verdict for item in judgements.load(session)] == [Verdict.NEGATIVE]
        judgements.undo(session, last.id, by="bob", reason="no")
        (held,) = judgements.load(session)
        assert (held.left, held.right, held.verdict, held.by) == ("a", "b", Verdict.POSITIVE, "ann")
        assert [item.undone_by for item in judgements.history(session, "a")] == [None, "bob"]
        with pytest.raises(ConflictError):
            judgements.undo(session, last.id, by="ann", reason="again")


def test_a_listing_is_never_judged_against_itself(records_database: Database) -> None:
    with records_database.begin() as session, pytest.raises(UsageError):
        judgements.add(session, "a", "a", Verdict.NEGATIVE, by="ann", reason="")
