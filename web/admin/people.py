"""The people and practices as reviewers see them: found by name, number or address, and all that is known of each."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from directory.errors import EngineUnavailableError, GoneError, NotFoundError, UsageError
from records import entities
from records.database import Session
from records.users import Role
from search.interface import SearchRequest, TherapistDocument
from web.admin.access import Desk, Reading
from web.admin.dossier import load_dossier
from web.admin.queue import find_done
from web.admin.rooms import show
from web.values import clean, name_town

router = APIRouter(prefix="/people")
SHOWN = 30


@router.get("")
def find_people(desk: Reading, q: Annotated[str, Query(max_length=200)] = "", beside: str = "") -> Response:
    """People by name, and by id, former id or listing; `beside`: to be compared with somebody."""
    asked, known = q.strip().removesuffix("/").rpartition("/")[2].strip(), None
    with desk.visit.site.database.read() as session:
        known = _find_known(session, asked) or _find_known(session, q.strip())
    if known:
        return RedirectResponse(_lead_to(desk, known, beside), 303)
    problem, hits = "", list[TherapistDocument]()
    if asked:
        try:
            request = SearchRequest(on=desk.visit.site.today(), name=asked, limit=SHOWN)
            hits = [hit.document for hit in desk.visit.site.reader.search(request).hits]
        except EngineUnavailableError:
            problem = "The search engine is away. Ids, and keys of listings, are found all the same."
    return show(
        desk,
        "admin/people.html",
        title="People",
        q=clean(q, 200),
        beside=clean(beside, 60),
        problem=problem,
        people=[
            {
                "name": clean(document.name, 160),
                "kind": document.kind.value,
                "town": name_town(document.locations[0] if document.locations else None),
                "sources": ", ".join(clean(source, 60) for source in document.sources),
                "url": _lead_to(desk, document.id, beside),
            }
            for document in hits
            if document.id != beside
        ],
    )


def _find_known(session: Session, text: str) -> str | None:
    """The person or practice with this id, former id, or listing."""
    if not text:
        return None
    try:
        return entities.resolve_id(session, text)
    except NotFoundError:
        return entities.find_by_listing(session, text)


def _lead_to(desk: Desk, entity_id: str, beside: str) -> str:
    if beside and beside != entity_id:
        return desk.visit.url(f"/admin/people/{beside}/merge", other=entity_id)
    return desk.visit.url(f"/admin/people/{entity_id}")


@router.get("/{entity_id}")
def show_person(desk: Reading, entity_id: str, on: str = "", done: str = "", case: str = "") -> Response:
    """All that is known, today or at the end of a past day; a former id leads to the one that it lives on in."""
    day = _parse_day(on)
    with desk.visit.site.database.read() as session:
        live = entities.resolve_id(session, entity_id)
        if live != entity_id:
            return RedirectResponse(desk.visit.url(f"/admin/people/{live}", on=on), 303)
        try:
            entity = entities.get(session, entity_id)
        except GoneError:
            return show(desk, "admin/person_gone.html", title="Taken out", status=410, entity_id=entity_id)
        person = load_dossier(session, entity, on=day)
        last = find_done(session, case)
    return show(
        desk,
        "admin/person.html",
        title=person.name,
        person=person,
        on=day.isoformat() if day else "",
        today=desk.visit.site.today().isoformat(),
        last=last,
        note=DONE.get(done, ""),
        may_judge=desk.may(Role.REVIEWER) and day is None,
    )


DONE = {
    "together": "Merged. The other address leads here from now on.",
    "split": "Split. What was split off has a page of its own.",
    "apart": "Kept apart: no run merges these two.",
    "second": "Waits for a second person: nothing has changed yet.",
}


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError("Write the day as 2026-11-20.") from error
