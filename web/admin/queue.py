"""The review queue: what waits for a person, most urgent first."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.responses import Response

from records import reviews
from records.reviews import CaseKind, CaseState
from web.admin.access import Desk, Reading
from web.admin.compare import KIND_LABELS, make_case_view
from web.values import Link

router = APIRouter()
E = TypeVar("E", bound=StrEnum)


@router.get("/")
def show_queue(desk: Reading, kind: str = "", state: str = "", after: str = "") -> Response:
    """A page of the queue."""
    with desk.visit.site.database.read() as session:
        page = reviews.load_queue(
            session, state=_find(CaseState, state), kind=_find(CaseKind, kind), after=after or None
        )
        counts = reviews.count(session)
    waiting = {
        found: sum(counts.get((found, item), 0) for item in (CaseState.OPEN, CaseState.SECOND)) for found in CaseKind
    }
    kinds = [
        (Link(f"{KIND_LABELS[found]} ({number})", f"/admin/?kind={found}"), found == kind)
        for found, number in waiting.items()
        if number
    ]
    return show(
        desk,
        "admin/queue.html",
        title="Review queue",
        cases=[make_case_view(case) for case in page.cases],
        kinds=kinds,
        waiting=sum(waiting.values()),
        next_url=f"/admin/?kind={kind}&state={state}&after={page.after}" if page.after else None,
    )


@router.get("/cases/{case_id}")
def show_case(desk: Reading, case_id: str) -> Response:
    """One case: claim and register row side by side."""
    with desk.visit.site.database.read() as session:
        case = reviews.get(session, case_id)
        decisions = reviews.get_decisions(session, case_id)
    return show(desk, "admin/case.html", title="Case", case=make_case_view(case), decisions=decisions)


def show(desk: Desk, template: str, *, title: str, **context: Any) -> Response:
    """A page of these rooms: never kept, with the sign-in's form token."""
    return desk.visit.page(
        template,
        headers={"Cache-Control": "no-store"},
        title=title,
        user=desk.user,
        form_token=desk.form_token(),
        **context,
    )


def _find(kind: type[E], value: str) -> E | None:
    return kind(value) if value in set(kind) else None
