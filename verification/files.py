"""The two files of the stand-alone check, read row by row; what cannot be read is kept with its reason."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from directory.errors import InputError, UnknownColumnError
from directory.models import EntityKind, Listing, RegisterRecord
from verification.lookup import make_candidate, normalise_jurisdiction
from verification.model import Candidate

REGISTER_COLUMNS = (
    "register_id", "jurisdiction", "licence_type", "number", "full_name", "former_names", "city", "status", "issued_on",
    "expires_on", "discipline",
)  # fmt: skip
_TEXT_FIELDS = (
    "title", "name", "practice", "street", "city", "region", "postal_code", "country", "phone", "email", "website",
)  # fmt: skip
# No name, heading or claim is longer, and reading what is takes minutes.
MAX_CHARACTERS, MAX_CLAIMS = 2_000, 200
_TRUE, _FALSE = ("1", "true", "yes", "y"), ("", "0", "false", "no", "n")


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line of a listings file that is no listing, with the reason."""

    listing_id: str | None
    reason: str


def load_register(path: Path, *, read_on: date) -> Iterator[Candidate]:
    """Every row of a register file as a candidate; a row with a value that cannot be read carries its problem.

    Raises InputError for a file that cannot be read and UnknownColumnError for one that lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in REGISTER_COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UnknownColumnError(f"{path} lacks the column {missing[0]}: nothing was checked. Add it.")
            for row in reader:
                yield _read_row(row, read_on)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a register file: {error}.") from error


def _read_row(row: dict[str, Any], read_on: date) -> Candidate:
    problems: list[str] = []
    cells = {name: (row.get(name) or "").strip() for name in REGISTER_COLUMNS}
    if None in row or any(row.get(name) is None for name in REGISTER_COLUMNS):
        problems.append("a row has more or fewer cells than the heading")
    dates: dict[str, date | None] = {}
    for name in ("issued_on", "expires_on"):
        try:
            dates[name] = date.fromisoformat(cells[name][:10]) if cells[name] else None
        except ValueError:
            dates[name] = None
            problems.append(f"'{cells[name]}' is no date")
    mark = cells["discipline"].casefold()
    if mark not in (*_TRUE, *_FALSE):
        problems.append(f"'{cells['discipline']}' is neither yes nor no for discipline")
    record = RegisterRecord(
        register_id=cells["register_id"],
        source="register-file",
        jurisdiction=normalise_jurisdiction(cells["jurisdiction"]),
        licence_type=cells["licence_type"],
        number=cells["number"],
        full_name=cells["full_name"],
        former_names=tuple(name.strip() for name in cells["former_names"].split(";") if name.strip()),
        city=cells["city"] or None,
        status=cells["status"] or None,
        discipline=mark in _TRUE,
        read_on=read_on,
        issued_on=dates["issued_on"],
        expires_on=dates["expires_on"],
    )
    return make_candidate(record, problem="; ".join(problems) or None)


def load_listings(path: Path) -> Iterator[Listing | UnreadableLine]:
    """Every line of a listings file, in order; blank lines are passed over."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.removeprefix(BOM_UTF8).strip():
                    yield _read_listing(line.removeprefix(BOM_UTF8), number)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _read_listing(line: bytes, number: int) -> Listing | UnreadableLine:
    try:
        data = orjson.loads(line)
    except orjson.JSONDecodeError:
        return UnreadableLine(None, f"line {number} is not JSON")
    if not isinstance(data, dict) or data.get("listing_id") in (None, ""):
        return UnreadableLine(None, f"line {number} has no listing_id")
    listing_id = str(data["listing_id"])
    claims = data.get("claims") or []
    claims = [claims] if isinstance(claims, str | int | float) else claims
    if not isinstance(claims, list):
        return UnreadableLine(listing_id, f"line {number}: claims is not a list")
    texts = {name: _read_text(data.get(name)) for name in _TEXT_FIELDS}
    claims = [str(claim) for claim in claims if claim is not None and str(claim).strip()]
    long = [name for name, text in texts.items() if text and len(text) > MAX_CHARACTERS]
    long += ["claims"] if len(claims) > MAX_CLAIMS or any(len(claim) > MAX_CHARACTERS for claim in claims) else []
    if long:
        return UnreadableLine(listing_id[:MAX_CHARACTERS], f"line {number}: the field {long[0]} is too long")
    kinds = {kind.value: kind for kind in EntityKind}
    return Listing(
        listing_id=listing_id,
        source=str(data.get("source") or ""),
        claims=tuple(claims),
        kind=kinds.get(str(data.get("kind"))),
        title=texts["title"],
        name=texts["name"],
        practice=texts["practice"],
        street=texts["street"],
        city=texts["city"],
        region=texts["region"],
        postal_code=texts["postal_code"],
        country=texts["country"],
        phone=texts["phone"],
        email=texts["email"],
        website=texts["website"],
    )


def _read_text(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    return text or None
