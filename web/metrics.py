"""Counts for Prometheus: requests by kind of page and status, and how long they took. No address, no query."""

from __future__ import annotations

import time
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
KNOWN = (
    "search",
    "therapists",
    "conditions",
    "techniques",
    "refer",
    "api",
    "fhir",
    "admin",
    "static",
    "saved",
    "guide",
)


class Counts:
    """Requests counted and timed since the start."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: dict[tuple[str, int], int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def add(self, path: str, status: int, elapsed_s: float) -> None:
        """Count one answer."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        page = first if first in KNOWN else ("front" if path == "/" else "other")
        with self._lock:
            self._requests[page, status] = self._requests.get((page, status), 0) + 1
            buckets = self._buckets.setdefault(page, [0] * (len(BOUNDS_S) + 1))
            for index, bound in enumerate(BOUNDS_S):
                buckets[index] += elapsed_s <= bound
            buckets[-1] += 1
            self._seconds[page] = self._seconds.get(page, 0.0) + elapsed_s

    def write(self) -> str:
        """The counts in Prometheus' text format."""
        lines = ["# TYPE palpate_requests_total counter"]
        with self._lock:
            lines += [
                f'palpate_requests_total{{page="{page}",status="{status}"}} {count}'
                for (page, status), count in sorted(self._requests.items())
            ]
            lines.append("# TYPE palpate_request_seconds histogram")
            for page, buckets in sorted(self._buckets.items()):
                for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), buckets, strict=True):
                    lines.append(f'palpate_request_seconds_bucket{{page="{page}",le="{bound}"}} {count}')
                lines.append(f'palpate_request_seconds_sum{{page="{page}"}} {self._seconds[page]:.6f}')
                lines.append(f'palpate_request_seconds_count{{page="{page}"}} {buckets[-1]}')
        return "\n".join(lines) + "\n"


class Counting:
    """ASGI middleware that counts every answer."""

    def __init__(self, app: ASGIApp, *, counts: Counts) -> None:
        self.app, self.counts = app, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            self.counts.add(scope["path"], status, time.perf_counter() - started)
