"""FHIR as others use it: a generic client over HTTP, a library's models, and a CapabilityStatement kept to its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from search.node.process import reserve_port
from tests.web_browser import serve
from tests.web_world import SEATTLE, STONY_PLAIN, make_attack, make_document, make_documents, make_world

TYPES = ("Practitioner", "PractitionerRole", "Location", "Organization", "VerificationResult")
MANY = 30
# One question for each search parameter that is stated, and the ids that alone answer it.
QUESTIONS = {
    "Practitioner": {
        "_id": ("wa-emil", ["wa-emil"]),
        "name": ("dupont", ["wa-carla"]),
        "identifier": ("http://hl7.org/fhir/sid/us-npi|1234567893", ["wa-carla"]),
        "near": ("53.5264|-114.0069|3|km", ["ab-anna", "two-places"]),
        "address": ("Spruce Grove", ["ab-bela"]),
        "address-city": ("spruce", ["ab-bela"]),
        "address-state": ("AB", ["ab-anna", "ab-bela", "two-places"]),
        "address-postalcode": ("T7X", ["ab-bela"]),
    },
    "PractitionerRole": {
        "_id": ("wa-emil", ["wa-emil"]),
        "practitioner": ("Practitioner/wa-emil", ["wa-emil"]),
        "specialty": ("nerve-compression", ["ab-bela"]),
        "near": ("53.5451|-113.9006|1|km", ["ab-bela"]),
    },
    "Location": {
        "_id": ("two-places-1", ["two-places-1"]),
        "name": ("elbow massage", ["co-iris-0"]),
        "near": ("53.5264|-114.0069|3|km", ["ab-anna-0", "ab-house-0", "two-places-0"]),
        "address": ("Spruce Grove", ["ab-bela-0"]),
        "address-city": ("spruce grove", ["ab-bela-0"]),
        "address-state": ("AB", ["ab-anna-0", "ab-bela-0", "ab-house-0", "two-places-0"]),
        "address-postalcode": ("T7X 2B2", ["ab-bela-0"]),
    },
    "Organization": {
        "_id": ("co-spa", ["co-spa"]),
        "name": ("quiet", ["co-spa"]),
        "identifier": ("http://hl7.org/fhir/sid/us-npi|1023011178", ["ab-house"]),
        "near": ("53.5264|-114.0069|3|km", ["ab-house"]),
        "address": ("Stony Plain", ["ab-house"]),
        "address-city": ("Stony", ["ab-house"]),
        "address-state": ("CO", ["co-spa"]),
        "address-postalcode": ("80202", ["co-spa"]),
    },
    "VerificationResult": {
        "_id": ("wa-carla-1", ["wa-carla-1"]),
        "target": ("Practitioner/wa-carla", ["wa-carla-0", "wa-carla-1"]),
        "status": ("in-process", ["wa-gus-0"]),
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A house of many pages, with a practice that has an NPI and somebody who works in two towns."""
    spa = make_documents()[-1]
    documents = [
        *make_documents(),
        replace(spa, id="ab-house", name="Sample House", npi="1023011178", locations=(STONY_PLAIN,)),
        make_document("two-places", "Tess Twice", STONY_PLAIN, locations=(STONY_PLAIN, SEATTLE), practice_names=()),
        *(make_document(f"many-{number}", f"Mary Many{number}", SEATTLE) for number in range(MANY)),
    ]
    with reserve_port() as port:  # the site has to know its own address
        folder, address = tmp_path_factory.mktemp("fhir"), f"http://127.0.0.1:{port}"
        world = make_world(folder, documents, base_url=address, api_requests_per_minute=0)
        with serve(world.app, port=port) as site:
            yield f"{site}/fhir"


@pytest.fixture(scope="module")
def client(base: str) -> SyncFHIRClient:
    return SyncFHIRClient(base)


@pytest.fixture(scope="module")
def statement(base: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(f"{base}/metadata").json()
    return found


def ask(url: str, method: str = "GET", **parts: Any) -> httpx2.Response:
    return httpx2.request(method, url, timeout=300, **parts)  # a busy machine is slow


def validate(resource: dict[str, Any]) -> None:
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("name", TYPES)
def test_a_generic_client_walks_all_pages_and_each_resource_is_valid(client: SyncFHIRClient, name: str) -> None:
    resources: list[Any] = client.resources(name).limit(7).fetch_all()
    ids = [resource.id for resource in resources]
    assert len(ids) == len(set(ids))
    assert len(ids) >= {"Organization": 2, "VerificationResult": 10}.get(name, MANY)
    for resource in resources:
        validate(resource.serialize())
        read: Any = client.reference(name, resource.id).to_resource()
        assert read.serialize() == resource.serialize()


@pytest.mark.parametrize(
    ("name", "search", "value", "ids"),
    [(name, search, *answer) for name, asked in QUESTIONS.items() for search, answer in asked.items()],
)
def test_each_search_parameter_finds_what_it_should_and_nothing_else(
    client: SyncFHIRClient, name: str, search: str, value: str, ids: list[str]
) -> None:
    found = client.resources(name).search(**{search: value}).fetch_all()
    assert sorted(resource.id for resource in found) == ids


def test_the_statement_states_just_what_is_asked_here(statement: dict[str, Any]) -> None:
    validate(statement)
    stated = {
        item["type"]: {param["name"] for param in item["searchParam"]} for item in statement["rest"][0]["resource"]
    }
    assert stated == {name: set(asked) for name, asked in QUESTIONS.items()}
    assert {code["code"] for item in statement["rest"][0]["resource"] for code in item["interaction"]} == {
        "read",
        "search-type",
    }
    assert "interaction" not in statement["rest"][0]


@pytest.mark.parametrize("name", TYPES)
def test_no_search_that_is_not_stated_works(base: str, name: str) -> None:
    others = {"family", "given", "phone", "email", "active", "gender", "organization", "location", "role", "type",
              "partof", "_lastUpdated", "_sort", "_include", "_revinclude", "_has", "_text", "_elements",
              *(search for asked in QUESTIONS.values() for search in asked)} - set(QUESTIONS[name])  # fmt: skip
    strict = {"Prefer": "handling=strict"}
    for search in others:
        answer = ask(f"{base}/{name}", params={search: "x"}, headers=strict)
        assert answer.status_code == 422, search
        validate(answer.json())
    for search in QUESTIONS[name]:
        assert ask(f"{base}/{name}", params={f"{search}:exact": "x"}).status_code == 422, search


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "", 405),
        ("PUT", "/wa-carla", 405),
        ("PATCH", "/wa-carla", 405),
        ("DELETE", "/wa-carla", 405),
        ("GET", "/wa-carla/_history", 404),
        ("GET", "/wa-carla/_history/1", 404),
        ("GET", "/$export", 404),
        ("POST", "/_search", 405),
    ],
)
def test_no_interaction_that_is_not_stated_works(base: str, name: str, method: str, path: str, status: int) -> None:
    answer = ask(f"{base}/{name}{path}", method)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    validate(answer.json())


def test_formats_that_are_not_stated_are_refused(base: str) -> None:
    assert ask(f"{base}/Practitioner?_format=application/fhir%2Bjson").status_code == 200
    assert ask(f"{base}/Practitioner?_format=xml").status_code == 406


def test_parameters_hold_together_and_commas_mean_either(client: SyncFHIRClient) -> None:
    def find(name: str, /, **asked: str) -> list[str]:
        return sorted(resource.id for resource in client.resources(name).search(**asked).fetch_all())

    assert find("Practitioner", _id="wa-carla,wa-emil,nobody") == ["wa-carla", "wa-emil"]
    assert find("Practitioner", _id="wa-carla,wa-emil", name="dupont") == ["wa-carla"]
    assert find("Practitioner", _id="wa-carla", near="53.5|-114|50|km") == []
    assert find("PractitionerRole", practitioner="ab-bela", specialty="cupping") == []
    assert find("PractitionerRole", practitioner="Organization/ab-bela") == []
    assert find("VerificationResult", target="Practitioner/wa-gus", status="validated,in-process") == ["wa-gus-0"]
    assert find("Location", _id="two-places-0", near="47.6062|-122.3321|5|km") == []


def test_the_client_is_told_in_fhir_s_own_words_what_went_wrong(client: SyncFHIRClient) -> None:
    with pytest.raises(ResourceNotFound):
        client.reference("Practitioner", "nobody").to_resource()
    with pytest.raises(OperationOutcome, match="near must be"):
        client.resources("Location").search(near="here").fetch()


def test_an_attack_is_valid_fhir_over_http_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = make_world(tmp_path_factory.mktemp("attack"), [make_attack()])
    with serve(world.app) as site:
        for name in TYPES:
            bundle = ask(f"{site}/fhir/{name}").json()
            validate(bundle)
            for entry in bundle.get("entry", []):
                validate(entry["resource"])
