"""A reviewer's hour, the second reviewer, and an account's own pages, in a real browser."""

from __future__ import annotations

import re
from base64 import b32decode
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from directory.clock import FixedClock
from directory.models import Outcome
from records import audit, reviews, second_factor, sign_ins, users
from records.reviews import CaseDraft, CaseInput, CaseKind, CaseState
from records.sign_ins import Scope
from search.node.process import reserve_port
from tests.admin_visits import PASSWORD, add_people, show_code, show_old_code
from tests.oidc_provider import CLIENT, SECRET, run_oidc_provider
from tests.web_browser import AXE, LATEST_MS, WCAG, find_violations, need, open_browser, open_page, serve
from tests.web_world import NOW, World, make_world
from web.admin.access import COOKIE

CASES = 50


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path, [])
    add_people(world)
    return world


def open_case(world: World, key: str, kind: CaseKind = CaseKind.WEAK, *, claim: str = "LMT 1") -> str:
    world.clock.at += timedelta(seconds=1)  # the queue goes by age
    given = CaseInput(heading=f"Case {key}", outcome=Outcome.VERIFIED, claim=claim)
    with world.database.begin() as session:
        return reviews.open_case(session, CaseDraft(kind=kind, key=key, input=given)).id


def get_state(world: World, case_id: str) -> CaseState:
    with world.database.read() as session:
        return reviews.get(session, case_id).state


def enter(page: Page, site: str, name: str) -> None:
    page.goto(site + "/admin/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("left to review"))


def test_a_reviewer_comes_in_by_their_organisation_from_another_site(browser: Browser, tmp_path: Path) -> None:
    need(AXE, "axe-core")
    with reserve_port() as port, run_oidc_provider(FixedClock(NOW), host="localhost") as provider:
        named = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        world = make_world(tmp_path, [], base_url=f"http://127.0.0.1:{port}", **named)
        add_people(world)
        provider.behave(email="ada@example.org", email_verified=True)
        with serve(world.app, port=port) as site, open_page(browser) as page:
            for width in (360, 1280):
                assert find_violations(browser, f"{site}/admin/sign-in?done=out", width=width) == []
            page.goto(site + "/admin/sources")
            page.get_by_role("link", name="Sign in with your organisation").click()
            expect(page.locator("h1")).to_have_text("Sources")
            page.get_by_role("button", name="Sign out ada").click()
            expect(page.get_by_role("status")).to_contain_text("sign out there too")


def press(page: Page, key: str) -> None:
    """Press a key once the page's script listens."""
    page.wait_for_load_state("load")
    page.locator("body").press(key)


def test_fifty_cases_by_keyboard_alone(browser: Browser, world: World) -> None:
    ids = [open_case(world, f"{number:02d}") for number in range(CASES)]
    keys = ["a", "r", "a", "l", "a", "e", "a", "r", "a", "a"] * (CASES // 10)
    with serve(world.app) as site, open_page(browser) as page:
        enter(page, site, "ada")
        expect(page.locator("h1")).to_have_text(f"{CASES} left to review")
        press(page, "Enter")
        for done, key in enumerate(keys):
            expect(page.locator("h1")).to_have_text(f"Case {done:02d}")
            press(page, key)
            if key == "e":  # the choice of outcome has the focus: the rest is typed too
                outcome = page.locator("select[name=outcome]")
                expect(outcome).to_be_focused()
                page.keyboard.press("e")  # alone: letters that come slowly are each a choice of their own
                expect(outcome).to_have_value("expired")
                page.keyboard.press("Tab")
                page.keyboard.type("WA-2")
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")
            if done == 20:  # a slip of the finger, taken back and done again
                expect(page.locator("h1")).to_have_text("Case 21")
                press(page, "u")
                expect(page.locator("h1")).to_have_text("Case 20")
                press(page, key)
        expect(page.locator("h1")).to_have_text("Nothing left to review")
    with world.database.read() as session:
        states = Counter(reviews.get(session, case_id).state for case_id in ids)
        edited = [item for case_id in ids for item in reviews.get_decisions(session, case_id) if item.choice == "edit"]
        assert audit.check_chain(session).ok
    assert states == {CaseState.DECIDED: CASES - 5, CaseState.LATER: 5}
    assert {(item.outcome, item.register_id) for item in edited} == {(Outcome.EXPIRED, "WA-2")}
    assert len(edited) == 5


def test_two_on_one_case_and_the_slower_is_told(browser: Browser, world: World) -> None:
    case_id = open_case(world, "one")
    with serve(world.app) as site, open_page(browser) as first:
        enter(first, site, "ada")
        press(first, "Enter")
        other = browser.new_context().new_page()  # whose console tells of the refusal
        other.context.set_default_timeout(LATEST_MS)
        enter(other, site, "bo")
        press(other, "Enter")
        for page in (first, other):
            expect(page.locator("h1")).to_have_text("Case one")
        press(first, "a")
        expect(first.locator("h1")).to_have_text("Nothing left to review")
        press(other, "r")
        expect(other.locator("h1")).to_have_text("Somebody was faster")
        other.context.close()
    with world.database.read() as session:
        assert [(item.by, item.choice) for item in reviews.get_decisions(session, case_id)] == [("ada", "accept")]


def test_a_second_reviewer_agrees_and_a_change_opens_the_case_again(browser: Browser, world: World) -> None:
    case_id = open_case(world, "two", CaseKind.MISMATCH)
    with serve(world.app) as site:
        with open_page(browser) as page:
            enter(page, site, "ada")
            press(page, "Enter")
            expect(page.locator("h1")).to_have_text("Case two")
            press(page, "a")
            expect(page.locator("h1")).to_have_text("1 left to review")  # by somebody else
            page.goto(f"{site}/admin/cases/{case_id}")
            expect(page.get_by_text("This case waits for a second reviewer.")).to_be_visible()
            assert page.locator("button[name=choice]").count() == 0
        with open_page(browser) as page:
            enter(page, site, "bo")
            page.get_by_role("link", name="Second look (1)").click()
            page.wait_for_url(re.compile(r"state=second$"))
            press(page, "Enter")
            expect(page.get_by_role("heading", name="Decide: a second look")).to_be_visible()
            press(page, "a")
            expect(page.locator("h1")).to_have_text("Nothing left to review")
            assert get_state(world, case_id) is CaseState.DECIDED
            press(page, "u")
            expect(page.get_by_role("heading", name="Decide: a second look")).to_be_visible()
            press(page, "a")
            expect(page.locator("h1")).to_have_text("Nothing left to review")
            open_case(world, "two", CaseKind.MISMATCH, claim="LMT 2")
            page.goto(site + "/admin/")
            expect(page.locator("h1")).to_have_text("1 left to review")
            assert get_state(world, case_id) is CaseState.OPEN


def test_a_phone_is_set_up_and_asked_for(browser: Browser, world: World) -> None:
    with serve(world.app) as site, open_page(browser) as page:
        enter(page, site, "ada")
        page.get_by_role("link", name="Your account").click()
        page.get_by_role("link", name="Set it up").click()
        page.get_by_label("Your present password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("img", name="QR code for your phone")).to_be_visible()
        page.get_by_text("I cannot scan it").click()
        typed = page.locator("details b").inner_text()
        page.get_by_label("Six digits").fill(show_code(b32decode(typed.replace(" ", "")), world.clock))
        page.keyboard.press("Enter")
        expect(page.locator(".codes li")).to_have_count(10)
        codes = page.locator(".codes li").all_inner_texts()
        page.get_by_role("button", name="Sign out ada").click()
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Your code")
        expect(page.get_by_label("recovery code")).to_be_focused()
        page.keyboard.type(codes[0])
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Nothing left to review")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_an_account_breaks_an_accessibility_rule_or_its_frame(
    browser: Browser, world: World, width: int
) -> None:
    need(AXE, "axe-core (npm)")
    with world.database.begin() as session:
        boss, ada = users.get(session, "max"), users.get(session, "ada")
        for label in ("nightly export", "a rather long name of what a token is for, which somebody once wrote down"):
            sign_ins.create_token(session, "max", label=label, scope=Scope.REVIEW)
        sign_ins.start(session, boss)
        second_factor.begin(session, "ada")
        users.disable(session, "rae")
        tokens = {"max": sign_ins.start(session, boss), "ada": sign_ins.start(session, ada)}
    rooms = (
        ("max", "account"), ("max", "account?done=password"), ("max", "accounts"), ("max", "account/second-factor"),
        ("ada", "account/second-factor"), ("ada", "sign-in"), ("ada", "forgotten"), ("ada", "reset?token=x"),
    )  # fmt: skip
    with serve(world.app) as site:
        found = {
            (name, room): wrong
            for name, room in rooms
            if (wrong := find_violations(browser, f"{site}/admin/{room}", width=width, cookie=(COOKIE, tokens[name])))
        }
        found |= look_at_what_is_shown_once(browser, site, tokens["max"], world, width)
    assert found == {}


def look_at_what_is_shown_once(
    browser: Browser, site: str, token: str, world: World, width: int
) -> dict[tuple[str, str], list[str]]:
    """Violations on the pages that follow a form: a new token, recovery codes, the code asked for, a new password."""
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    context.set_default_timeout(LATEST_MS)
    context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
    page, found = context.new_page(), {}

    def look(name: str) -> None:
        page.add_script_tag(path=str(AXE))
        result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
        wrong = [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in result["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append("the page is wider than the window")
        if wrong:
            found["once", name] = wrong

    page.goto(site + "/admin/account")
    page.get_by_text("Make a token").click()
    page.get_by_label("What it is for").fill("a feed")
    page.locator("#token-password").fill(PASSWORD)
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text(re.compile("palpate_"))).to_be_visible()
    look("token")
    with world.database.begin() as session:
        second_factor.begin(session, "max")
        secret = second_factor.find_secret(session, "max")
    assert secret is not None
    page.goto(site + "/admin/account/second-factor")
    page.get_by_label("Six digits").fill(show_old_code(secret, world.clock))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look("wrong code")
    page.get_by_label("Six digits").fill(show_code(secret, world.clock))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    look("recovery codes")
    page.get_by_role("button", name="Sign out max").click()
    page.get_by_label("Name").fill("max")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your code")
    look("code")
    context.close()
    return found
