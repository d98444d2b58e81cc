"""Values as canonical JSON text, and the digests taken of it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, TypeVar

import orjson

from directory.errors import InputError
from directory.models import from_json, to_json

T = TypeVar("T")


def encode(value: Any) -> str:
    """`value` (a frozen record or plain JSON) as JSON text with sorted keys: equal values give equal text."""
    return dump(value if isinstance(value, dict | list) else to_json(value))


def dump(plain: Any) -> str:
    """Plain JSON values as text with sorted keys."""
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise InputError(f"This cannot be recorded as JSON: {error}.") from error


def decode(kind: type[T], text: str) -> T:
    """The record of `kind` that `encode` wrote."""
    return from_json(kind, orjson.loads(text))


def digest(*parts: str) -> str:
    """A hash (hex) of the parts, kept apart so that no two different lists of parts agree."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(secret: bytes, *parts: str) -> str:
    """As `digest`, but nobody without the secret can find the parts by guessing."""
    return hmac.new(secret, "\x1f".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def clean(text: str) -> str:
    """`text` without the characters that a database refuses."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
