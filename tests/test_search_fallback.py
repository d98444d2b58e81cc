"""A real engine that dies, hangs and comes back: visitors get the snapshot, are told so, and no change is lost."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.documents import TODAY
from directory.settings import Settings
from records.database import open_database
from search.breaker import FAILURES, PAUSE_S
from search.engine import open_engine, open_visitors_reader
from search.indexer import build_index, index_status, rollback, update_index
from search.interface import Reader, SearchRequest
from search.node import RunningNode, start_node
from search.node.home import NodeUnavailableError, prepare_home
from search.node.process import wait_until_up
from tests.records_fixtures import START, StepClock
from tests.search_engines import make_alias
from tests.search_records import make_people, record
from tests.web_world import make_documents, make_world
from web.app import create_app

DEADLINE_S = 600.0
BANNERS = {"en": "The search engine is away", "fr": "Le moteur de recherche est absent", "es": "El motor de búsqueda"}


@pytest.fixture(scope="module")
def node(elasticsearch_url: str) -> Iterator[RunningNode]:
    try:
        prepare_home()
    except NodeUnavailableError as error:
        pytest.skip(f"no node of our own: {error}")
    with start_node(heap="384m") as running:
        yield running


@pytest.fixture
def settings(node: RunningNode, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        session_secret="only-for-tests",
        index_alias=make_alias(),
        search_url=node.url,
        search_fallback=True,
        search_timeout_s=60,
    )


def wait_for(is_so: Callable[[], bool]) -> None:
    """Return once it is so; fail after a long time."""
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # what is waited for needs the processor, too


def restart(node: RunningNode) -> None:
    node.start()
    wait_until_up(node)


def test_while_the_engine_is_dead_visitors_get_the_snapshot_and_its_date(node: RunningNode, tmp_path: Path) -> None:
    world = make_world(
        tmp_path,
        make_documents(),
        index_alias=make_alias(),
        search_url=node.url,
        search_fallback=True,
        search_timeout_s=60,
    )
    with TestClient(world.app) as client:
        search = {"near": "Seattle, WA", "sort": "distance", "limit": "3"}
        first = client.get("/api/v1/therapists", params=search).json()
        second = client.get(first["next"]).json()
        assert first["snapshot_at"] is None
        assert BANNERS["en"] not in client.get("/search?q=neck+pain").text
        node.kill()
        for code, banner in BANNERS.items():
            page = client.get(f"/search?q=neck+pain+near+Seattle&lang={code}")
            assert page.status_code == 200
            assert banner in page.text
            assert "Carla Dupont" in page.text
        kept = client.get("/api/v1/therapists", params=search).json()
        assert kept["snapshot_at"] == "2026-11-20T15:00:00+00:00"
        assert ids(kept) == ids(first)
        assert ids(client.get(first["next"]).json()) == ids(second)  # a page begun before goes on
        assert BANNERS["en"] in client.get("/therapists/wa-carla").text
        assert client.get("/therapists/nobody").status_code == 404
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["documents"]) == (200, len(make_documents()))
        assert ready.json()["snapshot_at"] == kept["snapshot_at"]
        status = client.get("/statusz").json()
        assert (status["status"], status["snapshot_at"]) == ("away", kept["snapshot_at"])
        restart(node)
        wait_for(lambda: client.get("/api/v1/therapists", params=search).json()["snapshot_at"] is None)
        assert BANNERS["en"] not in client.get("/search?q=neck+pain").text
        assert "snapshot_at" not in client.get("/readyz").json()
    world.database.close()


def ids(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [result["id"] for result in answer["results"]]


def test_without_the_setting_the_site_says_plainly_that_the_search_is_away(
    node: RunningNode, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = make_world(tmp_path, make_documents(), index_alias=make_alias(), search_url=node.url, search_timeout_s=60)
    hasty = world.settings.model_copy(update={"search_timeout_s": 1})
    app = create_app(hasty, database=world.database, engine=open_engine(hasty), clock=world.clock)
    assert node.process
    caplog.set_level(logging.INFO, "elastic_transport.transport")
    with TestClient(app) as client:
        os.kill(node.process.pid, signal.SIGSTOP)  # it hangs: it takes a request and never answers
        try:
            began = time.monotonic()
            answers = [client.get("/search?q=neck+pain") for _ in range(40)]
            took_s, waited = time.monotonic() - began, caplog.text.count("[status:N/A ")
            assert 0 < waited <= 2 * (FAILURES + 1 + took_s / PAUSE_S)  # not 40 times, each tried more than once
            assert {answer.status_code for answer in answers} == {503}
            assert "The search is away for a moment" in answers[-1].text
            assert client.get("/readyz").status_code == 503
            assert client.get("/statusz").json()["status"] == "away"
        finally:
            os.kill(node.process.pid, signal.SIGCONT)
        wait_for(lambda: client.get("/search?q=neck+pain").status_code == 200)
    assert not (tmp_path / "fallback").exists()
    world.database.close()


def names(reader: Reader) -> set[str]:
    return {hit.document.name for hit in reader.search(SearchRequest(on=TODAY, limit=100)).hits}


def test_no_change_is_lost_and_nobody_removed_is_shown_while_the_engine_is_dead(
    node: RunningNode, settings: Settings
) -> None:
    clock = StepClock(START)
    database = open_database(settings, clock=clock)
    people = make_people(4)
    record(database, clock, people)
    engine = open_engine(settings)
    build_index(engine, database, settings=settings, clock=clock)
    visitors = open_visitors_reader(engine)
    before = names(visitors)
    assert visitors.snapshot_at is None
    clock.step(days=1)
    record(database, clock, [replace(people[0], name="Ana Renamed"), *people[1:3]], closes=True)
    node.kill()
    try:
        report = update_index(engine, database, settings=settings, clock=clock)
        assert report.failed == report.waiting >= 2
        assert names(visitors) == before - {people[0].name, people[3].name} | {"Ana Renamed"}
        assert visitors.snapshot_at == START
        status = index_status(engine, database, settings=settings, clock=clock)
        assert (status.state, status.snapshot_at, status.waiting) == ("away", START, report.waiting)
    finally:
        restart(node)
    clock.step(hours=1)
    later = update_index(engine, database, settings=settings, clock=clock)
    assert (later.failed, later.waiting) == (0, 0)
    assert names(engine.open_reader()) == before - {people[0].name, people[3].name} | {"Ana Renamed"}
    database.close()


def test_each_build_kept_for_rollback_has_its_snapshot_and_no_other_is_left(
    node: RunningNode, settings: Settings
) -> None:
    clock = StepClock(START)
    database = open_database(settings, clock=clock)
    record(database, clock, make_people(3))
    engine = open_engine(settings)
    built = []
    for _ in range(3):
        clock.step(hours=1)
        built.append(build_index(engine, database, settings=settings, clock=clock).name)
    folder = settings.data_dir / "fallback" / settings.index_alias

    def list_kept() -> set[str]:
        return {path.name for path in folder.iterdir() if path.is_dir()}

    assert list_kept() == set(built[1:])
    assert (folder / "live").read_text("ascii") == built[2]
    rollback(engine, settings=settings, clock=clock)
    assert (folder / "live").read_text("ascii") == built[1]
    (folder / built[0]).mkdir()  # as a killed build leaves it
    clock.step(hours=1)
    newest = build_index(engine, database, settings=settings, clock=clock).name
    assert newest in list_kept()
    assert built[0] not in list_kept()
    database.close()
