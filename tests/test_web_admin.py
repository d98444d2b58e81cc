"""The reviewers' rooms: shut to strangers, safe against forged forms, every decision reversible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from directory.models import Listing, Outcome, RegisterRecord
from records import reviews, snapshots, users
from records.reviews import CaseDraft, CaseInput, CaseKind, CaseState
from records.users import Role
from tests.web_world import World, make_documents, make_world

PASSWORD = "a long enough password"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(tmp_path_factory.mktemp("admin"), make_documents()[:2])
    with world.database.begin() as session:
        for name, role in (("ada", Role.REVIEWER), ("bo", Role.SECOND_REVIEWER), ("rae", Role.READ_ONLY)):
            users.create_user(session, name=name, password=PASSWORD, role=role)
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app, base_url="http://testserver") as found:
        yield found


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> int:
    client.cookies.clear()
    return client.post("/admin/sign-in", data={"name": name, "password": password}, follow_redirects=False).status_code


def open_case(world: World, kind: CaseKind = CaseKind.WEAK, key: str = "k1", group: str | None = None) -> str:
    record = RegisterRecord(
        register_id="WA-1", source="wa_doh", jurisdiction="WA", licence_type="Massage", number="MA00012345",
        full_name="Carla Q Dupont", city="Seattle", status="ACTIVE", expires_on=date(2027, 5, 31),
    )  # fmt: skip
    listing = Listing(listing_id="l1", source="practice_sites", name="Carla Dupont", city="Tacoma", region="WA")
    given = CaseInput(
        heading=f"Carla Dupont {key}", outcome=Outcome.VERIFIED, claim="LMT MA00012345", listing=listing, record=record
    )
    draft = CaseDraft(kind=kind, key=key, input=given, group=group)
    with world.database.begin() as session:
        return reviews.open_case(session, draft).id


def find_field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def decide(client: TestClient, case_id: str, choice: str, **more: str) -> int:
    page = client.get(f"/admin/cases/{case_id}").text
    data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version"), "choice": choice}
    path = f"/admin/cases/{case_id}/decide"
    return client.post(path, data={**data, **more}, follow_redirects=False).status_code


def get_state(world: World, case_id: str) -> CaseState:
    with world.database.read() as session:
        return reviews.get(session, case_id).state


def test_signing_in_opens_the_queue_and_signing_out_shuts_it(world: World, client: TestClient) -> None:
    open_case(world)
    assert sign_in(client, "ada") == 303
    page = client.get("/admin/").text
    assert "1 left to review" in page
    client.post("/admin/sign-out", data={"form_token": find_field(page, "form_token")})
    assert client.get("/admin/", follow_redirects=False).status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    answer = client.post("/admin/sign-in", data={"name": "ada", "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/admin" in cookie


def test_a_wrong_name_and_a_wrong_password_are_told_alike(client: TestClient) -> None:
    texts = []
    for name in ("ada", "nobody"):
        answer = client.post("/admin/sign-in", data={"name": name, "password": "wrong"})
        assert answer.status_code in (401, 403)
        texts.append(answer.text.replace(name, ""))
    assert texts[0] == texts[1]


def test_many_wrong_passwords_make_the_client_wait(client: TestClient) -> None:
    statuses = [sign_in(client, "ada", "wrong") for _ in range(8)]
    assert 429 in statuses


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/admin//evil.example", "/admin/\\evil", "/search"]
)
def test_the_way_back_stays_in_these_rooms(client: TestClient, back: str) -> None:
    data = {"name": "ada", "password": PASSWORD, "back": back}
    assert client.post("/admin/sign-in", data=data, follow_redirects=False).headers["location"] == "/admin/"


def test_claim_and_register_row_stand_side_by_side(world: World, client: TestClient) -> None:
    case_id = open_case(world)
    sign_in(client, "ada")
    page = client.get(f"/admin/cases/{case_id}").text
    for words in ("Tacoma", "Seattle", "differs", "Carla Q Dupont", "ACTIVE", "2027-05-31"):
        assert words in page


def test_a_decision_leads_to_the_next_case_and_can_be_undone(world: World, client: TestClient) -> None:
    case_id = open_case(world)
    other = open_case(world, key="k2")
    sign_in(client, "ada")
    assert decide(client, case_id, "accept", reason="same person") == 303
    assert get_state(world, case_id) is CaseState.DECIDED
    page = client.get(f"/admin/next?done={case_id}").text
    assert "Carla Dupont k2" in page
    assert "Undo" in page
    token, version = find_field(page, "form_token"), find_field(page, "version")
    client.post(f"/admin/cases/{case_id}/undo", data={"form_token": token, "version": version})
    assert get_state(world, case_id) is CaseState.OPEN
    assert get_state(world, other) is CaseState.OPEN


def test_identical_cases_are_decided_together(world: World, client: TestClient) -> None:
    ids = [open_case(world, key=f"k{number}", group="same") for number in range(3)]
    sign_in(client, "ada")
    decide(client, ids[0], "reject", identical="true")
    assert {get_state(world, case_id) for case_id in ids} == {CaseState.DECIDED}


def test_discipline_needs_a_second_person(world: World, client: TestClient) -> None:
    case_id = open_case(world, CaseKind.DISCIPLINED)
    sign_in(client, "ada")
    decide(client, case_id, "accept")
    assert get_state(world, case_id) is CaseState.SECOND
    assert "waits for a second reviewer" in client.get(f"/admin/cases/{case_id}").text
    sign_in(client, "bo")
    assert decide(client, case_id, "accept") == 303
    assert get_state(world, case_id) is CaseState.DECIDED


def test_of_two_at_once_one_wins_and_the_other_is_told(world: World, client: TestClient) -> None:
    case_id = open_case(world)
    sign_in(client, "ada")
    page = client.get(f"/admin/cases/{case_id}").text
    data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version"), "choice": "accept"}
    path = f"/admin/cases/{case_id}/decide"
    assert client.post(path, data=data, follow_redirects=False).status_code == 303
    late = client.post(path, data={**data, "choice": "reject"})
    assert late.status_code == 409
    assert "Somebody was faster" in late.text


def test_a_forged_form_changes_nothing(world: World, client: TestClient) -> None:
    case_id = open_case(world)
    sign_in(client, "ada")
    page = client.get(f"/admin/cases/{case_id}").text
    data = {"form_token": find_field(page, "form_token"), "version": "1", "choice": "accept"}
    path = f"/admin/cases/{case_id}/decide"
    assert client.post(path, data={**data, "form_token": "0" * 64}).status_code == 403
    assert client.post(path, data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, data=data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert get_state(world, case_id) is CaseState.OPEN


def test_who_may_only_read_decides_nothing(world: World, client: TestClient) -> None:
    case_id = open_case(world)
    sign_in(client, "rae")
    page = client.get(f"/admin/cases/{case_id}").text
    assert "Accept" not in page
    data = {"form_token": find_field(page, "form_token"), "version": "1", "choice": "accept"}
    assert client.post(f"/admin/cases/{case_id}/decide", data=data).status_code == 403
    assert get_state(world, case_id) is CaseState.OPEN


def test_a_snapshot_is_shown_in_a_sandbox(world: World, client: TestClient) -> None:
    with world.database.begin() as session:
        key = snapshots.put(session, b"<script>alert(1)</script><h1>Clinic</h1>")
    sign_in(client, "ada")
    answer = client.get(f"/admin/snapshots/{key}")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def ask_for_correction(client: TestClient, world: World, *, wait_s: int = 20, **more: str) -> str:
    page = client.get("/corrections?about=ab-anna").text
    world.clock.at += timedelta(seconds=wait_s)
    data = {"token": find_field(page, "token"), "about": "ab-anna", "kind": "remove", "message": "Please remove me."}
    return client.post("/corrections", data={**data, **more}).text


def test_a_removal_asked_for_by_anybody_reaches_the_queue_first(world: World, client: TestClient) -> None:
    open_case(world, CaseKind.DISCIPLINED)
    assert "Thank you" in ask_for_correction(client, world, contact="anna@example.com")
    with world.database.read() as session:
        first = reviews.load_queue(session).cases[0]
    assert (first.kind, first.entity_id) == (CaseKind.REMOVAL, "ab-anna")
    assert "Please remove me." in first.input.notes


@pytest.mark.parametrize("more", [{"website": "https://spam.example"}, {}], ids=["honeypot", "too fast"])
def test_what_a_machine_fills_in_is_dropped(world: World, client: TestClient, more: dict[str, str]) -> None:
    assert "Thank you" in ask_for_correction(client, world, wait_s=20 if more else 0, **more)
    with world.database.read() as session:
        assert reviews.load_queue(session).cases == ()


def test_a_foreign_or_old_token_is_refused(world: World, client: TestClient) -> None:
    assert "open for too long" in ask_for_correction(client, world, wait_s=5 * 3600)
    assert "open for too long" in ask_for_correction(client, world, token="1.2.3")


def test_too_many_corrections_from_one_place_have_to_wait(world: World, client: TestClient) -> None:
    texts = [ask_for_correction(client, world, wait_s=4) for _ in range(6)]
    assert "A short pause, please" in texts[-1]
