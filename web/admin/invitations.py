"""The letters that bring a link by which a password is set."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from directory.settings import Settings
from notices.messages import make_draft
from records.mail import Draft
from records.users import User
from web.values import clean


def make_reset_url(settings: Settings, token: str) -> str:
    """The link; its token is in the query, which no log keeps."""
    return f"{settings.base_url}/admin/reset?{urlencode({'token': token})}"


def write_reset(settings: Settings, user: User, token: str, *, at: datetime) -> Draft:
    """The letter to somebody who forgot their password."""
    lines = (
        f"Somebody, we hope you, asked for a new password for the account {clean(user.name, 120)}. Set it here:",
        "",
        make_reset_url(settings, token),
        "",
        "The link works once, for an hour. If it was not you, do nothing: your password stays as it is.",
    )
    return _write(settings, user, token, subject="Palpate: a new password", lines=lines, at=at)


def write_invitation(settings: Settings, user: User, token: str, *, by: str, at: datetime) -> Draft:
    """The letter to somebody for whom an account was made."""
    lines: tuple[str, ...] = (
        f"{clean(by, 120)} made an account for you on Palpate, a directory of massage therapists. You are {user.role}.",
        f"Your name there is: {clean(user.name, 120)}",
        "",
        "Set your password here:",
        make_reset_url(settings, token),
        "",
        "The link works once, for three days.",
    )
    if settings.oidc_issuer:
        lines += ("", f"Or sign in with your organisation, without a password: {settings.base_url}/admin/sign-in")
    return _write(settings, user, token, subject="Palpate: your account", lines=lines, at=at)


def _write(settings: Settings, user: User, token: str, *, subject: str, lines: tuple[str, ...], at: datetime) -> Draft:
    return make_draft(
        settings,
        key=f"reset:{sha256(token.encode()).hexdigest()[:32]}",
        owner=f"account:{user.id}",
        to=user.email or "",
        subject=subject,
        body="\n".join(lines) + "\n",
        language="en",
        at=at,
    )
