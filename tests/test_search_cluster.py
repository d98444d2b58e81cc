"""A real cluster of three: one node is killed under load, and no answer and no acknowledged update is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.documents import TODAY, make_documents
from directory.errors import EngineUnavailableError
from search.backends.elastic import ElasticEngine
from search.interface import GeoCircle, SearchRequest
from search.node import RunningNode, start_cluster
from search.node.home import NodeUnavailableError, prepare_home
from tests.search_engines import make_alias, publish_all

DOCUMENTS, UPDATES, KILL_AFTER = 600, 60, 20


@pytest.fixture(scope="module")
def cluster(elasticsearch_url: str) -> Iterator[list[RunningNode]]:
    try:
        prepare_home()
    except NodeUnavailableError as error:
        pytest.skip(f"no cluster of our own: {error}")
    with start_cluster(3, heap="384m") as nodes:
        yield list(nodes)


def test_a_node_killed_under_load_loses_no_answer_and_no_acknowledged_update(cluster: list[RunningNode]) -> None:
    alias = make_alias()
    urls = ",".join(node.url for node in cluster)
    engine = ElasticEngine(urls, alias=alias, term_words={}, shards=2, replicas=2, timeout_s=20)
    documents = list(make_documents(DOCUMENTS))
    name = publish_all(engine, alias, documents)
    engine.client.cluster.health(index=name, wait_for_status="green", timeout="60s")
    near = SearchRequest(on=TODAY, near=GeoCircle(40.7, -74.0, 3_000))
    expected = engine.open_reader().search(near).total
    answers: list[int] = []
    acknowledged: list[str] = []
    done = threading.Event()

    def read() -> None:
        reader = engine.open_reader()
        while not done.is_set():
            answers.append(reader.search(near).total)

    reading = threading.Thread(target=read)
    reading.start()
    try:
        for number, document in enumerate(documents[:UPDATES]):
            if number == KILL_AFTER:
                cluster[0].kill()
            engine.upsert([replace(document, summary=f"acknowledged {number}", version=2)])
            acknowledged.append(document.id)
    finally:
        done.set()
        reading.join()
    assert len(acknowledged) == UPDATES
    assert len(answers) > 10
    assert set(answers) == {expected}
    kept = engine.open_reader().get_many(acknowledged)
    assert {document.version for document in kept.values()} == {2}
    assert len(kept) == UPDATES
    assert engine.open_reader().count() == DOCUMENTS
    engine.client.close()


def test_an_engine_that_is_away_is_said_to_be_away() -> None:
    away = ElasticEngine("http://127.0.0.1:9", alias="nobody", term_words={}, timeout_s=0.2)
    assert not away.ping()
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        away.open_reader().search(SearchRequest(on=TODAY))
    away.client.close()
