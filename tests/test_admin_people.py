"""A person's page for reviewers, and merges and splits: seen first, confirmed, undone, by hand and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from directory.models import Outcome
from records import audit, entities, judgements, ledger, outbox, reviews, runs, sign_ins, users
from records.reviews import CaseDraft, CaseInput, CaseKind, CaseState
from resolution.run import run_resolve
from tests.admin_visits import PASSWORD, find_field, sign_in
from tests.people_world import bring_to_index, find_home, make_people_world
from tests.records_fixtures import make_entry
from tests.web_browser import AXE, find_violations, need, open_browser, open_page, serve
from tests.web_world import World
from web.admin.access import COOKIE


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_people_world(tmp_path)


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that is only looked at."""
    return make_people_world(tmp_path_factory.mktemp("still"))


@pytest.fixture
def reader(still: World) -> Iterator[TestClient]:
    with TestClient(still.app) as found:
        sign_in(found, "ada")
        yield found


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app) as found:
        sign_in(found, "ada")
        yield found


def confirm(client: TestClient, preview: str, reason: str = "looked", **more: str | list[str]) -> tuple[int, str]:
    """Look at a preview and confirm it: what answers, and where it leads."""
    page = client.get(preview).text
    data = {"form_token": find_field(page, "form_token"), "seen": find_field(page, "seen"), "reason": reason, **more}
    answer = client.post(preview.partition("?")[0], data=data, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", answer.text)


def merge(client: TestClient, world: World) -> tuple[int, str]:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    return confirm(client, f"/admin/people/{ann}/merge?other={bea}", other=bea)


def split(client: TestClient, world: World, listing: str) -> tuple[int, str]:
    preview = f"/admin/people/{find_home(world, listing)}/split?listing={listing}"
    return confirm(client, preview, listing=[listing])


def undo(client: TestClient, world: World, location: str) -> None:
    case_id = location.rpartition("case=")[2]
    page = client.get(f"/admin/cases/{case_id}").text
    data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version")}
    assert client.post(f"/admin/cases/{case_id}/undo", data=data, follow_redirects=False).status_code == 303


def test_the_page_tells_all_that_is_known_since_when_and_from_where(still: World, reader: TestClient) -> None:
    page = reader.get(f"/admin/people/{find_home(still, 'ann1')}").text
    for words in (
        "guide", "finder", "third", "2026-11-10", "https://finder.example.org/ann", "ann@example.com",  # listings
        "LMT MT.0012345 (CO)", "<b>verified</b>", "<b>expired</b>", "number-name-city",  # claims over time
        "CO-12345", "co_dora", "https://dora.example.gov/12345", "until 2026-08-31", "until 2027-08-31",  # register
        "seen on her own page", "Nobody has said anything",
    ):  # fmt: skip
        assert words in page, words


def test_a_past_day_shows_what_was_known_then(still: World, reader: TestClient) -> None:
    path = f"/admin/people/{find_home(still, 'ann1')}"
    then = reader.get(f"{path}?on=2026-11-12").text
    assert "<b>expired</b>" in then
    for words in ("<b>verified</b>", "until 2027-08-31", "seen on her own page", "Split the ticked off"):
        assert words not in then
    assert "None was checked by then" in reader.get(f"{path}?on=2026-11-09").text
    assert reader.get(f"{path}?on=yesterday").status_code == 422


def test_people_are_found_by_name_id_former_id_and_listing(world: World, client: TestClient) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    assert f"/admin/people/{ann}" in client.get("/admin/people?q=ann+example").text
    for asked in (ann, "ann2", f"https://example.org/therapists/{ann}/"):
        found = client.get("/admin/people", params={"q": asked}, follow_redirects=False)
        assert found.headers["location"] == f"/admin/people/{ann}", asked
    beside = client.get("/admin/people", params={"q": bea, "beside": ann}, follow_redirects=False)
    assert beside.headers["location"] == f"/admin/people/{ann}/merge?other={bea}"
    assert "Nobody found" in client.get("/admin/people?q=Nemo").text
    merge(client, world)
    assert client.get(f"/admin/people/{bea}", follow_redirects=False).headers["location"] == f"/admin/people/{ann}"
    assert client.get("/admin/people/p-nobody").status_code == 404


def test_cases_and_sources_lead_to_the_page(world: World, client: TestClient) -> None:
    ann = find_home(world, "ann1")
    with world.database.read() as session:
        (case,) = reviews.find_by_entity(session, [ann])
    with world.database.begin() as session:
        runs.finish(session, runs.start(session, "finder").id, runs.RunSummary(fetched=1))
    link = f'href="/admin/people/{ann}"'
    assert link in client.get(f"/admin/cases/{case.id}").text
    assert link in client.get("/admin/sources").text


def test_looking_changes_nothing(still: World, reader: TestClient) -> None:
    ann, bea = find_home(still, "ann1"), find_home(still, "bea1")

    def describe() -> object:
        with still.database.read() as session:
            acts = audit.load(session)
            return list(entities.load_all(session)), reviews.count(session), outbox.count_waiting(session), acts

    before = describe()
    pages = (f"{ann}?on=2026-11-12", f"{ann}/merge?other={bea}", f"{ann}/merge?other={bea}&apart=1")
    for page in (*pages, f"{ann}/split?listing=ann2", ann):
        assert reader.get(f"/admin/people/{page}").status_code == 200
    assert describe() == before


def test_a_merge_is_seen_confirmed_public_and_undone(world: World, client: TestClient) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    shown = client.get(f"/admin/people/{ann}/merge?other={bea}").text
    for words in (f">{bea}</span> leads to", "keeps its address", "Never merged by the rules", "LMT MT.0077777"):
        assert words in shown
    assert confirm(client, f"/admin/people/{ann}/merge?other={bea}", reason=" ", other=bea)[0] == 422
    status, location = merge(client, world)
    assert (status, location.partition("?")[0]) == (303, f"/admin/people/{ann}")
    page = client.get(location).text
    assert "Merged." in page
    assert "one and the same" in page
    assert "Undo" in page
    bring_to_index(world)
    assert client.get(f"/therapists/{bea}", follow_redirects=False).headers["location"] == f"/therapists/{ann}"
    assert "0077777" in client.get(f"/therapists/{ann}").text
    run_resolve(world.database, clock=world.clock)
    assert find_home(world, "bea1") == ann
    undo(client, world, location)
    bring_to_index(world)
    assert find_home(world, "bea1") == bea
    assert client.get(f"/therapists/{bea}", follow_redirects=False).status_code == 200
    assert "0077777" not in client.get(f"/therapists/{ann}").text
    with world.database.read() as session:
        acts = [act.action for act in audit.load(session, subject=ann)]
        assert audit.check_chain(session).ok
    assert acts == ["person-together.undone", "person-together"]


def test_what_was_found_of_a_claim_leaves_with_the_listing_that_makes_it(world: World, client: TestClient) -> None:
    ann = find_home(world, "ann1")
    status, _ = split(client, world, "ann1")
    assert status == 303
    other = {find_home(world, "ann1"), find_home(world, "ann2")} - {ann}
    assert len(other) == 1
    loser = find_home(world, "ann2")
    with world.database.read() as session:
        assert "LMT MT.0012345" not in {row.entry.facts.raw for row in ledger.load(session, loser)}
    bring_to_index(world)
    assert "0012345" not in client.get(f"/therapists/{loser}").text


def test_a_preview_that_is_out_of_date_is_refused(world: World, client: TestClient) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    page = client.get(f"/admin/people/{ann}/merge?other={bea}").text
    split(client, world, "ann3")
    data = {"form_token": find_field(page, "form_token"), "seen": find_field(page, "seen"), "reason": "x", "other": bea}
    assert client.post(f"/admin/people/{ann}/merge", data=data).status_code == 409
    assert find_home(world, "bea1") == bea


def test_what_weighs_on_somebody_is_moved_only_by_two(world: World, client: TestClient) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    with world.database.begin() as session:
        ledger.append(session, make_entry(bea, "action", Outcome.DISCIPLINED))
    assert "Two people must agree" in client.get(f"/admin/people/{ann}/merge?other={bea}").text
    _, location = merge(client, world)
    assert "nothing has changed yet" in client.get(location).text
    assert find_home(world, "bea1") == bea
    case_id = location.rpartition("case=")[2]
    sign_in(client, "bo")
    page = client.get(f"/admin/cases/{case_id}").text
    assert "leads to" in page  # the second person sees what would change as well
    data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version"), "choice": "accept"}
    assert client.post(f"/admin/cases/{case_id}/decide", data=data, follow_redirects=False).status_code == 303
    assert find_home(world, "bea1") == find_home(world, "ann1")


def test_who_asked_out_has_no_page_and_nothing_of_a_merge_that_named_them(world: World, client: TestClient) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    with world.database.begin() as session:
        ledger.append(session, make_entry(ann, "action", Outcome.DISCIPLINED))
    merge(client, world)  # waits for a second person
    with world.database.begin() as session:
        draft = CaseDraft(kind=CaseKind.REMOVAL, key="r", entity_id=bea, input=CaseInput(notes=("Please.",)))
        case = reviews.open_case(session, draft)
    page = client.get(f"/admin/cases/{case.id}/removal").text
    marks = re.findall(r'name="mark" value="([^"]*)"', page)
    data = {"form_token": find_field(page, "form_token"), "version": find_field(page, "version"), "mark": marks}
    assert client.post(f"/admin/cases/{case.id}/removal", data=data, follow_redirects=False).status_code == 303
    gone = client.get(f"/admin/people/{bea}")
    assert (gone.status_code, "Taken out" in gone.text) == (410, True)
    with world.database.read() as session:
        assert reviews.load_queue(session, state=CaseState.SECOND).cases == ()
        assert all("Sample" not in item.input.heading for item in reviews.find_by_entity(session, [ann]))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


def test_a_merge_by_keyboard_alone(browser: Browser, world: World) -> None:
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    with serve(world.app) as site, open_page(browser) as page:
        page.goto(f"{site}/admin/people?beside={ann}")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(re.compile("Compare"))
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type("Bea Sample")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Bea Sample").focus()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Make them one?")
        expect(page.locator("#reason")).to_be_focused()
        page.keyboard.type("one phone, one door")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Merged.")).to_be_visible()
        assert find_home(world, "bea1") == ann
        page.wait_for_load_state("load")
        page.locator("body").press("u")
        expect(page.get_by_text("undone by ada")).to_be_visible()
        assert find_home(world, "bea1") == bea
        with world.database.read() as session:
            assert judgements.load(session) == []
            assert {word.reason for word in judgements.history(session)} == {"one phone, one door"}


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_a_person_breaks_an_accessibility_rule_or_its_frame(
    browser: Browser, world: World, client: TestClient, width: int
) -> None:
    need(AXE, "axe-core (npm)")
    ann, bea = find_home(world, "ann1"), find_home(world, "bea1")
    _, location = split(client, world, "ann3")
    with world.database.begin() as session:
        token = sign_ins.start(session, users.get(session, "ada"))
        ledger.append(session, make_entry(bea, "action", Outcome.DISCIPLINED))
    _, waiting = merge(client, world)
    rooms = (
        location, f"/admin/people/{ann}?on=2026-11-12", "/admin/people", "/admin/people?q=Ann+Example",
        f"/admin/people/{ann}/merge?other={find_home(world, 'ann3')}", f"/admin/people/{ann}/split?listing=ann2",
        f"/admin/people/{ann}/merge?other={bea}&apart=1", f"/admin/cases/{waiting.rpartition('case=')[2]}",
    )  # fmt: skip
    with serve(world.app) as site:
        found = {
            room: wrong
            for room in rooms
            if (wrong := find_violations(browser, site + room, width=width, cookie=(COOKIE, token)))
        }
    assert found == {}
