"""Whether what a program has is still what it would get: told from the index's version, without searching again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from importlib.metadata import version
from typing import Any, TypeVar, cast

from starlette.requests import Request
from starlette.responses import Response

from web.site import Site

RELEASE = version("palpate")
KEPT_FOR = "public, max-age=60"
View = TypeVar("View", bound=Callable[..., Response])


def validated(view: View) -> View:
    """A view of the index alone, whose answers carry an ETag; 304 to whoever has the answer already."""

    @wraps(view)
    def answer(request: Request, **arguments: Any) -> Response:
        tag = make_tag(request)
        if _has(request, tag):
            return _say_unchanged(tag)
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
    parts = (RELEASE, site.reader.read_version(), site.today().isoformat(), request.url.path, request.url.query)
    return f'W/"{_digest(" ".join(parts).encode())}"'


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
