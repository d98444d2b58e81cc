"""A crawl killed at any moment and run again ends where an undisturbed one does: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
from pathlib import Path

import pytest

from crawler.journal import Journal
from crawler.tally import Tally
from directory.errors import LockedError
from directory.models import ObservationKind, to_json
from directory.settings import Settings
from records.database import open_database
from records.observations import load_current
from tests.crawler_servers import Answer, Nppes, Route, Server, Socrata, make_npi_row, make_wa_row, serve
from tests.crawler_victim import main
from tests.records_fixtures import make_record, observe
from tests.test_crawler_servers import WA_COLUMNS

PROCESSES = multiprocessing.get_context("forkserver")  # its children need not import everything anew
PROCESSES.set_forkserver_preload(
    [
        "tests.crawler_victim",
        "crawler.spiders.practice_sites",
        "crawler.middlewares.robots",
        "scrapy.core.downloader.handlers.http11",
        "scrapy.downloadermiddlewares.retry",
        "scrapy.extensions.throttle",
    ]
)
SOURCES = ("wa_doh", "nppes", "practice_sites", "leie")
MOMENTS = 10
EXCLUDED = 30
PAGES = {
    "/": '<title>Clinic</title><a href="/about">About</a><a href="/contact">Contact</a>',
    "/about": "<p>a",
    "/contact": "<p>c",
}


def make_world() -> Route:
    """A register of 200, an NPI registry of 150 in several states, sites of three pages, and an exclusion list."""
    socrata = Socrata({"qxh8-f4bd": [make_wa_row(n) for n in range(1, 201)]}, {"qxh8-f4bd": WA_COLUMNS})
    states = ("CO", "WA", "TX")
    nppes = Nppes([make_npi_row(n, state=states[n % 3]) for n in range(1, 151)])
    rows = (f"EXAMPLE{n},ANA,,0000000000,1128a1,20200101" for n in range(EXCLUDED))
    excluded = "\n".join(["LASTNAME,FIRSTNAME,BUSNAME,NPI,EXCLTYPE,EXCLDATE", *rows]).encode()

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if host.startswith("s") and ".example" in host:
            return Answer(f"{PAGES[path]} {host}".encode()) if path in PAGES else None
        if path == "/leie.csv":
            return Answer(excluded, content_type="text/csv")
        return nppes.route(path, query, host) or socrata.route(path, query, host)

    return route


def read_journals(folder: Path) -> bytes:
    """What the unfinished runs say they have done."""
    found = b""
    for path in folder.glob("crawl/*/journal"):
        with contextlib.suppress(FileNotFoundError):  # its run has just ended
            found += path.read_bytes()
    return found


def run_victim(folder: Path, server: Server, *, kill_after: int | None = None) -> int:
    """Run the crawl in a process of its own, killed once its requests and its journals' lines are so many."""
    before = len(server.asked)
    process = PROCESSES.Process(target=main, args=(str(folder), server.url, *SOURCES))
    process.start()
    while process.is_alive():
        process.join(0.002)
        if kill_after is not None and len(server.asked) - before + read_journals(folder).count(b"\n") >= kill_after:
            process.kill()
            break
    process.join(900)  # a busy machine is slow
    assert process.exitcode is not None
    return process.exitcode


def load_everything(folder: Path) -> list[tuple[str, str, str]]:
    """Every observation in force: source, key and what it says."""
    database = open_database(Settings(data_dir=folder))
    found = []
    with database.read() as session:
        for kind in ObservationKind:
            found += [(item.source, item.key, str(to_json(item.payload))) for item in load_current(session, kind)]
    database.close()
    return sorted(found)


def test_killed_at_ten_random_moments_the_end_is_the_same(tmp_path: Path) -> None:
    chance = random.Random(4)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    deaths = runs = 0
    with serve(make_world()) as server:
        assert run_victim(calm, server) == 0
        total = len(server.asked)
        while runs < MOMENTS or (deaths < MOMENTS // 2 and runs < 10 * MOMENTS):  # a blow may come too late
            runs += 1
            done = read_journals(killed)
            asked = len(server.asked)
            steps = done.count(b"\n") + chance.randint(1, total // 5)
            deaths += run_victim(killed, server, kill_after=steps) == -9
            if b'"unit":"wa_doh"' in done:
                assert not any("qxh8-f4bd" in target for target in server.asked[asked:]), (
                    "a whole register is not read again"
                )
        assert run_victim(killed, server) == 0
    found, expected = load_everything(killed), load_everything(calm)
    assert deaths >= MOMENTS // 2
    assert len({(source, key) for source, key, _ in expected}) == len(expected) == 200 + 150 + 30 + EXCLUDED
    assert [item[:2] for item in found] == [item[:2] for item in expected]
    assert found == expected
    assert list((killed / "crawl").iterdir()) == [], "a finished run leaves no journal"


def test_a_unit_that_was_finished_is_not_read_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("run-1")
    journal.spool("one", [observe(make_record(1), "1")])
    journal.close_unit("one", Tally(fetched=1, observed=1))
    journal.spool("two", [observe(make_record(2), "2")])
    journal.close(keep=True)
    again = Journal(tmp_path / "j")
    assert (again.run_id, again.done, again.tally.fetched) == ("run-1", {"one"}, 1)
    assert [item.key for _, batch in again.load_unpromoted() for item in batch] == ["1"]
    again.note_promoted(1, Tally(new=1))
    again.close(keep=True)
    third = Journal(tmp_path / "j")
    assert (list(third.load_unpromoted()), third.tally.new) == ([], 1)
    third.close(keep=False)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_journal_cut_off_in_the_middle_of_a_line_is_read_as_far_as_it_is_whole(tmp_path: Path, cut: int) -> None:
    journal = Journal(tmp_path / "j")
    journal.begin("run-1")
    journal.close_unit("one", Tally(fetched=1))
    journal.close(keep=True)
    path = tmp_path / "j" / "journal"
    path.write_bytes(path.read_bytes()[:-cut])
    again = Journal(tmp_path / "j")
    assert again.run_id == "run-1"
    assert again.done == set()
    again.close_unit("two", Tally())
    again.close(keep=True)
    last = Journal(tmp_path / "j")
    assert last.done == {"two"}
    last.close(keep=False)


def test_two_processes_cannot_run_one_crawl(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    with pytest.raises(LockedError, match="Another process"):
        Journal(tmp_path / "j")
    journal.close(keep=False)


def test_what_was_spooled_comes_back_as_it_was(tmp_path: Path) -> None:
    seen = observe(make_record(7), "7")
    journal = Journal(tmp_path / "j")
    journal.spool("u", [seen])
    journal.close_unit("u", Tally())
    assert [item for _, batch in journal.load_unpromoted() for item in batch] == [seen]
    journal.close(keep=False)


def test_what_a_kill_leaves_of_a_finished_run_is_nobodys(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.spool("u", [observe(make_record(1), "1")])
    journal.close_unit("u", Tally())
    journal.close(keep=True)
    (tmp_path / "j" / "journal").unlink()  # as far as letting go of the folder had come
    again = Journal(tmp_path / "j")
    assert (again.run_id, again.done, list(again.load_unpromoted())) == (None, set(), [])
    again.close(keep=False)
