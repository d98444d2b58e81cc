"""What every answer carries: security headers, a log line without the query, counts."""

from __future__ import annotations

import logging
import time
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("palpate.web")


def make_policy(tiles_url: str) -> str:
    """The content security policy: nothing inline, nothing from elsewhere but map tiles once they are set."""
    tiles = urlsplit(tiles_url)
    images = f"'self' data: {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}" if tiles_url else "'self' data:"
    return (
        f"default-src 'none'; img-src {images}; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


class Safety:
    """ASGI middleware that adds the headers to every answer and logs its path, never its query."""

    def __init__(self, app: ASGIApp, *, policy: str, secure: bool) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if secure:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_safely)
        finally:
            elapsed_ms = (time.perf_counter() - started) * 1000
            LOG.info(
                "%s %s %d %.1f ms", scope["method"], scope["path"].encode("unicode_escape").decode(), status, elapsed_ms
            )


class Heads:
    """ASGI middleware that answers HEAD wherever GET answers: the same headers, no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_head)
