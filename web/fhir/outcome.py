"""FHIR's own way to say that something went wrong."""

from __future__ import annotations

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/fhir+json"
CODES = {
    400: "invalid",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    410: "deleted",
    422: "invalid",
    429: "throttled",
    503: "transient",
}


def make_outcome(status: int, detail: str) -> Response:
    """An OperationOutcome with the plain sentence."""
    severity = "fatal" if status >= 500 else "error"
    body = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": CODES.get(status, "exception"), "diagnostics": detail}],
    }
    headers = {"Retry-After": "30"} if status == 503 else {}
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)
