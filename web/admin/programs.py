"""The queue and the audit for programs: JSON, with an API token, never with a browser's cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import NotAllowedError, UsageError
from directory.models import Outcome, to_json
from records import audit, reviews
from records.reviews import CaseKind, CaseState, Choice
from records.users import Role
from resolution import judging
from web.admin.access import Desk, open_program
from web.admin.joining import settle
from web.admin.leaving import asks_out

router = APIRouter(prefix="/api")


class DecisionForm(BaseModel):
    """A decision on a case as it was at `version`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    choice: Choice
    reason: str = Field("", max_length=2000)
    outcome: Outcome | None = None
    register_id: str | None = Field(None, max_length=200)


def needs_token(role: Role) -> Callable[[Request], Desk]:
    """A dependency: the desk of a program whose token and owner both cover `role`."""

    def check(request: Request) -> Desk:
        desk = open_program(request)
        if not desk.may(role):
            raise NotAllowedError("The token's scope, or its owner's role, does not cover this.")
        return desk

    return check


@router.get("/cases")
def list_cases(
    desk: Annotated[Desk, Depends(needs_token(Role.READ_ONLY))],
    kind: CaseKind | None = None,
    state: CaseState | None = None,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """A page of the queue, most urgent first; `next` is the `after` of the page that follows."""
    with desk.visit.site.database.read() as session:
        page = reviews.load_queue(session, state=state, kind=kind, after=after, limit=limit)
    return _send({"cases": [to_json(case) for case in page.cases], "next": page.after})


@router.get("/cases/{case_id}")
def get_case(desk: Annotated[Desk, Depends(needs_token(Role.READ_ONLY))], case_id: str) -> Response:
    """One case, and what was decided on it."""
    with desk.visit.site.database.read() as session:
        case, decisions = reviews.get(session, case_id), reviews.get_decisions(session, case_id)
    return _send({"case": to_json(case), "decisions": [to_json(decision) for decision in decisions]})


@router.post("/cases/{case_id}/decisions")
def decide(
    desk: Annotated[Desk, Depends(needs_token(Role.REVIEWER))], case_id: str, decision: DecisionForm
) -> Response:
    """Decide a case under the token owner's name; 409 if it changed since `version`, as for everybody."""
    with desk.visit.site.database.begin() as session:
        case = reviews.get(session, case_id)
        if case.state is CaseState.SECOND and not desk.may(Role.SECOND_REVIEWER):
            raise NotAllowedError("This case waits for a second reviewer.")
        if decision.choice is Choice.ACCEPT and asks_out(case):
            raise UsageError("Taking somebody out can't be undone: a person does it, in the reviewers' rooms.")
        edited = decision.choice is Choice.EDIT
        decided = judging.decide(
            session,
            case_id,
            decision.choice,
            version=decision.version,
            by=desk.user.name,
            reason=decision.reason.strip(),
            outcome=decision.outcome if edited else None,
            register_id=decision.register_id if edited else None,
        )
        settle(session, decided, desk.visit.site.today())
    return _send({"case": to_json(decided)})


@router.get("/audit")
def list_acts(
    desk: Annotated[Desk, Depends(needs_token(Role.ADMIN))],
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """Who did what, newest first, with each link of the chain; `next` is the `before` of the page that follows."""
    with desk.visit.site.database.read() as session:
        acts = audit.load(session, before=before, limit=limit)
    return _send({"acts": [to_json(act) for act in acts], "next": acts[-1].seq if len(acts) == limit else None})


def _send(body: object) -> Response:
    return Response(orjson.dumps(body), 200, {"Cache-Control": "no-store"}, "application/json")
