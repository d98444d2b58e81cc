"""The review queue: what waits for a person, most urgent first."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from directory.errors import NotAllowedError, NotFoundError
from directory.models import Outcome
from records import requests, reviews, snapshots
from records.database import Session
from records.requests import StatementKind
from records.reviews import Case, CaseKind, CaseState, Choice
from records.users import Role
from resolution import judging
from web.admin.access import Reading, Reviewing
from web.admin.compare import KIND_LABELS, make_case_view
from web.admin.joining import find_preview, settle
from web.admin.leaving import asks_out
from web.admin.rooms import show
from web.values import Link, clean

router = APIRouter()
SHOWN_OVERDUE = 5
E = TypeVar("E", bound=StrEnum)


@router.get("/")
def show_queue(desk: Reading, kind: str = "", state: str = "", after: str = "", done: str = "") -> Response:
    """A page of the queue, and above it what was asked for and not answered in time."""
    now = desk.visit.site.clock.now()
    with desk.visit.site.database.read() as session:
        page = reviews.load_queue(
            session, state=_find(CaseState, state), kind=_find(CaseKind, kind), after=after or None
        )
        waiting = _count_waiting(session)
        seconds = sum(number for (_, found), number in reviews.count(session).items() if found is CaseState.SECOND)
        last = find_done(session, done)
        overdue = [case_id for case_id, _ in requests.load_overdue(session)]
        late = [reviews.get(session, case_id) for case_id in overdue[:SHOWN_OVERDUE]]
    kinds = [
        (Link(f"{KIND_LABELS[found]} ({number})", desk.visit.url("/admin/", kind=found)), found == kind)
        for found, number in waiting.items()
        if number
    ]
    return show(
        desk,
        "admin/queue.html",
        title="Review queue",
        cases=[make_case_view(case, now) for case in page.cases],
        overdue=len(overdue),
        late=[make_case_view(case, now) for case in late],
        kinds=kinds,
        waiting=sum(waiting.values()),
        seconds=seconds,
        state=state,
        last=last,
        start_url=desk.visit.url("/admin/next", kind=kind, state=state),
        next_url=desk.visit.url("/admin/", kind=kind, state=state, after=page.after) if page.after else None,
    )


@router.get("/next")
def open_next(desk: Reading, kind: str = "", state: str = "", done: str = "") -> Response:
    """The most urgent case that waits; the queue itself when none does."""
    with desk.visit.site.database.read() as session:
        page = reviews.load_queue(session, state=_find(CaseState, state), kind=_find(CaseKind, kind), limit=1)
    after = desk.visit.url("/admin/", done=done)
    if page.cases:
        after = desk.visit.url(f"/admin/cases/{page.cases[0].id}", kind=kind, state=state, done=done)
    return RedirectResponse(after, 303)


@router.get("/cases/{case_id}")
def show_case(desk: Reading, case_id: str, kind: str = "", state: str = "", done: str = "") -> Response:
    """One case: claim and register row side by side, and what may be done with it."""
    with desk.visit.site.database.read() as session:
        case = reviews.get(session, case_id)
        decisions = reviews.get_decisions(session, case_id)
        identical = reviews.find_identical(session, case)
        waiting = _count_waiting(session)
        last = find_done(session, done)
        preview = find_preview(session, case, desk.visit.site.today())
        proofs, statements = requests.load_proofs(session, case_id), requests.load_statements(session, case_id)
    needed = Role.SECOND_REVIEWER if case.state is CaseState.SECOND else Role.REVIEWER
    return show(
        desk,
        "admin/case.html",
        title="Case",
        case=make_case_view(case, desk.visit.site.clock.now()),
        preview=preview,
        is_judged=case.kind in judging.JUDGED,
        person_url=desk.visit.url(f"/admin/people/{case.entity_id}") if case.entity_id else None,
        proofs=proofs,
        answers=[clean(item.text, 600) for item in statements if item.kind is StatementKind.ANSWER],
        is_theirs=case.kind in requests.ASKED and (case.kind is CaseKind.REMOVAL or bool(statements)),
        version=case.version,
        decisions=decisions,
        identical=len(identical),
        outcomes=[outcome.value for outcome in Outcome],
        removal_url=desk.visit.url(f"/admin/cases/{case_id}/removal") if asks_out(case) else None,
        may_decide=desk.may(needed) and case.state not in (CaseState.DECIDED, CaseState.GONE),
        may_undo=desk.may(Role.REVIEWER) and any(item.undone_at is None for item in decisions),
        snapshot=case.input.snapshot_hash,
        kind=kind,
        state=state,
        last=last,
        waiting=sum(waiting.values()),
    )


@router.post("/cases/{case_id}/decide")
def decide(
    desk: Reviewing,
    case_id: str,
    *,
    version: Annotated[int, Form()],
    choice: Annotated[Choice, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
    outcome: Annotated[str, Form(max_length=40)] = "",
    register_id: Annotated[str, Form(max_length=200)] = "",
    identical: Annotated[bool, Form()] = False,
    kind: Annotated[str, Form(max_length=40)] = "",
    state: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Decide the case as it was looked at, then go to the next; ConflictError if somebody was faster.

    Taking somebody out can't be undone: accepting that leads to a page which asks first.
    """
    edited = choice is Choice.EDIT
    with desk.visit.site.database.begin() as session:
        case = reviews.get(session, case_id)
        if case.state is CaseState.SECOND and not desk.may(Role.SECOND_REVIEWER):
            raise NotAllowedError("This case waits for a second reviewer.")
        if choice is Choice.ACCEPT and asks_out(case):
            return RedirectResponse(desk.visit.url(f"/admin/cases/{case_id}/removal"), 303)
        others = reviews.find_identical(session, case) if identical else []
        for item, seen in ((case, version), *((other, other.version) for other in others)):
            decided = judging.decide(
                session,
                item.id,
                choice,
                version=seen,
                by=desk.user.name,
                reason=reason.strip(),
                outcome=_find(Outcome, outcome) if edited else None,
                register_id=register_id.strip() or None if edited else None,
            )
            settle(session, decided, desk.visit.site.today())
    return RedirectResponse(desk.visit.url("/admin/next", kind=kind, state=state, done=case_id), 303)


@router.post("/cases/{case_id}/undo")
def undo(
    desk: Reviewing,
    case_id: str,
    *,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take the last decision on a case back."""
    with desk.visit.site.database.begin() as session:
        settle(
            session,
            judging.undo(session, case_id, version=version, by=desk.user.name, reason=reason.strip()),
            desk.visit.site.today(),
        )
    return RedirectResponse(f"/admin/cases/{case_id}", 303)


@router.get("/snapshots/{snapshot_hash}")
def show_snapshot(desk: Reading, snapshot_hash: str) -> Response:
    """The page as it was fetched, shut in a sandbox: nothing in it runs, loads or submits."""
    with desk.visit.site.database.read() as session:
        body = snapshots.get(session, snapshot_hash)
    policy = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(body, 200, headers, "text/html; charset=utf-8")


def find_done(session: Session, case_id: str) -> Case | None:
    """The case that was decided a moment ago, so that it can be undone at once."""
    try:
        return reviews.get(session, case_id) if case_id else None
    except NotFoundError:
        return None


def _count_waiting(session: Session) -> dict[CaseKind, int]:
    """How many cases of each kind wait for somebody."""
    counts = reviews.count(session)
    states = (CaseState.OPEN, CaseState.SECOND)
    return {kind: sum(counts.get((kind, state), 0) for state in states) for kind in CaseKind}


def _find(kind: type[E], value: str) -> E | None:
    return kind(value) if value in set(kind) else None
