"""The engine that the settings ask for."""

from __future__ import annotations

from directory.settings import Settings
from directory.vocabularies import load_vocabulary
from search.backends.elastic import ElasticEngine
from search.backends.embedded import EmbeddedEngine
from search.fallback import GuardedEngine
from search.fields import make_term_words
from search.interface import Engine, Reader


def open_engine(settings: Settings) -> Engine:
    """Elasticsearch where `search_url` names one, else the embedded engine in the data folder.

    Elasticsearch stands behind a circuit breaker and, with `search_fallback`, has an embedded snapshot beside it.
    """
    term_words = make_term_words(load_vocabulary())
    alias = settings.index_alias
    if not settings.search_url:
        return EmbeddedEngine(settings.data_dir / "search", alias=alias, term_words=term_words)
    engine = ElasticEngine(
        settings.search_url,
        alias=alias,
        term_words=term_words,
        shards=settings.index_shards,
        replicas=settings.index_replicas,
        timeout_s=settings.search_timeout_s,
    )
    snapshot = EmbeddedEngine(settings.data_dir / "fallback", alias=alias, term_words=term_words)
    return GuardedEngine(engine, snapshot=snapshot if settings.search_fallback else None)


def open_visitors_reader(engine: Engine) -> Reader:
    """What answers visitors: the live index; while the engine is away, its snapshot where one is kept."""
    return engine.open_visitors_reader() if isinstance(engine, GuardedEngine) else engine.open_reader()
