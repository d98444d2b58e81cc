"""The pages' promises, asked over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web_world import ATTACK, World, make_attack, make_documents, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("web"), [*make_documents(), make_attack()])


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app, base_url="http://testserver") as found:
        yield found


def test_words_and_place_are_understood_and_said_in_the_heading(client: TestClient) -> None:
    page = client.get("/search", params={"q": "sore neck near Stony Plain"}).text
    assert "2 therapists within 25\u00a0km of Stony Plain, AB" in page
    assert "Anna Sample" in page
    assert "Carla Dupont" not in page


def test_each_chip_leads_to_the_search_without_it(client: TestClient) -> None:
    page = client.get("/search", params={"q": "sore neck near Stony Plain"}).text
    assert 'href="/search?q=sore+neck"' in page
    assert 'href="/search?q=near+Stony+Plain"' in page


def test_chips_speak_the_language_of_the_page(client: TestClient) -> None:
    words = "sore neck near Stony Plain, takes insurance, speaks French"
    assert (
        "Accepte les assurances"
        in client.get("/search", params={"q": words, "lang": "fr"}).text.partition("filters")[0]
    )
    assert "francés" in client.get("/search", params={"q": words, "lang": "es"}).text.partition("filters")[0]


@pytest.mark.parametrize("path", ["/search", "/refer"])
@pytest.mark.parametrize(
    ("code", "radius", "complaint"),
    [
        ("en", "within 7.5 mi", "neck pain"),
        ("fr", "à moins de 7,5 mi", "mal de cou"),
        ("es", "a menos de 7,5 mi", "dolor de cuello"),
    ],
)
def test_a_radius_and_a_complaint_in_words_are_said_in_the_page_s_language(
    client: TestClient, path: str, code: str, radius: str, complaint: str
) -> None:
    page = client.get(path, params={"q": "sore neck within 7.5 miles of Denver, CO", "lang": code}).text
    assert radius in page
    assert complaint in page


@pytest.mark.parametrize("path", ["/search", "/refer"])
def test_a_circle_across_a_border_is_said_to_patients_and_physicians(client: TestClient, path: str) -> None:
    page = client.get(path, params={"near": "Ottawa, ON"}).text
    assert "This circle reaches into Quebec. The licence rules of the place where a therapist works apply." in page
    assert "This circle reaches into" not in client.get(path, params={"near": "Denver, CO"}).text


def test_an_ambiguous_place_is_asked_back(client: TestClient) -> None:
    page = client.get("/search", params={"q": "neck", "near": "Springfield"}).text
    assert "Which one do you mean?" in page
    assert "near=Springfield%2C+MO" in page


def test_an_empty_page_offers_the_wider_circle(client: TestClient) -> None:
    page = client.get("/search", params={"near": "Miami, FL"}).text
    assert "Nobody found here yet" in page
    assert "radius_km=40.23" in page  # 25 miles


def test_a_certificates_source_is_its_issuer_by_name(client: TestClient) -> None:
    page = client.get("/therapists/wa-carla").text
    assert "National Certification Board for Therapeutic Massage &amp; Bodywork (NCBTMB)" in page
    assert "ncbtmb" not in page
    found = client.get("/fhir/VerificationResult?target=Practitioner/wa-carla").json()["entry"]
    asked = {entry["resource"]["primarySource"][0]["who"]["display"] for entry in found}
    assert {name.partition(" ")[0] for name in asked} == {"Washington", "National"}


def test_a_matched_condition_is_bold(client: TestClient) -> None:
    assert "<b>sciatica</b>" in client.get("/search", params={"q": "sciatica", "near": "Seattle"}).text


def test_filters_narrow_and_old_values_are_passed_over(client: TestClient) -> None:
    page = client.get("/search?near=Denver&kind=relaxation&setting=castle&sort=sideways&radius_km=nan").text
    assert "Quiet Pines Spa" in page
    assert "Iris Elbow" not in page


@pytest.mark.parametrize(
    ("therapist", "words"),
    [
        ("wa-carla", "Checked 3 days ago in the register of Washington."),
        ("wa-dina", "shows that it ended on 1 Mar 2026"),
        ("wa-emil", "Inactive in the register of Washington"),
        ("wa-fern", "has an action on file"),
        ("wa-gus", "not settled yet"),
        ("ab-anna", "Alberta has no massage register: nobody can check this title there."),
        ("wa-hope", "No register lists it."),
    ],
)
def test_the_standing_is_said_in_words(client: TestClient, therapist: str, words: str) -> None:
    assert words in client.get(f"/therapists/{therapist}").text


def test_the_table_shows_number_date_and_source_of_each_check(client: TestClient) -> None:
    page = client.get("/therapists/wa-carla").text
    assert "MA00012345" in page
    assert "17 Nov 2026" in page
    assert "Washington Dept. of Health" in page
    assert "RCW 18.108" in page


def test_evidence_shows_the_words_and_their_day(client: TestClient) -> None:
    page = client.get("/therapists/wa-carla").text
    assert "on their site, 12 Nov 2026: “We treat neck pain, sciatica and tension headaches”" in page


def test_the_kind_of_massage_is_explained_then_quoted(client: TestClient) -> None:
    page = client.get("/therapists/wa-carla").text
    assert "with an assessment and a plan. On their site: “each visit starts with" in page


def test_a_snippet_is_shown_once_with_all_that_was_read_from_it(client: TestClient) -> None:
    page = client.get("/therapists/co-iris?lang=fr").text
    assert page.count("Iris Elbow, LMT, 800 Sample Street, Denver") == 1
    assert "<b>Nom, Titre, Adresse</b>" in page


@pytest.mark.parametrize("path", ["/guide", "/conditions/neck-pain", "/therapists/ab-anna", "/badges", "/"])
def test_pages_say_that_massage_complements_medical_care(client: TestClient, path: str) -> None:
    assert "Massage complements medical care" in client.get(path).text


def test_a_missing_page_is_friendly(client: TestClient) -> None:
    answer = client.get("/therapists/nobody")
    assert answer.status_code == 404
    assert "Back to the search" in answer.text


def test_the_guide_ends_in_a_search(client: TestClient) -> None:
    answer = client.get("/guide/search?aim=medical&q=neck&near=Denver&pays=1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/search?q=neck&near=Denver&kind=medical&kind=mixed&insurance=1"


def test_every_answer_is_guarded_and_sets_no_cookie(client: TestClient) -> None:
    for path in ("/", "/search?q=neck", "/therapists/ab-anna", "/nowhere", "/static/site.css", "/api/v1/therapists"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers


def test_head_answers_like_get_without_a_body(client: TestClient) -> None:
    for path in ("/", "/search?q=neck", "/nowhere", "/api/v1/therapists", "/fhir/metadata", "/static/site.css"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == get.status_code
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.content == b""


def test_no_page_carries_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/search?near=Seattle", "/therapists/wa-carla", "/guide", "/admin/sign-in"):
        page = client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_an_attack_is_inert_on_every_page(client: TestClient) -> None:
    for path in ("/search?near=Seattle", "/therapists/wa-attack"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "javascript:alert" not in page.replace("&#34;", '"').split('href="')[0]
        assert 'href="javascript' not in page
        assert 'href="data:' not in page
        assert "49" not in page.split("alert(2)")[1][:40]
        assert "\u202e" not in page
        assert "A" * 1000 not in page


def test_the_data_block_of_an_attack_cannot_end_early(client: TestClient) -> None:
    page = client.get("/therapists/wa-attack").text
    block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert "<" not in block
    assert "alert(1)" in block
    assert ATTACK[:8] not in block


def test_every_library_brought_by_npm_is_loaded_by_a_page() -> None:
    root = Path(__file__).parents[1]
    templates = "".join(path.read_text("utf-8") for path in (root / "web" / "templates").rglob("*.html"))
    libraries = json.loads((root / "package.json").read_text("utf-8"))["dependencies"]
    assert [name for name in libraries if f"vendor/{name}" not in templates] == []


def test_logs_hold_the_path_but_never_the_query(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        client.get("/search?q=my-secret-illness")
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("palpate"))
    assert "/search" in ours
    assert "my-secret-illness" not in ours


def test_alive_ready_and_status_are_three_answers(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json()["documents"] == 11
    assert client.get("/statusz").json()["status"] == "ready"


def test_an_empty_house_serves_pages_and_says_that_it_is_not_ready(tmp_path: Path) -> None:
    world = make_world(tmp_path, [])
    with TestClient(world.app) as client:
        assert client.get("/").status_code == 200
        assert client.get("/search?near=Denver").status_code == 200
        assert client.get("/statusz").status_code == 200
