"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import NotAllowedError, find_http_status
from records import audit, sign_ins, users
from web.admin.access import COOKIE, Leaving, check_origin, is_own
from web.pages import Visit, open_visit

router = APIRouter()


@router.get("/sign-in")
def show_sign_in(request: Request, back: str = "/admin/") -> Response:
    """The sign-in page."""
    return _show(open_visit(request), back)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/admin/",
) -> Response:
    """Sign in; the browser gets a new token whatever it held before."""
    visit = open_visit(request)
    check_origin(request)
    database = visit.site.database
    client = request.client.host if request.client else "unknown"
    try:
        user = users.sign_in(database, name=name, password=password, client=client)
    except NotAllowedError as error:
        return _show(visit, back, message=str(error), name=name, status=max(401, find_http_status(error)))
    with database.begin() as session:
        token = sign_ins.start(session, user)
        audit.append(session, actor=user.name, action="sign-in", subject=user.id, detail={})
    response = RedirectResponse(back if is_own(back) else "/admin/", 303)
    response.set_cookie(
        COOKIE,
        token,
        path="/admin",
        httponly=True,
        samesite="lax",
        secure=visit.site.settings.secure_cookies,
        max_age=int(sign_ins.LIFETIME.total_seconds()),
    )
    return response


@router.post("/sign-out")
def sign_out(desk: Leaving) -> Response:
    """Sign out: the token is worth nothing from now on."""
    with desk.visit.site.database.begin() as session:
        sign_ins.end(session, desk.token)
    response = RedirectResponse("/admin/sign-in", 303)
    response.delete_cookie(COOKIE, path="/admin")
    return response


def _show(visit: Visit, back: str, *, message: str = "", name: str = "", status: int = 200) -> Response:
    return visit.page(
        "admin/sign_in.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        title="Sign in",
        back=back if is_own(back) else "/admin/",
        message=message,
        name=name,
    )
