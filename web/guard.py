"""What stands before the API and FHIR: how often a client may ask, and which sites' pages may read."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.fhir.outcome import make_outcome
from web.limits import Limiter, name_client
from web.problems import make_problem

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, Accept, Prefer",
    "Access-Control-Max-Age": "86400",
}


class ApiGuard:
    """ASGI middleware over /api/ and /fhir: reads from everywhere, so many a minute."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter | None) -> None:
        self.app, self.limiter = app, limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/api/", "/fhir")):
            await self.app(scope, receive, send)
            return
        request, headers = Request(scope), dict(CORS)
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers={**headers, **PREFLIGHT})(scope, receive, send)
            return
        if self.limiter is not None:
            left = self.limiter.take(name_client(request))
            headers |= {
                "RateLimit-Limit": str(left.limit),
                "RateLimit-Remaining": str(left.remaining),
                "RateLimit-Reset": str(left.reset_s),
            }
            if not left.allowed:
                detail = f"More than {left.limit} requests in a minute. Wait {left.reset_s} seconds."
                make = make_outcome if scope["path"].startswith("/fhir") else make_problem
                refusal = make(429, detail)
                refusal.headers.update({**headers, "Retry-After": str(left.reset_s)})
                await refusal(scope, receive, send)
                return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self.app(scope, receive, send_marked)
