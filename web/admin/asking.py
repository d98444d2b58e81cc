"""What an administrator may ask of a source: to be read now, paused, let go on, or let through its gates once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from directory.errors import NotFoundError
from records import rounds
from records.database import Session
from web.admin.access import Desk, RulingForm

router = APIRouter(prefix="/sources/{source}")
Reason = Annotated[str, Form(max_length=2000)]


@router.post("/read")
def read_now(desk: RulingForm, source: str) -> Response:
    """Ask for the source to be read before anything that is due."""
    return _act(desk, source, "read", lambda session: rounds.read_now(session, source, by=desk.user.name))


@router.post("/pause")
def pause(desk: RulingForm, source: str, reason: Reason = "") -> Response:
    """Have the source not read until somebody lets it go on."""
    act = "paused"
    return _act(desk, source, act, lambda session: rounds.pause(session, source, by=desk.user.name, reason=reason))


@router.post("/resume")
def resume(desk: RulingForm, source: str) -> Response:
    """Let a paused source be read again."""
    return _act(desk, source, "resumed", lambda session: rounds.resume(session, source, by=desk.user.name))


@router.post("/release")
def release(
    desk: RulingForm, source: str, run_id: Annotated[str, Form(max_length=40)], reason: Reason = ""
) -> Response:
    """Accept the counts of the run that the gates held back: the source is read again and held to them."""
    by = desk.user.name
    return _act(desk, source, "released", lambda session: rounds.release(session, source, run_id, by=by, reason=reason))


def _act(desk: Desk, source: str, done: str, act: Callable[[Session], None]) -> Response:
    site = desk.visit.site
    with site.database.begin() as session:
        if source not in {known.id for known in site.list_sources(session)}:
            raise NotFoundError(f"There is no source {source}.")
        act(session)
    return RedirectResponse(desk.visit.url("/admin/sources", done=done, source=source), 303)
