"""Everybody who may come in here: for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from directory.errors import ConflictError, NotFoundError, PalpateError, UsageError, find_http_status
from notices.messages import parse_address
from records import audit, mail, resets, second_factor, users
from records.database import Session
from records.users import Role, User
from web.admin.access import Desk, Ruling, RulingForm
from web.admin.invitations import write_invitation
from web.admin.rooms import show

router = APIRouter(prefix="/accounts")
HOME = "/admin/accounts"
DONE = {
    "invited": "The account is made; a letter with a link to set the password is on its way.",
    "role": "The role is changed. It holds from their next request.",
    "closed": "The account is closed and signed out everywhere. What they decided stays under their name.",
    "opened": "The account is open again.",
    "phone": "They sign in without a phone until they set up another one.",
}


@router.get("")
def show_accounts(desk: Ruling, done: str = "") -> Response:
    """Every account: role, second factor, open or closed."""
    return _show(desk, note=DONE.get(done, ""))


@router.post("")
def invite(
    desk: RulingForm,
    *,
    name: Annotated[str, Form(max_length=200)] = "",
    email: Annotated[str, Form(max_length=300)] = "",
    role: Annotated[Role, Form()] = Role.REVIEWER,
) -> Response:
    """Make an account without a password, and send its owner a link to set one."""
    settings = desk.visit.site.settings
    try:
        with desk.visit.site.database.begin() as session:
            user = users.create_user(session, name=name, password=None, role=role, email=parse_address(email))
            token = resets.start(session, user.name, lifetime=resets.INVITED)
            mail.queue(session, write_invitation(settings, user, token, by=desk.user.name, at=session.now()))
            _note(session, desk, "account.made", user.id, role=role.value)
    except (UsageError, ConflictError) as error:
        return _show(desk, message=str(error), status=find_http_status(error))
    return RedirectResponse(f"{HOME}?done=invited", 303)


@router.post("/{user_id}/role")
def set_role(desk: RulingForm, user_id: str, role: Annotated[Role, Form()]) -> Response:
    """Give an account another role."""
    return _change(desk, user_id, "role", lambda session, name: users.set_role(session, name, role), role=role.value)


@router.post("/{user_id}/close")
def close(desk: RulingForm, user_id: str) -> Response:
    """Close an account and sign it out everywhere."""
    return _change(desk, user_id, "closed", users.disable)


@router.post("/{user_id}/open")
def reopen(desk: RulingForm, user_id: str) -> Response:
    """Open a closed account again."""
    return _change(desk, user_id, "opened", users.enable)


@router.post("/{user_id}/second-factor")
def remove_second_factor(desk: RulingForm, user_id: str) -> Response:
    """Let somebody in who lost their phone and their recovery codes; make sure first that it is they who ask."""
    return _change(desk, user_id, "phone", second_factor.remove)


def _change(desk: Desk, user_id: str, done: str, change: Callable[[Session, str], None], **detail: str) -> Response:
    try:
        with desk.visit.site.database.begin() as session:
            user = _get(session, user_id)
            change(session, user.name)
            _note(session, desk, f"account.{done}", user.id, **detail)
    except PalpateError as error:
        return _show(desk, message=str(error), status=find_http_status(error))
    return RedirectResponse(f"{HOME}?done={done}", 303)


def _get(session: Session, user_id: str) -> User:
    found = next((user for user in users.load_all(session) if user.id == user_id), None)
    if found is None:
        raise NotFoundError("There is no such account.")
    return found


def _note(session: Session, desk: Desk, action: str, subject: str, **detail: str) -> None:
    audit.append(session, actor=desk.user.name, action=action, subject=subject, detail=detail)


def _show(desk: Desk, *, note: str = "", message: str = "", status: int = 200) -> Response:
    with desk.visit.site.database.read() as session:
        found = users.load_all(session)
    return show(
        desk,
        "admin/accounts.html",
        title="Accounts",
        status=status,
        accounts=found,
        roles=list(Role),
        note=note,
        message=message,
    )
