"""What is a person's own: password, second factor, tokens for programs, and where they are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import segno
from fastapi import APIRouter, Form
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import PalpateError, find_http_status
from records import audit, second_factor, sign_ins, users
from records.sign_ins import Scope
from web.admin.access import SECOND_FACTOR, Desk, Owning, OwningForm
from web.admin.account import set_cookie
from web.admin.rooms import show
from web.limits import name_client

router = APIRouter(prefix="/account")
HOME = "/admin/account"
DONE = {
    "password": "Your new password is set. You are signed out everywhere else.",
    "removed": "You sign in without a phone from now on.",
    "revoked": "The token is worth nothing from now on.",
    "elsewhere": "You are signed out everywhere else.",
}
Password = Annotated[str, Form(max_length=1000)]


@router.get("")
def show_account(desk: Owning, done: str = "") -> Response:
    """The account, and everything that opens it."""
    return _show(desk, note=DONE.get(done, ""))


@router.post("/password")
def set_password(request: Request, desk: OwningForm, password: Password = "", new: Password = "") -> Response:
    """Set another password; every other browser is signed out, and this one gets a new token."""
    try:
        _check_password(request, desk, password)
        with desk.visit.site.database.begin() as session:
            users.set_password(session, desk.user.name, new)
            token = sign_ins.start(session, desk.user)
            audit.append(session, actor=desk.user.name, action="password.set", subject=desk.user.id)
    except PalpateError as error:
        return _refuse(desk, error)
    return set_cookie(RedirectResponse(f"{HOME}?done=password", 303), desk.visit.site, token)


@router.post("/second-factor")
def begin(request: Request, desk: OwningForm, password: Password = "") -> Response:
    """Prepare a phone; the next page shows it what it must know."""
    try:
        _check_password(request, desk, password)
        with desk.visit.site.database.begin() as session:
            second_factor.begin(session, desk.user.name)
    except PalpateError as error:
        return _refuse(desk, error)
    return RedirectResponse(SECOND_FACTOR, 303)


@router.get("/second-factor")
def show_phone(desk: Owning) -> Response:
    """The picture for the phone, while one is being prepared; else how to begin."""
    return _show_phone(desk)


@router.post("/second-factor/confirm")
def confirm(desk: OwningForm, code: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Ask for the phone from now on; every other browser is signed out, and the recovery codes are shown, once."""
    try:
        with desk.visit.site.database.begin() as session:
            codes = second_factor.confirm(session, desk.user.name, code)
            token = sign_ins.start(session, desk.user)
            audit.append(session, actor=desk.user.name, action="second-factor.set", subject=desk.user.id)
    except PalpateError as error:
        return _show_phone(desk, message=str(error), status=find_http_status(error))
    fresh = Desk(desk.visit, desk.user, token)
    return set_cookie(_show_codes(fresh, codes), desk.visit.site, token)


@router.post("/second-factor/remove")
def remove(
    request: Request, desk: OwningForm, password: Password = "", code: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Sign in without a phone from now on; it takes the password and a code."""
    try:
        _check_password(request, desk, password)
        with desk.visit.site.database.begin() as session:
            is_right = second_factor.check(session, desk.user.name, code)
            if is_right:
                second_factor.remove(session, desk.user.name)
                audit.append(session, actor=desk.user.name, action="second-factor.removed", subject=desk.user.id)
    except PalpateError as error:
        return _refuse(desk, error)
    if not is_right:
        return _show(desk, message="The code is wrong, or was used before.", status=403)
    return RedirectResponse(f"{HOME}?done=removed", 303)


@router.post("/recovery-codes")
def make_codes(request: Request, desk: OwningForm, password: Password = "") -> Response:
    """Ten new recovery codes in place of the old ones, shown once."""
    try:
        _check_password(request, desk, password)
    except PalpateError as error:
        return _refuse(desk, error)
    with desk.visit.site.database.begin() as session:
        codes = second_factor.make_recovery_codes(session, desk.user.name)
        audit.append(session, actor=desk.user.name, action="recovery-codes.made", subject=desk.user.id)
    return _show_codes(desk, codes)


@router.post("/tokens")
def create_token(
    request: Request,
    desk: OwningForm,
    *,
    label: Annotated[str, Form(max_length=200)] = "",
    scope: Annotated[Scope, Form()] = Scope.READ,
    days: Annotated[int, Form(ge=1, le=366)] = 90,
    password: Password = "",
) -> Response:
    """Make a token for a program; it is shown once, and only a digest of it is kept."""
    try:
        _check_password(request, desk, password)
        with desk.visit.site.database.begin() as session:
            token, kept = sign_ins.create_token(
                session, desk.user.name, label=label, scope=scope, lifetime=timedelta(days=days)
            )
            detail = {"scope": scope.value, "label": kept.label}
            audit.append(session, actor=desk.user.name, action="token.made", subject=kept.id, detail=detail)
    except PalpateError as error:
        return _refuse(desk, error)
    return show(desk, "admin/token.html", title="Your token", token=token, kept=kept)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(desk: OwningForm, token_id: str) -> Response:
    """Make one of one's own tokens useless."""
    with desk.visit.site.database.begin() as session:
        sign_ins.revoke_token(session, token_id, owner=desk.user)
        audit.append(session, actor=desk.user.name, action="token.revoked", subject=token_id)
    return RedirectResponse(f"{HOME}?done=revoked", 303)


@router.post("/sign-out-elsewhere")
def sign_out_elsewhere(desk: OwningForm) -> Response:
    """Sign out every other browser."""
    with desk.visit.site.database.begin() as session:
        sign_ins.end_others(session, desk.token)
        audit.append(session, actor=desk.user.name, action="sign-out.elsewhere", subject=desk.user.id)
    return RedirectResponse(f"{HOME}?done=elsewhere", 303)


def _check_password(request: Request, desk: Desk, password: str) -> None:
    """Ask again for the password: a browser left open is not enough to change what opens the account."""
    users.sign_in(desk.visit.site.database, name=desk.user.name, password=password, client=name_client(request))


def _refuse(desk: Desk, error: PalpateError) -> Response:
    message = str(error).replace("The name or the password", "The present password")
    return _show(desk, message=message, status=find_http_status(error))


def _show(desk: Desk, *, note: str = "", message: str = "", status: int = 200) -> Response:
    now = desk.visit.site.clock.now()
    with desk.visit.site.database.read() as session:
        tokens = [token for token in sign_ins.load_tokens(session, desk.user.name) if token.revoked_at is None]
        codes_left = second_factor.count_recovery_codes(session, desk.user.id)
        browsers = sign_ins.count(session, desk.user)
    return show(
        desk,
        "admin/account.html",
        title="Your account",
        status=status,
        note=note,
        message=message,
        tokens=[(token, token.expires_at is not None and token.expires_at <= now) for token in tokens],
        scopes=list(Scope),
        codes_left=codes_left,
        browsers=browsers,
        must=desk.lacks_second_factor(),
        by_organisation=bool(desk.visit.site.settings.oidc_issuer),
    )


def _show_phone(desk: Desk, *, message: str = "", status: int = 200) -> Response:
    with desk.visit.site.database.read() as session:
        secret = second_factor.find_secret(session, desk.user.name)
    picture = typed = None
    if secret is not None:
        picture = draw(second_factor.make_uri(secret, desk.user.name, "Palpate"))
        plain = second_factor.write_secret(secret)
        typed = " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    return show(
        desk,
        "admin/second_factor.html",
        title="Second factor",
        status=status,
        picture=picture,
        typed=typed,
        message=message,
        must=desk.lacks_second_factor(),
        by_organisation=bool(desk.visit.site.settings.oidc_issuer),
    )


def _show_codes(desk: Desk, codes: tuple[str, ...]) -> Response:
    return show(desk, "admin/recovery_codes.html", title="Recovery codes", codes=codes)


def draw(text: str) -> Markup:
    """A QR code as SVG, black on white in every colour scheme: cameras want it so."""
    picture = segno.make(text, error="m").svg_inline(omitsize=True, light="#ffffff", border=4, svgclass="qr")
    return Markup(picture)  # nosec B704  # noqa: S704 - drawn here; the text is only in the pattern
