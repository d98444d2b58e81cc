"""The sources at a glance: what they are comes from the crawler, what they brought from the records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from crawler.sources import describe_sources, load_sources
from directory.clock import FixedClock
from directory.settings import Settings
from records import audit, jobs, runs, users
from records.database import Database
from records.runs import RunState, RunSummary
from records.users import Role
from search.engine import open_engine
from tests.records_fixtures import open_new
from tests.web_world import NOW
from web.admin.chart import make_chart
from web.app import create_app

PASSWORD = "a long enough password"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    found = open_new(Settings(data_dir=tmp_path, session_secret="a secret for tests"), clock=clock)
    yield found
    found.close()


@pytest.fixture
def client(tmp_path: Path, database: Database, clock: FixedClock) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path, session_secret="a secret for tests")
    app = create_app(
        settings,
        database=database,
        engine=open_engine(settings),
        clock=clock,
        list_sources=lambda session: describe_sources(session, clock),
    )
    with database.begin() as session:
        users.create_user(session, name="rae", password=PASSWORD, role=Role.READ_ONLY)
    with TestClient(app, base_url="http://testserver") as found:
        yield found


def read_page(client: TestClient) -> str:
    """The page, signed in anew: days pass in these tests, and a sign-in ends."""
    client.post("/admin/sign-in", data={"name": "rae", "password": PASSWORD})
    return client.get("/admin/sources").text


def run_once(
    database: Database, clock: FixedClock, source: str, summary: RunSummary, state: RunState = RunState.DONE
) -> None:
    clock.at += timedelta(days=1)
    with database.begin() as session:
        runs.finish(session, runs.start(session, source).id, summary, state=state)


def test_every_source_is_there_before_it_ever_ran(client: TestClient) -> None:
    page = read_page(client)
    for source in load_sources().values():
        assert f'id="s-{source.id}"' in page
    assert "Washington State Department of Health" in page
    assert "never read" in page
    assert "No run has ended yet" in page


def test_a_quarantined_source_says_why_first(client: TestClient, database: Database, clock: FixedClock) -> None:
    run_once(database, clock, "wa_doh", RunSummary(fetched=9000, new=9000))
    trouble = RunSummary(
        fetched=1200,
        set_aside={"no number": 7},
        samples=("row 12: no number <script>",),
        gates=("1,200 rows, fewer than 8,000",),
    )
    run_once(database, clock, "wa_doh", trouble, RunState.QUARANTINED)
    page = read_page(client)
    assert 'quarantine: <a href="#s-wa_doh">' in page
    for words in ("1,200 rows, fewer than 8,000", "no number: ", "row 12: no number &lt;script&gt;", "1 day old"):
        assert words in page
    assert "Read in the last 2 runs: 1,200 to 9,000, last 1,200. 1 failed or was set in quarantine." in page


def test_what_was_only_imported_is_there_too(client: TestClient, database: Database, clock: FixedClock) -> None:
    run_once(database, clock, "partner", RunSummary(fetched=3, new=3))
    assert 'id="s-partner"' in read_page(client)


def test_a_chart_draws_a_bar_a_run_to_scale_and_says_it_in_words(
    client: TestClient, database: Database, clock: FixedClock
) -> None:
    for count in (0, 50, 100):
        run_once(database, clock, "osm", RunSummary(fetched=count))
    with database.read() as session:
        chart = make_chart(runs.history(session, "osm"))
    assert chart is not None
    assert [bar.height for bar in chart.bars] == [2, 28, 56]
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
    page = read_page(client)
    start = page.index('<svg class="chart"')
    drawn = ElementTree.fromstring(page[start : page.index("</svg>", start) + 6])
    assert len(drawn.findall("rect")) == 3
    assert (
        drawn.findtext("title")
        == chart.text
        == "Read in the last 3 runs: 0 to 100, last 100. None failed or were set in quarantine."
    )


def test_there_is_no_chart_of_nothing() -> None:
    assert make_chart([]) is None


# --- what an administrator may ask of a source ------------------------------------------------------------


@pytest.fixture
def boss(client: TestClient, database: Database) -> TestClient:
    """The same site, signed in as an administrator."""
    with database.begin() as session:
        users.create_user(session, name="max", password=PASSWORD, role=Role.ADMIN)
    client.post("/admin/sign-in", data={"name": "max", "password": PASSWORD})
    return client


def press(client: TestClient, act: str, source: str = "wa_doh", **fields: str) -> str:
    """Press a source's button; returns the page it leads to."""
    page = client.get("/admin/sources").text
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = client.post(f"/admin/sources/{source}/{act}", data={"form_token": token, **fields})
    return f"{answer.status_code} {answer.text}"


def load_acts(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(row.actor, row.action) for row in audit.export(session) if row.action.startswith("source.")]


def test_an_administrator_has_a_source_read_now_once(boss: TestClient, database: Database) -> None:
    assert "Read it now" in boss.get("/admin/sources").text
    assert "wa_doh: asked for" in press(boss, "read")
    assert press(boss, "read").startswith("409")
    with database.read() as session:
        (crawl,) = [job for job in jobs.load_unfinished(session) if job.kind == "crawl"]
    assert crawl.payload["source"] == "wa_doh"
    assert load_acts(database) == [("max", "source.read-now")]


def test_a_paused_source_says_who_paused_it_and_why_and_goes_on(boss: TestClient, database: Database) -> None:
    assert "Paused by max" in press(boss, "pause", reason="they asked <us> to wait")
    assert "they asked &lt;us&gt; to wait" in boss.get("/admin/sources").text
    assert press(boss, "read").startswith("409")
    assert "Paused by" not in press(boss, "resume")
    assert load_acts(database) == [("max", "source.pause"), ("max", "source.resume")]


def test_what_the_gates_held_back_is_accepted_for_a_reason(
    boss: TestClient, database: Database, clock: FixedClock
) -> None:
    run_once(database, clock, "wa_doh", RunSummary(fetched=1200, gates=("no sudden drop: 1200",)), RunState.QUARANTINED)
    boss.post("/admin/sign-in", data={"name": "max", "password": PASSWORD})
    page = boss.get("/admin/sources").text
    assert page.count("Accept what the gates held back") == 1
    run_id = page.split('name="run_id" value="')[1].split('"')[0]
    assert press(boss, "release", run_id=run_id).startswith("422")
    assert press(boss, "release", run_id="another", reason="right").startswith("409")
    assert "held to the counts that were accepted" in press(boss, "release", run_id=run_id, reason="they merged")
    assert load_acts(database) == [("max", "source.release")]


def test_a_source_that_nobody_knows_cannot_be_asked_for(boss: TestClient) -> None:
    assert press(boss, "read", source="nowhere").startswith("404")


def test_who_may_only_read_sees_no_button(client: TestClient) -> None:
    page = read_page(client)
    assert "Read it now" not in page
    assert "Pause" not in page
    assert press(client, "pause").startswith("403")
