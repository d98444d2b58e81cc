"""The ways of a patient and a physician, walked in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from directory.models import EntityKind, Outcome
from records import entities, observations, removals, reviews, runs, sign_ins, users
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.runs import RunSummary
from records.users import Role
from resolution.run import run_resolve
from tests.test_web_removal import make_page
from tests.web_browser import AXE, find_violations, need, open_browser, open_page, serve
from tests.web_world import make_attack, make_documents, make_world
from web.admin.access import COOKIE
from web.pages import STATIC

PAGES = (
    "/",
    "/search?q=sore+neck&near=Seattle",
    "/search?q=neck&near=Springfield",
    "/search?near=Miami,+FL",
    "/therapists/wa-carla",
    "/therapists/wa-attack",
    "/conditions",
    "/conditions/neck-pain",
    "/techniques/cupping",
    "/guide",
    "/badges",
    "/saved?id=wa-carla&id=ab-anna",
    "/refer",
    "/refer?q=M54.2&near=Seattle&everyone=1",
    "/refer/compare?id=wa-carla&id=co-iris",
    "/refer/sheet/wa-carla",
    "/corrections?about=wa-carla",
    "/developers",
    "/nowhere",
    "/admin/sign-in",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    world = make_world(tmp_path_factory.mktemp("browser"), [*make_documents(), make_attack()])
    with serve(world.app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.mark.parametrize(
    ("language", "width"), [("en", 320), *((code, width) for code in ("en", "fr", "es") for width in (360, 1280))]
)
def test_no_page_breaks_an_accessibility_rule_or_its_frame(
    browser: Browser, address: str, language: str, width: int
) -> None:
    need(AXE, "axe-core (npm)")
    wrong = {}
    for path in PAGES:
        url = f"{address}{path}{'&' if '?' in path else '?'}lang={language}"
        if found := find_violations(browser, url, width=width):
            wrong[path] = found
    assert not wrong


def press(page: Page, text: str) -> None:
    """Reach the link or button that reads `text` with the Tab key alone, and press Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("(e => e.matches('a, button') ? e.innerText.trim() : '')(document.activeElement)")
        if str(focused).startswith(text):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"Tab never reached {text!r}")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_patient_finds_somebody_by_keyboard_alone(browser: Browser, address: str, width: int, script: bool) -> None:
    with open_page(browser, width=width, script=script) as page:
        page.goto(address + "/")
        page.keyboard.press("Tab")
        assert page.locator(".skip").evaluate("element => element === document.activeElement")
        page.locator("#q").focus()
        page.keyboard.type("sore neck")
        page.keyboard.press("Tab")
        page.keyboard.type("Stony Plain")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator("h1")).to_have_text("2 therapists within 25 km of Stony Plain, AB")
        press(page, "Anna Sample")
        expect(page.locator("h1")).to_contain_text("Anna Sample")
        expect(page.get_by_text("nobody can check this title there").first).to_be_visible()
        press(page, "Report a mistake")
        expect(page.locator("h1")).to_have_text("Report a mistake")


def test_a_patient_narrows_removes_and_widens(browser: Browser, address: str) -> None:
    with open_page(browser, width=360) as page:
        page.goto(address + "/search?q=sore+neck&near=Seattle")
        expect(page.locator(".drawer")).to_be_hidden()
        page.get_by_text("Filters").first.click()
        page.get_by_label("Licence current").check()
        page.get_by_role("button", name="Show results").click()
        expect(page.locator("h1")).to_have_text("1 therapist within 16 mi of Seattle, WA")
        page.get_by_role("link", name="Remove neck pain").click()
        page.get_by_role("link", name="Look within 25 mi").click()
        expect(page.locator("h1")).to_contain_text("within 25 mi")


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_saved_list_needs_no_account(browser: Browser, address: str, script: bool) -> None:
    with open_page(browser, script=script) as page:
        page.goto(address + "/therapists/wa-carla")
        page.locator("[data-save]").click()
        if script:
            expect(page.locator("[data-save]")).to_have_text("Saved")
            page.goto(address + "/saved")
            page.wait_for_url("**/saved?id=wa-carla*")
        expect(page.get_by_role("link", name="Carla Dupont", exact=True)).to_be_visible()
        page.get_by_role("link", name="Remove Carla Dupont").click()
        expect(page.get_by_text("Nothing saved yet")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_physician_compares_and_prints_by_keyboard_alone(
    browser: Browser, address: str, width: int, script: bool
) -> None:
    with open_page(browser, width=width, script=script) as page:
        page.goto(address + "/refer")
        page.locator("#q").focus()
        page.keyboard.type("M54.2")
        page.keyboard.press("Tab")
        page.keyboard.type("Seattle")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.get_by_text("1 therapist who may take a referral within 16 mi of Seattle, WA")).to_be_visible()
        expect(page.get_by_text("Dina Old")).to_have_count(0)
        page.locator("input[name=id]").first.focus()
        page.keyboard.press("Space")
        press(page, "Compare those marked")
        expect(page.locator("h1")).to_have_text("Side by side")
        press(page, "Open")
        expect(page.locator("h1")).to_have_text("Referral for massage therapy")
        expect(page.locator("form")).to_have_count(0)


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_sheet_fits_one_page(browser: Browser, address: str, paper: str) -> None:
    with open_page(browser) as page:
        page.goto(address + "/refer/sheet/wa-carla")
        pdf = page.pdf(format=paper, prefer_css_page_size=False)
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") == 1


def test_the_attack_runs_nowhere(browser: Browser, address: str) -> None:
    with open_page(browser) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        for path in (
            "/therapists/wa-attack",
            "/search?near=Seattle",
            "/refer?near=Seattle&everyone=1",
            "/refer/sheet/wa-attack",
        ):
            page.goto(address + path)
            for link in page.query_selector_all("a"):
                assert str(link.get_attribute("href")).startswith(("/", "#", "http", "tel:"))


def test_nothing_is_fetched_from_elsewhere_and_no_cookie_is_set(browser: Browser, address: str) -> None:
    with open_page(browser) as page:
        hosts = set[str]()
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        for path in ("/", "/search?q=neck&near=Seattle", "/therapists/wa-carla", "/guide"):
            page.goto(address + path)
        assert hosts == {address.removeprefix("http://")}
        assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/search?q=neck&near=Stony+Plain", "/therapists/ab-anna"])
def test_on_a_phone_the_map_is_fetched_only_when_asked_for(browser: Browser, address: str, path: str) -> None:
    need(STATIC / "vendor" / "leaflet.js", "Leaflet (npm)")
    with open_page(browser, width=360) as page:
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address + path)
        assert not any("leaflet" in url for url in asked)
        page.get_by_role("button", name="Show the map").click()
        expect(page.locator(".map path.marker")).to_have_count(2 if "search" in path else 1)
        for label in page.locator(".map .leaflet-tooltip").all():
            assert is_within(label, page.locator(".map"))
        assert {url.split("/")[2] for url in asked} == {address.removeprefix("http://")}


def is_within(part: Locator, whole: Locator) -> bool:
    """Whether nothing of a part is cut off by the edge of the whole."""
    inner, outer = part.bounding_box(), whole.bounding_box()
    assert inner is not None
    assert outer is not None
    right, bottom = outer["x"] + outer["width"], outer["y"] + outer["height"]
    beside = outer["x"] <= inner["x"] and inner["x"] + inner["width"] <= right
    return beside and outer["y"] <= inner["y"] and inner["y"] + inner["height"] <= bottom


def test_where_there_is_room_the_map_stands_beside_the_list(browser: Browser, address: str) -> None:
    need(STATIC / "vendor" / "leaflet.js", "Leaflet (npm)")
    with open_page(browser, width=1280) as page:
        page.goto(address + "/search?q=neck&near=Stony+Plain")
        expect(page.locator(".map path.marker")).to_have_count(2)
        chart, results = page.locator(".map-box").bounding_box(), page.locator("#results").bounding_box()
        assert chart is not None
        assert results is not None
        assert chart["x"] >= results["x"] + results["width"]
        assert chart["y"] == results["y"]
        assert page.locator(".map .leaflet-tooltip a").count() == 0
        expect(page.locator(".map .leaflet-tooltip").get_by_text("Anna Sample")).to_be_visible()
        for label in page.locator(".map .leaflet-tooltip").all():
            assert is_within(label, page.locator(".map"))
    with open_page(browser, width=1280, script=False) as page:
        page.goto(address + "/search?q=neck&near=Stony+Plain")
        expect(page.locator(".map-box")).to_be_hidden()
        results = page.locator("#results").bounding_box()
        assert results is not None
        assert results["width"] > 700


def press_key(page: Page, key: str) -> None:
    """Press a key once the page's script listens: it is deferred, so the page can be seen before it runs."""
    page.wait_for_load_state("load")
    page.locator("body").press(key)


def test_a_reviewer_decides_and_undoes_by_key(browser: Browser, tmp_path: Path) -> None:
    world = make_world(tmp_path, [])
    with world.database.begin() as session:
        users.create_user(session, name="ada", password="a long enough password", role=Role.REVIEWER)
        for number in range(3):
            given = CaseInput(heading=f"Case {number}", outcome=Outcome.VERIFIED)
            reviews.open_case(session, CaseDraft(kind=CaseKind.WEAK, key=str(number), input=given))
    with serve(world.app) as site, open_page(browser) as page:
        page.goto(site + "/admin/")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("a long enough password")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("3 left to review")
        press_key(page, "Enter")
        page.wait_for_url("**/admin/cases/**")
        expect(page.get_by_text("3 left")).to_be_visible()
        for key, left in (("a", "2 left"), ("u", "3 left"), ("r", "2 left"), ("l", "1 left")):
            press_key(page, key)
            expect(page.get_by_text(left)).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_reviewers_room_breaks_an_accessibility_rule_or_its_frame(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    need(AXE, "axe-core (npm)")
    world = make_world(tmp_path, [])
    trouble = RunSummary(fetched=2, set_aside={"no number": 1}, samples=("row 12: no number",), gates=("too few",))
    with world.database.begin() as session:
        user = users.create_user(session, name="ada", password="a long enough password", role=Role.REVIEWER)
        token = sign_ins.start(session, user)
        for summary in (RunSummary(fetched=9), trouble):
            runs.finish(session, runs.start(session, "partner").id, summary, state=runs.RunState.QUARANTINED)
        observations.store(session, make_page("https://ana.example.com/", "+13035550101", "Ana Sample"))
    run_resolve(world.database, clock=world.clock)
    with world.database.begin() as session:
        (person,) = [item for item in entities.load_all(session) if item.kind is EntityKind.PERSON]
        draft = CaseDraft(kind=CaseKind.REMOVAL, key="k", entity_id=person.id, input=CaseInput(notes=("Please.",)))
        case = reviews.open_case(session, draft)
        removals.ask_out(session, removals.Identity(npis=("1",)), by="ada", reason="asked")
    rooms = ("", "sources", "removals", f"cases/{case.id}", f"cases/{case.id}/removal")
    with serve(world.app) as site:
        found = {
            room: wrong
            for room in rooms
            if (wrong := find_violations(browser, f"{site}/admin/{room}", width=width, cookie=(COOKIE, token)))
        }
    assert not found
