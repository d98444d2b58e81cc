"""From a source to a person's search result: the whole job on the made-up world, on either pair of servers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.app import App
from cli.demo import fill, make_demo_settings
from cli.doctor import examine
from cli.export import export_documents
from cli.find import build_index, update_index
from cli.steps import Plan, run_steps
from demo.model import World
from demo.server import WorldServer, serve_world
from demo.world import make_world
from directory.clock import FixedClock
from directory.models import Answer
from directory.places import load_gazetteer
from directory.settings import Settings, ensure_secret
from directory.vocabularies import load_vocabulary
from records.backup import restore, write_backup
from records.database import open_database
from search.engine import open_engine
from search.interface import SearchRequest, TherapistDocument
from search.service import SearchAnswer, find_therapists
from tests.postgresql_node import PostgresqlServer

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # one moment: no day ends between two looks
SEARCHES = (
    "trapped nerve near Stony Plain",
    "low back pain near Denver",
    "M54.41 within 10 km of Denver",
    "deep tissue near Seattle",
    "Rosalind Mae Fairbairn",
    "",
)


@dataclass(frozen=True)
class Filled:
    """A directory that was filled from a world which is still being served."""

    app: App
    world: World
    server: WorldServer
    said: list[str]

    def find(self, text: str) -> SearchAnswer:
        reader = open_engine(self.app.settings).open_reader()
        today = self.app.clock.today()
        return find_therapists(reader, load_gazetteer(), load_vocabulary(), q=text, on=today)

    def answer_all(self) -> list[object]:
        """What the site answers to several searches, as its JSON."""
        return [self.find(text).to_json() for text in SEARCHES]

    def documents(self) -> dict[str, list[TherapistDocument]]:
        """Everything published, by name."""
        reader = open_engine(self.app.settings).open_reader()
        found: dict[str, list[TherapistDocument]] = {}
        request = SearchRequest(on=self.app.clock.today(), limit=200)
        for hit in reader.search(request).hits:
            found.setdefault(hit.document.name, []).append(hit.document)
        return found


@pytest.fixture(scope="module", params=["embedded and SQLite", "Elasticsearch and PostgreSQL"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder: Path = tmp_path_factory.mktemp("palpate")
    if request.param == "embedded and SQLite":
        yield from fill_from_world(Settings(data_dir=folder / "data"))
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    mark = uuid.uuid4().hex
    with server.make_janitor(f"palpate_{mark}"):
        yield from fill_from_world(
            Settings(
                data_dir=folder / "data",
                search_url=request.getfixturevalue("elasticsearch_url"),
                database_url=server.make_url(f"palpate_{mark}"),
                index_alias=f"whole-{mark[:12]}",
                search_timeout_s=120,  # a busy machine is slow
            )
        )


@contextmanager
def open_app(settings: Settings) -> Iterator[App]:
    settings, clock = ensure_secret(settings), FixedClock(NOW)
    database = open_database(settings, clock=clock)
    try:
        yield App(settings, clock, database)
    finally:
        database.close()


def fill_from_world(settings: Settings) -> Iterator[Filled]:
    world = make_world(seed=1, on=NOW.date())
    said: list[str] = []
    with (
        serve_world(world) as server,
        open_app(make_demo_settings(settings, base_url="http://127.0.0.1:8000")) as app,
    ):
        fill(app, world, server.overrides, said.append)
        yield Filled(app, world, server, said)


def test_every_planted_case_ends_as_it_should(filled: Filled) -> None:
    documents = filled.documents()
    wrong = []
    for case in filled.world.cases:
        outcomes = {c.outcome for d in documents.get(case.person, []) for c in d.credentials} or {"no_claim"}
        # Mismatch and discipline stay internal until a person confirms them.
        allowed = set(case.outcomes) | ({"review"} if case.outcomes & {"disciplined", "name_mismatch"} else set())
        if case.outcomes == {"disciplined"}:
            allowed = {"review"}
        if not outcomes & allowed or (outcomes - allowed and "verified" in outcomes - allowed):
            wrong.append((case.name, case.person, sorted(allowed), sorted(outcomes)))
    assert not wrong


def test_a_trapped_nerve_near_stony_plain_finds_the_two_who_treat_it(filled: Filled) -> None:
    answer = filled.find("trapped nerve near Stony Plain")
    assert [chip.id for chip in answer.chips if chip.kind == "condition"] == ["nerve-compression"]
    near = [hit for hit in answer.page.hits if hit.location and hit.location.city == "Stony Plain"]
    assert {hit.document.name for hit in near} == {"Tamsin Birchall", "Soren Inverarity"}
    (rmt,) = [hit.document for hit in near if hit.document.name == "Tamsin Birchall"]
    assert [c.outcome for c in rmt.credentials] == ["no_register"]
    assert "Alberta has no massage register" in rmt.credentials[0].explanation


def test_a_delaware_technician_may_not_take_a_referral_and_a_therapist_may(filled: Filled) -> None:
    documents = filled.documents()
    (technician,), (therapist,) = documents["Noelle Dovecote"], documents["Emeka Goldsworthy"]
    assert (technician.may_take_referral, technician.referral_rule) == (Answer.NO, "de-technician")
    assert therapist.may_take_referral is Answer.YES


def test_nobody_is_published_twice_though_a_partner_lists_them_too(filled: Filled) -> None:
    (document,) = filled.documents()["Rosalind Mae Fairbairn"]
    assert {"practice_sites", "partner_feed", "co_dora"} & set(document.sources) >= {"practice_sites", "partner_feed"}


def test_the_whole_job_again_changes_nothing(filled: Filled) -> None:
    said: list[str] = []
    plan = Plan(sources=tuple(filled.server.overrides), allow_local=True, overrides=filled.server.overrides)
    report = run_steps(filled.app, plan, say=said.append)
    assert not report.failed
    assert all(source["new"] == source["changed"] == source["closed"] == 0 for source in report.steps["crawl"])
    assert report.steps["resolve"]["created"] == report.steps["resolve"]["changed"] == 0
    assert report.steps["verify"]["appended"] == 0


def test_an_update_with_nothing_waiting_leaves_the_index_as_it_is(filled: Filled) -> None:
    before = filled.documents().keys()
    update_index(filled.app)
    assert filled.documents().keys() == before


@pytest.mark.parametrize("format_", ["csv", "jsonl", "fhir"])
def test_open_data_holds_everyone_published(filled: Filled, format_: str, tmp_path: Path) -> None:
    published = sum(len(found) for found in filled.documents().values())
    assert export_documents(filled.app, format_, tmp_path / "out") == published
    text = (tmp_path / "out").read_text("utf-8")
    assert all(name in text for name in ("Tamsin Birchall", "Noelle Dovecote"))


@pytest.fixture
def empty_machine(filled: Filled, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of another machine with servers of the same kind, where nothing is yet."""
    here, mark = filled.app.settings, uuid.uuid4().hex
    elsewhere = here.model_copy(
        update={
            "data_dir": tmp_path / "elsewhere",
            "database_url": "",
            "index_alias": f"restored-{mark[:12]}",
            "session_secret": "",
        }
    )
    if not here.database_url:
        yield elsewhere
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.make_janitor(f"palpate_{mark}"):
        yield elsewhere.model_copy(update={"database_url": server.make_url(f"palpate_{mark}")})


def test_a_backup_on_an_empty_machine_is_well_in_everything_and_finds_the_same(
    filled: Filled, empty_machine: Settings, tmp_path: Path
) -> None:
    expected = filled.answer_all()
    write_backup(filled.app.database, tmp_path / "palpate.zip")
    restore(empty_machine, tmp_path / "palpate.zip")
    with open_app(empty_machine) as app:
        build_index(app)
        assert [finding for finding in examine(app) if not finding.ok] == []
        assert Filled(app, filled.world, filled.server, []).answer_all() == expected
