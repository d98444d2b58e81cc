"""FHIR R4: every resource validates, searches find, bundles page, errors are outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from starlette.testclient import TestClient

from tests.web_world import TODAY, make_attack, make_documents, make_world
from web.fhir.asking import KINDS
from web.fhir.resources import make_resources


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    world = make_world(tmp_path_factory.mktemp("fhir"), [*make_documents(), make_attack()])
    with TestClient(world.app) as found:
        yield found


def validate(resource: dict[str, Any]) -> None:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("document", [*make_documents(), make_attack()], ids=lambda document: document.id)
def test_every_resource_is_valid_fhir(document: Any) -> None:
    for resource in make_resources(document, on=TODAY):
        validate(resource)


def test_a_qualification_says_its_status_and_where_it_is_valid(client: TestClient) -> None:
    qualification = client.get("/fhir/Practitioner/wa-carla").json()["qualification"][0]
    parts = {part["url"]: part for part in qualification["extension"][0]["extension"]}
    assert parts["status"]["valueCode"] == "active"
    assert parts["whereValid"]["valueCodeableConcept"]["coding"][0]["code"] == "WA"
    assert qualification["period"]["end"] == "2027-05-31"


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("Practitioner?name=dupont", ["wa-carla"]),
        ("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893", ["wa-carla"]),
        ("Practitioner?identifier=MA00020001", ["wa-dina"]),
        ("Practitioner?address-city=Denver", ["co-iris"]),
        ("Practitioner?address=Stony Plain, AB", ["ab-anna"]),
        ("Practitioner?near=53.53|-114.0|3|km", ["ab-anna"]),
        ("Organization?address-state=CO", ["co-spa"]),
        ("PractitionerRole?specialty=nerve-compression", ["ab-bela"]),
        ("VerificationResult?target=Practitioner/wa-carla", ["wa-carla-0", "wa-carla-1"]),
        ("VerificationResult?status=in-process&target=Practitioner/wa-gus", ["wa-gus-0"]),
        ("Location?address-city=spruce grove", ["ab-bela-0"]),
        ("Practitioner?_id=wa-emil", ["wa-emil"]),
        ("Practitioner?_id=co-spa", []),
    ],
)
def test_searches_find(client: TestClient, search: str, ids: list[str]) -> None:
    bundle = client.get(f"/fhir/{search}").json()
    validate(bundle)
    assert [entry["resource"]["id"] for entry in bundle.get("entry", [])] == ids


def test_a_bundle_pages_through_everybody_once(client: TestClient) -> None:
    address, seen = "/fhir/Practitioner?_count=3", []
    while address:
        bundle = client.get(address).json()
        assert bundle["total"] == 10
        seen += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        address = links.get("next", "").removeprefix("http://127.0.0.1:8000")
    assert len(seen) == len(set(seen)) == 10


def test_a_summary_counts_or_shortens(client: TestClient) -> None:
    counted = client.get("/fhir/Practitioner?_summary=count").json()
    assert counted["total"] == 10
    assert "entry" not in counted
    short = client.get("/fhir/Practitioner?_summary=true&_count=1").json()["entry"][0]["resource"]
    assert "qualification" not in short


def test_the_capability_statement_is_true(client: TestClient) -> None:
    statement = client.get("/fhir/metadata").json()
    validate(statement)
    offered = {
        item["type"]: {param["name"] for param in item["searchParam"]} for item in statement["rest"][0]["resource"]
    }
    assert set(offered) == set(KINDS)
    for name in offered:
        assert client.get(f"/fhir/{name}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Practitioner/nobody", 404),
        ("Patient", 404),
        ("Practitioner?near=here", 422),
        ("Practitioner?_count=0", 422),
        ("PractitionerRole?specialty=sorcery", 422),
    ],
)
def test_errors_are_operation_outcomes(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"/fhir/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    validate(answer.json())


def test_an_unknown_parameter_is_refused_only_where_strictness_is_asked(client: TestClient) -> None:
    assert client.get("/fhir/Practitioner?shoe=9").status_code == 200
    assert client.get("/fhir/Practitioner?shoe=9", headers={"Prefer": "handling=strict"}).status_code == 422


def test_a_validator_spares_the_body(client: TestClient) -> None:
    etag = client.get("/fhir/Practitioner/wa-carla").headers["etag"]
    assert client.get("/fhir/Practitioner/wa-carla", headers={"If-None-Match": etag}).status_code == 304
