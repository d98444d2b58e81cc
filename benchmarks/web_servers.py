"""The servers that benchmarks.web measures: the site itself, and bare routes beside it. Told by the environment.

BENCHMARK_FOLDER holds the site's data, `asked.pickle` (the engine's requests) and `answer.json` (an answer's bytes);
PALPATE_SEARCH_URL names Elasticsearch, or nothing for the embedded engine.
"""

from __future__ import annotations

import os
import pickle
from datetime import UTC, datetime
from datetime import time as datetime_time
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response

from benchmarks.documents import TODAY
from directory.clock import FixedClock
from directory.settings import Settings
from records.database import open_database
from search.engine import open_engine
from web.app import create_app

ALIAS = "web-benchmark"


def load_settings() -> Settings:
    """The settings of the measured site: nobody is told to come back later."""
    return Settings(
        data_dir=Path(os.environ["BENCHMARK_FOLDER"]),
        search_url=os.environ.get("PALPATE_SEARCH_URL", ""),
        index_alias=ALIAS,
        session_secret="a secret for benchmarks",
        api_requests_per_minute=0,
        search_timeout_s=60,
    )


def make_site() -> FastAPI:
    """The site."""
    settings, clock = load_settings(), FixedClock(datetime.combine(TODAY, datetime_time(12), UTC))
    return create_app(
        settings, database=open_database(settings, clock=clock), engine=open_engine(settings), clock=clock
    )


def make_bare() -> FastAPI:
    """`/bytes`: fixed bytes. `/engine`: the engine asked as the site would ask it, then fixed bytes."""
    settings = load_settings()
    reader = open_engine(settings).open_reader()
    requests = pickle.loads((settings.data_dir / "asked.pickle").read_bytes())
    content = (settings.data_dir / "answer.json").read_bytes()
    app = FastAPI()

    @app.get("/bytes")
    def send_bytes() -> Response:
        return Response(content, media_type="application/json")

    @app.get("/engine")
    def ask_engine(number: int) -> Response:
        reader.search(requests[number])
        return Response(content, media_type="application/json")

    return app
