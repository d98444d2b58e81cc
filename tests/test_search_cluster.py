"""A real cluster of three under faults: nodes die under load, all restart during a build, disks fill up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.documents import TODAY, make_documents
from directory.errors import EngineFullError, EngineUnavailableError
from directory.settings import Settings
from records.database import open_database
from search.backends.elastic import ElasticEngine
from search.backends.elastic_errors import FULL
from search.indexer import build_index, index_status, update_index
from search.interface import GeoCircle, SearchRequest, TherapistDocument
from search.node import RunningNode, start_cluster
from search.node.home import NodeUnavailableError, prepare_home
from search.node.process import WATERMARKS, wait_until_up
from tests.records_fixtures import START, StepClock
from tests.search_engines import drop_all, make_alias, publish_all
from tests.search_records import make_people, record

DOCUMENTS, READERS, UPDATES_EACH_WAY = 600, 2, 15
DEADLINE_S = 600.0
NODES = 3
TIMEOUT_S = NODES * 60  # each of them is given its share: a busy machine is slow, and a killed node refuses at once
NEAR = SearchRequest(on=TODAY, near=GeoCircle(40.7, -74.0, 3_000))


@pytest.fixture(scope="module")
def cluster(elasticsearch_url: str) -> Iterator[list[RunningNode]]:
    try:
        prepare_home()
    except NodeUnavailableError as error:
        pytest.skip(f"no cluster of our own: {error}")
    with start_cluster(NODES, heap="384m", settings={"cluster.info.update.interval": "10s"}) as nodes:
        yield list(nodes)


def connect(cluster: list[RunningNode], alias: str) -> ElasticEngine:
    """An engine as the settings would make it for such a cluster: every shard on two nodes."""
    urls = ",".join(node.url for node in cluster)
    return ElasticEngine(urls, alias=alias, term_words={}, shards=2, timeout_s=TIMEOUT_S)


def await_green(engine: ElasticEngine, nodes: int = NODES) -> None:
    """Return once every shard has both its copies."""
    health = engine.client.options(request_timeout=DEADLINE_S).cluster.health(
        index=f"{engine.alias}-*", wait_for_nodes=str(nodes), wait_for_status="green", timeout=f"{DEADLINE_S:.0f}s"
    )
    assert not health["timed_out"]


def test_a_single_node_waits_for_no_copies_and_is_green(elasticsearch_url: str) -> None:
    alias = make_alias()
    engine = ElasticEngine(elasticsearch_url, alias=alias, term_words={}, timeout_s=DEADLINE_S)
    publish_all(engine, alias, list(make_documents(3)))
    health = engine.client.cluster.health(index=f"{alias}-*", wait_for_status="green", timeout=f"{DEADLINE_S:.0f}s")
    assert (health["status"], health["active_shards"], health["unassigned_shards"]) == ("green", 1, 0)
    drop_all(engine)


def wait_for(is_so: Callable[[], bool]) -> None:
    """Return once it is so; fail after a long time."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # what is waited for needs the processor, too


def find_master(engine: ElasticEngine) -> str:
    """The name of the node that leads."""
    state = engine.client.cluster.state(metric="master_node,nodes")
    return str(state["nodes"][state["master_node"]]["name"])


@dataclass
class Load:
    """What happened while readers asked and a writer changed entries."""

    answers: list[int] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)  # the version of each entry that was acknowledged last


@contextmanager
def under_load(engine: ElasticEngine, load: Load) -> Iterator[None]:
    """Keep readers asking while the block runs."""
    done = threading.Event()

    def read() -> None:
        reader = engine.open_reader()
        while not done.is_set():
            try:
                load.answers.append(reader.search(NEAR).total)
            except Exception as error:
                load.problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        done.set()
        for reader in readers:
            reader.join()


def write_some(engine: ElasticEngine, documents: list[TherapistDocument], load: Load) -> None:
    """Change entries one after the other; each counts once the engine has said so."""
    for document in documents:
        version = load.acknowledged.get(document.id, 1) + 1
        engine.upsert([replace(document, summary=f"acknowledged {version}", version=version)])
        load.acknowledged[document.id] = version


def test_each_node_killed_in_turn_under_load_loses_no_answer_and_no_acknowledged_update(
    cluster: list[RunningNode],
) -> None:
    alias = make_alias()
    engine = connect(cluster, alias)
    documents = list(make_documents(DOCUMENTS))
    publish_all(engine, alias, documents)
    await_green(engine)
    health = engine.client.cluster.health(index=f"{alias}-*")
    assert (health["active_primary_shards"], health["active_shards"]) == (2, 4)
    expected = engine.open_reader().search(NEAR).total
    master = find_master(engine)
    for number, node in enumerate(sorted(cluster, key=lambda node: node.name != master)):
        load = Load()
        changed = documents[number * 10 : number * 10 + 2 * UPDATES_EACH_WAY]
        with under_load(engine, load):
            write_some(engine, changed[:UPDATES_EACH_WAY], load)
            node.kill()
            write_some(engine, changed[UPDATES_EACH_WAY:], load)
            answered = len(load.answers)
            wait_for(lambda load=load, answered=answered: len(load.answers) >= answered + 2 * READERS)  # type: ignore[misc]  # mypy reads no default of a lambda
        assert load.problems == []
        assert set(load.answers) == {expected}
        kept = engine.open_reader().get_many(list(load.acknowledged))
        assert {document.id: document.version for document in kept.values()} == load.acknowledged
        assert engine.open_reader().count() == DOCUMENTS
        assert find_master(engine) != node.name
        node.start()
        wait_until_up(node, len(cluster))
        await_green(engine)
    engine.client.close()


class RestartedEngine(ElasticEngine):
    """An engine whose whole cluster loses its power where a build under way renews its lock."""

    def __init__(self, cluster: list[RunningNode], alias: str) -> None:
        urls = ",".join(node.url for node in cluster)
        super().__init__(urls, alias=alias, term_words={}, shards=2, timeout_s=TIMEOUT_S)
        self.cluster = cluster
        self.goes_out = False

    def lock(self, owner: str, **times: Any) -> None:
        if self.goes_out and self.unfinished():
            self.goes_out = False
            for node in self.cluster:
                node.kill()
        super().lock(owner, **times)


def test_a_restart_of_all_nodes_during_a_build_leaves_the_old_index_serving(
    cluster: list[RunningNode], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, session_secret="only-for-tests", index_alias=make_alias())
    clock = StepClock(START)
    database = open_database(settings, clock=clock)
    record(database, clock, make_people(6))
    engine = RestartedEngine(cluster, settings.index_alias)
    old = build_index(engine, database, settings=settings, clock=clock).name
    await_green(engine)
    clock.step(hours=1)
    record(database, clock, make_people(8))
    engine.goes_out = True
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        build_index(engine, database, settings=settings, clock=clock)
    for node in cluster:
        node.start()
    for node in cluster:
        wait_until_up(node, len(cluster))
    await_green(engine)
    assert engine.live() == old
    assert engine.open_reader().count() == 6
    assert len(engine.unfinished()) == 1
    clock.step(hours=1)
    new = build_index(engine, database, settings=settings, clock=clock).name
    assert engine.live() == new
    assert engine.open_reader().count() == 8
    assert not engine.unfinished()
    database.close()
    engine.client.close()


def test_a_disk_at_its_flood_stage_gives_one_clear_error_and_recovers(
    cluster: list[RunningNode], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, session_secret="only-for-tests", index_alias=make_alias())
    clock = StepClock(START)
    database = open_database(settings, clock=clock)
    record(database, clock, make_people(4))
    engine = connect(cluster, settings.index_alias)
    build_index(engine, database, settings=settings, clock=clock)
    await_green(engine)
    clock.step(hours=1)
    record(database, clock, make_people(5))

    def is_full() -> bool:
        blocks = engine.client.cluster.state(metric="blocks")["blocks"].get("indices", {})
        return any(name.startswith(f"{engine.alias}-m") for name in blocks)

    engine.client.cluster.put_settings(persistent=dict.fromkeys(WATERMARKS, "500tb"))  # no disk has so much room
    try:
        wait_for(is_full)
        report = update_index(engine, database, settings=settings, clock=clock)
        assert (report.reason, report.failed) == (FULL, report.waiting)
        with pytest.raises(EngineFullError) as caught:
            build_index(engine, database, settings=settings, clock=clock)
        assert str(caught.value) == FULL
        assert engine.open_reader().search(SearchRequest(on=TODAY)).total == 4  # it still answers
        status = index_status(engine, database, settings=settings, clock=clock)
        assert (status.state, status.waiting) == ("stale", report.waiting)
    finally:
        engine.client.cluster.put_settings(persistent=dict.fromkeys(WATERMARKS))
    wait_for(lambda: not is_full())
    clock.step(hours=1)
    later = update_index(engine, database, settings=settings, clock=clock)
    assert (later.failed, later.waiting) == (0, 0)
    assert engine.open_reader().count() == 5
    assert build_index(engine, database, settings=settings, clock=clock).documents == 5
    database.close()
    engine.client.close()


def test_an_engine_that_is_away_is_said_to_be_away() -> None:
    away = ElasticEngine("http://127.0.0.1:9", alias="nobody", term_words={}, timeout_s=0.2)
    assert not away.ping()
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        away.open_reader().search(SearchRequest(on=TODAY))
    away.client.close()
