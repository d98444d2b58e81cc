"""Whether what a program has is still what it would get: told from the index's version, without searching again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, TypeVar, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from directory.errors import PalpateError
from web.site import Site

RELEASE = version("palpate")
KEPT_FOR = "public, max-age=60"
View = TypeVar("View", bound=Callable[..., Response])


class Unchanged:
    """ASGI middleware: 304 to whoever has an answer of the index already, before its question is even read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            request = Request(scope)
            # Only a tag that `validated` gave can hold, so this address had an answer, and has the same one now.
            if "if-none-match" in request.headers and (tag := await run_in_threadpool(_find_held, request)):
                await _say_unchanged(tag)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def validated(view: View) -> View:
    """A view of the index alone, whose answers carry an ETag that `Unchanged` knows again."""

    @wraps(view)
    def answer(request: Request, **arguments: Any) -> Response:
        tag = make_tag(request)  # before the answer: a change in between makes the tag useless, not wrong
        return _put(view(request=request, **arguments), tag)

    return cast("View", answer)


def validate_content(request: Request, response: Response) -> Response:
    """An answer that is not of the index alone, with an ETag of its content; 304 to whoever has it already.

    How long it may be kept, and by whom, is what its own Cache-Control says, where it has one.
    """
    tag, kept_for = f'"{_digest(bytes(response.body))}"', response.headers.get("cache-control", KEPT_FOR)
    return _say_unchanged(tag, kept_for) if _has(request, tag) else _put(response, tag, kept_for)


def make_tag(request: Request) -> str:
    """The tag of what is asked: another for each state of the index, day and release."""
    site: Site = request.app.state.site
    asked = f"{request.scope['path']}?".encode() + request.scope["query_string"]
    state = f"{RELEASE} {site.reader.read_version()} {site.today()} "
    return f'W/"{_digest(state.encode() + asked)}"'


def _find_held(request: Request) -> str | None:
    """The tag of what is asked, if the request holds it; while the engine is away nobody knows."""
    try:
        tag = make_tag(request)
    except PalpateError:
        return None
    return tag if _has(request, tag) else None


def _has(request: Request, tag: str) -> bool:
    return tag.removeprefix("W/") in request.headers.get("if-none-match", "")


def _put(response: Response, tag: str, kept_for: str = KEPT_FOR) -> Response:
    if response.status_code == 200:
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = kept_for
    return response


def _say_unchanged(tag: str, kept_for: str = KEPT_FOR) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": kept_for})


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=12).hexdigest()
