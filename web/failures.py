"""Errors as answers: a friendly page for people, problem+json for programs; never a bare trace."""

from __future__ import annotations

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import PalpateError, find_http_status
from web.admin.access import GoFirst, is_program
from web.fhir.outcome import make_outcome
from web.pages import Visit, open_visit
from web.problems import make_problem
from web.values import Link

LOG = logging.getLogger("palpate.web")


def make_state_page(visit: Visit, status: int) -> Response:
    """The page for a status: what happened and one next step."""
    say = visit.language.say
    again = Link(say("Try again"), visit.url_with(visit.path, []))
    home = Link(say("Back to the search"), visit.url("/"))
    icon, heading, text, links = {
        403: ("info", say("This page is not for everybody"), say("You do not have the right to see it."), [home]),
        404: (
            "search",
            say("This page is not here"),
            say("The address may be mistyped, or the page has moved."),
            [home],
        ),
        405: ("info", say("That does not work here"), say("This address answers another kind of request."), [home]),
        409: ("info", say("Somebody was faster"), say("The same thing was changed a moment ago. Look again."), [again]),
        410: (
            "info",
            say("This listing was taken down"),
            say("The therapist asked for it, or it should not have been here."),
            [home],
        ),
        422: (
            "info",
            say("We could not read that"),
            say("Part of the address cannot be used. Start a new search."),
            [home],
        ),
        429: (
            "clock",
            say("A short pause, please"),
            say("Many requests came at once. Wait a minute and try again."),
            [again],
        ),
        503: (
            "cloud",
            say("The search is away for a moment"),
            say("Your words are not lost: they are still in the address. Try again in a minute."),
            [Link(say("Try again"), f"{visit.path}?{visit.query}" if visit.query else visit.path), home],
        ),
    }.get(
        status,
        ("cloud", say("Something went wrong on our side"), say("It was noted. Try again in a minute."), [again, home]),
    )
    headers = {"Retry-After": "30", "Cache-Control": "no-store"} if status >= 500 else {"Cache-Control": "no-store"}
    return visit.page(
        "state.html",
        status=status,
        headers=headers,
        title=heading,
        icon_name=icon,
        heading=heading,
        text=text,
        links=links,
    )


def _is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/admin/api/")) or is_program(request)


def answer_failure(request: Request, status: int, detail: str, errors: object = None) -> Response:
    """The answer that fits who asked."""
    if request.url.path.startswith("/fhir"):
        return make_outcome(status, detail)
    if _is_for_programs(request):
        return make_problem(status, detail, errors=errors)
    return make_state_page(open_visit(request), status)


def add_failures(app: FastAPI) -> None:
    """Have every error of the tree answered in its one way."""

    @app.exception_handler(PalpateError)
    def handle_ours(request: Request, error: PalpateError) -> Response:
        return answer_failure(request, find_http_status(error), str(error))

    @app.exception_handler(HTTPException)
    def handle_http(request: Request, error: HTTPException) -> Response:
        response = answer_failure(request, error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(GoFirst)
    def handle_go_first(_: Request, error: GoFirst) -> Response:
        return RedirectResponse(error.url, 303)

    @app.exception_handler(RequestValidationError)
    def handle_validation(request: Request, error: RequestValidationError) -> Response:
        errors = [{"where": [str(part) for part in item["loc"]], "what": item["msg"]} for item in error.errors()]
        first = errors[0]
        return answer_failure(request, 422, f"{first['where'][-1]}: {first['what']}", errors)

    @app.exception_handler(Exception)
    def handle_unforeseen(request: Request, error: Exception) -> Response:
        LOG.error("unforeseen failure at %s", request.url.path, exc_info=error)
        return answer_failure(request, 500, "Something went wrong on our side; it was noted.")
