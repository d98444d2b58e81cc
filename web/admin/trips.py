"""One way to an organisation's sign-in and back: what must be remembered meanwhile, and by whom.

The browser that asked keeps a random word for ten minutes, signed, in a cookie. The state, the nonce and the verifier
are worked out from it and the installation's secret, so that nobody who reads the cookie knows them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import new

from itsdangerous import BadData, URLSafeSerializer

LASTS_S = 600


@dataclass(frozen=True, slots=True)
class Marks:
    """What ties an answer to the one browser that asked; the provider learns `verifier` last, with the code."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Trip:
    """A way that was begun at a time; `back` is the page to go on to."""

    word: str
    began_at_s: int
    back: str

    def make_marks(self, secret: str) -> Marks:
        """The marks of this way and no other."""
        parts = ("state", "nonce", "verifier")
        return Marks(*(new(secret.encode(), f"oidc {part} {self.word}".encode(), sha256).hexdigest() for part in parts))


def begin(back: str, *, at: datetime) -> Trip:
    """A new way."""
    return Trip(secrets.token_urlsafe(32), int(at.timestamp()), back)


def write(trip: Trip, secret: str) -> str:
    """What the browser keeps."""
    return str(_make_signer(secret).dumps([trip.word, trip.began_at_s, trip.back]))


def read(text: str, secret: str, *, at: datetime) -> Trip | None:
    """The way that was written; None if it was not written here, or is too old."""
    try:
        word, began_at_s, back = _make_signer(secret).loads(text)
    except (BadData, ValueError, TypeError):
        return None
    trip = Trip(str(word), int(began_at_s), str(back))
    return trip if 0 <= at.timestamp() - trip.began_at_s <= LASTS_S else None


def _make_signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="sign-in by OIDC")
