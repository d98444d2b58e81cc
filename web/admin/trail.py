"""The audit: who did what, newest first; and all of it as a file, once its chain was found whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response, StreamingResponse

from records import audit
from records.trail import TrailFormat, write_trail
from web.admin.access import Ruling, RulingForm
from web.admin.rooms import show
from web.values import clean

router = APIRouter(prefix="/audit")
SHOWN = 100
TYPES = {TrailFormat.CSV: "text/csv; charset=utf-8", TrailFormat.JSONL: "application/x-ndjson"}


@router.get("")
def show_trail(desk: Ruling, before: int | None = None, subject: str = "") -> Response:
    """A page of the acts (on one subject), newest first."""
    with desk.visit.site.database.read() as session:
        rows = audit.load(session, subject=subject or None, before=before, limit=SHOWN)
    older = None
    if len(rows) == SHOWN:
        older = desk.visit.url("/admin/audit", subject=subject, before=str(rows[-1].seq))
    acts = [
        {
            "seq": row.seq,
            "at": row.at,
            "actor": clean(row.actor, 120),
            "action": clean(row.action, 60),
            "subject": row.subject,
            "url": desk.visit.url("/admin/audit", subject=row.subject),
            "detail": clean("; ".join(f"{name}: {value}" for name, value in row.detail.items()), 400),
        }
        for row in rows
    ]
    return show(desk, "admin/audit.html", title="Audit", acts=acts, subject=clean(subject, 120), older=older)


@router.post("/export")
def export_trail(desk: RulingForm, kind: Annotated[TrailFormat, Form()] = TrailFormat.CSV) -> Response:
    """The whole audit as a file, this act in it too; TamperedError if the chain does not hold."""
    database = desk.visit.site.database
    with database.begin() as session:
        at = audit.append(session, actor=desk.user.name, action="audit.export", subject="audit", detail={}).at
    with database.read() as session:
        audit.check_chain(session).require_whole()  # while an error can still be said

    def stream() -> Iterator[bytes]:
        with database.read() as session:
            yield from write_trail(session, kind)

    name = f"palpate-audit-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.{kind.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(stream(), headers=headers, media_type=TYPES[kind])
