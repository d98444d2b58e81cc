"""The saved list: kept in the address (and, with JavaScript, in the visitor's own browser), never here."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import NotFoundError
from search.interface import Hit
from web.pages import open_visit
from web.patients import find_document
from web.results_view import make_card

router = APIRouter(include_in_schema=False)
MOST_SAVED = 50


@router.get("/saved")
def show_saved(request: Request) -> Response:
    """The therapists whose ids the address carries; `add` joins one to them."""
    visit = open_visit(request)
    params = request.query_params
    ids = list(dict.fromkeys([*params.getlist("id"), *params.getlist("add")]))[:MOST_SAVED]
    if params.getlist("add"):
        return RedirectResponse(visit.url_with("/saved", [("id", item) for item in ids]), 303)
    saved = []
    for therapist_id in ids:
        try:
            document = find_document(visit.site, therapist_id)
        except NotFoundError:
            continue
        others = [("id", item) for item in ids if item != therapist_id]
        card = make_card(visit, Hit(document=document, score=0), set(), set())
        saved.append((card, therapist_id, visit.url_with("/saved", others)))
    return visit.page(
        "saved.html",
        title=visit.language.say("Saved therapists"),
        saved=saved,
        compare_url=visit.url_with("/refer/compare", [("id", item) for item in ids[:4]]) if len(ids) > 1 else None,
    )
