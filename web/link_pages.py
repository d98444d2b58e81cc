"""The small pages behind links out of letters: one question, what was done, and a link that works no more."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from directory.errors import GoneError
from web.pages import Visit
from web.values import Link

Act = Callable[[], Response]
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def ask(visit: Visit, heading: str, text: str, button: str) -> Response:
    """One button: looking at a link changes nothing, because mail programs open links to look at them."""
    return visit.page("question.html", headers=PRIVATE, title=heading, heading=heading, text=text, button=button)


def say_done(visit: Visit, icon: str, heading: str, text: str) -> Response:
    """What was done, and the way back."""
    home = Link(visit.language.say("Back to the search"), visit.url("/"))
    return visit.page(
        "state.html", headers=PRIVATE, title=heading, icon_name=icon, heading=heading, text=text, links=[home]
    )


def answer(visit: Visit, act: Act, *, text: str, again: Link) -> Response:
    """What `act` answers; where the link is dead, a page that says why and leads to where a new one is had."""
    try:
        return act()
    except GoneError:
        heading = visit.language.say("This link no longer works")
        links = [again, Link(visit.language.say("Back to the search"), visit.url("/"))]
        return visit.page(
            "state.html",
            status=410,
            headers=PRIVATE,
            title=heading,
            icon_name="link",
            heading=heading,
            text=text,
            links=links,
        )
