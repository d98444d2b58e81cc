"""A crawl killed at any moment and run again ends where an undisturbed one does: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crawler.journal import Journal
from crawler.tally import Tally
from directory.errors import LockedError
from directory.models import ObservationKind, to_json
from directory.settings import Settings
from records.database import open_database
from records.observations import load_current
from tests.crawler_servers import Answer, Nppes, Route, Socrata, make_npi_row, make_wa_row, serve
from tests.records_fixtures import make_record, observe
from tests.test_crawler_servers import WA_COLUMNS

ROOT = Path(__file__).parent.parent
PAGES = {
    "/": '<title>Clinic</title><a href="/about">About</a><a href="/contact">Contact</a>',
    "/about": "<p>a",
    "/contact": "<p>c",
}


def make_world() -> Route:
    """A register of 200, an NPI registry of 150 in several states, and sites of three pages."""
    socrata = Socrata({"qxh8-f4bd": [make_wa_row(n) for n in range(1, 201)]}, {"qxh8-f4bd": WA_COLUMNS})
    states = ("CO", "WA", "TX")
    nppes = Nppes([make_npi_row(n, state=states[n % 3]) for n in range(1, 151)])

    def route(path: str, query: dict[str, str], host: str) -> Answer | None:
        if host.startswith("s") and ".example" in host:
            return Answer(f"{PAGES[path]} {host}".encode()) if path in PAGES else None
        return nppes.route(path, query, host) or socrata.route(path, query, host)

    return route


def run_victim(folder: Path, url: str, *, kill_after_requests: int | None, asked: list[str]) -> int:
    """Run the crawl in a process of its own, killed once it has made so many requests."""
    before = len(asked)
    process = subprocess.Popen([sys.executable, "-m", "tests.crawler_victim", str(folder), url], cwd=ROOT)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            if kill_after_requests is not None and len(asked) - before >= kill_after_requests:
                process.kill()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait(timeout=120)
    done.set()
    watcher.join()
    return code


def load_everything(folder: Path) -> list[tuple[str, str, str]]:
    """Every observation in force: source, key and what it says."""
    database = open_database(Settings(data_dir=folder))
    found = []
    with database.read() as session:
        for kind in ObservationKind:
            found += [(item.source, item.key, str(to_json(item.payload))) for item in load_current(session, kind)]
    database.close()
    return sorted(found)


def test_killed_at_several_moments_the_end_is_the_same(tmp_path: Path) -> None:
    random.seed(4)
    with serve(make_world()) as server:
        assert run_victim(tmp_path / "calm", server.url, kill_after_requests=None, asked=server.asked) == 0
        calm = load_everything(tmp_path / "calm")
        total = len(server.asked)
        for moment in sorted(random.sample(range(2, total - 5), 2)):
            killed = run_victim(tmp_path / "killed", server.url, kill_after_requests=moment // 3, asked=server.asked)
            assert killed in {0, -9}
        assert run_victim(tmp_path / "killed", server.url, kill_after_requests=None, asked=server.asked) == 0
    found = load_everything(tmp_path / "killed")
    assert len({(source, key) for source, key, _ in calm}) == len(calm) == 200 + 150 + 60
    assert [item[:2] for item in found] == [item[:2] for item in calm]
    assert found == calm
    assert list((tmp_path / "killed" / "crawl").iterdir()) == [], "a finished run leaves no journal"


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
