"""Who is signed in, what their role lets them do, and whether a form really came from our page.

A browser has a cookie, and its forms carry a token of their sign-in; a program has an API token in a header, which no
other site's page can send, and does no more than the token's scope allows.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest, new
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Form
from starlette.requests import Request

from directory.errors import LockedError, NotAllowedError, RecordsUnavailableError, UnknownTokenError
from directory.settings import SecondFactor
from records import sign_ins
from records.database import Database
from records.sign_ins import Scope
from records.users import Role, User
from web.pages import Visit, open_visit

COOKIE = "palpate-session"
SECOND_FACTOR = "/admin/account/second-factor"


class GoFirst(Exception):  # noqa: N818 - not an error: the way to the page that comes before this one
    """Nobody is signed in, or their second factor is missing; `url` is the page that mends it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


@dataclass(frozen=True)
class Desk:
    """A signed-in person's visit, or that of a program with a token of theirs (`scope`)."""

    visit: Visit
    user: User
    token: str
    scope: Scope | None = None

    def form_token(self) -> str:
        """What every form of this sign-in must carry."""
        return make_form_token(self.visit.site.settings.session_secret, self.token)

    def may(self, role: Role) -> bool:
        """Whether the person's role covers `role`."""
        return self.user.role.covers(role)

    def lacks_second_factor(self) -> bool:
        """Whether the settings ask this person for a second factor that they do not have yet."""
        asked = {
            SecondFactor.OPTIONAL: False,
            SecondFactor.ADMINS: self.user.role is Role.ADMIN,
            SecondFactor.EVERYBODY: True,
        }
        return asked[self.visit.site.settings.second_factor] and not self.user.has_totp


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
    """The visit of whoever is signed in; raises GoFirst for nobody, UnknownTokenError for a token that is none."""
    visit = open_visit(request)
    if is_program(request):
        return open_program(request)
    token = request.cookies.get(COOKIE, "")
    user, due = None, False
    if token:
        with visit.site.database.read() as session:
            user, due = sign_ins.find_user(session, token), sign_ins.is_due(session, token)
    if user is None:
        back = visit.path + (f"?{visit.query}" if visit.query else "")
        raise GoFirst(make_sign_in_url(back if request.method == "GET" else "/admin/"))
    if due:
        _touch(visit.site.database, token)
    return Desk(visit, user, token)


def is_program(request: Request) -> bool:
    """Whether a request brings an API token."""
    return request.headers.get("authorization", "")[:7].lower() == "bearer "


def open_program(request: Request) -> Desk:
    """The visit of a program with an API token; its role is its owner's, within the scope."""
    if not is_program(request):
        raise UnknownTokenError("Send an API token, as 'Authorization: Bearer palpate_…'.")
    visit, token = open_visit(request), request.headers["authorization"][7:].strip()
    with visit.site.database.read() as session:
        user, scope = sign_ins.check_token(session, token)
        due = sign_ins.is_due(session, token)
    if due:
        _touch(visit.site.database, token)
    capped = user if scope.role.covers(user.role) else replace(user, role=scope.role)
    desk = Desk(visit, capped, token, scope)
    if replace(desk, user=user).lacks_second_factor():
        raise NotAllowedError("The token's owner must set up a second factor first.")
    return desk


def _touch(database: Database, token: str) -> None:
    """Note the use; where the records are busy or away, the next request does."""
    with suppress(LockedError, RecordsUnavailableError), database.begin() as session:
        sign_ins.touch(session, token)


def needs(role: Role) -> Callable[[Request], Desk]:
    """A dependency: the desk of a person whose role covers `role`; raises NotAllowedError for others."""

    def check(request: Request) -> Desk:
        return _admit(open_desk(request), role)

    return check


def needs_person(role: Role, *, enrolled: bool = True) -> Callable[[Request], Desk]:
    """Like `needs`, for what no token may do; not `enrolled`: also before the second factor is set up."""

    def check(request: Request) -> Desk:
        desk = open_desk(request)
        if desk.scope is not None:
            raise NotAllowedError("This takes a person who is signed in, not a token.")
        return _admit(desk, role) if enrolled else desk

    return check


def _admit(desk: Desk, role: Role) -> Desk:
    if desk.scope is None and desk.lacks_second_factor():
        raise GoFirst(SECOND_FACTOR)
    if not desk.may(role):
        raise NotAllowedError("Your role does not cover this.")
    return desk


def needs_form(role: Role) -> Callable[[Request, str], Desk]:
    """Like `needs`, for a form: it must carry the sign-in's own token and come from this site."""
    return _with_form(needs(role))


def _with_form(find: Callable[[Request], Desk]) -> Callable[[Request, str], Desk]:
    def check(request: Request, form_token: Annotated[str, Form()] = "") -> Desk:
        desk = find(request)
        if desk.scope is not None:
            return desk
        check_origin(request)
        if not compare_digest(form_token.encode(), desk.form_token().encode()):
            raise NotAllowedError("This form has expired. Go back, reload the page and try again.")
        return desk

    return check


Reading = Annotated[Desk, Depends(needs(Role.READ_ONLY))]
Reviewing = Annotated[Desk, Depends(needs_form(Role.REVIEWER))]
PersonForm = Annotated[Desk, Depends(_with_form(needs_person(Role.READ_ONLY)))]
# One's own account opens before the second factor is set up: it is where that is done.
Owning = Annotated[Desk, Depends(needs_person(Role.READ_ONLY, enrolled=False))]
OwningForm = Annotated[Desk, Depends(_with_form(needs_person(Role.READ_ONLY, enrolled=False)))]
Ruling = Annotated[Desk, Depends(needs_person(Role.ADMIN))]
RulingForm = Annotated[Desk, Depends(_with_form(needs_person(Role.ADMIN)))]


def make_sign_in_url(back: str) -> str:
    """The sign-in page, with the way back if it lies in these rooms."""
    return f"/admin/sign-in?back={quote(back)}" if is_own(back) and back != "/admin/" else "/admin/sign-in"


def is_own(back: str) -> bool:
    """Whether an address is a path in these rooms, and nothing a browser could read as another site."""
    return back.startswith("/admin/") and not set(back) & {"\\", "\r", "\n", "\t"} and "//" not in back
