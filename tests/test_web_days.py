"""What lapses, lapses on its day: every page, list and answer is worked out for today, not for the index's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from directory.models import Answer
from search.interface import DocumentCredential, TherapistDocument
from tests.web_world import BOARD, DENVER, NOW, TODAY, World, make_document, make_licence, make_world

LAPSES_ON = TODAY + timedelta(days=5)
MAY = "A physician may lawfully refer patients to this person."


def make_lapsing(document_id: str, name: str, *more: DocumentCredential, **changes: Any) -> TherapistDocument:
    licence = make_licence("LMT", "CO", "MT.0001234", **changes)
    return make_document(
        document_id,
        name,
        DENVER,
        credentials=(licence, *more),
        verified_until=licence.verified_until,
        verified_on=licence.verified_on,
        may_take_referral=Answer.YES,
        referral_rule="co-therapist",
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One whose licence ends though a certificate goes on, one whose check grows old, one who claims nothing."""
    documents = [
        make_lapsing("co-ends", "Enda Soon", BOARD, expires_on=LAPSES_ON),
        make_lapsing("co-ages", "Agnes Checked", checked=110),
        make_document("co-none", "Nora Nothing", DENVER, credentials=()),
    ]
    return make_world(tmp_path_factory.mktemp("days"), documents)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    world.clock.at = NOW
    with TestClient(world.app) as found:
        yield found


def show_all(client: TestClient, therapist_id: str, name: str) -> dict[str, bool]:
    """Whether each place that speaks of them says that their licence is current and a referral lawful."""
    described = client.get(f"/api/v1/therapists/{therapist_id}").json()
    found = client.get("/api/v1/therapists?near=Denver, CO").json()["results"]
    (listed,) = [item for item in found if item["id"] == therapist_id]
    page = client.get(f"/therapists/{therapist_id}").text
    return {
        "page": "Licence current" in page,
        "page, referral": MAY in page,
        "api": described["badge"]["code"] == "licence-current",
        "api, referral": described["may_take_referral"] == "yes",
        "api, credential": described["credentials"][0]["badge"]["code"] == "licence-current",
        "search": listed["badge"]["code"] == "licence-current",
        "filter": name in client.get("/search?near=Denver, CO&verified=1").text,
        "refer": name in client.get("/refer?near=Denver, CO").text,
        "refer, everyone": MAY in client.get(f"/refer/compare?id={therapist_id}").text,
        "sheet": MAY in client.get(f"/refer/sheet/{therapist_id}").text,
        "csv": name in client.get("/refer/list.csv?near=Denver, CO").text,
    }


@pytest.mark.parametrize(
    ("therapist_id", "name", "last_day"),
    [("co-ends", "Enda Soon", 5), ("co-ages", "Agnes Checked", 10)],
    ids=["the licence ends", "the check grows too old"],
)
def test_a_lapsed_licence_is_nowhere_current_from_that_day_on(
    world: World, client: TestClient, therapist_id: str, name: str, last_day: int
) -> None:
    world.clock.at = NOW + timedelta(days=last_day)
    assert all(show_all(client, therapist_id, name).values())
    world.clock.at = NOW + timedelta(days=last_day + 1)
    assert not any(show_all(client, therapist_id, name).values())


def test_who_states_no_licence_is_not_said_to_claim_one(client: TestClient) -> None:
    page = client.get("/therapists/co-none").text
    assert "No licence stated" in page
    assert "Claimed, not checkable" not in page
    assert 'href="/badges#not-stated"' in page
    assert "It does not mean that there is none" in client.get("/badges").text
    assert "Aucun permis indiqué" in client.get("/therapists/co-none?lang=fr").text
    assert "Sin licencia indicada" in client.get("/badges?lang=es").text


@pytest.mark.parametrize(
    ("place", "words"),
    [("Denver, CO", "within 16\u00a0mi of Denver, CO"), ("Stony Plain, AB", "within 25\u00a0km of Stony Plain, AB")],
)
def test_a_radius_is_written_as_the_roads_are_signed(client: TestClient, place: str, words: str) -> None:
    assert words in client.get("/search", params={"near": place}).text
    page = client.get("/search", params={"near": place, "radius_km": "40.23"}).text
    assert ("within 25\u00a0mi of" if place == "Denver, CO" else "within 40\u00a0km of") in page
    assert '<option value="40.23" selected' in page
