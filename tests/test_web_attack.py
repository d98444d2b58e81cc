"""Listings, questions and letters whose every part is an attack, asked for over HTTP: nothing of them ever acts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from lxml import etree, html

from directory.models import Answer, EntityKind, Exclusion, Listing, Outcome, RegisterRecord
from records import reviews, sign_ins, users
from records.ledger import Suggested
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.users import Role
from search.interface import DocumentLocation
from tests.web_browser import serve
from tests.web_world import ATTACK, BOARD, SEATTLE, make_attack, make_documents, make_licence, make_world
from web.admin.access import COOKIE

LONG = ATTACK + "A" * 10_000
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LINKS = ("href", "src", "action", "formaction", "data", "poster", "xlink:href")
FOLLOWED = ("url", "website", "booking_url", "next", "link", "reference")
OF_THE_WEB = re.compile(r"https?://|/|(Practitioner|Location)/|(status|whereValid)$")
ASKED = quote(ATTACK + "javascript:alert(1)", safe="")
PAGES = (
    "/search?near=Seattle",
    "/search?near=Seattle&sort=name&lang=fr",
    f"/search?q={ASKED}&near={ASKED}&condition={ASKED}&technique={ASKED}&kind={ASKED}&sort={ASKED}&lang={ASKED}",
    f"/search?near=Seattle&after={ASKED}&radius_km={ASKED}&language={ASKED}",
    "/therapists/wa-attack",
    "/therapists/wa-licensed?lang=fr",
    "/therapists/wa-licensed?lang=es",
    "/saved?id=wa-attack&id=wa-licensed",
    f"/saved?id={ASKED}&add={ASKED}",
    "/refer?near=Seattle",
    "/refer?near=Seattle&everyone=1",
    f"/refer?q={ASKED}&near={ASKED}&insurer={ASKED}&everyone={ASKED}",
    "/refer/compare?id=wa-attack&id=wa-licensed",
    f"/refer/compare?id={ASKED}",
    "/refer/sheet/wa-attack",
    "/refer/sheet/wa-licensed?lang=fr",
    "/corrections?about=wa-attack",
    f"/corrections?about={ASKED}",
    f"/guide/search?aim={ASKED}&q={ASKED}&near={ASKED}",
    f"/conditions/{ASKED}",
    f"/{ASKED}",
    f"/admin/sign-in?back={ASKED}",
)


@dataclass(frozen=True)
class Attacked:
    """The site under attack, over HTTP: as a visitor and as a reviewer."""

    visitor: httpx2.Client
    reviewer: httpx2.Client
    case_ids: tuple[str, ...]


def make_licensed() -> Any:
    """An attack that the lists take up: its licence holds, its town is real, all else is made to harm."""
    licence = make_licence(number=ATTACK, explanation=LONG)
    place = replace(SEATTLE, street=ATTACK, label=LONG)
    return replace(
        make_attack(),
        id="wa-licensed",
        credentials=(licence, replace(BOARD, title=ATTACK, text=LONG)),
        locations=(place, DocumentLocation(street=LONG, city=LONG, region="WA", country="US")),
        verified_on=licence.verified_on,
        verified_until=licence.verified_until,
        may_take_referral=Answer.YES,
    )


def make_case_input() -> CaseInput:
    """What a reviewer sees of an attack."""
    listing = Listing(
        listing_id="attack", source="practice_sites", title=ATTACK, name=ATTACK, practice=LONG, city=ATTACK,
        region=ATTACK, street=ATTACK, url="javascript:alert(1)", website="javascript:alert(1)",
    )  # fmt: skip
    record = RegisterRecord(
        register_id=ATTACK, source="wa_doh", jurisdiction="WA", licence_type=ATTACK, number=ATTACK, full_name=ATTACK,
        former_names=(LONG,), city=ATTACK, status=ATTACK, discipline=True, discipline_note=LONG,
        url="data:text/html,<script>alert(1)</script>",
    )  # fmt: skip
    return CaseInput(
        heading=ATTACK, outcome=Outcome.REVIEW, rule=ATTACK, explanation=LONG, claim=ATTACK, listing=listing,
        record=record, suggestions=(Suggested(register_id=ATTACK, why=LONG),), url="javascript:alert(1)",
        notes=(LONG,),
    )  # fmt: skip


def make_exclusion_input() -> CaseInput:
    """The same as an exclusion list's row."""
    row = Exclusion(
        exclusion_id=ATTACK, source="leie", kind=EntityKind.PERSON, full_name=ATTACK, specialty=LONG, npi=ATTACK
    )
    return replace(make_case_input(), record=None, exclusion=row)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    world = make_world(tmp_path_factory.mktemp("attack"), [*make_documents(), make_attack(), make_licensed()])
    with world.database.begin() as session:
        user = users.create_user(session, name="ada", password="a long enough password", role=Role.REVIEWER)
        token = sign_ins.start(session, user)
        inputs = {CaseKind.WEAK: make_case_input(), CaseKind.EXCLUSION: make_exclusion_input()}
        inputs |= {CaseKind.CORRECTION: make_case_input(), CaseKind.REMOVAL: make_case_input()}
        drafts = [CaseDraft(kind=kind, key=kind.value, input=given, group=ATTACK) for kind, given in inputs.items()]
        ids = tuple(reviews.open_case(session, draft).id for draft in drafts)
    with (
        serve(world.app) as site,
        httpx2.Client(base_url=site, follow_redirects=True, timeout=240) as visitor,
        httpx2.Client(base_url=site, cookies={COOKIE: token}, follow_redirects=True, timeout=240) as reviewer,
    ):
        yield Attacked(visitor, reviewer, ids)


def find_harm(page: str) -> list[str]:
    """Everything on a page that could act, or deceive the eye."""
    tree: Any = html.document_fromstring(page)
    elements = list(tree.iter(etree.Element))
    found = []
    for element in elements:
        if element.tag == "script":
            if not (element.get("src") or "").startswith("/static/") and element.get("type") != "application/ld+json":
                found.append("script")
        elif element.tag in ("iframe", "object", "embed", "base", "style", "img", "marquee"):
            found.append(str(element.tag))
        found += [f"{name}={value[:40]}" for name, value in element.attrib.items() if re.match(r"on|style$", name)]
        for name in LINKS:
            target = element.get(name)
            if target is not None and not re.match(r"/(?!/)|#|https?://|tel:\+?[0-9]+$", target):
                found.append(f"{name}={target[:40]}")
    if HIDDEN.search(unescape(page)):
        found.append("a mark that hides or turns text")
    if "A" * 2000 in page:
        found.append("a text without an end")
    if re.search(r"\b49\b(?!\.)", " ".join(tree.text_content().split()).replace("7*7", "")):
        found.append("a template was run")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.replace(ASKED, "ATTACK"))
def test_no_page_lets_an_attack_act(attacked: Attacked, path: str) -> None:
    answer = attacked.visitor.get(path)
    assert answer.status_code < 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert find_harm(answer.text) == []


def test_the_attack_is_really_shown(attacked: Attacked) -> None:
    for path in ("/search?near=Seattle", "/therapists/wa-licensed", "/refer?near=Seattle", "/refer/sheet/wa-licensed"):
        assert "<script>alert(1)</script>" in unescape(attacked.visitor.get(path).text)


def test_the_eye_that_looks_for_harm_sees_it() -> None:
    page = "<p onclick=alert(1)>49 \u202e<a href='javascript:x'>a</a><script>1</script><img src=x>" + "A" * 3000
    assert len(find_harm(page)) == 8


def test_the_data_block_is_json_of_plain_texts(attacked: Attacked) -> None:
    page = attacked.visitor.get("/therapists/wa-licensed").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = httpx2.Response(200, text=block).json()
    assert data["@type"] == "MedicalBusiness"
    assert not {"sameAs", "telephone"} & set(data) or str(data.get("telephone", "")).startswith("+")
    assert not HIDDEN.search(str(data))


def test_no_cell_of_the_csv_is_a_formula_and_each_row_is_one(attacked: Attacked) -> None:
    answer = attacked.visitor.get("/refer/list.csv?near=Seattle&everyone=1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert {row[0] for row in rows} > {"wa-attack", "wa-licensed"}
    assert {len(row) for row in rows} == {14}
    assert [cell for row in rows for cell in row if cell.startswith(FORMULA)] == []
    assert not HIDDEN.search(answer.text)


def test_the_text_to_copy_is_plain_and_short(attacked: Attacked) -> None:
    answer = attacked.visitor.get("/refer/text?id=wa-attack&id=wa-licensed")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not HIDDEN.search(answer.text)
    assert "A" * 2000 not in answer.text


@pytest.mark.parametrize("path", ["/feeds/wa.atom", "/sitemap.xml", "/sitemaps/wa.xml", "/sitemaps/pages.xml"])
def test_feeds_and_sitemaps_stay_well_formed(attacked: Attacked, path: str) -> None:
    answer = attacked.visitor.get(path)
    assert "xml" in answer.headers["content-type"]
    tree = etree.fromstring(answer.content)
    assert {etree.QName(element).localname for element in tree.iter(etree.Element)} <= {
        "feed", "entry", "id", "title", "link", "updated", "summary", "author", "name", "sitemapindex", "sitemap",
        "loc", "urlset", "url",
    }  # fmt: skip
    assert not HIDDEN.search(answer.text)
    if path.endswith(("wa.atom", "wa.xml")):
        assert "wa-licensed" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/therapists?near=Seattle",
        "/api/v1/therapists/wa-attack",
        "/api/v1/therapists/wa-licensed",
        f"/api/v1/therapists?q={ASKED}",
        f"/api/v1/therapists/{ASKED}",
        f"/api/v1/suggest?q={ASKED}"[:160],
        "/api/v1/verifications/wa-attack",
        "/fhir/Practitioner?name=script",
        "/fhir/Practitioner/wa-attack",
        "/fhir/PractitionerRole/wa-attack",
        "/fhir/Location/wa-attack-0",
        "/fhir/VerificationResult?target=Practitioner/wa-attack",
        f"/fhir/Practitioner?name={ASKED}",
        f"/fhir/{ASKED}",
    ],
)
def test_programs_get_data_that_no_browser_takes_for_a_page(attacked: Attacked, path: str) -> None:
    answer = attacked.visitor.get(path)
    assert answer.status_code < 500
    assert re.match(r"application/(fhir\+|problem\+)?json", answer.headers["content-type"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert list(find_links(answer.json())) == []


def find_links(value: object, name: str = "") -> Iterator[str]:
    """Addresses in an answer that are none of the web: what a program might follow."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from find_links(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from find_links(item, name)
    elif isinstance(value, str) and name in FOLLOWED and not OF_THE_WEB.match(value):
        yield value


def test_reviewers_see_an_attack_as_words(attacked: Attacked) -> None:
    for path in ("", "sources", "removals", *(f"cases/{case_id}" for case_id in attacked.case_ids)):
        answer = attacked.reviewer.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        assert find_harm(answer.text) == [], path
    assert "<script>alert(1)</script>" in unescape(attacked.reviewer.get(f"/admin/cases/{attacked.case_ids[0]}").text)


def test_a_letter_that_attacks_is_shown_back_and_reviewed_as_words(attacked: Attacked) -> None:
    form = {"token": ATTACK, "about": ATTACK[:100], "kind": ATTACK[:20], "message": ATTACK, "contact": ATTACK[:200]}
    answer = attacked.visitor.post("/corrections", data=form)
    assert answer.status_code == 422
    assert find_harm(answer.text) == []
    assert "<script>alert(1)</script>" in unescape(answer.text)
