"""Listings files: JSON Lines, read line by line; whatever takes such a file reads it with these rules.

A line is a listing if it is a JSON object with a `listing_id` whose texts and claims are what they should be: a number
counts as text, one claim as a list of one, a blank as nothing said. What a line says beyond that may be left out.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from directory.errors import InputError
from directory.models import Listing, from_json

_TEXTS = (
    "source", "title", "name", "practice", "street", "city", "region", "postal_code", "country", "phone", "email",
    "website",
)  # fmt: skip
_FURTHER = frozenset(Listing.__dataclass_fields__) - {"listing_id", "claims", *_TEXTS}
_FURTHER_TEXTS = ("npi", "gender", "summary", "opening_hours", "booking_url", "url")
# No name, heading or claim is longer, and reading what is takes minutes.
MAX_CHARACTERS, MAX_CLAIMS = 2_000, 200


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that is no listing: its number, its listing's id if it has one, and why."""

    number: int
    listing_id: str | None
    reason: str

    def __str__(self) -> str:
        return f"line {self.number} {self.reason}"


def read_listings(
    path: Path, *, source: str = "", left_out: Counter[str] | None = None
) -> Iterator[Listing | UnreadableLine]:
    """Every line that is not blank, in order, however long the file.

    `source` is that of listings that name none. Values of further fields that cannot be read are counted in `left_out`
    by field. Raises InputError if the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                text = line.removeprefix(BOM_UTF8).strip()
                if text:
                    yield _read_line(text, number, source, left_out)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def say_unreadable(path: Path, first: UnreadableLine) -> str:
    """The sentence for a file of which no line could be read."""
    return f"No line of {path} could be read: {first}."


def _read_line(line: bytes, number: int, source: str, left_out: Counter[str] | None) -> Listing | UnreadableLine:
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        return UnreadableLine(number, None, "is not JSON")
    listing_id = _as_text(data.get("listing_id")) if isinstance(data, dict) else None
    if listing_id is None or not listing_id.strip():
        return UnreadableLine(number, None, "has no listing_id")
    try:
        known: dict[str, Any] = {name: _read_text(name, data.get(name)) for name in ("listing_id", *_TEXTS)}
        claims = _read_claims(data.get("claims"))
    except _UnreadableValueError as problem:
        return UnreadableLine(number, listing_id[:MAX_CHARACTERS], str(problem))
    known |= {"listing_id": listing_id, "source": known["source"] or source, "claims": claims}
    further = {name: data[name] for name in data.keys() & _FURTHER if data[name] not in (None, "")}
    return _add_further(known, further, left_out) if further else Listing(**known)


class _UnreadableValueError(Exception):
    """What a line has in place of a value."""


def _read_text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    text = _as_text(value)
    if text is None:
        raise _UnreadableValueError(f"has no text as its {name}")
    if len(text) > MAX_CHARACTERS:
        raise _UnreadableValueError(f"has a {name} that is too long")
    return text.strip() or None


def _read_claims(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    texts = [_as_text(one) for one in values if one is not None]
    if None in texts:
        raise _UnreadableValueError("has no texts as its claims")
    claims = tuple(text for text in texts if text and text.strip())
    if len(claims) > MAX_CLAIMS or any(len(claim) > MAX_CHARACTERS for claim in claims):
        raise _UnreadableValueError("has claims that are too many or too long")
    return claims


def _as_text(value: Any) -> str | None:
    """A text or number as text; None for every other value."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _add_further(known: dict[str, Any], further: dict[str, Any], left_out: Counter[str] | None) -> Listing:
    further |= {name: _as_text(further[name]) or further[name] for name in further.keys() & set(_FURTHER_TEXTS)}
    try:
        return from_json(Listing, {**known, **further})
    except ValidationError as error:
        unreadable = {str(problem["loc"][0]) for problem in error.errors()}
    if left_out is not None:
        left_out.update(unreadable)
    return from_json(Listing, {**known, **{name: further[name] for name in further.keys() - unreadable}})
