"""Signing in by one's organisation (OpenID Connect), for who has an account here; off until the settings name one."""

from __future__ import annotations

import logging
from hmac import compare_digest
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import (
    NotAllowedError,
    NotFoundError,
    ProviderUnavailableError,
    SettingsError,
    find_http_status,
)
from directory.settings import Settings
from records import audit, users
from records.users import User
from web.admin import trips
from web.admin.access import check_origin, is_own
from web.admin.account import admit, check_crowd, show_sign_in_page
from web.pages import Visit, open_visit
from web.site import Site

if TYPE_CHECKING:
    from web.admin.provider import Provider

LOG = logging.getLogger("palpate.web")
router = APIRouter(prefix="/sign-in/oidc")
COOKIE = "palpate-oidc"
PATH = "/admin/sign-in/oidc"
NOT_BEGUN = "This sign-in was not begun in this browser, or took too long. Start again."
NOT_SIGNED_IN = "Your organisation did not sign you in. Try again, or sign in with your password."
NO_ACCOUNT = "No open account here has the e-mail address that your organisation gave. Ask an administrator."


def open_provider(settings: Settings) -> Provider | None:
    """The provider that the settings name, if any; raises SettingsError for half of one."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        raise SettingsError(
            "PALPATE_OIDC_ISSUER needs PALPATE_OIDC_CLIENT_ID and PALPATE_OIDC_CLIENT_SECRET_FILE: set both."
        )
    try:
        from web.admin.provider import Provider  # noqa: PLC0415 - what it stands on need not be installed
    except ModuleNotFoundError as error:
        raise SettingsError("PALPATE_OIDC_ISSUER needs Authlib: pip install 'palpate[oidc]'.") from error
    return Provider(settings)


@router.get("")
def begin(request: Request, back: str = "/admin/") -> Response:
    """Send the browser to the provider, under marks that only this browser's answer can bear."""
    visit, provider = open_visit(request), _get_provider(request)
    site = visit.site
    trip = trips.begin(back if is_own(back) else "/admin/", at=site.clock.now())
    try:
        check_origin(request)
        check_crowd(request)
        url = provider.make_url(trip.make_marks(site.settings.session_secret))
    except (NotAllowedError, ProviderUnavailableError) as error:
        return _refuse(visit, trip.back, error)
    response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE,
        trips.write(trip, site.settings.session_secret),
        path=PATH,
        httponly=True,
        samesite="lax",  # strict would keep it from us when the provider sends the browser back
        secure=site.settings.secure_cookies,
        max_age=trips.LASTS_S,
    )
    return response


@router.get("/callback")
def finish(request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
    """Sign the browser in as whom the provider confirms; with a second factor its code is still asked for."""
    visit, provider = open_visit(request), _get_provider(request)
    site, secret = visit.site, visit.site.settings.session_secret
    trip = trips.read(request.cookies.get(COOKIE, ""), secret, at=site.clock.now())
    if trip is None or not compare_digest(state.encode(), trip.make_marks(secret).state.encode()):
        return _refuse(visit, "/admin/", NotAllowedError(NOT_BEGUN))
    try:
        check_crowd(request)
        if not code or iss not in ("", provider.issuer):
            raise NotAllowedError(NOT_SIGNED_IN)
        email = provider.find_email(code, trip.make_marks(secret), at=site.clock.now())
        user = _find_account(site, email)
    except (NotAllowedError, ProviderUnavailableError) as error:
        response = _refuse(visit, trip.back, error)
    else:
        response = admit(request, visit, user, trip.back)
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _get_provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotFoundError("Nobody signs in by an organisation here.")
    return provider


def _find_account(site: Site, email: str) -> User:
    """The open account with this address; none is ever made. Who comes in, and who is kept out, is in the audit."""
    with site.database.begin() as session:
        user = users.find_by_email(session, email)
        if user is not None:
            is_open = user.disabled_at is None
            action = "sign-in.by-oidc" if is_open else "sign-in.refused"
            audit.append(session, actor=user.name, action=action, subject=user.id)
    if user is None or user.disabled_at is not None:
        LOG.warning("sign-in by OIDC refused: no open account, or more than one, has the confirmed address")
        raise NotAllowedError(NO_ACCOUNT)
    return user


def _refuse(visit: Visit, back: str, error: NotAllowedError | ProviderUnavailableError) -> Response:
    return show_sign_in_page(visit, back, message=str(error), status=find_http_status(error))
