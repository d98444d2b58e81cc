"""Corrections and removals, asked for by anybody: no account, no cookie, a signed time token against machines."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import NotAllowedError, NotFoundError, TooManyTriesError
from records import reviews
from records.reviews import CaseDraft, CaseInput, CaseKind
from web.admin.access import check_origin
from web.forms import FASTEST_S, read_age, sign_time
from web.limits import name_client
from web.pages import Visit, open_visit
from web.patients import find_document
from web.values import HIDDEN_MARKS, clean

router = APIRouter(include_in_schema=False)
FORM = "correction"


@router.get("/corrections")
def show_form(request: Request, about: str = "") -> Response:
    """The form, about a listing or in general."""
    return _show(open_visit(request), about=about)


@router.post("/corrections")
def take_form(
    request: Request,
    *,
    token: Annotated[str, Form(max_length=200)] = "",
    about: Annotated[str, Form(max_length=100)] = "",
    kind: Annotated[str, Form(max_length=20)] = "wrong",
    message: Annotated[str, Form(max_length=4000)] = "",
    contact: Annotated[str, Form(max_length=200)] = "",
    website: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Put the request before a reviewer; what a machine filled in is thanked for and dropped."""
    visit = open_visit(request)
    check_origin(request)
    given = {"about": about, "kind": kind, "message": message, "contact": contact}
    age_s = read_age(visit.site, FORM, token)
    if age_s is None:
        return _show(
            visit, **given, problem=visit.language.say("The form was open for too long. Please send it again.")
        )
    if len(message.strip()) < 5:
        return _show(visit, **given, problem=visit.language.say("Please say in a few words what is wrong."))
    if not request.app.state.corrections.take(name_client(request)).allowed:
        raise TooManyTriesError("Many requests came from here. Try again in an hour.")
    if age_s >= FASTEST_S and not website:
        _open_case(visit, about, kind, message, contact)
    return visit.page(
        "state.html",
        headers={"Cache-Control": "no-store"},
        title=visit.language.say("Thank you"),
        icon="check",
        heading=visit.language.say("Thank you"),
        text=visit.language.say("A person will look at it within two working days. Nothing changes before that."),
        links=[],
    )


def _show(
    visit: Visit, *, about: str = "", kind: str = "wrong", message: str = "", contact: str = "", problem: str = ""
) -> Response:
    name = ""
    if about:
        try:
            name = clean(find_document(visit.site, about).name, 120)
        except NotFoundError:
            about = ""
    return visit.page(
        "corrections.html",
        status=422 if problem else 200,
        headers={"Cache-Control": "no-store"},
        title=visit.language.say("Report a mistake"),
        token=sign_time(visit.site, FORM),
        about=about,
        name=name,
        kind=kind,
        message=message.translate(HIDDEN_MARKS),
        contact=contact.translate(HIDDEN_MARKS),
        problem=problem,
    )


def _open_case(visit: Visit, about: str, kind: str, message: str, contact: str) -> None:
    entity_id = None
    if about:
        try:
            entity_id = find_document(visit.site, about).id
        except (NotFoundError, NotAllowedError):
            entity_id = None
    case_kind = CaseKind.REMOVAL if kind == "remove" else CaseKind.CORRECTION
    notes = [clean(message, 4000)]
    if contact.strip():
        notes.append(f"Contact: {clean(contact, 200)}")
    heading = f"{'Removal' if kind == 'remove' else 'Correction'} asked for {entity_id or 'the site'}"
    draft = CaseDraft(
        kind=case_kind,
        key=f"{entity_id or 'site'}:{token_hex(8)}",
        entity_id=entity_id,
        input=CaseInput(heading=heading, notes=tuple(notes), url=f"/therapists/{entity_id}" if entity_id else None),
    )
    with visit.site.database.begin() as session:
        reviews.open_case(session, draft)
