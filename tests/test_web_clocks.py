"""The three clocks where a reader needs them: the licence's check, the contact details, the exclusion lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from directory.models import EntityKind, Exclusion, Observation, ObservationKind
from records import observations
from tests.web_world import DENVER, NOW, STONY_PLAIN, TODAY, World, make_document, make_licence, make_world

READ_ON = TODAY - timedelta(days=20)
HELD = make_licence("LMT", "CO", "MT.0001234", checked=40)
ASK_YOURSELF = "What they say of anybody is never shown here"


def make_exclusion(number: int) -> Observation:
    row = Exclusion(exclusion_id=f"leie-{number}", source="leie", kind=EntityKind.PERSON, full_name="Xenia Excluded")
    return Observation(
        source="leie", kind=ObservationKind.EXCLUSION, key=f"leie-{number}", payload=row, read_at=NOW, read_on=READ_ON
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Contacts read today and on no known day; one exclusion list read twenty days ago, one never."""
    documents = [
        make_document("co-fresh", "Fay Fresh", DENVER, credentials=(HELD,), contact_checked_on=TODAY),
        make_document("co-nodate", "Nils Nodate", DENVER, credentials=(), contact_checked_on=None),
        make_document("ab-far", "Farah Faraway", STONY_PLAIN, credentials=()),
    ]
    world = make_world(tmp_path_factory.mktemp("clocks"), documents)
    with world.database.begin() as session:
        for number in (1, 2):
            observations.store(session, make_exclusion(number))
    return world


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    world.clock.at = NOW
    with TestClient(world.app) as found:
        yield found


def list_due(client: TestClient) -> set[str]:
    clocks = client.get("/api/v1/therapists/co-fresh").json()["clocks"]
    lists = client.get("/api/v1/verifications/co-fresh").json()["exclusion_lists"]
    return {name for name, clock in clocks.items() if clock["due"]} | {item["source"] for item in lists if item["due"]}


def test_each_clock_runs_out_on_its_own_day(world: World, client: TestClient) -> None:
    due = {}
    for days in (0, 10, 11, 80, 81, 90, 91):
        world.clock.at = NOW + timedelta(days=days)
        due[days] = list_due(client)
    never = {"sam"}
    assert due == {
        0: never,
        10: never,
        11: never | {"leie"},
        80: never | {"leie"},
        81: never | {"leie", "licence"},
        90: never | {"leie", "licence"},
        91: never | {"leie", "licence", "contact"},
    }


def test_a_patient_reads_how_old_the_check_and_the_contact_details_are(world: World, client: TestClient) -> None:
    page = client.get("/therapists/co-fresh").text
    assert "Unless it is looked up again, the badge ends after" in page
    assert "Contact details read on" in page
    assert "call before you set out" not in page
    world.clock.at = NOW + timedelta(days=91)
    page = client.get("/therapists/co-fresh").text
    assert "more than 120 days ago: that counts no longer." in page
    assert "more than 90 days ago: call before you set out." in page


def test_nothing_is_said_of_a_check_that_was_never_made(client: TestClient) -> None:
    page = client.get("/therapists/co-nodate").text
    assert "Licence looked up on" not in page
    assert "Nobody has noted when the contact details were last read: call before you set out." in page
    clocks = client.get("/api/v1/therapists/co-nodate").json()["clocks"]
    assert clocks["licence"] == {"checked_on": None, "days": 120, "due": True}
    assert clocks["contact"] == {"checked_on": None, "days": 90, "due": True}


def test_a_physician_reads_when_the_lists_were_read_and_nothing_of_what_they_say(
    world: World, client: TestClient
) -> None:
    sheet = client.get("/refer/sheet/co-fresh").text
    assert "Federal exclusion lists: LEIE read on 31 Oct 2026, SAM not read." in sheet
    assert ASK_YOURSELF in sheet
    assert "Excluded" not in sheet
    assert "Listes fédérales d'exclusion" in client.get("/refer/sheet/co-fresh?lang=fr").text.replace("&#39;", "'")
    world.clock.at = NOW + timedelta(days=11)
    assert "LEIE read on 31 Oct 2026, more than 30 days ago" in client.get("/refer/sheet/co-fresh").text
    assert date(2026, 10, 31) == READ_ON
    for path in ("/therapists/co-fresh", "/refer/sheet/ab-far"):
        assert "exclusion list" not in client.get(path).text
