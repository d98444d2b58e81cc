"""Attacks on the site, each tried: fixed sessions, guessing, ways out, forged requests and headers, paths, bodies."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from records import sign_ins, users
from records.sign_ins import Scope
from records.tables import MailRow
from records.users import Role
from tests.admin_visits import PASSWORD, add_people, find_field, sign_in
from tests.test_security_roles import RIGHTS
from tests.web_world import World, make_documents, make_world
from web.admin.access import COOKIE
from web.bodies import LARGEST

HERE, ELSEWHERE = ("192.0.2.1", 50000), ("203.0.113.9", 50000)
FORMS = sorted({pair[1] for pair in RIGHTS if pair[0] == "POST"})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world for attacks that leave nothing behind."""
    world = make_world(tmp_path_factory.mktemp("attacks"), make_documents())
    add_people(world)
    return world


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("attacked"), [])
    with world.database.begin() as session:
        for name in ("ada", "bo"):
            users.create_user(session, name=name, password=PASSWORD, role=Role.REVIEWER, email=f"{name}@example.org")
    return world


@contextmanager
def visit(world: World, client: tuple[str, int] = HERE) -> Iterator[TestClient]:
    with TestClient(world.app, client=client, raise_server_exceptions=True) as found:
        yield found


# --- sessions ---------------------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_never_signed_in(world: World) -> None:
    with visit(world) as client:
        client.cookies.set(COOKIE, "planted-by-an-attacker", domain="testserver.local", path="/admin")
        answer = client.post("/admin/sign-in", data={"name": "ada", "password": PASSWORD}, follow_redirects=False)
        assert answer.status_code == 303
        assert "planted" not in answer.headers["set-cookie"]
    with world.database.read() as session:
        assert sign_ins.find_user(session, "planted-by-an-attacker") is None


def test_signing_in_anew_ends_the_session_the_browser_held(world: World) -> None:
    with visit(world) as client:
        client.post("/admin/sign-in", data={"name": "ada", "password": PASSWORD})
        first = client.cookies[COOKIE]
        client.post("/admin/sign-in", data={"name": "bo", "password": PASSWORD})
        assert client.cookies[COOKIE] != first
    with world.database.read() as session:
        assert sign_ins.find_user(session, first) is None


def test_the_cookie_is_secure_behind_tls(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = make_world(tmp_path_factory.mktemp("tls"), [], secure_cookies=True)
    add_people(world)
    with visit(world) as client:
        answer = sign_in(client, "ada")
    cookie = answer.headers["set-cookie"].lower()
    assert {"secure", "httponly", "samesite=lax", "path=/admin"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


# --- guessing ---------------------------------------------------------------------------------------------


def test_who_guesses_waits_while_the_colleague_signs_in(world: World) -> None:
    with visit(world, ELSEWHERE) as attacker:
        statuses = [sign_in(attacker, "ada", "a guess at it").status_code for _ in range(8)]
        assert statuses[-1] == 429
        assert sign_in(attacker, "ada").status_code == 429  # even the right one, from there
    with visit(world) as colleague:
        assert sign_in(colleague, "ada").status_code == 303


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP"])
def test_a_header_does_not_make_another_client_of_the_guesser(world: World, header: str) -> None:
    with visit(world, ELSEWHERE) as attacker:
        statuses = [
            attacker.post(
                "/admin/sign-in", data={"name": "ada", "password": "a guess"}, headers={header: f"192.0.2.{number}"}
            ).status_code
            for number in range(8)
        ]
    assert statuses[-1] == 429


def test_one_password_tried_on_name_after_name_is_stopped_for_that_client_alone(world: World) -> None:
    with visit(world, ELSEWHERE) as attacker:
        statuses = [
            attacker.post("/admin/forgotten", data={"who": f"name {number}"}).status_code for number in range(101)
        ]
        assert (set(statuses[:100]), statuses[100]) == ({200}, 429)
        assert sign_in(attacker, "bo").status_code == 429
    with visit(world) as colleague:
        assert sign_in(colleague, "bo").status_code == 303


def test_a_guessed_link_or_token_opens_nothing(world: World) -> None:
    with visit(world) as client:
        for guess in ("", "x", "../" * 10, "a" * 200, "%00", "é" * 20):
            assert client.get("/admin/reset", params={"token": guess}).status_code == 403
            answer = client.post("/admin/reset", data={"token": guess, "password": "another long password"})
            assert answer.status_code == 403
            header = {b"Authorization": f"Bearer {guess}".encode()}
            assert client.get("/admin/api/cases", headers=header).status_code == 401


# --- ways out ---------------------------------------------------------------------------------------------

WAYS_OUT = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/admin//evil.example", "/admin/\\evil.example", "/admin/\t/evil.example", "/admin/\r\nLocation: //evil.example",
    "javascript:alert(1)", "https:evil.example", "/search", "/administrator", "/admin", "@evil.example",
)  # fmt: skip


@pytest.mark.parametrize("back", WAYS_OUT)
def test_signing_in_never_leads_out_of_these_rooms(shared: World, back: str) -> None:
    with visit(shared) as client:
        answer = sign_in(client, "ada", back=back)
        assert answer.headers["location"] == "/admin/"
        page = client.get("/admin/sign-in", params={"back": back}).text
    assert find_field(page, "back") == "/admin/"


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/admin/", "/%5Cevil.example/", "/%2Fevil.example/", "/.//evil.example"]
)
def test_no_address_redirects_to_another_site(shared: World, path: str) -> None:
    with visit(shared) as client:
        answer = client.get(f"http://testserver{path}", follow_redirects=False)
    location = answer.headers.get("location", "/")
    assert re.match(r"(http://testserver)?/(?![/\\])", location), location


# --- forged requests and headers --------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "header",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
    ids=["cross-site", "same-site", "origin"],
)
def test_no_form_is_taken_from_another_site(shared: World, path: str, header: dict[str, str]) -> None:
    with shared.database.begin() as session:
        token = sign_ins.start(session, users.get(session, "max"))
    with visit(shared) as client:
        client.cookies.set(COOKIE, token, path="/admin")
        form_token = find_field(client.get("/admin/account").text, "form_token")
        answer = client.post(
            re.sub(r"\{[^}]*\}", "x", path), data={"form_token": form_token}, headers=header, follow_redirects=False
        )
    assert answer.status_code in (401, 403)
    with shared.database.read() as session:
        assert sign_ins.find_user(session, token) is not None


def test_another_site_s_page_cannot_send_a_token(shared: World) -> None:
    with visit(shared) as client:
        answer = client.options(
            "/admin/api/cases",
            headers={
                "Origin": "https://evil.example",
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization",
            },
        )
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_letter_s_link_leads_to_this_site_whatever_the_request_says(world: World) -> None:
    with visit(world) as client:
        client.post(
            "/admin/forgotten",
            data={"who": "ada"},
            headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
        )
    with world.database.read() as session:
        letter = session.scalar(sa.select(MailRow.message)) or ""
    assert "http://127.0.0.1:8000/admin/reset?token=" in letter
    assert "evil.example" not in letter


@pytest.mark.parametrize(
    "path",
    [
        "/admin/next?done=x%0d%0aSet-Cookie:%20evil=1",
        "/admin/next?kind=x%0d%0aSet-Cookie:%20evil=1",
        "/admin/cases/x%0d%0aSet-Cookie:%20evil=1",
        "/admin/account?done=x%0d%0aSet-Cookie:%20evil=1",
        "/admin/sign-in?back=/admin/%0d%0aSet-Cookie:%20evil=1",
        "/search?q=x%0d%0aSet-Cookie:%20evil=1&lang=fr%0d%0aSet-Cookie:%20evil=1",
        "/therapists/x%0d%0aSet-Cookie:%20evil=1",
        "/api/v1/therapists?q=x%0d%0aSet-Cookie:%20evil=1&after=%0d%0aSet-Cookie:%20evil=1",
        "/feeds/x%0d%0aSet-Cookie:%20evil=1.atom",
    ],
)
def test_no_value_becomes_a_header(shared: World, path: str) -> None:
    with shared.database.begin() as session:
        token = sign_ins.start(session, users.get(session, "max"))
    with visit(shared) as client:
        answer = client.get(path, headers={"Cookie": f"{COOKIE}={token}"}, follow_redirects=False)
    assert "evil=" not in answer.headers.get("set-cookie", "")  # a random token has no such sign
    assert not [value for value in answer.headers.values() if "\r" in value or "\n" in value]
    assert answer.status_code < 500


def test_every_room_forbids_keeping_framing_and_sniffing(shared: World) -> None:
    with shared.database.begin() as session:
        token = sign_ins.start(session, users.get(session, "max"))
    rooms = [pair[1] for pair in RIGHTS if pair[0] == "GET" and not pair[1].startswith("/admin/next")]
    with visit(shared) as client:
        for room in rooms:
            answer = client.get(re.sub(r"\{[^}]*\}", "x", room), headers={"Cookie": f"{COOKIE}={token}"})
            assert answer.headers["x-content-type-options"] == "nosniff", room
            assert answer.headers["x-frame-options"] == "DENY", room
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], room
            assert "unsafe" not in answer.headers["content-security-policy"], room
            if answer.status_code == 200:
                assert answer.headers["cache-control"] == "no-store", room


# --- paths and bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "%252e%252e%252f"])
@pytest.mark.parametrize(
    "start", ["/static/", "/admin/snapshots/", "/therapists/", "/feeds/", "/conditions/", "/refer/sheet/"]
)
def test_no_path_leads_to_a_file(shared: World, start: str, step: str) -> None:
    with shared.database.begin() as session:
        token = sign_ins.start(session, users.get(session, "max"))
    secret = (shared.settings.data_dir / "secret.txt").resolve()
    secret.write_text("kept to ourselves", "utf-8")
    with visit(shared) as client:
        for target in ("etc/passwd", str(secret).lstrip("/"), "pages.py", "web/pages.py"):
            answer = client.get(start + step * 8 + target, headers={"Cookie": f"{COOKIE}={token}"})
            assert answer.status_code in (400, 404, 422), answer.url
            assert not re.search(r"root:|kept to ourselves|import annotations", answer.text)


def test_no_address_keeps_a_file(shared: World) -> None:
    before = {path for path in shared.settings.data_dir.rglob("*") if "sqlite" not in path.name}
    with visit(shared) as client:
        for path in [*FORMS, "/corrections", "/watch", "/search", "/api/v1/therapists"]:
            for size in (100, LARGEST + 1):
                answer = client.post(
                    re.sub(r"\{[^}]*\}", "x", path),
                    files=dict.fromkeys(("file", "name", "message"), ("../x.html", b"<script>" * (size // 8 + 1))),
                    follow_redirects=False,
                )
                assert answer.status_code == 413 if size > LARGEST else answer.status_code < 500, path
                assert "<script>" not in answer.text, path
    assert {path for path in shared.settings.data_dir.rglob("*") if "sqlite" not in path.name} == before


@pytest.mark.parametrize("path", ["/admin/sign-in", "/corrections", "/admin/api/cases/x/decisions"])
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
def test_a_body_without_end_is_refused_before_it_is_kept(shared: World, path: str, announced: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield b"a=" + b"a" * 65_534

    with visit(shared) as client:
        content = b"a" * (LARGEST + 1) if announced else pieces()
        answer = client.post(path, content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413
    assert answer.headers["x-content-type-options"] == "nosniff"


# --- addresses that the site might be made to visit ---------------------------------------------------------

WATCHING: list[str] = []
IS_WATCHING = [False]


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if IS_WATCHING[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        WATCHING.append(f"{event} {arguments[1:]}")


sys.addaudithook(_note)  # a hook stays for ever: it listens only while a test asks


@contextmanager
def watched_network() -> Iterator[list[str]]:
    """Whom this process calls, by name or by address, within the block."""
    WATCHING.clear()
    IS_WATCHING[0] = True
    yield WATCHING
    IS_WATCHING[0] = False


def test_the_site_visits_no_address_it_is_given(shared: World) -> None:
    target = "http://169.254.169.254/latest/meta-data/"
    with shared.database.begin() as session:
        boss = users.get(session, "max")
        token, (program, _) = (
            sign_ins.start(session, boss),
            sign_ins.create_token(session, "max", label="x", scope=Scope.ADMIN),
        )
    names = ("url", "website", "about", "back", "q", "near", "who", "message", "contact", "label", "callback", "kind")
    with visit(shared) as client, watched_network() as called:
        form_token = find_field(
            client.get("/admin/account", headers={"Cookie": f"{COOKIE}={token}"}).text, "form_token"
        )
        for method, path in [*RIGHTS, ("GET", "/search"), ("GET", "/corrections"), ("POST", "/corrections")]:
            given = dict.fromkeys(names, target)
            headers = {"Cookie": f"{COOKIE}={token}", "Referer": target}
            if path.startswith("/admin/api/"):
                headers["Authorization"] = f"Bearer {program}"
            address = re.sub(r"\{[^}]*\}", "x", path)
            if "sign-out" in path:
                continue
            if method == "GET":
                client.get(address, params=given, headers=headers, follow_redirects=False)
            else:
                client.post(address, data={**given, "form_token": form_token}, headers=headers, follow_redirects=False)
    assert called == []
