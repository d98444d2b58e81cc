"""Errors for programs: problem documents (RFC 9457)."""

from __future__ import annotations

import orjson
from starlette.responses import Response

PROBLEM_TITLES = {
    400: "Bad request",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    422: "Unusable value",
    429: "Too many requests",
    503: "Search is away for a moment",
}


def make_problem(status: int, detail: str, *, errors: object = None) -> Response:
    """An RFC 9457 problem document."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": PROBLEM_TITLES.get(status, "Something went wrong"),
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    headers = {503: {"Retry-After": "30"}, 401: {"WWW-Authenticate": "Bearer"}}.get(status, {})
    return Response(orjson.dumps(body), status, headers, "application/problem+json")
