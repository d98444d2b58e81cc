"""What tells a form that a person filled in from one that a machine sent: a signed time, no cookie and no account."""

from __future__ import annotations

from itsdangerous import BadSignature, TimestampSigner

from web.site import Site

FASTEST_S = 3  # no person reads and fills in a form in less
SLOWEST_S = 4 * 3600


def sign_time(site: Site, form: str) -> str:
    """When a form was fetched, signed; it fits no other form."""
    stamp = str(int(site.clock.now().timestamp()))
    return _make_signer(site, form).sign(stamp).decode()


def read_age(site: Site, form: str, token: str) -> float | None:
    """How long ago the form was fetched, in seconds; None if the token is not ours or too old."""
    try:
        stamp = int(_make_signer(site, form).unsign(token))
    except (BadSignature, ValueError):
        return None
    age_s = site.clock.now().timestamp() - stamp
    return age_s if 0 <= age_s <= SLOWEST_S else None


def _make_signer(site: Site, form: str) -> TimestampSigner:
    return TimestampSigner(site.settings.session_secret, salt=form)
