"""A source that fails its gates is quarantined and deletes nothing; only an authoritative full read closes records."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from crawler.gates import check_gates
from crawler.run import run_crawl
from crawler.sources import get_source
from crawler.tally import SourceState, SourceSummary, Tally
from directory.clock import FixedClock
from directory.settings import Settings
from records import rounds, runs
from records.database import Database
from tests.crawler_servers import Answer, Nppes, Socrata, answer_json, make_wa_row, serve
from tests.test_crawler_servers import WA_COLUMNS, Crawl, crawl, database, load_records, settings

__all__ = ["crawl", "database", "settings"]

FILLED = {"min": 1, "max": 10_000, "max_drop_percent": 20.0, "fill": {"status": 0.9}}


def make_register(count: int, **parts: object) -> Socrata:
    return Socrata({"qxh8-f4bd": [make_wa_row(n, **parts) for n in range(1, count + 1)]}, {"qxh8-f4bd": WA_COLUMNS})


def read(crawl: Crawl, fake: Socrata, **fields: object) -> SourceState:
    # A register's own address must not change between runs of a test, or it would be another server.
    with serve(fake.route) as server:
        return crawl("wa_doh", server, fields=fields).state


def test_a_full_read_closes_what_the_register_no_longer_has(crawl: Crawl, database: Database) -> None:
    read(crawl, make_register(10))
    with serve(make_register(9).route) as server:
        summary = crawl("wa_doh", server)
    assert (summary.state, summary.closed, summary.unchanged) == (SourceState.DONE, 1, 9)
    assert "MA00000010" not in load_records(database, "wa_doh")


def test_a_sudden_drop_is_quarantined_and_deletes_nothing(crawl: Crawl, database: Database) -> None:
    read(crawl, make_register(10))
    with serve(make_register(3, status="EXPIRED").route) as server:
        summary = crawl("wa_doh", server)
    assert summary.state is SourceState.QUARANTINED
    assert summary.error is not None
    assert "no sudden drop: 3 after 10" in summary.error
    found = load_records(database, "wa_doh")
    assert len(found) == 10
    assert {record.status for record in found.values()} == {"ACTIVE"}, "nothing of a quarantined run is used"


def test_after_a_quarantine_the_next_good_read_counts_against_the_last_good_one(crawl: Crawl) -> None:
    assert read(crawl, make_register(10)) is SourceState.DONE
    assert read(crawl, make_register(3)) is SourceState.QUARANTINED
    assert read(crawl, make_register(3)) is SourceState.QUARANTINED
    assert read(crawl, make_register(9)) is SourceState.DONE


def test_an_empty_register_is_an_alarm(crawl: Crawl, database: Database) -> None:
    read(crawl, make_register(4))
    assert read(crawl, make_register(0)) is SourceState.QUARANTINED
    assert len(load_records(database, "wa_doh")) == 4


def test_a_spider_that_yields_nothing_is_an_alarm(crawl: Crawl) -> None:
    with serve(Nppes([]).route) as server:
        summary = crawl("nppes", server, path="/api/", regions=["CO"])
    assert summary.state is SourceState.QUARANTINED
    assert summary.failed


def test_too_few_and_too_many_rows_are_quarantined(crawl: Crawl) -> None:
    assert read(crawl, make_register(4), expected={"min": 5}) is SourceState.QUARANTINED
    assert read(crawl, make_register(4), expected={"min": 1, "max": 3}) is SourceState.QUARANTINED


def test_a_column_that_has_emptied_is_quarantined(crawl: Crawl) -> None:
    expected = {"min": 1, "fill": {"status": 0.9}}
    assert read(crawl, make_register(5), expected=expected) is SourceState.DONE
    assert read(crawl, make_register(5, status=""), expected=expected) is SourceState.QUARANTINED


def test_a_register_that_breaks_off_has_failed_and_closes_nothing(crawl: Crawl, database: Database) -> None:
    read(crawl, make_register(5))
    fake = make_register(5)

    def break_off(path: str, query: dict[str, str], host: str) -> Answer | None:
        if query.get("$offset") == "2":
            return answer_json({"message": "server error"}, 500)
        return fake.route(path, query, host)

    with serve(break_off) as server:
        summary = crawl("wa_doh", server, fields={"page_size": 2})
    assert summary.state is SourceState.FAILED
    assert summary.closed == 0
    assert len(load_records(database, "wa_doh")) == 5


def test_one_failing_source_costs_the_others_nothing(settings: Settings, database: Database) -> None:
    good = make_register(3)
    bad = Socrata({"7s5z-vewr": [{"shoesize": 9}]}, {"7s5z-vewr": ["shoesize"]})
    with serve(good.route) as good_server, serve(bad.route) as bad_server:
        overrides = {"wa_doh": {"base_url": good_server.url}, "co_dora": {"base_url": bad_server.url}}
        found = run_crawl(settings, database=database, sources=list(overrides), overrides=overrides, allow_local=True)
    assert [summary.state for summary in found] == [SourceState.DONE, SourceState.FAILED]
    assert len(load_records(database, "wa_doh")) == 3


def test_the_run_is_kept_with_its_counts_and_failed_gates(crawl: Crawl, database: Database) -> None:
    read(crawl, make_register(10))
    read(crawl, make_register(3))
    with database.read() as session:
        kept = {run.state: run for run in runs.history(session, "wa_doh")}
    done, quarantined = kept[runs.RunState.DONE], kept[runs.RunState.QUARANTINED]
    assert done.full
    assert done.summary is not None
    assert done.summary.new == 10
    assert quarantined.summary is not None
    assert any("no sudden drop" in gate for gate in quarantined.summary.gates)


@pytest.mark.parametrize(("observed", "passed"), [(80, True), (79, False)])
def test_a_drop_of_just_what_is_allowed_passes(observed: int, *, passed: bool) -> None:
    source = get_source("wa_doh").model_copy(
        update={"expected": get_source("wa_doh").expected.model_copy(update={"min": 0, "fill": {}})}
    )
    gates = check_gates(source, Tally(fetched=100, observed=observed), full=True, previous=100, saved=False)
    assert all(gate.passed for gate in gates) is passed


def test_a_saved_file_is_held_to_no_counts_unless_it_is_full() -> None:
    source = get_source("wa_doh")
    tally = Tally(fetched=2, observed=2, filled=Counter(number=2, family=2, status=2))
    assert check_gates(source, tally, full=False, previous=None, saved=True) == ()
    assert not all(gate.passed for gate in check_gates(source, tally, full=True, previous=None, saved=True))


def read_released(
    settings: Settings, database: Database, fake: Socrata, released: str, **fields: object
) -> SourceSummary:
    assert isinstance(database.clock, FixedClock)
    database.clock.at += timedelta(hours=1)
    with serve(fake.route) as server:
        overrides = {"wa_doh": {"base_url": server.url, **fields}}
        (summary,) = run_crawl(
            settings, database=database, sources=["wa_doh"], overrides=overrides, allow_local=True, released=released
        )
    return summary


def test_what_a_person_accepted_is_let_through_but_nothing_worse(
    crawl: Crawl, database: Database, settings: Settings
) -> None:
    read(crawl, make_register(30))
    assert read(crawl, make_register(20)) is SourceState.QUARANTINED
    with database.read() as session:
        held = runs.latest(session, "wa_doh", state=runs.RunState.QUARANTINED)
    assert held is not None
    worse = read_released(settings, database, make_register(12), held.id)
    emptied = read_released(settings, database, make_register(20, status=""), held.id, expected=FILLED)
    assert (worse.state, emptied.state) == (SourceState.QUARANTINED, SourceState.QUARANTINED)
    assert len(load_records(database, "wa_doh")) == 30
    right = read_released(settings, database, make_register(19), held.id)
    assert (right.state, right.closed) == (SourceState.DONE, 11)
    assert any("accepted" in gate.detail for gate in right.gates)
    assert read(crawl, make_register(18)) is SourceState.DONE, "what was accepted is what the next is held to"


def test_a_paused_source_is_skipped_and_says_by_whose_word(
    crawl: Crawl, database: Database, settings: Settings
) -> None:
    with database.begin() as session:
        rounds.pause(session, "wa_doh", by="ann", reason="they asked us to wait")
    with serve(make_register(3).route) as server:
        summary = crawl("wa_doh", server)
    assert (summary.state, dict(summary.notes)) == (SourceState.SKIPPED, {"paused by ann": 1})
    with database.begin() as session:
        rounds.resume(session, "wa_doh", by="ann")
    assert read(crawl, make_register(3)) is SourceState.DONE
