"""Who did what, when: every decision and every act of an administrator, hash-chained like the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from records import chain
from records.chain import ChainReport
from records.codec import dump
from records.database import Session
from records.tables import AuditTableRow

CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act; `detail` is empty once it was erased."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str]
    erased_at: datetime | None
    digest: str


def append(
    session: Session, *, actor: str, action: str, subject: str, detail: Mapping[str, str | None] | None = None
) -> AuditRow:
    """Add one act. `subject` is an id and stays for ever: names and reasons go into `detail`, which can be erased."""
    plain = {name: value for name, value in (detail or {}).items() if value is not None}
    now = session.now().astimezone(UTC)
    row = {"at": now, "actor": actor, "action": action, "subject": subject, "payload": dump(plain)}
    return _make_from(chain.append(session, AuditTableRow, [row])[0])


def load(
    session: Session, *, subject: str | None = None, before: int | None = None, limit: int = 100
) -> list[AuditRow]:
    """The last acts (on `subject`), newest first; page with the last row's `seq` as `before`."""
    row = AuditTableRow
    query = sa.select(*row.__table__.columns).order_by(row.seq.desc()).limit(limit)
    if subject is not None:
        query = query.where(row.subject == subject)
    if before is not None:
        query = query.where(row.seq < before)
    return [_make(item) for item in session.execute(query)]


def export(session: Session) -> Iterator[AuditRow]:
    """Every act from the first, read in batches."""
    row, last = AuditTableRow, 0
    query = sa.select(*row.__table__.columns).order_by(row.seq).limit(CHUNK)
    while found := session.execute(query.where(row.seq > last)).all():
        yield from map(_make, found)
        last = found[-1].seq


def check_chain(session: Session) -> ChainReport:
    """Whether any act was edited, removed or put elsewhere since it was written."""
    return chain.check(session, AuditTableRow)


def erase(session: Session, subject: str) -> int:
    """Erase the details of the acts on `subject`; that they took place stays, and the chain holds."""
    row = AuditTableRow
    theirs = sa.and_(row.subject == subject, row.payload.is_not(None))
    gone = {"payload": None, "payload_salt": None, "erased_at": session.now()}
    return session.change(sa.update(row).where(theirs).values(**gone))


def _make(row: Any) -> AuditRow:
    return _make_from(row._mapping)


def _make_from(row: Mapping[str, Any]) -> AuditRow:
    return AuditRow(
        seq=row["seq"],
        at=row["at"],
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        detail={} if row["payload"] is None else orjson.loads(row["payload"]),
        erased_at=row["erased_at"],
        digest=row["digest"],
    )
