"""Signing in, with a password and then a phone's code, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import NotAllowedError, TooManyTriesError, find_http_status
from records import audit, resets, second_factor, sign_ins, tries, users
from records.users import User
from web.admin.access import COOKIE, OwningForm, check_origin, is_own
from web.limits import name_client
from web.pages import Visit, open_visit
from web.site import Site

router = APIRouter()
HALFWAY_S = 300  # between the password and the code
DONE = {"password": "Your new password is set. Sign in with it.", "out": "You are signed out."}


@router.get("/sign-in")
def show_sign_in(request: Request, back: str = "/admin/", done: str = "") -> Response:
    """The sign-in page."""
    visit, note = open_visit(request), DONE.get(done, "")
    if done == "out" and visit.site.settings.oidc_issuer:
        note += " Who came by their organisation still is signed in there: on a shared computer, sign out there too."
    return show_sign_in_page(visit, back, note=note)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/admin/",
) -> Response:
    """Sign in, or ask for the phone's code if the account has one."""
    visit = open_visit(request)
    check_origin(request)
    try:
        check_crowd(request)
        user = users.sign_in(visit.site.database, name=name, password=password, client=name_client(request))
    except NotAllowedError as error:
        return show_sign_in_page(visit, back, message=str(error), name=name, status=max(401, find_http_status(error)))
    return admit(request, visit, user, back)


@router.post("/sign-in/code")
def sign_in_with_code(
    request: Request,
    ticket: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=40)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/admin/",
) -> Response:
    """The second step: the phone's code, or a recovery code."""
    visit, client = open_visit(request), name_client(request)
    check_origin(request)
    database = visit.site.database
    name = _read_ticket(visit.site, ticket)
    if name is None:
        return show_sign_in_page(visit, back, message="That took too long. Sign in again.", status=401)
    try:
        tries.take(database, f"code\x1f{name}", client)
    except TooManyTriesError as error:
        return _ask_code(visit, ticket, back, message=str(error), status=find_http_status(error))
    try:
        with database.begin() as session:
            user = users.get(session, name)
            is_open = user.disabled_at is None and user.has_totp
            is_right = is_open and second_factor.check(session, name, code)
            if is_right:
                tries.forget(session, f"code\x1f{name}", client)
            else:
                audit.append(session, actor=name, action="sign-in.wrong-code", subject=user.id)
    except NotAllowedError as error:
        return show_sign_in_page(visit, back, message=str(error), status=find_http_status(error))
    if not is_right:
        return _ask_code(visit, ticket, back, message="The code is wrong, or was used before.", status=401)
    return _open(request, user, back)


@router.post("/sign-out")
def sign_out(desk: OwningForm) -> Response:
    """Sign out: the token is worth nothing from now on."""
    with desk.visit.site.database.begin() as session:
        sign_ins.end(session, desk.token)
    response = RedirectResponse("/admin/sign-in?done=out", 303)
    response.delete_cookie(COOKIE, path="/admin")
    return response


def check_crowd(request: Request) -> None:
    """Raise TooManyTriesError for a client that tries name after name; nobody elsewhere waits for it."""
    if not request.app.state.sign_ins.take(name_client(request)).allowed:
        raise TooManyTriesError("Very many attempts came from here. Try again in ten minutes.")


def set_cookie(response: Response, site: Site, token: str) -> Response:
    """Hand the browser its token, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        COOKIE,
        token,
        path="/admin",
        httponly=True,
        samesite="lax",
        secure=site.settings.secure_cookies,
        max_age=int(sign_ins.LIFETIME.total_seconds()),
    )
    return response


def admit(request: Request, visit: Visit, user: User, back: str) -> Response:
    """What follows the first factor, whichever it was: the question for the phone's code, or the door is open."""
    if user.has_totp:
        return _ask_code(visit, _make_ticket(visit.site, user), back)
    return _open(request, user, back)


def _open(request: Request, user: User, back: str) -> Response:
    """Sign the browser in under a new token; the one it held before is worth nothing from now on."""
    site: Site = request.app.state.site
    with site.database.begin() as session:
        sign_ins.end(session, request.cookies.get(COOKIE, ""))
        for table in (sign_ins, resets, tries):
            table.prune(session)
        token = sign_ins.start(session, user)
        audit.append(session, actor=user.name, action="sign-in", subject=user.id)
    return set_cookie(RedirectResponse(back if is_own(back) else "/admin/", 303), site, token)


def _make_ticket(site: Site, user: User) -> str:
    """What shows, for five minutes, that the first factor was right."""
    return str(_make_signer(site).dumps([user.name, int(site.clock.now().timestamp())]))


def _read_ticket(site: Site, ticket: str) -> str | None:
    try:
        name, at = _make_signer(site).loads(ticket)
    except BadData:
        return None
    return str(name) if 0 <= site.clock.now().timestamp() - at <= HALFWAY_S else None


def _make_signer(site: Site) -> URLSafeSerializer:
    return URLSafeSerializer(site.settings.session_secret, salt="sign-in halfway")


def show_sign_in_page(
    visit: Visit, back: str, *, message: str = "", note: str = "", name: str = "", status: int = 200
) -> Response:
    """The sign-in page, with what went wrong or was done."""
    return visit.page(
        "admin/sign_in.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        title="Sign in",
        back=back if is_own(back) else "/admin/",
        message=message,
        note=note,
        name=name,
        by_organisation=bool(visit.site.settings.oidc_issuer),
    )


def _ask_code(visit: Visit, ticket: str, back: str, *, message: str = "", status: int = 200) -> Response:
    """The page that asks for the phone's code, once the first factor was right."""
    return visit.page(
        "admin/code.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        title="Your code",
        back=back if is_own(back) else "/admin/",
        ticket=ticket,
        message=message,
    )
