"""The physicians' way: by code or words, place and insurer; only whom the law lets them refer to; a sheet to print."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import NotFoundError
from directory.models import Answer
from search.interface import Hit
from search.service import SearchAnswer
from web.clocks import list_clocks, say_exclusion_lists
from web.pages import Visit, open_visit
from web.patients import find_document
from web.query import SearchForm, parse_form
from web.referrals import ReferralRow, make_csv, make_row, make_text
from web.results_view import list_notes, name_chip, write_radius
from web.said import list_answers
from web.searching import answer_search
from web.values import Link, clean

router = APIRouter(prefix="/refer", include_in_schema=False)
LONGEST_LIST = 100
MOST_COMPARED = 4
OF_AN_ANSWER = 160  # characters, so that the sheet stays one page; their own page has the whole


@router.get("")
def show_referrals(request: Request) -> Response:
    """The search for physicians; without words or place, just the form."""
    visit = open_visit(request)
    form = parse_form(request.query_params.multi_items())
    everyone, insurer = _read_extras(request)
    answer, rows = (None, []) if not (form.q or form.near) else _find_rows(visit, form, everyone, insurer)
    kept = [*form.without(), *([("everyone", "1")] if everyone else []), *([("insurer", insurer)] if insurer else [])]
    without_everyone = [pair for pair in kept if pair[0] != "everyone"]
    return visit.page(
        "refer.html",
        indexed=answer is None,
        title=visit.language.say("Refer a patient"),
        description=visit.language.say("Find a massage therapist to whom a physician may lawfully refer."),
        form=form,
        insurer=insurer,
        everyone=everyone,
        answer=answer,
        chips=[name_chip(visit, chip) for chip in answer.chips] if answer else [],
        notes=list_notes(visit, answer) if answer else (),
        places=[Link(place.label, visit.url_with("/refer", _at(kept, place.label))) for place in answer.places]
        if answer
        else [],
        heading=_make_heading(visit, answer, len(rows), everyone) if answer else "",
        rows=rows,
        csv_url=visit.url_with("/refer/list.csv", kept),
        everyone_url=visit.url_with("/refer", [*without_everyone, ("everyone", "1")]),
        lawful_url=visit.url_with("/refer", without_everyone),
    )


@router.get("/list.csv")
def send_csv(request: Request) -> Response:
    """The same list for a spreadsheet."""
    visit = open_visit(request)
    form = parse_form(request.query_params.multi_items())
    rows = _find_rows(visit, form, *_read_extras(request))[1]
    headers = {"Content-Disposition": 'attachment; filename="therapists.csv"', "X-Robots-Tag": "noindex"}
    return Response(make_csv(rows), 200, headers, "text/csv; charset=utf-8")


@router.get("/compare")
def show_comparison(request: Request) -> Response:
    """Up to four therapists side by side."""
    visit = open_visit(request)
    rows = _load_rows(visit, request)
    return visit.page(
        "compare.html",
        title=visit.language.say("Compare"),
        rows=rows,
        text_url=visit.url_with("/refer/text", [("id", row.id) for row in rows]),
        text=make_text(rows),
    )


@router.get("/text")
def send_text(request: Request) -> Response:
    """The chosen therapists as plain text, to copy into a record."""
    return Response(make_text(_load_rows(open_visit(request), request)), media_type="text/plain; charset=utf-8")


@router.get("/sheet/{therapist_id}")
def show_sheet(request: Request, therapist_id: str) -> Response:
    """A referral sheet for one page of Letter or A4; what is filled in never leaves the physician's machine."""
    visit = open_visit(request)
    document = find_document(visit.site, therapist_id)
    row = make_row(visit, Hit(document=document, score=0), set(), set())
    shown = next(iter(document.locations), None)
    return visit.page(
        "sheet.html",
        title=visit.language.say("Referral sheet"),
        row=row,
        clocks=list_clocks(visit, document, shown),
        answers=list_answers(visit, document, longest=OF_AN_ANSWER),
        exclusions=say_exclusion_lists(visit, document),
        printed=visit.language.write_date(visit.site.today()),
    )


def _read_extras(request: Request) -> tuple[bool, str]:
    params = request.query_params
    return params.get("everyone") == "1", clean(params.get("insurer"), 80)


def _at(kept: list[tuple[str, str]], label: str) -> list[tuple[str, str]]:
    return [*(pair for pair in kept if pair[0] != "near"), ("near", label)]


def _find_rows(visit: Visit, form: SearchForm, everyone: bool, insurer: str) -> tuple[SearchAnswer, list[ReferralRow]]:
    """The rows that may be shown: unless everybody is asked for, only whom the law lets a physician refer to today."""
    answer = answer_search(visit.site, form, limit=LONGEST_LIST, may_take_referral=not everyone)
    request = answer.request
    rows = [make_row(visit, hit, set(request.conditions), set(request.techniques)) for hit in answer.hits]
    rows = [row for row in rows if everyone or row.rule.answer is Answer.YES]
    if insurer:
        rows.sort(key=lambda row: insurer.casefold() not in row.insurance.casefold())
    return answer, rows


def _load_rows(visit: Visit, request: Request) -> list[ReferralRow]:
    """The rows of the ids in the address; one that is gone is passed over."""
    rows = []
    for therapist_id in request.query_params.getlist("id")[:MOST_COMPARED]:
        try:
            document = find_document(visit.site, therapist_id)
        except NotFoundError:
            continue
        rows.append(make_row(visit, Hit(document=document, score=0), set(), set()))
    return rows


def _make_heading(visit: Visit, answer: SearchAnswer, count: int, everyone: bool) -> str:
    language = visit.language
    if everyone:
        text = language.say_count("%(count)s therapist", "%(count)s therapists", count)
    else:
        text = language.say_count(
            "%(count)s therapist who may take a referral", "%(count)s therapists who may take a referral", count
        )
    if answer.place and answer.radius_km:
        radius, place = write_radius(visit, answer, answer.radius_km), clean(answer.place.label, 80)
        text = language.say("%(text)s within %(radius)s of %(place)s", text=text, radius=radius, place=place)
    return text
