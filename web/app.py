"""The web application, put together from its parts."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from directory.clock import Clock, SystemClock
from directory.jurisdictions import load_jurisdictions
from directory.places import load_gazetteer
from directory.settings import Settings, ensure_secret
from directory.vocabularies import load_vocabulary
from records.database import Database
from search.engine import open_visitors_reader
from search.interface import Engine
from web import admin, api, corrections, fhir, health, lists, open_data, patients, physicians, proofs, watching
from web.admin.single_sign_on import open_provider
from web.admin.sources import ListSources
from web.api_models import ProblemModel
from web.bodies import BodyLimit
from web.failures import add_failures
from web.guard import ApiGuard
from web.limits import Limiter
from web.metrics import Counting, Counts
from web.pages import STATIC
from web.safety import Heads, Safety, make_policy
from web.site import Site
from web.validators import Unchanged


class LastingFiles(StaticFiles):
    """Static files; an address that carries a content hash may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope["query_string"]:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(
    settings: Settings,
    *,
    database: Database,
    engine: Engine,
    clock: Clock | None = None,
    list_sources: ListSources | None = None,
) -> FastAPI:
    """The site over these records and this search engine; `list_sources` describes the sources to reviewers."""
    settings = ensure_secret(settings)
    app = FastAPI(
        title="Palpate",
        version="1",
        summary="Medical massage therapists whose credentials are checked at the source.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = Site(
        settings=settings,
        database=database,
        engine=engine,
        reader=open_visitors_reader(engine),
        clock=clock or SystemClock(),
        list_sources=list_sources or (lambda _: ()),
        vocabulary=load_vocabulary(),
        gazetteer=load_gazetteer(),
        jurisdictions=load_jurisdictions(),
    )
    app.state.provider = open_provider(settings)
    limits = (("corrections", 5, 3600), ("watching", 10, 3600), ("feeds", 120, 60), ("sign_ins", 100, 600))
    for name, limit, window_s in limits:
        limiter = Limiter(limit, window_s, clock=app.state.site.clock, secret=settings.session_secret)
        setattr(app.state, name, limiter)
    # Addresses are compared in this order, so what is asked most comes first.
    for part in (api, patients, fhir, physicians, lists, corrections, proofs, watching, open_data, admin, health):
        app.include_router(part.router)
    app.mount("/static", LastingFiles(directory=STATIC))
    add_failures(app)
    describe_api(app)
    rate = settings.api_requests_per_minute
    per_minute = Limiter(rate, 60, clock=app.state.site.clock, secret=settings.session_secret) if rate else None
    app.add_middleware(Unchanged)
    app.add_middleware(ApiGuard, limiter=per_minute)
    app.add_middleware(BodyLimit)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=5)
    app.state.counts = Counts()
    app.add_middleware(Counting, counts=app.state.counts)
    app.add_middleware(Safety, policy=make_policy(settings.tiles_url), secure=settings.secure_cookies)
    app.add_middleware(Heads)
    return app


def describe_api(app: FastAPI) -> None:
    """Make /openapi.json name the problem document that errors come as and the ids that may be asked for, and nothing
    that the API does not answer.
    """
    vocabulary = app.state.site.vocabulary

    def make() -> dict[str, object]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            schema["components"]["schemas"]["ProblemModel"] = ProblemModel.model_json_schema()
            for name in ("HTTPValidationError", "ValidationError"):
                schema["components"]["schemas"].pop(name, None)
            known = {"condition": vocabulary.conditions, "technique": vocabulary.techniques}
            for parameter in schema["paths"]["/api/v1/therapists"]["get"]["parameters"]:
                if parameter["name"] in known:
                    parameter["schema"]["items"]["enum"] = sorted(known[parameter["name"]])
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = make  # type: ignore[method-assign]  # the way FastAPI describes
