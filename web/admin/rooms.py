"""What every page of these rooms has."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from web.admin.access import Desk


def show(desk: Desk, template: str, *, title: str, status: int = 200, **context: Any) -> Response:
    """A page of these rooms: never kept, with the sign-in's form token."""
    return desk.visit.page(
        template,
        status=status,
        headers={"Cache-Control": "no-store"},
        title=title,
        user=desk.user,
        form_token=desk.form_token(),
        **context,
    )
