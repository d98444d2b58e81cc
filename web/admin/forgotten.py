"""A forgotten password: a link by mail, good once and for an hour. Nobody learns here who has an account."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import NotAllowedError, PalpateError, UsageError, find_http_status
from records import audit, mail, resets
from web.admin.access import COOKIE, check_origin
from web.admin.account import check_crowd
from web.admin.invitations import write_reset
from web.pages import Visit, open_visit
from web.site import Site

router = APIRouter()
MOST_LETTERS = 3  # to one address in the time that a link holds


@router.get("/forgotten")
def show_forgotten(request: Request) -> Response:
    """The page that asks for a link."""
    return _show(open_visit(request), "admin/forgotten.html", title="Forgotten password")


@router.post("/forgotten")
def ask(request: Request, later: BackgroundTasks, who: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Send a link if there is an account to send it to; the answer is the same, and as quick, if there is none."""
    visit = open_visit(request)
    check_origin(request)
    try:
        check_crowd(request)
    except NotAllowedError as error:
        return _show(visit, "admin/forgotten.html", title="Forgotten password", message=str(error), status=429)
    later.add_task(send_link, visit.site, who)
    answer = _show(visit, "admin/forgotten.html", title="Forgotten password", sent=True)
    answer.background = later
    return answer


def send_link(site: Site, who: str) -> None:
    """Put a link on its way to the account that `who` names, at most three an hour."""
    with site.database.begin() as session:
        user = resets.find_account(session, who)
        if user is None or user.email is None:
            return
        since = session.now() - resets.FORGOTTEN
        if mail.count_to(session, user.email, since, prefix="reset:") >= MOST_LETTERS:
            return
        token = resets.start(session, user.name)
        mail.queue(session, write_reset(site.settings, user, token, at=session.now()))
        audit.append(session, actor=user.name, action="password.link", subject=user.id)


@router.get("/reset")
def show_reset(request: Request, token: str = "") -> Response:
    """The page where a new password is set; looking at it uses nothing up."""
    visit = open_visit(request)
    with visit.site.database.read() as session:
        user = resets.find_user(session, token)
    if user is None:
        message = "This link has been used, or is too old. Ask for another one."
        return _show(visit, "admin/forgotten.html", title="Forgotten password", message=message, status=403)
    return _show(visit, "admin/reset.html", title="New password", token=token, name=user.name)


@router.post("/reset")
def reset(
    request: Request,
    token: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Set the password; whoever was signed in with the old one no longer is. The second factor stays."""
    visit = open_visit(request)
    check_origin(request)
    try:
        with visit.site.database.begin() as session:
            user = resets.use(session, token, password)
            audit.append(session, actor=user.name, action="password.reset", subject=user.id)
    except UsageError as error:
        return _show(visit, "admin/reset.html", title="New password", token=token, name="", message=str(error))
    except PalpateError as error:
        status = find_http_status(error)
        return _show(visit, "admin/forgotten.html", title="Forgotten password", message=str(error), status=status)
    response = RedirectResponse("/admin/sign-in?done=password", 303)
    response.delete_cookie(COOKIE, path="/admin")
    return response


def _show(visit: Visit, template: str, *, title: str, status: int = 200, **context: Any) -> Response:
    context = {"message": "", "sent": False, **context}
    return visit.page(template, status=status, headers={"Cache-Control": "no-store"}, title=title, **context)
