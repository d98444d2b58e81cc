"""Corrections and removals, asked for by anybody: no account, no cookie, a signed time token against machines."""

from __future__ import annotations

from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import NotAllowedError, NotFoundError, TooManyTriesError
from records import requests, reviews
from records.requests import StatementKind
from records.reviews import CaseDraft, CaseInput, CaseKind
from search.interface import TherapistDocument
from web import proofs
from web.admin.access import check_origin
from web.forms import FASTEST_S, read_age, sign_time
from web.limits import name_client
from web.pages import Visit, open_visit
from web.patients import find_document
from web.values import HIDDEN_MARKS, clean

router = APIRouter(include_in_schema=False)
FORM = "correction"
LONGEST_ANSWER = 600  # of what is shown beside a status
THEIRS = ("mine", "answer", "remove")  # what only the therapist may ask, so that a proof helps
STATED = {"mine": StatementKind.CLAIM, "answer": StatementKind.ANSWER}
HEADINGS = {"remove": "Removal", "mine": "Claimed by the therapist", "answer": "Answer to a status"}


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
        document = _find(visit, about)
        case_id = _open_case(visit, document, kind, message, contact)
        if document is not None and kind in THEIRS:
            return proofs.offer(visit, case_id, document)
    return visit.page(
        "state.html",
        headers={"Cache-Control": "no-store"},
        title=visit.language.say("Thank you"),
        icon_name="check",
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


def _find(visit: Visit, about: str) -> TherapistDocument | None:
    try:
        return find_document(visit.site, about) if about else None
    except (NotFoundError, NotAllowedError):
        return None


def _open_case(visit: Visit, document: TherapistDocument | None, kind: str, message: str, contact: str) -> str:
    """Put the request into the queue, and what a therapist says with it; returns the case's id."""
    entity_id = document.id if document else None
    notes = [clean(message, 4000)]
    if contact.strip():
        notes.append(f"Contact: {clean(contact, 200)}")
    what = HEADINGS.get(kind, "Correction")
    draft = CaseDraft(
        kind=CaseKind.REMOVAL if kind == "remove" else CaseKind.CORRECTION,
        key=f"{entity_id or 'site'}:{token_hex(8)}",
        entity_id=entity_id,
        input=CaseInput(
            heading=f"{what}: {clean(document.name, 120) if document else 'the site'}",
            notes=tuple(notes),
            url=visit.absolute(f"/therapists/{entity_id}") if entity_id else None,
        ),
    )
    with visit.site.database.begin() as session:
        case = reviews.open_case(session, draft)
        if entity_id is not None and kind in STATED:
            text = clean(message, LONGEST_ANSWER) if kind == "answer" else ""
            requests.state(session, case_id=case.id, entity_id=entity_id, kind=STATED[kind], text=text)
    return case.id
