"""Every source says whose it is, what it may be used for, and how each of its columns is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from crawler.job import Plan
from crawler.readers.columns import check_columns
from crawler.regions import parse_region
from crawler.run import apply_override, asks_unreviewed, find_reason_to_skip, is_full_read
from crawler.settings import SPIDER_MODULES
from crawler.sources import describe_sources, get_source, load_lookup_only, load_sources
from crawler.sources.model import SourceKind, load_source
from crawler.tally import SourceState
from directory.clock import FixedClock
from directory.errors import NotFoundError, SettingsError, UnknownColumnError, UsageError
from directory.settings import Settings
from directory.shards import parse_shard
from records.database import open_database

CONTRACT = {
    "practice_sites",
    "nppes",
    "leie",
    "sam",
    "osm",
    "overture",
    "wa_doh",
    "co_dora",
    "tx_tdlr",
    "ct_dph",
    "il_idfpr",
    "de_dpr",
    "fl_mqa",
}


def test_sources_contract_and_spiders_are_the_same_set() -> None:
    spiders = set(SpiderLoader(ScrapySettings({"SPIDER_MODULES": SPIDER_MODULES})).list())
    assert set(load_sources()) == CONTRACT
    assert spiders == CONTRACT


@pytest.mark.parametrize("source_id", sorted(CONTRACT))
def test_every_source_states_its_terms(source_id: str) -> None:
    source = get_source(source_id)
    assert source.licence
    assert source.terms_url.startswith("https://")
    assert source.attribution
    assert source.unconfirmed, "what was written from memory is said"


def test_terms_that_nobody_has_read_have_no_day() -> None:
    assert all(source.terms_reviewed_on is None for source in load_sources().values())


def test_asking_a_source_whose_terms_nobody_has_read_is_noted() -> None:
    source = get_source("leie")
    assert asks_unreviewed(source, Plan(), overridden=False)
    assert not asks_unreviewed(source, Plan(from_="rows.csv"), overridden=False)
    assert not asks_unreviewed(source, Plan(), overridden=True)
    reviewed = source.model_copy(update={"terms_reviewed_on": date(2026, 11, 20)})
    assert not asks_unreviewed(reviewed, Plan(), overridden=False)


@pytest.mark.parametrize("source_id", sorted(s.id for s in load_sources().values() if s.kind is SourceKind.REGISTER))
def test_every_register_has_statuses_a_number_scheme_and_its_columns(source_id: str) -> None:
    source = get_source(source_id)
    assert source.statuses
    assert source.number is not None
    assert source.profession is not None
    kept = {column.keep for column in source.columns.values()}
    assert {"number", "licence_type", "expires_on"} <= kept
    assert "status" in kept or source.status_from_expiry


def test_every_ignored_column_says_why() -> None:
    for source in load_sources().values():
        for columns in (source.columns, *source.other_columns.values()):
            for name, column in columns.items():
                assert column.keep or len(column.ignore or "") > 10, f"{source.id}.{name}"


@pytest.mark.parametrize("column", ["birthyear", "DOB", "owner_telephone", "basic.authorized_official_last_name"])
def test_columns_that_may_never_be_kept_are_ignored(column: str) -> None:
    found = [source.columns[column] for source in load_sources().values() if column in source.columns]
    assert found
    assert all(each.keep is None for each in found)


def test_boards_with_a_look_up_page_alone_are_linked_and_never_crawled() -> None:
    boards = {(board.country, board.region): board for board in load_lookup_only()}
    assert {("US", "CA"), ("US", "NY"), ("US", "NC"), ("US", "NJ"), ("US", "NV"), ("US", "OR")} <= set(boards)
    assert {("CA", "ON"), ("CA", "BC")} <= set(boards)
    assert all(board.url.startswith("https://") and board.name for board in boards.values())
    crawled = {source.jurisdiction for source in load_sources().values() if source.kind is SourceKind.REGISTER}
    assert not crawled & {board.region for board in boards.values()}


def test_an_unknown_key_in_a_source_file_is_refused_by_name(tmp_path: Path) -> None:
    text = (Path(str(load_source.__code__.co_filename)).parent / "leie.yml").read_text("utf-8")
    (tmp_path / "leie.yml").write_text(f"{text}\ncolour: blue\n", "utf-8")
    with pytest.raises(SettingsError, match=r"leie\.yml: colour"):
        load_source(tmp_path / "leie.yml")


def test_an_unknown_source_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match="wa_doh"):
        get_source("nowhere")


def test_an_unread_column_stops_the_source_by_name() -> None:
    source = get_source("wa_doh")
    with pytest.raises(UnknownColumnError, match=r"wa_doh.*'favouritecolour'"):
        check_columns(source, source.columns, [*source.columns, "favouritecolour"], header=True)


def test_a_column_that_is_needed_and_missing_stops_the_source_by_name() -> None:
    source = get_source("wa_doh")
    with pytest.raises(UnknownColumnError, match=r"wa_doh.*'credentialnumber', 'credentialtype', 'status' is missing"):
        check_columns(source, source.columns, ["lastname"], header=True)


def test_status_words_keep_their_meaning_whatever_their_case_and_spacing() -> None:
    assert get_source("ct_dph").normalise_status("Lapsed  due to non-renewal") == "expired"
    assert get_source("fl_mqa").normalise_status("Disc Relinquish") == "revoked"
    assert get_source("wa_doh").normalise_status("MIRACULOUS") is None


@pytest.mark.parametrize("text", ["5/4", "0/2", "a/b", "2", "1/0"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_shard(text)


def test_every_unit_falls_to_exactly_one_shard() -> None:
    shards = [parse_shard(f"{index}/3") for index in (1, 2, 3)]
    units = [f"site{number}.example" for number in range(200)]
    assert all(sum(shard.has(unit) for shard in shards) == 1 for unit in units)
    assert all(any(shard.has(unit) for unit in units) for shard in shards)


@pytest.mark.parametrize("text", ["Bavaria", "ZZ", ", CO", ""])
def test_a_region_that_is_none_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="two letters"):
        parse_region(text)


def test_regions_are_states_provinces_and_their_cities() -> None:
    assert str(parse_region(" ab ")) == "AB"
    assert parse_region("Denver, co").city == "Denver"
    assert parse_region("ON").country == "CA"


def test_a_source_can_be_switched_off_by_a_setting() -> None:
    settings = Settings(sources_off="leie, sam")
    assert find_reason_to_skip(get_source("leie"), settings, Plan(), asked_for=True) == "switched off"
    assert find_reason_to_skip(get_source("wa_doh"), settings, Plan(), asked_for=True) is None


def test_only_a_full_read_of_an_authoritative_source_may_close_records() -> None:
    assert is_full_read(get_source("wa_doh"), Plan())
    assert not is_full_read(get_source("wa_doh"), Plan(from_="rows.json"))
    assert is_full_read(get_source("wa_doh"), Plan(from_="rows.json", full=True))
    assert not is_full_read(get_source("nppes"), Plan())


def test_an_override_that_is_no_field_of_a_source_is_refused() -> None:
    with pytest.raises(SettingsError, match="wa_doh"):
        apply_override(get_source("wa_doh"), {"colour": "blue"})


def test_describe_sources_lists_terms_last_run_and_freshness(tmp_path: Path) -> None:
    from records import runs

    clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
    database = open_database(Settings(data_dir=tmp_path), clock=clock)
    with database.begin() as session:
        run = runs.start(session, "wa_doh", full=True)
        runs.finish(session, run.id, runs.RunSummary(fetched=1))
    clock.at += timedelta(days=60)
    with database.read() as session:
        found = {status.id: status for status in describe_sources(session, clock, off="leie")}
    database.close()
    assert set(found) == CONTRACT
    assert found["wa_doh"].freshness == "60 days old: stale after 30"
    assert found["wa_doh"].is_due
    assert found["wa_doh"].to_json()["terms_reviewed_on"] is None
    assert found["osm"].freshness == "never read"
    assert not found["leie"].enabled
    assert found["wa_doh"].to_json()["last_state"] == SourceState.DONE
