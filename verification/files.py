"""A register file, read row by row; what cannot be read is kept with its reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from directory.errors import InputError, UnknownColumnError
from directory.models import RegisterRecord
from verification.lookup import make_candidate, normalise_jurisdiction
from verification.model import Candidate

REGISTER_COLUMNS = (
    "register_id", "jurisdiction", "licence_type", "number", "full_name", "former_names", "city", "status", "issued_on",
    "expires_on", "discipline",
)  # fmt: skip
_TRUE, _FALSE = ("1", "true", "yes", "y"), ("", "0", "false", "no", "n")


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
