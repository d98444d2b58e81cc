"""The JSON API: the search of the site for programs."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import UsageError
from directory.models import Referral, Setting, to_json
from directory.vocabularies import Term
from records import ledger
from search.interface import Sort
from search.standing import find_published_outcome
from web.api_models import (
    SearchModel,
    SuggestionsModel,
    TherapistModel,
    VerificationsModel,
    describe_problems,
)
from web.clocks import describe_clocks, describe_exclusion_lists
from web.patients import find_document
from web.query import SearchForm
from web.said import describe_answers
from web.searching import answer_search
from web.site import Site
from web.standing import describe_badge, describe_credential, describe_places, find_referral_today
from web.validators import validate_content, validated
from web.values import find_safe_url

router = APIRouter(prefix="/api/v1", tags=["therapists"], responses=describe_problems(429, 503))


class SearchParams(BaseModel):
    """What may be asked; several values of one parameter mean any of them."""

    model_config = ConfigDict(frozen=True)

    q: str = Field("", max_length=300, description="Patients' or physicians' words.", examples=["trapped nerve"])
    near: str = Field("", max_length=120, description="A town or postal code.", examples=["Stony Plain, AB"])
    radius_km: float | None = Field(None, gt=0, le=1000, description="Kilometres around the place; 25 if not given.")
    condition: list[str] = Field([], max_length=40, description="Condition ids.", examples=[["neck-pain"]])
    technique: list[str] = Field([], max_length=40, description="Technique ids.")
    kind: list[Literal["medical", "relaxation", "mixed", "unclear", "person", "practice"]] = Field(
        [], max_length=6, description="Kind of massage, or people or practices only."
    )
    setting: list[Setting] = Field([], max_length=8, description="Kind of place.")
    referral: list[Referral] = Field([], max_length=3, description="What the practice says about referrals.")
    language: list[str] = Field([], max_length=20, description="Languages spoken, as ISO 639-1 codes.")
    verified: bool = Field(False, description="Only those whose licence is current today.")
    insurance: bool = Field(False, description="Only those who say that they take insurance.")
    sort: Sort | None = Field(None, description="`distance` needs a place.")
    after: str | None = Field(None, max_length=1000, description="The cursor of the page before.")
    limit: int = Field(20, ge=1, le=200, description="Results on a page.")


@router.get("/therapists", summary="Search therapists", response_model=SearchModel, responses=describe_problems(422))
@validated
def search_therapists(request: Request, params: Annotated[SearchParams, Query()]) -> Response:
    """Therapists that fit, best first; follow `next` for more."""
    site: Site = request.app.state.site
    form = make_form(site, params)
    answer = answer_search(site, form, limit=params.limit)
    body = answer.to_json()
    body["next"] = make_next_url(request, answer.page.after)
    return send_json(body)


@router.get(
    "/therapists/{therapist_id}",
    summary="One therapist",
    response_model=TherapistModel,
    responses={301: {"description": "Merged into another one."}, **describe_problems(404, 410, 422)},
)
@validated
def show_therapist(request: Request, therapist_id: str) -> Response:
    """Everything the directory shows of one therapist, with the badge as of today."""
    site: Site = request.app.state.site
    document = find_document(site, therapist_id)
    if document.id != therapist_id:
        return RedirectResponse(f"/api/v1/therapists/{document.id}", 301)
    body = to_json(document)
    body["badge"] = describe_badge(site, document)
    body["clocks"] = describe_clocks(site, document)
    body["standings"] = describe_places(site, document)
    body["may_take_referral"], body["referral_rule"] = find_referral_today(site, document)
    body["credentials"] = [describe_credential(site, credential) for credential in document.credentials]
    for name in ("website", "booking_url"):
        body[name] = find_safe_url(body[name])
    body["evidence"] = [{**piece, "url": find_safe_url(piece["url"])} for piece in body["evidence"]]
    body["url"] = f"{site.settings.base_url}/therapists/{document.id}"
    return send_json(body)


@router.get(
    "/suggest",
    summary="Conditions, techniques and names that begin like a text",
    response_model=SuggestionsModel,
    responses=describe_problems(422),
)
@validated
def suggest(
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=100, examples=["nec"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """What somebody may be about to type."""
    site: Site = request.app.state.site
    terms = [*site.vocabulary.conditions.values(), *site.vocabulary.techniques.values()]
    start = q.strip().casefold()
    found = [
        {"kind": term.kind.value, "id": term.id, "label": term.label, "text": words}
        for term in terms
        if (words := _find_wording(term, start)) is not None
    ][: max(1, limit // 2)]
    names = site.reader.suggest(q, limit=limit)
    found += [{"kind": item.kind, "id": item.id, "label": item.label, "text": item.text} for item in names]
    return send_json({"suggestions": found[:limit]})


def _find_wording(term: Term, start: str) -> str | None:
    """The term's first wording that begins like `start`."""
    wordings = (term.label, *(wording for words in term.synonyms.values() for wording in words))
    return next((wording for wording in wordings if start and wording.casefold().startswith(start)), None)


@router.get(
    "/verifications/{therapist_id}",
    summary="Every check of a therapist's credentials",
    response_model=VerificationsModel,
    responses=describe_problems(404, 410, 422),
)
def list_verifications(request: Request, therapist_id: str) -> Response:
    """What was checked, by which rule, and when; mismatch and discipline only once a person confirmed them."""
    site: Site = request.app.state.site
    document = find_document(site, therapist_id)
    with site.database.read() as session:
        rows = ledger.load(session, document.id)
    checks = [
        {
            "id": row.entry.claim_id,
            "outcome": find_published_outcome(row),
            "rule": row.entry.rule if find_published_outcome(row) is row.entry.outcome else "being-checked",
            "rule_version": row.entry.rule_version,
            "checked_on": row.entry.checked_on,
            "read_on": row.entry.read_on,
            "recorded_at": row.recorded_at,
            "status": row.entry.fhir_status if find_published_outcome(row) is row.entry.outcome else "in-process",
        }
        for row in rows
        if row.erased_at is None
    ]
    body = {
        "id": document.id,
        "verifications": checks,
        "answers": describe_answers(site, document),
        "exclusion_lists": describe_exclusion_lists(site),
    }
    return validate_content(request, send_json(body))


def make_form(site: Site, params: SearchParams) -> SearchForm:
    """The search that the parameters ask for; raises UsageError for a term the vocabulary does not have."""
    for name, ids, known in (
        ("condition", params.condition, site.vocabulary.conditions),
        ("technique", params.technique, site.vocabulary.techniques),
    ):
        for term_id in ids:
            if term_id not in known:
                raise UsageError(f"There is no {name} {term_id[:60]!r}. /{name}s lists them.")
    return SearchForm(
        q=params.q,
        near=params.near,
        radius_km=params.radius_km,
        conditions=tuple(params.condition),
        techniques=tuple(params.technique),
        kinds=tuple(params.kind),
        settings=tuple(params.setting),
        referrals=tuple(params.referral),
        languages=tuple(params.language),
        verified=params.verified,
        insurance=params.insurance,
        sort=params.sort,
        after=params.after or None,
    )


def make_next_url(request: Request, after: str | None) -> str | None:
    """The address of the page that follows."""
    return str(request.url.include_query_params(after=after).replace(scheme="", netloc="")) if after else None


def send_json(body: object) -> Response:
    """The body as JSON."""
    return Response(orjson.dumps(body), media_type="application/json")
