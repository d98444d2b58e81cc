"""Alive, ready, and how fresh: three questions that are not the same."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import PalpateError
from records import outbox
from search.indexer import index_status
from web.gauges import write_gauges

router = APIRouter(include_in_schema=False)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, "application/json")


@router.get("/healthz")
def show_health() -> Response:
    """The process answers."""
    return _answer({"status": "alive"})


@router.get("/readyz")
def show_readiness(request: Request) -> Response:
    """A search can be answered now, if need be from the snapshot kept for when the engine is away; 503 if not."""
    site = request.app.state.site
    try:
        count = site.reader.count()
    except PalpateError as error:
        return _answer({"status": "not ready", "why": str(error)}, 503)
    at = site.reader.snapshot_at
    why = {"why": "The search engine is away; a snapshot answers.", "snapshot_at": at.isoformat()} if at else {}
    return _answer({"status": "ready", "documents": count, **why})


@router.get("/statusz")
def show_status(request: Request) -> Response:
    """Ready, stale, building, missing or away, and why; 200 in every state, for a person or a watch that reads it."""
    site = request.app.state.site
    now = site.clock.now()
    try:
        status = index_status(site.engine, site.database, settings=site.settings, clock=site.clock)
        with site.database.read() as session:
            oldest = outbox.find_oldest(session)
    except PalpateError as error:
        return _answer({"status": "away", "why": str(error), "on": site.today().isoformat()})
    age_s = round((now - status.built_at).total_seconds()) if status.built_at else None
    return _answer(
        {
            "status": status.state,
            "why": status.reason,
            "on": site.today().isoformat(),
            "documents": status.documents,
            "live": status.live,
            "built_at": status.built_at.isoformat() if status.built_at else None,
            "built_s_ago": age_s,
            "builds_under_way": list(status.unfinished),
            "waiting_changes": status.waiting,
            "waiting_s": round((now - oldest).total_seconds()) if oldest else None,
            "snapshot_at": status.snapshot_at.isoformat() if status.snapshot_at else None,
        }
    )


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Requests and their times, and how the directory stands, for Prometheus."""
    text = request.app.state.counts.write() + write_gauges(request.app.state.site)
    return Response(text, 200, {"Cache-Control": "no-store"}, "text/plain; version=0.0.4")
