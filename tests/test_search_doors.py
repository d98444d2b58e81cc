"""Attacks through every door, on both engines: a plain refusal or a sane answer, in time, and never a trace."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

import orjson
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from cli.main import main
from tests.hostile import LONGEST_S, MARKERS, NUMBERS, POINTS, TEXTS
from tests.search_engines import ENGINES, make_alias
from tests.web_world import World, make_documents, make_world

REFUSALS = {400, 404, 410, 414, 422, 431}
WORD_DOORS = (
    "/search?q=", "/search?near=", "/search?q=sciatica&near=", "/search?condition=", "/search?kind=", "/search?lang=",
    "/refer?q=", "/refer?near=", "/refer/list.csv?q=", "/refer/compare?id=", "/refer/text?id=",
    "/api/v1/therapists?q=", "/api/v1/therapists?near=", "/api/v1/therapists?condition=", "/api/v1/suggest?q=",
    "/fhir/Practitioner?name=", "/fhir/Practitioner?identifier=", "/fhir/Practitioner?address=",
    "/fhir/Location?address-city=", "/fhir/PractitionerRole?specialty=", "/fhir/Organization?name=",
    "/fhir/VerificationResult?status=",
)  # fmt: skip
NUMBER_DOORS = (
    "/search?near=Denver&radius_km=", "/refer?near=Denver&radius_km=", "/api/v1/therapists?near=Denver&radius_km=",
    "/api/v1/therapists?limit=", "/api/v1/suggest?q=sci&limit=", "/fhir/Practitioner?_count=",
)  # fmt: skip
POINT_DOORS = ("/search?near=", "/refer?near=", "/api/v1/therapists?near=")
MARKER_DOORS = (
    "/search?after=", "/search?q=sciatica&near=Denver&after=", "/refer?q=sciatica&after=", "/api/v1/therapists?after=",
    "/fhir/Practitioner?_page=",
)  # fmt: skip
ID_DOORS = ("/therapists/", "/api/v1/therapists/", "/api/v1/verifications/", "/fhir/Practitioner/", "/conditions/")


@dataclass(frozen=True)
class Doors:
    """A served site, and the settings by which a command reaches the same data."""

    client: TestClient
    world: World

    def knock(self, door: str, value: str) -> Response:
        """The answer to the value behind that door, which came in time and is no failure of ours."""
        began = time.process_time()
        answer = self.client.get(door + escape(value))
        assert time.process_time() - began < LONGEST_S, door
        assert answer.status_code in {200, *REFUSALS}, (door, value[:40], answer.text[:300])
        assert "Traceback" not in answer.text
        return answer


def escape(value: str) -> str:
    """As an attacker's tool puts it into an address: every byte escaped, half characters as they are."""
    return quote_from_bytes(value.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture(scope="module", params=ENGINES)
def doors(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str
) -> Iterator[Doors]:
    world = make_world(
        tmp_path_factory.mktemp("doors"),
        make_documents(),
        index_alias=make_alias(),
        search_url=elasticsearch_url if request.param == "elasticsearch" else "",
        search_timeout_s=120,
        api_requests_per_minute=0,
    )
    with TestClient(world.app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield Doors(client, world)
    world.database.close()


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
def test_hostile_words_are_answered_or_refused_at_every_door(doors: Doors, text: str) -> None:
    for door in WORD_DOORS:
        check_refusal(door, doors.knock(door, text))


def test_impossible_numbers_are_answered_or_refused_at_every_door(doors: Doors) -> None:
    for door in NUMBER_DOORS:
        for number in NUMBERS:
            check_refusal(door, doors.knock(door, number))


@pytest.mark.parametrize("radius_km", ["0", "-1", "nan", "inf", "1e309", "20100"])
def test_programs_are_told_that_a_radius_is_impossible(doors: Doors, radius_km: str) -> None:
    answer = doors.knock("/api/v1/therapists?near=Denver&radius_km=", radius_km)
    assert answer.status_code == 422
    assert "radius_km" in answer.text
    fhir = doors.knock("/fhir/Practitioner?near=", f"39.7|-105|{radius_km}|km")
    assert fhir.status_code in (400, 422)
    assert fhir.json()["resourceType"] == "OperationOutcome"


def test_points_off_the_globe_are_no_place(doors: Doors) -> None:
    for point in POINTS:
        for door in POINT_DOORS:
            doors.knock(door, point)
        fhir = doors.knock("/fhir/Practitioner?near=", point.replace(", ", "|"))
        check_refusal("/fhir/", fhir)
    assert doors.knock("/fhir/Practitioner?near=", "nan|nan|5|km").status_code in (400, 422)


def test_made_up_page_markers_are_refused_at_every_door(doors: Doors) -> None:
    for marker in MARKERS:
        for door in MARKER_DOORS:
            answer = doors.knock(door, marker)
            assert answer.status_code in REFUSALS or not marker.isprintable(), (door, marker[:20])
            check_refusal(door, answer)


def test_a_page_marker_that_was_tampered_with_is_refused_or_leads_nowhere_strange(doors: Doors) -> None:
    first = doors.client.get("/api/v1/therapists?near=Seattle&limit=2").json()
    marker = first["after"]
    everybody = {hit["id"] for hit in doors.client.get("/api/v1/therapists?near=Seattle&limit=200").json()["results"]}
    fingerprint, value, document_id, typos = orjson.loads(base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4)))
    for changed in (
        [fingerprint, value, document_id],
        [fingerprint, [value], document_id, typos],
        [fingerprint, {"$ne": 0}, document_id, typos],
        [fingerprint, True, document_id, typos],
        [fingerprint, 1e300, document_id, typos],
        [fingerprint, -1e300, "*", typos],
        [fingerprint, 10**18, document_id, typos],
        [fingerprint, value, "\x00" * 200, typos],
        [fingerprint, value, document_id, "yes"],
        ["0" * 12, value, document_id, typos],
    ):
        tampered = base64.urlsafe_b64encode(orjson.dumps(changed)).decode().rstrip("=")
        answer = doors.knock("/api/v1/therapists?near=Seattle&limit=2&after=", tampered)
        if answer.status_code == 200:
            assert {hit["id"] for hit in answer.json()["results"]} <= everybody
    for at in range(0, len(marker), 5):
        doors.knock("/search?near=Seattle&after=", marker[:at] + ("A" if marker[at] != "A" else "B") + marker[at + 1 :])


@pytest.mark.parametrize("page", ["page=1000000000", "offset=1000000000", "from=1000000000", "_page=2&_count=9999999"])
def test_a_page_far_away_is_the_first_page(doors: Doors, page: str) -> None:
    assert doors.client.get(f"/api/v1/therapists?{page}").json()["results"]
    assert "Carla Dupont" in doors.client.get(f"/search?near=Seattle&{page}").text


def test_strange_ids_are_not_found(doors: Doors) -> None:
    for door in ID_DOORS:
        for value in ("*", "_all", "a" * 2_000, "\x00", "\ud800", "ünï", "' OR 1=1 --", "{{7*7}}", "%2e%2e"):
            assert doors.knock(door, value).status_code in REFUSALS, (door, value[:20])


def test_a_thousand_values_of_one_parameter_are_refused_or_answered(doors: Doors) -> None:
    many = "&".join(f"condition=c{number}" for number in range(1_000))
    for door in ("/search?", "/refer?q=pain&", "/api/v1/therapists?"):
        check_refusal(door, doors.knock(door + many + "&q=", "sciatica"))


def test_nothing_typed_comes_back_as_markup_or_control(doors: Doors) -> None:
    for text in TEXTS:
        page = doors.knock("/search?q=", text).text
        assert "<script>alert" not in page
        assert not set(page) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}


@pytest.fixture
def at_the_world(doors: Doors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands ask the world behind the doors."""
    settings = doors.world.settings
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("PALPATE_SEARCH_URL", settings.search_url)
    monkeypatch.setenv("PALPATE_INDEX_ALIAS", settings.index_alias)
    monkeypatch.setenv("PALPATE_SEARCH_TIMEOUT_S", str(settings.search_timeout_s))


@pytest.mark.usefixtures("at_the_world")
def test_the_command_answers_or_refuses_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [["search", f" {text}"] for text in TEXTS]
    lines += [["search", "sciatica", "--near", text] for text in (*TEXTS[:6], *POINTS)]
    lines += [["search", "--near=Denver", f"--radius-km={number}"] for number in NUMBERS]
    lines += [["search", "--json", f"--condition={text}"] for text in TEXTS[:6]]
    lines += [["search", f"--limit={number}"] for number in NUMBERS]
    for line in lines:
        began = time.process_time()
        code = main(line)
        assert time.process_time() - began < LONGEST_S, line
        said = capsys.readouterr()
        assert code in (0, 1, 2)
        assert bool(said.err) == bool(code), line
        assert len(said.err.splitlines()) <= 1, line
        assert "Unexpected" not in said.err, (line, said.err)
    assert main(["search", "--near=Denver", "--radius-km=nan"]) == 2
    assert "radius" in capsys.readouterr().err


@pytest.mark.usefixtures("at_the_world")
def test_the_command_explains_what_it_understood_and_how_it_ordered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "sore neck zzyzx near Seattle", "--explain"]) == 0
    said = capsys.readouterr().out
    assert "Understood: place Seattle, WA (“near Seattle”); condition neck pain (“sore neck”)." in said
    assert "Left out, because nobody matches: zzyzx." in said
    assert " = relevance 1 × nearness 1 × standing " in said


def check_refusal(door: str, answer: Response) -> None:
    """A refusal speaks the door's own language and says what was wrong."""
    if answer.status_code == 200:
        return
    if door.startswith("/fhir"):
        assert answer.json()["issue"][0]["diagnostics"]
    elif door.startswith("/api"):
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["detail"]
    else:
        assert "<h1" in answer.text
