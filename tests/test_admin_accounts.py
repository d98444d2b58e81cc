"""Accounts in the reviewers' rooms: phones, forgotten passwords, tokens, invitations."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string
from email.message import Message

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from directory.settings import SecondFactor
from notices.mailing import SmtpMailer, send_waiting
from records import audit, sign_ins, users
from records.sign_ins import Scope
from records.tables import MailRow
from records.users import Role
from tests.admin_visits import PASSWORD, add_people, find_field, send, show_code, show_old_code, sign_in
from tests.mail_server import run_mail_server
from tests.web_world import World, make_world

NEW = "another long password"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("accounts"), [])
    add_people(world)
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app) as found:
        yield found


def enrol(client: TestClient, world: World) -> tuple[bytes, list[str]]:
    """Set up the phone of whoever is signed in; returns its secret and the recovery codes."""
    assert send(client, "/admin/account/second-factor", password=PASSWORD).status_code == 303
    page = client.get("/admin/account/second-factor").text
    found = re.search(r'<b class="num">([A-Z2-7 ]+)</b>', page)
    assert found
    secret = b32decode(found[1].replace(" ", ""))
    assert page.count("<svg") > 1  # the picture beside the icons
    answer = send(
        client,
        "/admin/account/second-factor/confirm",
        page="/admin/account/second-factor",
        code=show_code(secret, world.clock),
    )
    assert answer.status_code == 200
    codes = re.findall(r"<li>([a-z0-9]{5}(?:-[a-z0-9]{5}){2})</li>", answer.text)
    assert len(codes) == 10
    return secret, codes


def give_code(client: TestClient, page: str, code: str) -> int:
    data = {"ticket": find_field(page, "ticket"), "code": code, "back": "/admin/sources"}
    answer = client.post("/admin/sign-in/code", data=data, follow_redirects=False)
    if answer.status_code == 303:
        assert answer.headers["location"] == "/admin/sources"
    return answer.status_code


def load_letters(world: World) -> list[Message]:
    with world.database.read() as session:
        rows = session.scalars(sa.select(MailRow).order_by(MailRow.seq)).all()
    return [message_from_string(row.message or "") for row in rows]


def find_link(letter: Message) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/admin/reset\?token=\S+)", str(letter.get_payload()))
    assert found
    return found[1]


def list_acts(world: World) -> list[str]:
    with world.database.read() as session:
        assert audit.check_chain(session).ok
        return [act.action for act in audit.load(session)]


# --- phones -----------------------------------------------------------------------------------------------


def test_with_a_phone_the_password_alone_opens_nothing(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    secret, codes = enrol(client, world)
    assert client.get("/admin/", follow_redirects=False).status_code == 200  # this browser stays
    page = sign_in(client, "ada")
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert client.get("/admin/", follow_redirects=False).status_code == 303
    assert give_code(client, page.text, show_old_code(secret, world.clock)) == 401
    world.clock.at += timedelta(seconds=30)
    code = show_code(secret, world.clock)
    assert give_code(client, page.text, code) == 303
    assert client.get("/admin/").status_code == 200
    page = sign_in(client, "ada")
    assert give_code(client, page.text, code) == 401  # used
    assert give_code(client, page.text, codes[0]) == 303
    assert {"second-factor.set", "sign-in.wrong-code"} <= set(list_acts(world))


def test_between_password_and_code_there_are_five_minutes(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    secret, _ = enrol(client, world)
    page = sign_in(client, "ada").text
    world.clock.at += timedelta(minutes=6)
    assert give_code(client, page, show_code(secret, world.clock)) == 401
    made_up = page.replace(find_field(page, "ticket"), "WyJhZGEiLDE3NjM2NTA4MDBd.made-up")
    assert give_code(client, made_up, show_code(secret, world.clock)) == 401


def test_setting_up_a_phone_signs_out_every_other_browser(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    other = client.cookies["palpate-session"]
    sign_in(client, "ada")
    enrol(client, world)
    with world.database.read() as session:
        assert sign_ins.find_user(session, other) is None


def test_a_phone_is_removed_with_password_and_code_only(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    secret, codes = enrol(client, world)
    path = "/admin/account/second-factor/remove"
    assert send(client, path, password="wrong", code=codes[0]).status_code == 403
    assert send(client, path, password=PASSWORD, code=show_old_code(secret, world.clock)).status_code == 403
    assert send(client, path, password=PASSWORD, code=codes[0]).status_code == 303
    assert sign_in(client, "ada").status_code == 303


def test_new_recovery_codes_take_the_place_of_the_old_ones(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    _, codes = enrol(client, world)
    answer = send(client, "/admin/account/recovery-codes", password=PASSWORD)
    fresh = re.findall(r"<li>([a-z0-9-]{17})</li>", answer.text)
    page = sign_in(client, "ada").text
    assert give_code(client, page, codes[0]) == 401
    assert give_code(client, page, fresh[0]) == 303


@pytest.mark.parametrize(
    ("setting", "led"), [("admins", {"max"}), ("everybody", {"rae", "ada", "bo", "max"}), ("optional", set())]
)
def test_whom_the_setting_asks_sees_nothing_before_the_phone(
    tmp_path_factory: pytest.TempPathFactory, setting: str, led: set[str]
) -> None:
    world = make_world(tmp_path_factory.mktemp("must"), [], second_factor=SecondFactor(setting))
    add_people(world)
    found = set()
    with TestClient(world.app) as client:
        for name in ("rae", "ada", "bo", "max"):
            sign_in(client, name)
            answer = client.get("/admin/sources", follow_redirects=False)
            if answer.status_code == 303:
                assert answer.headers["location"] == "/admin/account/second-factor"
                found.add(name)
                enrol(client, world)
                assert client.get("/admin/sources", follow_redirects=False).status_code == 200
    assert found == led


def test_a_token_of_somebody_without_the_phone_asked_for_opens_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("must"), [], second_factor=SecondFactor.ADMINS)
    add_people(world)
    with world.database.begin() as session:
        token, _ = sign_ins.create_token(session, "max", label="x", scope=Scope.READ)
    with TestClient(world.app) as client:
        answer = client.get("/admin/", headers={"Authorization": f"Bearer {token}"}, follow_redirects=False)
        assert (answer.status_code, "second factor" in answer.text) == (403, True)


# --- passwords --------------------------------------------------------------------------------------------


def test_a_changed_password_keeps_this_browser_and_no_other(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    other = client.cookies["palpate-session"]
    sign_in(client, "ada")
    path = "/admin/account/password"
    assert send(client, path, password="wrong", new=NEW).status_code == 403
    assert send(client, path, password=PASSWORD, new="short").status_code == 422
    before = client.cookies["palpate-session"]
    assert send(client, path, password=PASSWORD, new=NEW).status_code == 303
    assert client.cookies["palpate-session"] != before
    assert client.get("/admin/", follow_redirects=False).status_code == 200
    with world.database.read() as session:
        assert sign_ins.find_user(session, other) is None
    assert sign_in(client, "ada").status_code == 403
    assert sign_in(client, "ada", NEW).status_code == 303


def test_a_forgotten_password_is_set_by_a_link_that_works_once(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    signed_in = client.cookies["palpate-session"]
    client.cookies.clear()
    answer = client.post("/admin/forgotten", data={"who": "ADA@example.org"})
    assert "is on its way" in answer.text
    (letter,) = load_letters(world)
    assert letter["To"] == "ada@example.org"
    path = find_link(letter)
    page = client.get(path)
    assert page.headers["referrer-policy"] == "no-referrer"
    data = {"token": find_field(page.text, "token"), "password": "short"}
    assert "at least 12" in client.post("/admin/reset", data=data).text
    done = client.post("/admin/reset", data={**data, "password": NEW})
    assert "Your new password is set" in done.text
    assert client.post("/admin/reset", data={**data, "password": PASSWORD}).status_code == 403
    assert client.get(path).status_code == 403
    with world.database.read() as session:
        assert sign_ins.find_user(session, signed_in) is None
    assert sign_in(client, "ada", NEW).status_code == 303
    assert {"password.link", "password.reset"} <= set(list_acts(world))


def test_the_link_comes_by_a_real_mail_server(world: World, client: TestClient) -> None:
    client.post("/admin/forgotten", data={"who": "bo"})
    with run_mail_server() as server:
        mailer = SmtpMailer(server.url)
        assert send_waiting(world.database, mailer, sender=world.settings.mail_from).sent == 1
    (letter,) = server.taken
    token = find_field(client.get(find_link(letter)).text, "token")
    client.post("/admin/reset", data={"token": token, "password": NEW})
    assert sign_in(client, "bo", NEW).status_code == 303
    with world.database.read() as session:
        assert session.scalars(sa.select(MailRow.message)).all() == [None]  # once it is sent, the link is kept nowhere


def test_nobody_learns_who_has_an_account(world: World, client: TestClient) -> None:
    texts = {client.post("/admin/forgotten", data={"who": who}).text for who in ("ada", "nobody", "", "ada\r\nBcc: x")}
    assert len(texts) == 1
    assert [letter["To"] for letter in load_letters(world)] == ["ada@example.org"]


def test_nobody_s_mailbox_is_flooded(world: World, client: TestClient) -> None:
    for _ in range(8):
        client.post("/admin/forgotten", data={"who": "ada"})
    assert len(load_letters(world)) == 3


def test_a_reset_leaves_the_phone_in_force(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    enrol(client, world)
    client.cookies.clear()
    client.post("/admin/forgotten", data={"who": "ada"})
    token = find_field(client.get(find_link(load_letters(world)[0])).text, "token")
    client.post("/admin/reset", data={"token": token, "password": NEW})
    assert "Your code" in sign_in(client, "ada", NEW).text


# --- tokens -----------------------------------------------------------------------------------------------


def make_token(client: TestClient, scope: str, **more: str) -> str:
    answer = send(client, "/admin/account/tokens", label="export", scope=scope, days="30", password=PASSWORD, **more)
    found = re.search(r"palpate_[\w-]{43}", answer.text)
    assert found, answer.text
    return found[0]


def test_a_token_is_shown_once_and_opens_what_its_scope_allows(world: World, client: TestClient) -> None:
    sign_in(client, "max")
    reads, rules = make_token(client, "read"), make_token(client, "admin")
    page = client.get("/admin/account").text
    assert reads not in page
    assert "never" in page
    client.cookies.clear()
    for token in (reads, rules):
        header = {"Authorization": f"Bearer {token}"}
        assert client.get("/admin/sources", headers=header).status_code == 200
        assert client.post("/admin/account/tokens", headers=header, data={"label": "more"}).status_code == 403
        assert client.get("/admin/accounts", headers=header).status_code == 403  # people only
    sign_in(client, "max")
    assert f"{world.clock.now():%Y-%m-%d %H:%M}" in client.get("/admin/account").text


def test_a_token_takes_the_password_and_a_name(client: TestClient) -> None:
    sign_in(client, "ada")
    path = "/admin/account/tokens"
    assert send(client, path, label="x", scope="read", days="30", password="wrong").status_code == 403
    assert send(client, path, label=" ", scope="read", days="30", password=PASSWORD).status_code == 422
    assert send(client, path, label="x", scope="read", days="400", password=PASSWORD).status_code == 422


def test_a_revoked_token_is_worth_nothing_and_only_its_owner_revokes_it(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    token = make_token(client, "review")
    with world.database.read() as session:
        (kept,) = sign_ins.load_tokens(session, "ada")
    path = f"/admin/account/tokens/{kept.id}/revoke"
    sign_in(client, "max")
    assert send(client, path).status_code == 404
    sign_in(client, "ada")
    assert send(client, path).status_code == 303
    client.cookies.clear()
    answer = client.get("/admin/", headers={"Authorization": f"Bearer {token}"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_kind_of_header_is_no_token(client: TestClient) -> None:
    sign_in(client, "ada")
    assert client.get("/admin/", headers={"Authorization": "Basic cHJveHk6cHJveHk="}).status_code == 200


# --- everybody's accounts ---------------------------------------------------------------------------------


def test_an_invitation_brings_a_link_to_set_the_first_password(world: World, client: TestClient) -> None:
    sign_in(client, "max")
    page = "/admin/accounts"
    answer = send(client, page, page=page, name="Nia", email="nia@example.org", role="second-reviewer")
    assert answer.headers["location"] == "/admin/accounts?done=invited"
    for name, email in (("Nia", "nia2@example.org"), ("Olu", "olu@example.org\nBcc: x@example.org"), ("Olu", "olu")):
        assert send(client, page, page=page, name=name, email=email, role="reviewer").status_code in (409, 422)
    (letter,) = load_letters(world)
    assert letter["To"] == "nia@example.org"
    client.cookies.clear()
    world.clock.at += timedelta(days=2)
    token = find_field(client.get(find_link(letter)).text, "token")
    client.post("/admin/reset", data={"token": token, "password": NEW})
    assert sign_in(client, "Nia", NEW).status_code == 303
    with world.database.read() as session:
        assert users.get(session, "Nia").role is Role.SECOND_REVIEWER


def test_an_administrator_changes_closes_and_opens_accounts(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    enrol(client, world)
    with world.database.read() as session:
        ada, boss = users.get(session, "ada").id, users.get(session, "max").id
    page = "/admin/accounts"
    sign_in(client, "max")
    assert send(client, f"{page}/{ada}/second-factor", page=page).status_code == 303
    assert send(client, f"{page}/{ada}/role", page=page, role="read-only").status_code == 303
    assert send(client, f"{page}/{ada}/close", page=page).status_code == 303
    assert sign_in(client, "ada").status_code == 403
    sign_in(client, "max")
    assert send(client, f"{page}/{ada}/open", page=page).status_code == 303
    assert "last administrator" in send(client, f"{page}/{boss}/close", page=page).text
    assert send(client, f"{page}/{boss}/role", page=page, role="reviewer").status_code == 409
    assert send(client, f"{page}/nobody/close", page=page).status_code == 404
    assert sign_in(client, "ada").status_code == 303
    with world.database.read() as session:
        found = users.get(session, "ada")
    assert (found.role, found.has_totp) == (Role.READ_ONLY, False)
    assert {"account.role", "account.closed", "account.opened", "account.phone"} <= set(list_acts(world))


def test_a_browser_in_use_is_noted_and_one_left_alone_signed_out(world: World, client: TestClient) -> None:
    sign_in(client, "ada")
    for _ in range(3):
        world.clock.at += timedelta(minutes=90)
        assert client.get("/admin/", follow_redirects=False).status_code == 200
    world.clock.at += timedelta(hours=2)
    assert client.get("/admin/", follow_redirects=False).status_code == 303
