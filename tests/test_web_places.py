"""Where a practice is decides which licence its badge, its filter, its referral and its data speak of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from directory.models import Answer
from search.interface import DocumentCredential, TherapistDocument
from tests.web_world import DENVER, NOW, SEATTLE, STONY_PLAIN, World, make_document, make_licence, make_world

MAY = "A physician may lawfully refer patients to this person."
ENDED = make_licence("LMT", "CO", "MT.0001111", outcome="expired", expires_on=date(2026, 3, 1))
HELD = make_licence("LMT", "WA", "MA00022222")


def make(document_id: str, name: str, *held: DocumentCredential, **changes: object) -> TherapistDocument:
    return make_document(document_id, name, DENVER, credentials=held, **changes)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One whose licence here ended, one with a licence of elsewhere alone, one in two states, one in Alberta."""
    documents = [
        make("co-moved", "Mona Moved", ENDED, HELD),
        make("co-guest", "Gail Guest", HELD),
        make("two-states", "Tess Twostate", ENDED, HELD, locations=(SEATTLE, DENVER)),
        make("wa-tara", "Tara Atease", HELD, locations=(SEATTLE,), verified_until=HELD.verified_until,
             verified_on=HELD.verified_on, may_take_referral=Answer.YES),
        make("ab-adele", "Adele Alberta", HELD, locations=(STONY_PLAIN,)),
    ]  # fmt: skip
    return make_world(tmp_path_factory.mktemp("places"), documents)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    world.clock.at = NOW
    with TestClient(world.app) as found:
        yield found


def find_badges(client: TestClient, near: str) -> dict[str, tuple[str, str | None]]:
    results: list[dict[str, Any]] = client.get("/api/v1/therapists", params={"near": near}).json()["results"]
    return {item["id"]: (item["badge"]["code"], item["badge"]["region"]) for item in results}


def test_a_result_speaks_of_the_practice_that_was_found(client: TestClient) -> None:
    assert find_badges(client, "Denver, CO") == {
        "co-moved": ("licence-expired", "CO"),
        "co-guest": ("licensed-elsewhere", "CO"),
        "two-states": ("licence-expired", "CO"),
    }
    assert find_badges(client, "Seattle, WA") == {
        "two-states": ("licence-current", "WA"),
        "wa-tara": ("licence-current", "WA"),
    }
    assert find_badges(client, "Stony Plain, AB") == {"ab-adele": ("no-register", "AB")}


def test_nobody_at_a_denver_practice_is_current_by_a_licence_of_washington(client: TestClient) -> None:
    for therapist_id in ("co-moved", "co-guest"):
        page = client.get(f"/therapists/{therapist_id}").text
        lead = page[: page.index("Credentials, as checked")]
        assert "Licence current" not in lead
        assert MAY not in page
        described = client.get(f"/api/v1/therapists/{therapist_id}").json()
        assert described["badge"]["region"] == "CO"
        assert described["may_take_referral"] != "yes"
        assert MAY not in client.get(f"/refer/sheet/{therapist_id}").text
    assert (
        "No licence of Colorado is stated. One of Washington is current there"
        in client.get("/therapists/co-guest").text
    )
    for path in ("/search?near=Denver, CO&verified=1", "/refer?near=Denver, CO", "/refer/list.csv?near=Denver, CO"):
        answer = client.get(path).text
        assert not [name for name in ("Mona Moved", "Gail Guest", "Tess Twostate") if name in answer], path


def test_practices_in_two_states_are_told_apart(client: TestClient) -> None:
    page = client.get("/therapists/two-states").text
    lead = page[: page.index("Credentials, as checked")]
    assert "Licence current" in lead
    assert "Licence expired" in lead
    assert "<b>Washington:</b> " + MAY in page
    assert "<b>Colorado:</b> Not while the register shows this licence as it does today." in page
    described = client.get("/api/v1/therapists/two-states").json()
    told = {item["region"]: (item["badge"]["code"], item["may_take_referral"]) for item in described["standings"]}
    assert told == {"WA": ("licence-current", "yes"), "CO": ("licence-expired", "no")}
    assert (described["badge"]["code"], described["may_take_referral"]) == ("licence-expired", "no")


def test_in_alberta_the_licence_of_elsewhere_is_shown_as_that(client: TestClient) -> None:
    page = client.get("/therapists/ab-adele").text
    assert "Alberta has no massage register: nobody can check a title there." in page
    assert "A licence of Washington is current there." in page


def test_fhir_and_structured_data_call_nothing_valid_that_has_lapsed(world: World, client: TestClient) -> None:
    def read() -> tuple[str, str, bool]:
        status = client.get("/fhir/VerificationResult/wa-tara-0").json()["status"]
        (qualification,) = client.get("/fhir/Practitioner/wa-tara").json()["qualification"]
        codes = {item["url"]: item for item in qualification["extension"][0]["extension"]}
        assert codes["whereValid"]["valueCodeableConcept"]["coding"][0]["code"] == "WA"
        return status, codes["status"]["valueCode"], "hasCredential" in client.get("/therapists/wa-tara").text

    assert read() == ("validated", "active", True)
    assert HELD.expires_on is not None
    world.clock.at = NOW + (HELD.expires_on - NOW.date()) + timedelta(days=1)
    assert read() == ("req-revalid", "inactive", False)
