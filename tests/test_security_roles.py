"""No address of the reviewers' rooms answers without the right role: every role against every route, GET and POST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

import web.admin
from directory.settings import SecondFactor
from records import reviews, sign_ins, users
from records.reviews import CaseDraft, CaseInput, CaseKind, CaseState
from records.sign_ins import Scope
from records.users import Role
from tests.admin_visits import PEOPLE, add_people
from tests.web_world import World, make_world
from web.admin.access import COOKIE, SECOND_FACTOR, make_form_token

NOBODY = None
# Everything behind the doors, and the least role it takes. An address missing here fails the first test: add it.
RIGHTS: dict[tuple[str, str], Role | None] = {
    ("GET", "/admin/sign-in"): NOBODY,
    ("POST", "/admin/sign-in"): NOBODY,
    ("POST", "/admin/sign-in/code"): NOBODY,
    ("GET", "/admin/sign-in/oidc"): NOBODY,
    ("GET", "/admin/sign-in/oidc/callback"): NOBODY,
    ("GET", "/admin/forgotten"): NOBODY,
    ("POST", "/admin/forgotten"): NOBODY,
    ("GET", "/admin/reset"): NOBODY,
    ("POST", "/admin/reset"): NOBODY,
    ("POST", "/admin/sign-out"): Role.READ_ONLY,
    ("GET", "/admin/account"): Role.READ_ONLY,
    ("POST", "/admin/account/password"): Role.READ_ONLY,
    ("GET", "/admin/account/second-factor"): Role.READ_ONLY,
    ("POST", "/admin/account/second-factor"): Role.READ_ONLY,
    ("POST", "/admin/account/second-factor/confirm"): Role.READ_ONLY,
    ("POST", "/admin/account/second-factor/remove"): Role.READ_ONLY,
    ("POST", "/admin/account/recovery-codes"): Role.READ_ONLY,
    ("POST", "/admin/account/tokens"): Role.READ_ONLY,
    ("POST", "/admin/account/tokens/{token_id}/revoke"): Role.READ_ONLY,
    ("POST", "/admin/account/sign-out-elsewhere"): Role.READ_ONLY,
    ("GET", "/admin/accounts"): Role.ADMIN,
    ("POST", "/admin/accounts"): Role.ADMIN,
    ("POST", "/admin/accounts/{user_id}/role"): Role.ADMIN,
    ("POST", "/admin/accounts/{user_id}/close"): Role.ADMIN,
    ("POST", "/admin/accounts/{user_id}/open"): Role.ADMIN,
    ("POST", "/admin/accounts/{user_id}/second-factor"): Role.ADMIN,
    ("GET", "/admin/"): Role.READ_ONLY,
    ("GET", "/admin/next"): Role.READ_ONLY,
    ("GET", "/admin/cases/{case_id}"): Role.READ_ONLY,
    ("POST", "/admin/cases/{case_id}/decide"): Role.REVIEWER,
    ("POST", "/admin/cases/{case_id}/undo"): Role.REVIEWER,
    ("GET", "/admin/snapshots/{snapshot_hash}"): Role.READ_ONLY,
    ("GET", "/admin/cases/{case_id}/removal"): Role.READ_ONLY,
    ("POST", "/admin/cases/{case_id}/removal"): Role.REVIEWER,
    ("GET", "/admin/removals"): Role.READ_ONLY,
    ("GET", "/admin/people"): Role.READ_ONLY,
    ("GET", "/admin/people/{entity_id}"): Role.READ_ONLY,
    ("GET", "/admin/people/{entity_id}/merge"): Role.READ_ONLY,
    ("POST", "/admin/people/{entity_id}/merge"): Role.REVIEWER,
    ("GET", "/admin/people/{entity_id}/split"): Role.READ_ONLY,
    ("POST", "/admin/people/{entity_id}/split"): Role.REVIEWER,
    ("GET", "/admin/sources"): Role.READ_ONLY,
    ("POST", "/admin/sources/{source}/read"): Role.ADMIN,
    ("POST", "/admin/sources/{source}/pause"): Role.ADMIN,
    ("POST", "/admin/sources/{source}/resume"): Role.ADMIN,
    ("POST", "/admin/sources/{source}/release"): Role.ADMIN,
    ("GET", "/admin/audit"): Role.ADMIN,
    ("POST", "/admin/audit/export"): Role.ADMIN,
    ("GET", "/admin/following"): Role.READ_ONLY,
    ("POST", "/admin/following"): Role.READ_ONLY,
    ("GET", "/admin/api/cases"): Role.READ_ONLY,
    ("GET", "/admin/api/cases/{case_id}"): Role.READ_ONLY,
    ("POST", "/admin/api/cases/{case_id}/decisions"): Role.REVIEWER,
    ("GET", "/admin/api/audit"): Role.ADMIN,
}
FOR_PROGRAMS = {pair for pair in RIGHTS if pair[1].startswith("/admin/api/")}
FOR_PEOPLE = {
    pair
    for pair, role in RIGHTS.items()
    if role and re.match(r"/admin/(account|accounts|audit|sign-out)(/|$)|/admin/sources/", pair[1])
} | {("POST", "/admin/following")}


def list_rooms() -> set[tuple[str, str]]:
    """Every method and path of every module of the rooms."""
    modules = [import_module(f"web.admin.{module.name}") for module in iter_modules(web.admin.__path__)]
    routes = [route for module in modules if hasattr(module, "router") for route in module.router.routes]
    assert all(isinstance(route, APIRoute) for route in routes)
    return {(method, f"/admin{route.path}") for route in routes for method in route.methods - {"HEAD"}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("roles"), [])
    add_people(world)
    return world


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app) as found:
        yield found


def is_open(
    client: TestClient, world: World, pair: tuple[str, str], *, name: str | None = None, token: str | None = None
) -> bool:
    """Whether this address lets somebody in, whose forms carry their own token; what it then says is another matter."""
    method, path = pair[0], re.sub(r"\{[^}]*\}", "x", pair[1])
    headers, data = {}, {}
    client.cookies.clear()
    if name is not None:
        with world.database.begin() as session:
            session_token = sign_ins.start(session, users.get(session, name))
        headers["Cookie"] = f"{COOKIE}={session_token}"
        data = {"form_token": make_form_token(world.settings.session_secret, session_token)}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    answer = client.request(
        method, path, headers=headers, data=None if method == "GET" else data, follow_redirects=False
    )
    is_sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/admin/sign-in")
    if is_sent_away and "set-cookie" not in answer.headers:  # with it, somebody was let in, to sign out
        return False
    is_refused = "not for everybody" in answer.text or answer.headers.get("content-type") == "application/problem+json"
    return not (answer.status_code in (401, 403) and is_refused)


def test_every_address_is_in_the_table_of_rights_and_only_those() -> None:
    assert list_rooms() == set(RIGHTS)


@pytest.mark.parametrize("pair", [pair for pair, role in RIGHTS.items() if role], ids=" ".join)
def test_no_room_answers_a_stranger(client: TestClient, world: World, pair: tuple[str, str]) -> None:
    assert not is_open(client, world, pair)
    assert not is_open(client, world, pair, token="palpate_made-up")


@pytest.mark.parametrize("pair", sorted(set(RIGHTS) - FOR_PROGRAMS), ids=" ".join)
def test_each_room_answers_exactly_those_whose_role_covers_it(
    client: TestClient, world: World, pair: tuple[str, str]
) -> None:
    needed = RIGHTS[pair]
    found = {name for name in PEOPLE if is_open(client, world, pair, name=name)}
    assert found == {name for name, role in PEOPLE.items() if needed is None or role.covers(needed)}


@pytest.mark.parametrize("pair", [pair for pair, role in RIGHTS.items() if role and pair[0] == "POST"], ids=" ".join)
def test_no_form_is_taken_without_the_token_of_its_own_sign_in(
    client: TestClient, world: World, pair: tuple[str, str]
) -> None:
    with world.database.begin() as session:
        boss = users.get(session, "max")
        own, other = sign_ins.start(session, boss), sign_ins.start(session, boss)
    path = re.sub(r"\{[^}]*\}", "x", pair[1])
    for form_token in ("", "0" * 64, make_form_token(world.settings.session_secret, other)):
        answer = client.post(
            path, data={"form_token": form_token}, headers={"Cookie": f"{COOKIE}={own}"}, follow_redirects=False
        )
        assert answer.status_code == (401 if pair in FOR_PROGRAMS else 403)
    with world.database.read() as session:
        assert sign_ins.find_user(session, own) == boss


def allows(scope: Scope, role: Role, needed: Role) -> bool:
    """Whether a token of this scope, of somebody of this role, may do what takes `needed`."""
    return scope.role.covers(needed) and role.covers(needed)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_opens_what_both_its_scope_and_its_owner_cover(client: TestClient, world: World, scope: Scope) -> None:
    for name, role in PEOPLE.items():
        with world.database.begin() as session:
            token, _ = sign_ins.create_token(session, name, label="walk", scope=scope)
        for pair, needed in RIGHTS.items():
            if needed is None:
                continue
            allowed = pair not in FOR_PEOPLE and allows(scope, role, needed)
            assert is_open(client, world, pair, token=token) == allowed, (name, pair)


def test_without_the_second_factor_that_is_asked_for_only_one_s_own_account_opens(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("must"), [], second_factor=SecondFactor.EVERYBODY)
    add_people(world)
    found = set()
    with TestClient(world.app) as client:
        for method, path in sorted(set(RIGHTS) - FOR_PROGRAMS):
            with world.database.begin() as session:
                token = sign_ins.start(session, users.get(session, "max"))
            data = {"form_token": make_form_token(world.settings.session_secret, token)} if method == "POST" else None
            address, header = re.sub(r"\{[^}]*\}", "x", path), {"Cookie": f"{COOKIE}={token}"}
            answer = client.request(method, address, headers=header, data=data, follow_redirects=False)
            if answer.headers.get("location") != SECOND_FACTOR:
                found.add((method, path))
    own = {pair for pair in RIGHTS if re.match(r"/admin/(account|sign-out)(/|$)", pair[1])}
    assert found == own | {pair for pair, role in RIGHTS.items() if role is None}


def test_looking_changes_nothing(client: TestClient, world: World) -> None:
    """GET of every room, as an administrator: the records are the same afterwards, but for sign-ins."""

    def describe() -> list[object]:
        with world.database.read() as session:
            return [reviews.count(session), users.load_all(session), sign_ins.load_tokens(session, "rae")]

    given = CaseInput(heading="Carla Dupont")
    with world.database.begin() as session:
        reviews.open_case(session, CaseDraft(kind=CaseKind.WEAK, key="k", input=given))
    before = describe()
    for pair in RIGHTS:
        if pair[0] == "GET":
            assert is_open(client, world, pair, name="max") or pair in FOR_PROGRAMS
    assert describe() == before


def test_a_program_reads_and_decides_like_its_owner(client: TestClient, world: World) -> None:
    with world.database.begin() as session:
        case = reviews.open_case(session, CaseDraft(kind=CaseKind.WEAK, key="p", input=CaseInput(heading="Ana")))
        token, _ = sign_ins.create_token(session, "ada", label="nightly", scope=Scope.REVIEW)
        boss, _ = sign_ins.create_token(session, "max", label="audit", scope=Scope.ADMIN)
    header = {"Authorization": f"Bearer {token}"}
    queue = client.get("/admin/api/cases?kind=weak&limit=200", headers=header).json()
    assert case.id in [item["id"] for item in queue["cases"]]
    path = f"/admin/api/cases/{case.id}/decisions"
    decision = {"version": case.version, "choice": "reject", "reason": "not she"}
    assert client.post(path, json={**decision, "surprise": 1}, headers=header).status_code == 422
    assert client.post(path, json=decision, headers=header).json()["case"]["state"] == "decided"
    late = client.post(path, json=decision, headers=header)
    assert (late.status_code, late.headers["content-type"]) == (409, "application/problem+json")
    (kept,) = client.get(f"/admin/api/cases/{case.id}", headers=header).json()["decisions"]
    assert (kept["by"], kept["choice"], kept["reason"]) == ("ada", "reject", "not she")
    acts = client.get("/admin/api/audit?limit=1", headers={"Authorization": f"Bearer {boss}"}).json()["acts"]
    assert (acts[0]["action"], acts[0]["actor"]) == ("review.reject", "ada")


def test_no_program_takes_somebody_out(client: TestClient, world: World) -> None:
    draft = CaseDraft(kind=CaseKind.REMOVAL, key="r", entity_id="p-1", input=CaseInput(notes=("Please.",)))
    with world.database.begin() as session:
        case = reviews.open_case(session, draft)
        token, _ = sign_ins.create_token(session, "max", label="x", scope=Scope.ADMIN)
    answer = client.post(
        f"/admin/api/cases/{case.id}/decisions",
        json={"version": case.version, "choice": "accept"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 422
    with world.database.read() as session:
        assert reviews.get(session, case.id).state is CaseState.OPEN
