"""Alive, ready, and how fresh: three questions that are not the same."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from directory.errors import PalpateError

router = APIRouter(include_in_schema=False)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, "application/json")


@router.get("/healthz")
def show_health() -> Response:
    """The process answers."""
    return _answer({"status": "alive"})


@router.get("/readyz")
def show_readiness(request: Request) -> Response:
    """A search can be answered now; 503 if not."""
    site = request.app.state.site
    try:
        count = site.reader.count()
    except PalpateError as error:
        return _answer({"status": "not ready", "why": str(error)}, 503)
    return _answer({"status": "ready", "documents": count})


@router.get("/statusz")
def show_status(request: Request) -> Response:
    """Ready, stale, building or unavailable, and why; 200 in every state."""
    site = request.app.state.site
    reasons: list[str] = []
    body: dict[str, object] = {"status": "ready", "on": site.today().isoformat(), "reasons": reasons}
    try:
        count = site.reader.count()
        body["documents"] = count
        if not count:
            body["status"] = "stale"
            reasons.append("The index holds no therapists yet.")
    except PalpateError as error:
        body["status"] = "unavailable"
        reasons.append(str(error))
    return _answer(body)


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Requests and their times, for Prometheus."""
    return Response(request.app.state.counts.write(), 200, {"Cache-Control": "no-store"}, "text/plain; version=0.0.4")
