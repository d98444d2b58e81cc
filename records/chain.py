"""Hash chains: each row's digest covers its own columns, its payload's digest and the row before.

A payload and its salt may be erased; its digest stays, so the chain holds without it, and the salt keeps the digest
from being guessed. Whoever edits, removes or reorders a row leaves a link that does not fit; the last link is kept in
`chains`, so that rows cut off the end are missed too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from directory.errors import TamperedError
from records.bulk import insert_rows
from records.codec import digest, dump
from records.database import Session
from records.tables import AuditTableRow, ChainRow, LedgerTableRow

START = "0" * 64
LOOSE = frozenset({"payload", "payload_salt", "erased_at", "digest"})  # not covered by the digest as they are
CHUNK = 5000

Table = type[LedgerTableRow] | type[AuditTableRow]


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A row that does not fit, and why."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking a chain found: how many rows, the last digest, and the first faults."""

    name: str
    checked: int
    head: str
    faults: tuple[ChainFault, ...]

    @property
    def ok(self) -> bool:
        """Whether the chain holds."""
        return not self.faults

    def require_whole(self) -> None:
        """Raise TamperedError unless the chain holds."""
        if self.faults:
            first = self.faults[0]
            raise TamperedError(f"The {self.name}'s chain does not hold at row {first.seq}: {first.why}.")


def _make_digest(values: Mapping[str, Any]) -> str:
    """The digest of one row's lasting columns."""
    lasting = {name: _plain(value) for name, value in values.items() if name not in LOOSE}
    return digest(dump(lasting))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def digest_payload(payload: str, salt: str) -> str:
    """The digest of a payload, which tells nothing about it once the salt is gone."""
    return digest(salt, payload)


def lock(session: Session, table: Table) -> int:
    """Take the chain's end until the transaction is over; returns the number of its last row."""
    return _lock(session, table).seq


def _lock(session: Session, table: Table) -> ChainRow:
    query = sa.select(ChainRow).where(ChainRow.name == table.__tablename__).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one()


def append(session: Session, table: Table, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add rows (without their chain columns) at the end; returns them complete.

    The last link is locked until the transaction ends, so appenders come one after another.
    """
    head = _lock(session, table)
    complete, seq, previous = [], head.seq, head.digest
    for row in rows:
        seq += 1
        salt = secrets.token_hex(16)
        full = {**row, "seq": seq, "previous": previous, "payload_salt": salt, "erased_at": None}
        full["payload_digest"] = digest_payload(row["payload"], salt)
        full["digest"] = previous = _make_digest(full)
        complete.append(full)
    if complete:
        insert_rows(session, table, complete)
        head.seq, head.digest = seq, previous
        session.flush()
    return complete


def check(session: Session, table: Table, *, most: int = 20) -> ChainReport:
    """Walk the whole chain in batches and name the first `most` rows that do not fit."""
    name = table.__tablename__
    head = session.execute(sa.select(ChainRow.seq, ChainRow.digest).where(ChainRow.name == name)).one()
    faults: list[ChainFault] = []
    expected, previous, rows = 1, START, 0
    for row in _walk(session, table):
        rows += 1
        faults.extend(ChainFault(row["seq"], why) for why in _find_faults(row, expected, previous))
        expected, previous = row["seq"] + 1, row["digest"]
        if len(faults) >= most:
            break
    else:
        if (head.seq, head.digest) != (expected - 1, previous):
            faults.append(ChainFault(expected, f"the end is missing: {head.seq} rows were written"))
    return ChainReport(name, rows, previous, tuple(faults[:most]))


def _walk(session: Session, table: Table) -> Iterator[dict[str, Any]]:
    columns, last = table.__table__.columns, 0
    while True:
        query = sa.select(*columns).where(table.seq > last).order_by(table.seq).limit(CHUNK)
        found = session.execute(query).all()
        if not found:
            return
        for row in found:
            yield dict(row._mapping)
        last = found[-1].seq


def _find_faults(row: Mapping[str, Any], expected: int, previous: str) -> Iterator[str]:
    if row["seq"] != expected:
        yield f"row {expected} is missing"
    elif row["previous"] != previous:
        yield "it does not follow the row before it"
    if row["digest"] != _make_digest(row):
        yield "it was edited"
    if row["payload"] is None:
        if row["erased_at"] is None:
            yield "its payload is gone without having been erased"
    elif digest_payload(row["payload"], row["payload_salt"] or "") != row["payload_digest"]:
        yield "its payload was edited"
