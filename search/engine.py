"""The engine that the settings ask for."""

from __future__ import annotations

from directory.settings import Settings
from directory.vocabularies import load_vocabulary
from search.backends.elastic import ElasticEngine
from search.backends.embedded import EmbeddedEngine
from search.fields import make_term_words
from search.interface import Engine


def open_engine(settings: Settings) -> Engine:
    """Elasticsearch where `search_url` names one, else the embedded engine in the data folder."""
    term_words = make_term_words(load_vocabulary())
    if settings.search_url:
        return ElasticEngine(
            settings.search_url,
            alias=settings.index_alias,
            term_words=term_words,
            shards=settings.index_shards,
            replicas=settings.index_replicas,
            timeout_s=settings.search_timeout_s,
        )
    return EmbeddedEngine(settings.data_dir / "search", alias=settings.index_alias, term_words=term_words)
