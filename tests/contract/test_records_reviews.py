"""What is promised of the review queue, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from directory.errors import ConflictError, NotAllowedError, NotFoundError, UsageError
from directory.models import Outcome
from records import audit, entities, outbox, reviews
from records.database import Database, Session
from records.reviews import Case, CaseDraft, CaseInput, CaseKind, CaseState, Choice
from tests.records_fixtures import StepClock, make_listing, make_record, people


def make_draft(key: str = "one", kind: CaseKind = CaseKind.WEAK, **parts: Any) -> CaseDraft:
    shown = CaseInput(heading="Is this she?", listing=make_listing(), record=make_record(1), outcome=Outcome.REVIEW)
    return CaseDraft(**{"kind": kind, "key": key, "input": shown, **parts})


def accept(session: Session, case: Case, by: str = "ann") -> Case:
    return reviews.decide(session, case.id, Choice.ACCEPT, version=case.version, by=by)


def test_a_case_shows_what_it_was_opened_with(records_database: Database) -> None:
    draft = make_draft()
    with records_database.begin() as session:
        case = reviews.open_case(session, draft)
        assert (case.input, case.state, case.version) == (draft.input, CaseState.OPEN, 1)
        assert reviews.find(session, CaseKind.WEAK, "one") == case
        assert reviews.find(session, CaseKind.WEAK, "two") is None
        with pytest.raises(NotFoundError):
            reviews.get(session, "nowhere")


def test_the_queue_comes_in_order_of_what_matters_and_then_of_age(
    records_database: Database, records_clock: StepClock
) -> None:
    with records_database.begin() as session:
        for kind in (CaseKind.WEAK, CaseKind.SHARED_NUMBER, CaseKind.MISMATCH, CaseKind.MISTYPED):
            reviews.open_case(session, make_draft("old", kind))
        records_clock.step(hours=1)
        for kind in (CaseKind.DISCIPLINED, CaseKind.SURNAME_CHANGED, CaseKind.MISMATCH):
            reviews.open_case(session, make_draft("new", kind))
        order = [(case.kind, case.key) for case in reviews.load_queue(session).cases]
    assert order == [
        (CaseKind.DISCIPLINED, "new"),
        (CaseKind.MISMATCH, "old"),
        (CaseKind.MISMATCH, "new"),
        (CaseKind.SHARED_NUMBER, "old"),
        (CaseKind.MISTYPED, "old"),
        (CaseKind.SURNAME_CHANGED, "new"),
        (CaseKind.WEAK, "old"),
    ]


def test_pages_of_the_queue_show_every_case_once(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        for number in range(25):
            kind = CaseKind.WEAK if number % 3 else CaseKind.MISMATCH
            reviews.open_case(session, make_draft(str(number), kind))
            records_clock.step(seconds=number % 2)
        seen: list[str] = []
        page = reviews.load_queue(session, limit=4)
        while page.cases:
            seen += [case.id for case in page.cases]
            if page.after is None:
                break
            page = reviews.load_queue(session, limit=4, after=page.after)
        whole = [case.id for case in reviews.load_queue(session, limit=100).cases]
        assert seen == whole
        assert len(set(seen)) == 25
        assert len(reviews.load_queue(session, kind=CaseKind.MISMATCH, limit=100).cases) == 9
        with pytest.raises(UsageError):
            reviews.load_queue(session, after="somewhere")


@pytest.mark.parametrize("size", [4, 5, 6])
def test_no_page_of_the_queue_leads_to_an_empty_one(records_database: Database, size: int) -> None:
    with records_database.begin() as session:
        reviews.open_cases(session, [make_draft(str(number)) for number in range(10)])
        for state in (None, CaseState.OPEN):
            sizes, after = [], ""
            while page := reviews.load_queue(session, state=state, limit=size, after=after or None):
                sizes.append(len(page.cases))
                if page.after is None:
                    break
                after = page.after
            assert sizes == [size] * (10 // size) + ([10 % size] if 10 % size else [])


def test_a_decision_is_kept_with_who_and_why_and_told_to_search_and_audit(records_database: Database) -> None:
    with records_database.begin() as session:
        entities.save_clusters(session, people("a"))
        person = entities.find_by_listing(session, "a")
        case = reviews.open_case(session, make_draft(entity_id=person))
        waiting = outbox.count_waiting(session)
        decided = reviews.decide(
            session,
            case.id,
            Choice.EDIT,
            version=1,
            by="ann",
            reason="the other row",
            outcome=Outcome.VERIFIED,
            register_id="CO-2",
        )
        (decision,) = reviews.get_decisions(session, case.id)
        assert (decided.state, decided.version) == (CaseState.DECIDED, 2)
        assert (decision.choice, decision.outcome, decision.register_id) == (Choice.EDIT, Outcome.VERIFIED, "CO-2")
        assert (decision.by, decision.reason) == ("ann", "the other row")
        assert outbox.count_waiting(session) == waiting + 1
        (act,) = audit.load(session, subject=case.id)
        assert (act.actor, act.action, act.detail["reason"]) == ("ann", "review.edit", "the other row")
        assert reviews.load_queue(session).cases == ()
        other = reviews.open_case(session, make_draft("other"))
        with pytest.raises(UsageError):
            reviews.decide(session, other.id, Choice.EDIT, version=1, by="ann")


def test_a_decision_is_undone_before_another_takes_its_place(records_database: Database) -> None:
    with records_database.begin() as session:
        case = accept(session, reviews.open_case(session, make_draft()))
    for choice in (Choice.REJECT, Choice.ACCEPT, Choice.LATER):
        with pytest.raises(ConflictError, match="Undo that first"), records_database.begin() as session:
            reviews.decide(session, case.id, choice, version=case.version, by="bob", reason="I know better")
    with records_database.begin() as session:
        assert reviews.get(session, case.id) == case
        opened = reviews.undo(session, case.id, version=case.version, by="bob", reason="looked again")
        decided = reviews.decide(session, case.id, Choice.REJECT, version=opened.version, by="bob", reason="not she")
        assert decided.state is CaseState.DECIDED
        kept = [(item.by, item.choice, item.undone_by) for item in reviews.get_decisions(session, case.id)]
        assert kept == [("bob", Choice.REJECT, None), ("ann", Choice.ACCEPT, "bob")]
        acts = [(act.actor, act.action) for act in audit.load(session, subject=case.id)]
        assert acts == [("bob", "review.reject"), ("bob", "review.undo"), ("ann", "review.accept")]


def test_what_nobody_asks_any_longer_cannot_be_decided(records_database: Database) -> None:
    with records_database.begin() as session:
        case = reviews.open_case(session, make_draft())
        reviews.close_missing(session, [CaseKind.WEAK], ())
        gone = reviews.get(session, case.id)
        with pytest.raises(ConflictError, match="gone"):
            reviews.decide(session, case.id, Choice.ACCEPT, version=gone.version, by="ann")


def test_what_is_grave_needs_two_whatever_its_kind(records_database: Database) -> None:
    with records_database.begin() as session:
        grave = make_draft(kind=CaseKind.MERGE, input=CaseInput(heading="One person?", is_grave=True))
        once = accept(session, reviews.open_case(session, grave))
        assert once.state is CaseState.SECOND
        with pytest.raises(NotAllowedError):
            accept(session, once)
        assert accept(session, once, by="bob").state is CaseState.DECIDED
        plain = accept(session, reviews.open_case(session, make_draft("plain", CaseKind.MERGE)))
        assert plain.state is CaseState.DECIDED


def test_of_two_who_decide_one_case_one_wins_and_the_other_is_told(records_database: Database) -> None:
    with records_database.begin() as session:
        case = reviews.open_case(session, make_draft())
        accept(session, case)
    with pytest.raises(ConflictError, match="first"), records_database.begin() as session:
        reviews.decide(session, case.id, Choice.REJECT, version=case.version, by="bob")
    with records_database.read() as session:
        assert [item.by for item in reviews.get_decisions(session, case.id)] == ["ann"]


@pytest.mark.parametrize("kind", [CaseKind.DISCIPLINED, CaseKind.MISMATCH])
def test_what_brands_a_person_needs_two(records_database: Database, kind: CaseKind) -> None:
    with records_database.begin() as session:
        once = accept(session, reviews.open_case(session, make_draft(kind=kind)))
        assert once.state is CaseState.SECOND
        assert list(reviews.export_labels(session)) == []
        with pytest.raises(NotAllowedError, match="second person"):
            accept(session, once)
        twice = accept(session, reviews.get(session, once.id), by="bob")
        assert twice.state is CaseState.DECIDED
        assert [item.second for item in reviews.get_decisions(session, once.id)] == [True, False]


def test_two_who_disagree_leave_the_case_open(records_database: Database) -> None:
    with records_database.begin() as session:
        once = accept(session, reviews.open_case(session, make_draft(kind=CaseKind.MISMATCH)))
        again = reviews.decide(session, once.id, Choice.REJECT, version=once.version, by="bob")
        assert again.state is CaseState.OPEN
        assert accept(session, again, by="cy").state is CaseState.SECOND


def test_undo_goes_back_one_decision_at_a_time(records_database: Database) -> None:
    with records_database.begin() as session:
        case = reviews.open_case(session, make_draft(kind=CaseKind.DISCIPLINED))
        case = accept(session, accept(session, case), by="bob")
        case = reviews.undo(session, case.id, version=case.version, by="bob")
        assert case.state is CaseState.SECOND
        assert accept(session, case, by="cy").state is CaseState.DECIDED
        case = reviews.get(session, case.id)
        for state in (CaseState.SECOND, CaseState.OPEN):
            case = reviews.undo(session, case.id, version=case.version, by="ann", reason="looked again")
            assert case.state is state
        with pytest.raises(ConflictError, match="no decision"):
            reviews.undo(session, case.id, version=case.version, by="ann")
        assert len(reviews.get_decisions(session, case.id)) == 3


def test_what_waits_for_a_second_person_still_does_after_it_was_put_off(records_database: Database) -> None:
    with records_database.begin() as session:
        case = accept(session, reviews.open_case(session, make_draft(kind=CaseKind.MISMATCH)))
        later = reviews.decide(session, case.id, Choice.LATER, version=case.version, by="bo")
        back = reviews.undo(session, case.id, version=later.version, by="bo")
        assert (later.state, back.state) == (CaseState.LATER, CaseState.SECOND)
        later = reviews.decide(session, case.id, Choice.LATER, version=back.version, by="bo")
        with pytest.raises(NotAllowedError):
            accept(session, later, by="ann")
        decided = accept(session, later, by="bo")
        assert decided.state is CaseState.DECIDED
        assert reviews.undo(session, case.id, version=decided.version, by="bo").state is CaseState.SECOND


def test_a_decided_case_opens_again_only_when_its_input_changed(records_database: Database) -> None:
    draft = make_draft()
    with records_database.begin() as session:
        accept(session, reviews.open_case(session, draft))
        assert [case.key for case, _ in reviews.load_decided(session)] == ["one"]
        reread = replace(draft, input=replace(draft.input, record=make_record(1, read_on=date(2026, 12, 1))))
        assert reviews.open_cases(session, [draft, reread]) == 0
        changed = replace(draft, input=replace(draft.input, record=make_record(1, status="Expired")))
        case = reviews.open_case(session, changed)
        assert (case.state, case.input, case.version) == (CaseState.OPEN, changed.input, 3)
        assert list(reviews.load_decided(session)) == []
        assert len(reviews.get_decisions(session, case.id)) == 1


def test_a_case_put_off_comes_back_when_its_time_has_come(records_database: Database, records_clock: StepClock) -> None:
    with records_database.begin() as session:
        case = reviews.open_case(session, make_draft())
        reviews.decide(session, case.id, Choice.LATER, version=1, by="ann")
        assert reviews.load_queue(session).cases == ()
        records_clock.step(days=1)
        assert [item.id for item in reviews.load_queue(session).cases] == [case.id]


def test_what_no_longer_asks_anything_leaves_the_queue(records_database: Database) -> None:
    with records_database.begin() as session:
        reviews.open_cases(session, [make_draft(key) for key in "abc"])
        reviews.open_case(session, make_draft("d", CaseKind.CORRECTION))
        assert reviews.close_missing(session, [CaseKind.WEAK], {"b"}) == 2
        assert {case.key for case in reviews.load_queue(session).cases} == {"b", "d"}
        assert reviews.open_cases(session, [make_draft("a")]) == 1


def test_identical_cases_are_found_together_and_progress_is_counted(records_database: Database) -> None:
    with records_database.begin() as session:
        reviews.open_cases(session, [make_draft(key, group="same") for key in "abc"])
        first, *_ = reviews.load_queue(session).cases
        assert len(reviews.find_identical(session, first)) == 2
        accept(session, first)
        assert reviews.count(session) == {
            (CaseKind.WEAK, CaseState.DECIDED): 1,
            (CaseKind.WEAK, CaseState.OPEN): 2,
        }
        (label,) = reviews.export_labels(session)
        assert (label.choice, label.by, label.input) == (Choice.ACCEPT, "ann", first.input)
