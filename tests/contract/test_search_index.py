"""The life of an index, on every engine: built, gated, published, updated, rolled back, and never half."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from benchmarks.documents import TODAY, make_documents
from directory.errors import ConflictError, EngineUnavailableError, IndexGateError, LockedError, NotFoundError
from directory.models import Listing, ObservationKind
from directory.settings import Settings
from records import observations, outbox
from records.database import Database
from search.backends.elastic import ElasticEngine
from search.backends.hits import parse_document
from search.indexer import build_index, index_status, rollback, update_index
from search.interface import DocumentEvidence, Engine, SearchRequest, TherapistDocument
from search.names import BuildName
from tests.records_fixtures import START, StepClock, observe, open_new
from tests.search_engines import ENGINES, drop_all, make_alias, open_test_engine, publish_all
from tests.search_records import make_people, record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock() -> StepClock:
    return StepClock(START)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, session_secret="only-for-tests", index_alias=make_alias())


@pytest.fixture
def database(settings: Settings, clock: StepClock) -> Iterator[Database]:
    opened = open_new(settings, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, settings: Settings, elasticsearch_url: str) -> Iterator[Engine]:
    opened = open_test_engine(request.param, settings.data_dir / "search", elasticsearch_url, settings.index_alias)
    yield opened
    drop_all(opened)


BUILDING = """
import sys
from pathlib import Path
from benchmarks.documents import make_documents
from tests.search_engines import open_test_engine
kind, folder, url, alias, name = sys.argv[1:]
build = open_test_engine(kind, Path(folder), url, alias).start_build(name)
build.add(list(make_documents(2000)))
print("half way", flush=True)
sys.stdin.read()
"""


def kill_build(engine: Engine, settings: Settings, name: str) -> None:
    """Begin a build in a process of its own, and end that with `kill -9` half way."""
    kind = "elasticsearch" if isinstance(engine, ElasticEngine) else "embedded"
    url = engine.url if isinstance(engine, ElasticEngine) else ""
    arguments = (kind, str(settings.data_dir / "search"), url, settings.index_alias, name)
    with subprocess.Popen(
        [sys.executable, "-c", BUILDING, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half way\n"
        process.kill()


def search_ids(engine: Engine, text: str = "", on: date = TODAY) -> set[str]:
    return {hit.document.id for hit in engine.open_reader().search(SearchRequest(on=on, text=text, limit=100)).hits}


def test_a_build_serves_what_the_records_hold(
    engine: Engine, database: Database, settings: Settings, clock: StepClock
) -> None:
    record(database, clock, [*make_people(4), replace(make_people(5)[4], country="FR", region=None, postal_code=None)])
    report = build_index(engine, database, settings=settings, clock=clock)
    assert engine.live() == report.name
    assert report.documents == 4
    assert report.held == {"outside the United States and Canada": 1}
    assert len(search_ids(engine, "sampleton")) == 1
    assert not engine.unfinished()
    status = index_status(engine, database, settings=settings, clock=clock)
    assert (status.state, status.documents, status.waiting) == ("ready", 4, 0)


def test_a_build_that_shrinks_too_much_fails_its_gate_and_the_live_index_serves_on(
    engine: Engine, database: Database, settings: Settings, clock: StepClock
) -> None:
    record(database, clock, make_people(8))
    first = build_index(engine, database, settings=settings, clock=clock)
    with database.begin() as session:
        for stored in list(observations.load_current(session, ObservationKind.LISTING))[3:]:
            assert isinstance(stored.payload, Listing)
            gone = replace(stored.payload, publish=False)
            observations.store(session, observe(gone, stored.key, source="partner", at=clock.now()))
    clock.step(hours=1)
    with pytest.raises(IndexGateError, match="more than 20 % fewer"):
        build_index(engine, database, settings=settings, clock=clock)
    assert engine.live() == first.name
    assert list(engine.builds()) == [first.name]
    assert len(search_ids(engine)) == 8


def test_a_killed_build_is_cleaned_up_by_the_next_and_never_serves(
    engine: Engine, database: Database, settings: Settings, clock: StepClock
) -> None:
    record(database, clock, make_people(3))
    first = build_index(engine, database, settings=settings, clock=clock)
    name = str(BuildName(clock.step(hours=1), settings.index_alias, 1))
    kill_build(engine, settings, name)
    assert engine.unfinished() == [name]
    assert engine.live() == first.name
    assert len(search_ids(engine)) == 3
    clock.step(hours=1)
    second = build_index(engine, database, settings=settings, clock=clock)
    assert engine.live() == second.name
    assert not engine.unfinished()


def test_a_changed_entry_is_searchable_after_an_update_and_a_vanished_one_is_gone(
    engine: Engine, database: Database, settings: Settings, clock: StepClock
) -> None:
    people = make_people(4)
    record(database, clock, people)
    build_index(engine, database, settings=settings, clock=clock)
    clock.step(days=1)
    record(database, clock, [replace(people[0], name="Ana Renamed"), *people[1:3]], closes=True)
    assert index_status(engine, database, settings=settings, clock=clock).state == "stale"
    report = update_index(engine, database, settings=settings, clock=clock)
    assert (report.failed, report.waiting) == (0, 0)
    assert len(search_ids(engine, "renamed")) == 1
    assert not search_ids(engine, "madeup")
    assert engine.open_reader().count() == 3


def test_only_what_changed_is_written(engine: Engine, database: Database, settings: Settings, clock: StepClock) -> None:
    people = make_people(4)
    record(database, clock, people)
    build_index(engine, database, settings=settings, clock=clock)
    record(database, clock, people)
    assert update_index(engine, database, settings=settings, clock=clock).written == 0
    record(database, clock, [replace(people[1], conditions=("whiplash",)), people[0], *people[2:]])
    assert update_index(engine, database, settings=settings, clock=clock).written == 1
    page = engine.open_reader().search(SearchRequest(on=TODAY, conditions=("whiplash",)))
    assert [hit.document.name for hit in page.hits] == [people[1].name]
    assert page.hits[0].document.version == 2
    assert update_index(engine, database, settings=settings, clock=clock, sweep=True).written == 0


def test_no_change_is_lost_while_there_is_no_engine(database: Database, settings: Settings, clock: StepClock) -> None:
    away = ElasticEngine("http://127.0.0.1:9", alias=settings.index_alias, term_words={}, timeout_s=0.2)
    record(database, clock, make_people(2))
    report = update_index(away, database, settings=settings, clock=clock)
    assert report.failed == report.waiting > 0
    assert "does not answer" in (report.reason or "")
    with database.begin() as session:
        assert not outbox.claim(session, "impatient")  # it is not tried again at once
    assert index_status(away, database, settings=settings, clock=clock).state == "away"
    clock.step(minutes=1)
    engine = open_test_engine("embedded", settings.data_dir / "search", "", settings.index_alias)
    publish_all(engine, settings.index_alias, [])
    later = update_index(engine, database, settings=settings, clock=clock)
    assert (later.failed, later.waiting) == (0, 0)
    assert engine.open_reader().count() == 2


def test_one_goes_back_to_the_build_before(
    engine: Engine, database: Database, settings: Settings, clock: StepClock
) -> None:
    record(database, clock, make_people(2))
    names = []
    for _ in range(3):
        clock.step(hours=1)
        names.append(build_index(engine, database, settings=settings, clock=clock).name)
    assert list(engine.builds()) == names[1:]  # one is kept beside the live one
    assert rollback(engine, settings=settings, clock=clock).live == names[1]
    assert engine.live() == names[1]
    with pytest.raises(NotFoundError):
        rollback(engine, settings=settings, clock=clock)


def test_two_cannot_build_at_once_but_a_dead_ones_lock_ends(engine: Engine, clock: StepClock) -> None:
    engine.lock("one", until=clock.now() + timedelta(minutes=5), now=clock.now())
    engine.lock("one", until=clock.now() + timedelta(minutes=9), now=clock.now())
    with pytest.raises(LockedError):
        engine.lock("two", until=clock.now() + timedelta(minutes=5), now=clock.now())
    clock.step(minutes=10)
    engine.lock("two", until=clock.now() + timedelta(minutes=5), now=clock.now())
    engine.unlock("one")
    with pytest.raises(LockedError):
        engine.lock("one", until=clock.now() + timedelta(minutes=5), now=clock.now())
    engine.unlock("two")
    engine.lock("one", until=clock.now() + timedelta(minutes=5), now=clock.now())


def test_without_an_index_a_search_says_what_to_do(engine: Engine) -> None:
    with pytest.raises(EngineUnavailableError, match="palpate index build"):
        engine.open_reader().search(SearchRequest(on=TODAY))


def test_the_newer_version_of_an_entry_wins(engine: Engine, settings: Settings) -> None:
    old, *others = make_documents(50, seed=3)
    publish_all(engine, settings.index_alias, [old, *others])
    reader = engine.open_reader()
    newest = replace(old, name="Newest Name", version=5)
    engine.upsert([newest])
    engine.upsert([replace(old, name="Older Name", version=4)])
    engine.delete({old.id: 3})
    assert reader.get(old.id) == newest
    assert reader.count() == 50
    engine.delete({old.id: 6})
    assert reader.count() == 49
    with pytest.raises(NotFoundError):
        reader.get(old.id)


def test_evidence_comes_with_the_entry_itself_and_weighs_on_no_list_of_results(
    engine: Engine, settings: Settings
) -> None:
    plain = next(make_documents(1, seed=4))
    piece = DocumentEvidence(
        field="technique", value="cupping", snippet='"We cup",\nthey say.', url=None, read_on=TODAY
    )
    entry = replace(plain, evidence=(piece, piece))
    publish_all(engine, settings.index_alias, [entry])
    reader = engine.open_reader()
    assert [hit.document for hit in reader.search(SearchRequest(on=TODAY)).hits] == [plain]
    assert reader.get(entry.id) == reader.get_many([entry.id])[entry.id] == entry
    assert [item.label for item in reader.suggest(entry.name)] == [entry.name]


def test_an_entry_stored_with_its_evidence_among_the_rest_is_read_whole() -> None:
    piece = DocumentEvidence(field="technique", value="cupping", snippet="We cup.", url=None, read_on=TODAY)
    entry = replace(next(make_documents(1, seed=4)), evidence=(piece,))
    assert parse_document(TypeAdapter(TherapistDocument).dump_json(entry, exclude_defaults=True)) == entry


def test_updates_count_in_every_kind_of_search(engine: Engine, settings: Settings) -> None:
    documents = list(make_documents(300, seed=5))
    publish_all(engine, settings.index_alias, documents)
    reader = engine.open_reader()
    added = list(make_documents(40, seed=6))
    changed = [replace(item, name=f"Changed {item.name}", version=2) for item in documents[:40]]
    engine.upsert([*added, *changed])
    everything = {item.id: item for item in (*documents, *added, *changed)}
    page = reader.search(SearchRequest(on=TODAY, limit=200, facets=("kind", "condition")))
    assert page.total == len(everything) == 340
    for value, count in page.facets["condition"].items():
        assert count == sum(value in item.conditions for item in everything.values())
    assert reader.search(SearchRequest(on=TODAY, text="changed")).total == 40
    assert {item.id for item in reader.suggest("changed")} <= {item.id for item in changed}


def test_the_live_build_cannot_be_dropped(engine: Engine, settings: Settings) -> None:
    name = publish_all(engine, settings.index_alias, list(make_documents(3)))
    with pytest.raises(ConflictError):
        engine.drop(name)


def test_builds_are_told_apart_by_their_parsed_names() -> None:
    at = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
    name = BuildName(at, "therapists", 3)
    assert str(name) == "therapists-m3-20261123-061500-000000"
