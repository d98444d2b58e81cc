"""What a hand on the keyboard, a large type and a small screen can reach; in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.test_web_browser import PAGES
from tests.web_browser import open_browser, open_page, serve
from tests.web_world import World, make_attack, make_documents, make_world

WITH_CONTENT = [path for path in PAGES if path != "/nowhere"]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
WIDTH = pytest.mark.parametrize("width", [360, 1280])
# Links, buttons and fields that the Tab key reaches though nobody can see them.
UNSEEN = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter(element => element.tabIndex >= 0 && !element.disabled && !element.matches(".skip, main"))
  .filter(element => element.checkVisibility({visibilityProperty: true}))
  .filter(element => {
    const box = element.getBoundingClientRect();
    if (box.width < 4 || box.height < 4) return true;
    for (let above = element; above; above = above.parentElement)
      if (getComputedStyle(above).clipPath !== "none") return true;
    return false;
  }).map(element => element.outerHTML.slice(0, 120))"""
# What stands out of the window, or is cut off by its own box.
CUT = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window");
  for (const element of document.querySelectorAll("h1, h2, a.button, button, .pill, .standing, .chip, label")) {
    const style = getComputedStyle(element);
    if (element.closest(".hidden-visually, .skip") || style.clipPath !== "none") continue;
    if (style.overflow === "visible") continue;
    if (element.scrollWidth > element.clientWidth + 1) found.push(element.outerHTML.slice(0, 80));
  }
  return found;
}"""
SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("reach"), [*make_documents(), make_attack()])


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serve(world.app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element that `selector` names first has the focus; fail if it never has."""
    wanted = page.locator(selector).first
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reached {selector}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Reach the element by the keyboard and press a key on it, which leads to no other page."""
    reach(page, selector)
    page.keyboard.press(key)


def follow(page: Page, selector: str) -> None:
    """Reach the element by the keyboard, press Enter on it, and be on the page that it leads to.

    Whoever went on typing at once would type into the page that is being left.
    """
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@SCRIPT
@WIDTH
def test_a_patient_goes_the_whole_way_without_a_mouse(browser: Browser, address: str, width: int, script: bool) -> None:
    with open_page(browser, width=width, script=script) as page:
        page.goto(address + "/")
        reach(page, "#q")
        page.keyboard.type("sore neck")
        reach(page, "#near")
        page.keyboard.type("Seattle")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("7 therapists within 16 mi of Seattle, WA")
        if width < 960:
            press(page, ".filters summary")
        press(page, "input[name=verified]", "Space")
        follow(page, "#filters button")
        expect(page.locator("h1")).to_have_text("1 therapist within 16 mi of Seattle, WA")
        follow(page, ".result h2 a")
        expect(page.locator("h1")).to_contain_text("Carla Dupont")
        press(page, "#evidence + .more summary")
        expect(page.get_by_text("We treat neck pain, sciatica")).to_be_visible()
        page.keyboard.press("Home")
        if script:
            press(page, "[data-save]")
            expect(page.locator("[data-save]")).to_have_text("Saved")
            page.goto(address + "/saved")
        else:
            follow(page, "[data-save]")
        expect(page.get_by_role("link", name="Carla Dupont", exact=True)).to_be_visible()
        follow(page, ".result h2 a")
        follow(page, "a[href*='/corrections?about']")
        expect(page.locator("h1")).to_have_text("Report a mistake")
        reach(page, "#message")
        page.keyboard.type("The street is wrong.")
        follow(page, "form.card button[type=submit]")
        expect(page.locator("h1")).to_have_text("Thank you")


@SCRIPT
@WIDTH
def test_a_physician_goes_the_whole_way_without_a_mouse(
    browser: Browser, address: str, width: int, script: bool
) -> None:
    with open_page(browser, width=width, script=script) as page:
        page.goto(address + "/")
        follow(page, ".nav a[href='/refer']")
        reach(page, "#q")
        page.keyboard.type("M54.2")
        reach(page, "#near")
        page.keyboard.type("Seattle")
        follow(page, ".refer-form button")
        follow(page, "a[href*='everyone=1']")
        expect(page.get_by_text("7 therapists within")).to_be_visible()
        reach(page, "input[value=wa-carla]")
        page.keyboard.press("Space")
        press(page, "tr:has([value=wa-carla]) .why summary")
        expect(page.get_by_text("RCW 18.108").first).to_be_visible()
        reach(page, "input[value=wa-gus]")
        page.keyboard.press("Space")
        follow(page, "form[action='/refer/compare'] button")
        expect(page.locator("thead a")).to_have_count(2)
        follow(page, "a[href^='/refer/sheet/']")
        expect(page.locator("h1")).to_have_text("Referral for massage therapy")
        reach(page, "textarea")
        page.keyboard.type("Twice a week")
        assert page.locator("textarea").input_value() == "Twice a week"


@pytest.mark.parametrize(("language", "width"), [("en", 360), ("en", 1280), ("fr", 360)])
def test_what_the_keyboard_reaches_can_be_seen(browser: Browser, address: str, language: str, width: int) -> None:
    unseen = {}
    with open_page(browser, width=width) as page:
        for path in WITH_CONTENT:
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            if found := page.evaluate(UNSEEN):
                unseen[path] = found
    assert not unseen


@pytest.mark.parametrize(
    ("language", "width", "type_size"),
    [("en", 640, "100%"), ("en", 640, "200%"), ("fr", 320, "100%"), ("es", 320, "100%"), ("fr", 1280, "200%")],
    ids=["200 % zoom", "200 % type", "French at 320", "Spanish at 320", "French in large type"],
)
def test_zoom_large_type_and_the_smallest_screen_cut_nothing_off(
    browser: Browser, address: str, language: str, width: int, type_size: str
) -> None:
    cut = {}
    with open_page(browser, width=width) as page:
        for path in WITH_CONTENT:
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", type_size)
            for details in page.query_selector_all("details"):
                details.evaluate("element => { element.open = true; }")
            if found := page.evaluate(CUT):
                cut[path] = found
    assert not cut


@WIDTH
def test_nothing_moves_while_a_page_loads(browser: Browser, address: str, width: int) -> None:
    with open_page(browser, width=width) as page:
        for path in ("/", "/search?q=neck&near=Stony+Plain", "/therapists/wa-carla", "/refer?near=Seattle"):
            page.goto(address + path)
            assert page.evaluate(SHIFT) == 0, path


def test_the_first_view_weighs_little(browser: Browser, address: str) -> None:
    with open_page(browser, width=360) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        weights = list[int]()
        session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
        for path in ("/", "/search?q=neck&near=Seattle", "/therapists/wa-carla"):
            weights.clear()
            session.send("Network.clearBrowserCache")
            page.goto(address + path, wait_until="networkidle")
            assert weights
            assert sum(weights) < 60_000, path
