"""What alerts are made of: /metrics says what waits, since when, and what is not well, and says so when all is away."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from records import entities, jobs, reviews, runs
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.runs import RunState, RunSummary
from tests.postgresql_node import LocalServer, require_programs
from tests.records_fixtures import people
from tests.web_world import World, make_world

ROOT = Path(__file__).parent.parent


def read_gauges(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, [])


def test_what_waits_is_counted_and_timed(world: World) -> None:
    with world.database.begin() as session:
        entities.save_clusters(session, people("a", "b"))
        jobs.add(session, "crawl", "wa_doh")
        reviews.open_case(session, CaseDraft(kind=CaseKind.WEAK, key="one", input=CaseInput(heading="?")))
    world.clock.at += timedelta(minutes=10)
    with TestClient(world.app) as client:
        found = read_gauges(client)
    assert found["palpate_records_up"] == found["palpate_search_up"] == 1
    assert (found["palpate_outbox_waiting"], found["palpate_outbox_oldest_seconds"]) == (2, 600)
    assert (found['palpate_jobs{state="waiting"}'], found["palpate_jobs_oldest_seconds"]) == (1, 600)
    assert found['palpate_cases{state="open"}'] == 1
    assert found["palpate_mails_waiting"] == 0
    world.database.close()


def test_a_source_says_how_old_its_last_good_run_is_and_whether_it_is_held_back(world: World) -> None:
    with world.database.begin() as session:
        runs.finish(session, runs.start(session, "wa_doh").id, RunSummary(fetched=9))
        held = runs.start(session, 'a "quoted" one')
        runs.finish(session, held.id, RunSummary(fetched=1), state=RunState.QUARANTINED)
    world.clock.at += timedelta(hours=1)
    with TestClient(world.app) as client:
        found = read_gauges(client)
        text = client.get("/metrics").text
    assert found['palpate_source_age_seconds{source="wa_doh"}'] == 3600
    assert found['palpate_source_quarantined{source="wa_doh"}'] == 0
    assert found['palpate_source_quarantined{source="a \\"quoted\\" one"}'] == 1
    assert found['palpate_source_age_seconds{source="a \\"quoted\\" one"}'] == float("inf")
    assert text.count("# TYPE palpate_source_age_seconds gauge\n") == 1
    world.database.close()


def test_with_the_database_away_that_is_what_is_said(tmp_path: Path) -> None:
    server = LocalServer(require_programs())
    try:
        world = make_world(tmp_path, [], database_url=server.start().make_url("postgres"))
        with TestClient(world.app) as client:
            assert read_gauges(client)["palpate_records_up"] == 1
            server.kill()
            found = read_gauges(client)
        assert found["palpate_records_up"] == 0
        assert found["palpate_search_up"] == 1
        assert "palpate_outbox_waiting" not in found
        world.database.close()
    finally:
        server.stop()


def test_every_alarm_watches_what_is_told_and_has_its_entry_in_the_runbook(world: World) -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    with world.database.begin() as session:
        runs.finish(session, runs.start(session, "wa_doh").id, RunSummary(fetched=9))
    with TestClient(world.app) as client:
        client.get("/search")
        told = set(re.findall(r"^(palpate_\w+)", client.get("/metrics").text, flags=re.MULTILINE))
    watched = {name for rule in rules for name in re.findall(r"palpate_\w+", rule["expr"])}
    assert watched <= told
    runbook = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("## Runbook")[2]
    assert {rule["alert"] for rule in rules} == set(re.findall(r"^- \*\*(\w+)\*\*", runbook, re.MULTILINE))
    world.database.close()
