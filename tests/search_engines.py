"""Engines for the tests: the embedded one and a real Elasticsearch, each with an alias of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from search.backends.elastic import ElasticEngine
from search.backends.embedded import EmbeddedEngine
from search.interface import Engine, TherapistDocument
from search.names import BuildName

ENGINES = ("embedded", "elasticsearch")
STARTED_AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def make_alias() -> str:
    """An alias that no other test run uses."""
    return f"t{uuid.uuid4().hex[:12]}"


def open_test_engine(kind: str, folder: Path, url: str, alias: str, **more: int) -> Engine:
    """The engine of that kind, empty."""
    if kind == "embedded":
        return EmbeddedEngine(folder, alias=alias, term_words={})
    return ElasticEngine(url, alias=alias, term_words={}, timeout_s=120, **more)


def publish_all(engine: Engine, alias: str, documents: Sequence[TherapistDocument]) -> str:
    """A finished, live build of `documents`."""
    build = engine.start_build(str(BuildName(STARTED_AT, alias, 1)))
    build.add(documents)
    build.finish()
    engine.publish(build.name)
    return build.name


def drop_all(engine: Engine) -> None:
    """Leave nothing behind in a shared Elasticsearch."""
    if isinstance(engine, ElasticEngine):
        names = [*engine.builds(), *engine.unfinished()]
        if names:
            engine.client.indices.delete(index=names, ignore_unavailable=True)
        engine.client.options(ignore_status=404).indices.delete(index=f"{engine.alias}-lock")
        engine.client.close()
