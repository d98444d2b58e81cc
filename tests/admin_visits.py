"""Ways into the reviewers' rooms for tests: people of every role, forms sent as their pages send them, phones."""

from __future__ import annotations

import re
from html import unescape

from httpx2 import Response
from starlette.testclient import TestClient

from directory.clock import FixedClock
from records import users
from records.second_factor import find_step, make_code
from records.users import Role
from tests.web_world import World

PASSWORD = "a long enough password"
PEOPLE = {"rae": Role.READ_ONLY, "ada": Role.REVIEWER, "bo": Role.SECOND_REVIEWER, "max": Role.ADMIN}


def add_people(world: World) -> None:
    """One account of each role, all with the same password."""
    with world.database.begin() as session:
        for name, role in PEOPLE.items():
            users.create_user(session, name=name, password=PASSWORD, role=role, email=f"{name}@example.org")


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Response:
    """What answers the sign-in form of a fresh browser."""
    client.cookies.clear()
    return client.post("/admin/sign-in", data={"name": name, "password": password, **more}, follow_redirects=False)


def find_field(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def send(client: TestClient, path: str, *, page: str = "/admin/account", **data: str) -> Response:
    """Send a form as `page` would: with its token."""
    token = find_field(client.get(page).text, "form_token")
    return client.post(path, data={"form_token": token, **data}, follow_redirects=False)


def show_code(secret: bytes, clock: FixedClock) -> str:
    """What a phone shows now."""
    return make_code(secret, find_step(clock.now().timestamp()))


def show_old_code(secret: bytes, clock: FixedClock) -> str:
    """What the phone showed some minutes ago, and neither shows now nor a little before or after."""
    step = find_step(clock.now().timestamp())
    good = {make_code(secret, step + drift) for drift in range(-3, 4)}
    return next(code for code in (make_code(secret, step - past) for past in range(10, 100)) if code not in good)
