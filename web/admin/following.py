"""Whom an account follows: people and regions, told by mail to the account's address, by feed and by table."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from directory.errors import GoneError, NotFoundError
from directory.regions import REGIONS, find_region
from records import watches
from records.watches import MOST_FOLLOWED, WatchKind
from web.admin.access import Desk, PersonForm, Reading
from web.admin.rooms import show
from web.patients import find_document
from web.watching import SHOWN_NEWS, make_watcher_view

router = APIRouter(prefix="/following")
HOME = "/admin/following"
DONE = {
    "followed": "You follow this from now on.",
    "stopped": "Stopped.",
    "renewed": "The earlier addresses work no more.",
}
THERAPIST = re.compile(r"/therapists/([^/?#\s]+)")


@router.get("")
def show_following(desk: Reading, done: str = "") -> Response:
    """What the account follows, what it was told, and how much is followed in all."""
    return _show(desk, note=DONE.get(done, ""))


@router.post("")
def change(
    desk: PersonForm,
    *,
    act: Annotated[str, Form(max_length=20)] = "",
    subject: Annotated[str, Form(max_length=300)] = "",
    watch: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Follow somebody or a region, stop following, or make the addresses given out so far useless."""
    if act == "follow":
        found = _find(desk, subject)
        if found is None:
            return _show(
                desk, problem="Nobody goes by that. Give a therapist's address, their id, or a state.", given=subject
            )
        with desk.visit.site.database.begin() as session:
            watcher = watches.open_watcher(session, user_id=desk.user.id, language="en")
            if watches.count_followed(session, watcher.id) >= MOST_FOLLOWED:
                return _show(desk, problem=f"You follow {MOST_FOLLOWED} already: stop one first.", given=subject)
            watches.follow(session, watcher, *found, confirmed=True)
        return RedirectResponse(f"{HOME}?done=followed", 303)
    with desk.visit.site.database.begin() as session:
        own = watches.find_by_account(session, desk.user.id)
        if own is not None and act == "renew":
            watches.renew_links(session, own.id)
        elif own is not None and act == "stop":
            watches.stop(session, own.id, watch)
    return RedirectResponse(f"{HOME}?done={'renewed' if act == 'renew' else 'stopped'}", 303)


def _find(desk: Desk, subject: str) -> tuple[WatchKind, str] | None:
    """Whom or what was meant: a region by its name or letters, else a therapist by id or address."""
    region = find_region(subject.strip())
    if region in REGIONS:
        return WatchKind.REGION, region
    found = THERAPIST.search(subject)
    try:
        return WatchKind.THERAPIST, find_document(desk.visit.site, found[1] if found else subject.strip()).id
    except (NotFoundError, GoneError):
        return None


def _show(desk: Desk, *, note: str = "", problem: str = "", given: str = "") -> Response:
    with desk.visit.site.database.read() as session:
        own = watches.find_by_account(session, desk.user.id)
        found = [] if own is None else watches.load(session, own.id)
        told = [] if own is None else watches.load_told(session, own.id, limit=SHOWN_NEWS)
        counts = watches.count(session)
    return show(
        desk,
        "admin/following.html",
        title="Following",
        status=422 if problem else 200,
        note=note,
        problem=problem,
        given=given,
        view=None if own is None else make_watcher_view(desk.visit, own, found, told),
        email=desk.user.email,
        by_letter=sum(number for (_, own_account), number in counts.items() if not own_account),
        by_account=sum(number for (_, own_account), number in counts.items() if own_account),
    )
