"""The API against its own description: cases made by schemathesis find no failure and no answer that breaks it.

The long run is a command of schemathesis itself, in docs/api.md.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web_world import make_attack, make_documents, make_world

SEARCH, THERAPIST = "/api/v1/therapists", "/api/v1/therapists/{therapist_id}"
SUGGEST, VERIFICATIONS = "/api/v1/suggest", "/api/v1/verifications/{therapist_id}"
FITTING, UNFITTING = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
IDS = ("wa-carla", "ab-anna", "wa-attack", "co-spa")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> BaseSchema:
    documents = [*make_documents(), make_attack()]
    world = make_world(tmp_path_factory.mktemp("schema"), documents, api_requests_per_minute=0)
    return schemathesis.openapi.from_asgi("/openapi.json", world.app)


def test_every_operation_is_tried(schema: BaseSchema) -> None:
    assert set(schema) == {SEARCH, THERAPIST, SUGGEST, VERIFICATIONS}


@pytest.mark.parametrize(
    ("path", "mode", "cases"),
    [
        (SEARCH, FITTING, 120),
        (SEARCH, UNFITTING, 80),
        (SUGGEST, FITTING, 60),
        (SUGGEST, UNFITTING, 40),
        (THERAPIST, FITTING, 50),
        (VERIFICATIONS, FITTING, 50),
    ],
)
def test_no_case_breaks_the_description(schema: BaseSchema, path: str, mode: GenerationMode, cases: int) -> None:
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=cases, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(case: Case[Any]) -> None:
        # A cursor is opaque: a text that only looks like one is rightly refused.
        opaque = bool(case.query and case.query.get("after"))
        case.call_and_validate(excluded_checks=[positive_data_acceptance] if opaque else None)

    check()


@pytest.mark.parametrize("path", [THERAPIST, VERIFICATIONS])
@pytest.mark.parametrize("therapist_id", IDS)
def test_a_therapist_s_answer_keeps_to_the_description(schema: BaseSchema, path: str, therapist_id: str) -> None:
    answer = schema[path]["GET"].Case(path_parameters={"therapist_id": therapist_id}).call_and_validate()
    assert answer.status_code == 200
