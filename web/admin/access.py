"""Who is signed in, what their role lets them do, and whether a form really came from our page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, new
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Form
from starlette.requests import Request

from directory.errors import NotAllowedError
from records import sign_ins
from records.users import Role, User
from web.pages import Visit, open_visit

COOKIE = "palpate-session"


class SignInNeeded(Exception):  # noqa: N818 - not an error: the way to the sign-in page
    """Nobody is signed in; `back` is where to go afterwards."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


@dataclass(frozen=True)
class Desk:
    """A signed-in person's visit."""

    visit: Visit
    user: User
    token: str

    def form_token(self) -> str:
        """What every form of this sign-in must carry."""
        return make_form_token(self.visit.site.settings.session_secret, self.token)

    def may(self, role: Role) -> bool:
        """Whether the person's role covers `role`."""
        return self.user.role.covers(role)


def make_form_token(secret: str, token: str) -> str:
    """A token that only this sign-in's own pages hold."""
    return new(secret.encode(), b"form:" + token.encode(), sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Raise NotAllowedError if a browser says that this came from another site's page."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowedError("This form came from another site.")
    origin = request.headers.get("origin")
    if origin not in (None, "null") and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowedError("This form came from another site.")


def open_desk(request: Request) -> Desk:
    """The signed-in person's visit; raises SignInNeeded."""
    visit, token = open_visit(request), request.cookies.get(COOKIE, "")
    user = None
    if token:
        with visit.site.database.read() as session:
            user = sign_ins.find_user(session, token)
    if user is None:
        back = visit.path + (f"?{visit.query}" if visit.query else "")
        raise SignInNeeded(back if request.method == "GET" else "/admin/")
    return Desk(visit, user, token)


def needs(role: Role) -> Callable[[Request], Desk]:
    """A dependency: the desk of a person whose role covers `role`; raises NotAllowedError for others."""

    def check(request: Request) -> Desk:
        desk = open_desk(request)
        if not desk.may(role):
            raise NotAllowedError("Your role does not cover this.")
        return desk

    return check


def needs_form(role: Role) -> Callable[[Request, str], Desk]:
    """Like `needs`, for a form: it must carry the sign-in's own token and come from this site."""

    def check(request: Request, form_token: Annotated[str, Form()] = "") -> Desk:
        desk = needs(role)(request)
        check_origin(request)
        if not compare_digest(form_token.encode(), desk.form_token().encode()):
            raise NotAllowedError("This form has expired. Go back, reload the page and try again.")
        return desk

    return check


Reading = Annotated[Desk, Depends(needs(Role.READ_ONLY))]
Reviewing = Annotated[Desk, Depends(needs_form(Role.REVIEWER))]
Leaving = Annotated[Desk, Depends(needs_form(Role.READ_ONLY))]


def make_sign_in_url(back: str) -> str:
    """The sign-in page, with the way back if it lies in these rooms."""
    return f"/admin/sign-in?back={quote(back)}" if is_own(back) and back != "/admin/" else "/admin/sign-in"


def is_own(back: str) -> bool:
    """Whether an address is a path in these rooms, and nothing a browser could read as another site."""
    return back.startswith("/admin/") and not set(back) & {"\\", "\r", "\n", "\t"} and "//" not in back
