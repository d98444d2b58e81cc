"""Signed keys in the place of accounts: whoever holds a link from a letter may do what that link is for, and no more.

A key travels in the query, which no log keeps.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

from directory.errors import GoneError
from directory.settings import Settings


class Purpose(StrEnum):
    """What a key opens; a key of one purpose opens nothing of another."""

    CONFIRM = "watch/confirm"
    MANAGE = "watch/manage"
    STOP = "watch/stop"
    FEED = "watch/feed"
    LIST = "watch/list.csv"
    CASE = "corrections/proof"
    PROOF = "corrections/prove"


def make_key(settings: Settings, purpose: Purpose, *parts: str | int) -> str:
    """A key that nobody can guess or change."""
    return str(_make_serializer(settings, purpose).dumps([str(part) for part in parts]))


def read_key(settings: Settings, purpose: Purpose, key: str) -> tuple[str, ...]:
    """What was put into a key; raises GoneError if it is not one of ours for this purpose."""
    try:
        parts = _make_serializer(settings, purpose).loads(key)
    except BadData as error:
        raise GoneError("This link does not work.") from error
    return tuple(map(str, parts))


def make_path(settings: Settings, purpose: Purpose, *parts: str | int, lang: str | None = None) -> str:
    """The path of a link that carries a key."""
    pairs = {"key": make_key(settings, purpose, *parts), **({"lang": lang} if lang else {})}
    return f"/{purpose.value}?{urlencode(pairs)}"


def make_link(settings: Settings, purpose: Purpose, *parts: str | int, lang: str | None = None) -> str:
    """The whole address of a link that carries a key, as letters and feeds have it."""
    return settings.base_url + make_path(settings, purpose, *parts, lang=lang)


def _make_serializer(settings: Settings, purpose: Purpose) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.session_secret, salt=f"palpate {purpose.value}", signer_kwargs={"digest_method": sha256}
    )
