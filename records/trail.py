"""The audit as a file: read in one moment, and only given out if its chain holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from enum import StrEnum

import orjson

from records import audit
from records.audit import AuditRow
from records.database import Session

COLUMNS = ("seq", "at", "actor", "action", "subject", "detail", "erased_at", "digest")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class TrailFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


def write_trail(session: Session, format_: TrailFormat) -> Iterator[bytes]:
    """Every act from the first, one line each; raises TamperedError before the first one if the chain does not hold.

    Each line has the digest that stands in the chain, so that a copy kept elsewhere shows what is changed here later.
    """
    audit.check_chain(session).require_whole()
    write = _write_csv if format_ is TrailFormat.CSV else _write_json
    if format_ is TrailFormat.CSV:
        yield _write_row(COLUMNS)
    for row in audit.export(session):
        yield write(row)


def _list_values(row: AuditRow) -> tuple[object, ...]:
    erased_at = row.erased_at.isoformat() if row.erased_at else None
    return (row.seq, row.at.isoformat(), row.actor, row.action, row.subject, dict(row.detail), erased_at, row.digest)


def _write_json(row: AuditRow) -> bytes:
    return orjson.dumps(dict(zip(COLUMNS, _list_values(row), strict=True)), option=orjson.OPT_APPEND_NEWLINE)


def _write_csv(row: AuditRow) -> bytes:
    cells = [orjson.dumps(value).decode() if isinstance(value, dict) else value for value in _list_values(row)]
    return _write_row([f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells])


def _write_row(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
