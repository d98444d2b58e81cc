"""A read-only FHIR R4 interface to the directory."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from directory.errors import NotFoundError, UsageError
from directory.models import EntityKind
from search.interface import TherapistDocument
from web.fhir.asking import KINDS, MAX_COUNT, ROUGH, SHARED, ResourceKind, fits, make_request, suits
from web.fhir.outcome import MEDIA_TYPE
from web.fhir.resources import Resource
from web.patients import find_document
from web.site import Site
from web.validators import validated

router = APIRouter(prefix="/fhir", include_in_schema=False)
SUMMARY = ("resourceType", "id", "meta", "identifier", "active", "name", "telecom", "address", "status", "practitioner",
           "specialty", "location", "target", "position")  # fmt: skip


@router.get("/metadata")
@validated
def show_capabilities(request: Request) -> Response:
    """What this server can do, and nothing it cannot."""
    site: Site = request.app.state.site
    resources = [
        {
            "type": kind.name,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [
                {"name": "_id", "type": "token"},
                *({"name": name, "type": type_} for name, type_ in kind.params.items()),
            ],
        }
        for kind in KINDS.values()
    ]
    body: Resource = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": site.today().isoformat(),
        "kind": "instance",
        "software": {"name": "Palpate"},
        "implementation": {"description": "Palpate, a directory of massage therapists", "url": _base(site)},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": resources}],
    }
    return _send(body)


@router.get("/{name}")
@validated
def search_resources(request: Request, name: str) -> Response:
    """A search set; follow its `next` link for more."""
    site, kind = request.app.state.site, _get_kind(name)
    params = _read_params(request, kind)
    documents, after, total = _find_documents(site, kind, params)
    found = [resource for document in documents for resource in kind.make(document, site.today())]
    if "_id" in params:
        asked = params["_id"].split(",")
        found = [resource for resource in found if resource["id"] in asked]
    found = [resource for resource in found if fits(resource, params)]
    counted = params.get("_summary") == "count"
    links: list[Resource] = [{"relation": "self", "url": _make_url(site, name, params)}]
    if after and not counted:
        links.append({"relation": "next", "url": _make_url(site, name, {**params, "_page": after})})
    exact = total is not None and not set(params) & set(ROUGH)
    body: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if exact or (not after and "_page" not in params):
        body["total"] = total if exact else len(found)
    if not counted and found:
        shorten = params.get("_summary") == "true"
        body["entry"] = [
            {
                "fullUrl": f"{_base(site)}/{name}/{resource['id']}",
                "resource": _summarise(resource) if shorten else resource,
                "search": {"mode": "match"},
            }
            for resource in found
        ]
    return _send(body)


@router.get("/{name}/{resource_id}")
@validated
def read_resource(request: Request, name: str, resource_id: str) -> Response:
    """One resource; a merged one leads on, a removed one is gone."""
    site, kind = request.app.state.site, _get_kind(name)
    base_id, suffix = _split_id(kind, resource_id)
    document = find_document(site, base_id)
    if document.id != base_id:
        return RedirectResponse(f"/fhir/{name}/{document.id}{suffix}", 301)
    if kind.entity_kinds and document.kind not in kind.entity_kinds:
        raise NotFoundError(f"There is no {name} {resource_id[:80]}.")
    for resource in kind.make(document, site.today()):
        if resource["id"] == resource_id:
            return _send(resource)
    raise NotFoundError(f"There is no {name} {resource_id[:80]}.")


def _get_kind(name: str) -> ResourceKind:
    if name not in KINDS:
        raise NotFoundError(f"There is no resource type {name[:60]!r} here. Known: {', '.join(KINDS)}.")
    return KINDS[name]


def _split_id(kind: ResourceKind, resource_id: str) -> tuple[str, str]:
    if kind.name not in ("Location", "VerificationResult"):
        return resource_id, ""
    base, dash, number = resource_id.rpartition("-")
    return base, dash + number


def _read_params(request: Request, kind: ResourceKind) -> dict[str, str]:
    """The parameters; unknown ones are passed over, or refused where the client asks for strictness."""
    known = {**kind.params, **dict.fromkeys(SHARED, "")}
    params: dict[str, str] = {}
    for name, value in request.query_params.items():
        plain, colon, _ = name.partition(":")
        if colon and plain in known:
            raise UsageError(f"{kind.name} cannot be searched by {name[:60]!r}: modifiers are not known here.")
        if plain in known:
            params[plain] = value
        elif "handling=strict" in request.headers.get("prefer", ""):
            raise UsageError(f"{kind.name} cannot be searched by {name[:60]!r}.")
    _check_format(params.get("_format", "json"))
    return params


def _check_format(asked: str) -> None:
    """Raise HTTPException (406) for a format that this server does not write."""
    if asked.partition(";")[0] not in ("json", "application/json", MEDIA_TYPE):
        raise HTTPException(406, f"This server writes JSON only, not {asked[:60]!r}.")


def _find_documents(
    site: Site, kind: ResourceKind, params: dict[str, str]
) -> tuple[tuple[TherapistDocument, ...], str | None, int | None]:
    """The documents of one page, the cursor of the next, and how many there are in all."""
    asked = make_request(site, kind, params)
    given = params.get("_id") or params.get("practitioner") or params.get("target")
    if given is not None:
        known = (_find_given(site, kind, one, by_id="_id" in params) for one in given.split(",")[:MAX_COUNT])
        documents = {document.id: document for document in known if document and suits(document, asked)}
        return tuple(documents.values()), None, None
    page = site.reader.search(asked)
    total = page.total if kind.entity_kinds else None
    return tuple(hit.document for hit in page.hits), page.after, total


def _find_given(site: Site, kind: ResourceKind, given: str, *, by_id: bool) -> TherapistDocument | None:
    """The document of an id, or of a reference to who it speaks of; None if there is none of that kind."""
    head, _, plain = given.rpartition("/")
    try:
        document = find_document(site, _split_id(kind, plain)[0] if by_id else plain)
    except NotFoundError:
        return None
    named = head.rpartition("/")[2]
    if named not in ("", "Practitioner" if document.kind is EntityKind.PERSON else "Organization"):
        return None
    return document if not kind.entity_kinds or document.kind in kind.entity_kinds else None


def _base(site: Site) -> str:
    return f"{site.settings.base_url}/fhir"


def _make_url(site: Site, name: str, params: dict[str, str]) -> str:
    return f"{_base(site)}/{name}" + (f"?{urlencode(params)}" if params else "")


def _summarise(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if key in SUMMARY}


def _send(body: Resource) -> Response:
    return Response(orjson.dumps(body), media_type=MEDIA_TYPE)
