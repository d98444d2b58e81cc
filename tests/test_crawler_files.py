"""Saved files as publishers and spreadsheets leave them: other encodings, other headings, lines that end early."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.readers.values import parse_date
from crawler.tally import SourceState
from directory.errors import UsageError
from directory.models import Exclusion, ObservationKind
from records.database import Database
from records.observations import load_current
from tests.test_crawler_servers import Crawl, crawl, database, load_records, settings

__all__ = ["crawl", "database", "settings"]

LEIE = "LASTNAME,FIRSTNAME,MIDNAME,BUSNAME,SPECIALTY,NPI,STATE,EXCLTYPE,EXCLDATE,REINDATE,WAIVERDATE,WVRSTATE"
ROW = '"{name}","ANA","","","MASSAGE","0000000000","TX","1128a1","20200319","00000000","00000000",""'
FLORIDA = "License-Number|Last-Name|First-Name|Profession-Name|License-Status-Description|Expire-Date|"


def load_names(database: Database) -> set[str]:
    with database.read() as session:
        found = [item.payload for item in load_current(session, ObservationKind.EXCLUSION)]
    return {item.full_name for item in found if isinstance(item, Exclusion)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_names_keep_their_letters_in_whatever_encoding(
    crawl: Crawl, database: Database, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\r\n".join([LEIE, ROW.format(name="MUÑOZ"), ""]).encode(encoding))
    assert crawl("leie", from_=str(path)).new == 1
    assert load_names(database) == {"ANA MUÑOZ"}


def test_a_file_of_two_encodings_keeps_the_letters_of_both(crawl: Crawl, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = [LEIE.encode(), ROW.format(name="MUÑOZ").encode(), ROW.format(name="NUÑEZ").encode("latin-1")]
    path.write_bytes(b"\n".join(rows))
    assert crawl("leie", from_=str(path)).new == 2
    assert load_names(database) == {"ANA MUÑOZ", "ANA NUÑEZ"}


def test_a_line_may_end_before_columns_that_are_not_kept_but_before_no_other(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    whole = ROW.format(name="EXAMPLE")
    two_short, four_short = whole.rsplit(",", 2)[0], whole.replace("ANA", "EVA").rsplit(",", 4)[0]
    path.write_text("\n".join([LEIE, two_short, four_short]))
    summary = crawl("leie", from_=str(path))
    assert (summary.new, summary.set_aside) == (1, {"number of fields differs from the header": 1})


def test_a_line_of_floridas_file_that_breaks_off_is_set_aside(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "PROF_ALL.txt"
    rows = ["MA12345|EXAMPLE|ANA|Massage Therapist|Clear|08/31/2027|", "MA12346|EXAMPLE|ANA|Massage Therapist|Clear"]
    path.write_text("\r\n".join([FLORIDA, *rows]))
    summary = crawl("fl_mqa", from_=str(path))
    assert (summary.new, summary.set_aside) == (1, {"number of fields differs from the header": 1})


def test_a_portals_export_is_read_though_its_headings_are_written_for_people(
    crawl: Crawl, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "TDLR.csv"
    path.write_text(
        "LICENSE TYPE,LICENSE NUMBER,BUSINESS NAME,OWNER NAME,LICENSE EXPIRATION DATE (MMDDCCYY)\n"
        'Massage Therapist,000001,"EXAMPLE, ANA","EXAMPLE, ANA",05/31/2027\n'
    )
    assert crawl("tx_tdlr", from_=str(path)).new == 1
    (record,) = load_records(database, "tx_tdlr").values()
    assert (record.number, record.family, record.expires_on) == ("000001", "EXAMPLE", date(2027, 5, 31))


def test_two_headings_that_mean_one_column_stop_the_source_by_name(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{LEIE},Last Name\n{ROW.format(name='EXAMPLE')},OTHER\n")
    summary = crawl("leie", from_=str(path))
    assert summary.state is SourceState.FAILED
    assert "'Last Name'" in (summary.error or "")


def test_dates_of_a_portals_newer_exports_are_read() -> None:
    assert parse_date("2027 Sep 30 12:00:00 AM") == date(2027, 9, 30)


def test_an_empty_file_is_said_to_be_empty_and_a_table_without_rows_to_hold_nothing(
    crawl: Crawl, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"")
    empty = crawl("leie", from_=str(path))
    path.write_text(LEIE + "\n")
    bare = crawl("leie", from_=str(path))
    assert empty.state is SourceState.FAILED
    assert "is empty" in (empty.error or "")
    assert (bare.state, bare.notes) == (SourceState.DONE, {"it was read, and holds nothing": 1})


def test_a_folder_without_a_file_of_the_source_has_failed(crawl: Crawl, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.md").write_text("hello")
    assert crawl("leie", from_=str(tmp_path / "folder")).state is SourceState.FAILED


def test_a_day_that_lies_ahead_and_a_source_that_is_none_are_wrong_use(crawl: Crawl, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lies ahead"):
        crawl("leie", from_=str(tmp_path), read_on=date(2030, 1, 1))
    with pytest.raises(UsageError, match="There is no source 'nobody'"):
        crawl("nobody")


def test_records_of_a_file_are_fetched_once_each_though_they_are_merged(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / "co.csv"
    head = "licensetype,licensenumber,lastname,firstname,licensestatusdescription,casenumber\n"
    path.write_text(head + "MT,0000007,Example,Ana,Active,1\nMT,0000007,Example,Ana,Active,2\n")
    summary = crawl("co_dora", from_=str(path))
    assert (summary.fetched, summary.new) == (2, 1)
