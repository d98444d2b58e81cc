"""A whole installation in processes of its own, reviewers at work on it, and what must be true once it is quiet.

Two sites, a worker and a scheduler on a PostgreSQL and an Elasticsearch of their own; each can be killed and comes
back.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson
import sqlalchemy as sa

from cli.app import App
from cli.demo import fill, make_demo_settings
from cli.keep import LEASE_S
from crawler.sources import load_sources
from demo.server import WorldServer, serve_world
from demo.world import make_world
from directory.clock import SystemClock
from directory.settings import PREFIX, Settings
from records import audit, entities, jobs, outbox, reviews, users
from records.database import open_database
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.tables import AuditTableRow, DecisionRow
from records.users import Role
from search.documents import make_documents
from search.engine import open_engine
from search.indexer import update_index
from search.node import RunningNode, start_node
from search.node.process import reserve_port
from tests.postgresql_node import LocalServer, require_programs

PASSWORD = "a long enough password"
ROOT = Path(__file__).parent.parent
VERSION = re.compile(r'name="version" value="(\d+)"')
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
CASE = re.compile(r'href="/admin/cases/([0-9a-f]{32})"')
DEADLINE_S = 900.0


@dataclass
class Member:
    """One process of the installation, started again as often as it is killed."""

    name: str
    command: tuple[str, ...]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0

    def start(self) -> None:
        """Start it, as a supervisor does."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command], cwd=ROOT, env=self.environ, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """End it at once with -9 and start it again."""
        assert self.process
        self.process.kill()
        self.process.wait(30)
        self.deaths += 1
        self.start()

    def stop(self) -> None:
        """End it in good order."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)


@dataclass
class Crew:
    """The installation: its processes, its servers, and the records as they are from here."""

    app: App
    postgresql: LocalServer
    node: RunningNode
    world: WorldServer
    sites: tuple[str, ...]
    members: dict[str, Member] = field(default_factory=dict)

    def wait_until_up(self) -> None:
        """Return once every site answers searches."""
        for url in self.sites:
            wait_for(lambda url=url: is_ready(url))  # type: ignore[misc]

    def is_quiet(self) -> bool:
        """Whether no job and no change is left."""
        with self.app.database.read() as session:
            return not jobs.load_unfinished(session) and outbox.count_waiting(session) == 0


def is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def wait_for(is_so: Callable[[], bool], *, why: str = "") -> None:
    """Return once it is so; fail after a long time."""
    deadline, between = time.monotonic() + DEADLINE_S, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, why or "it never came to be so"
        between.wait(0.05)


@contextmanager
def start_crew(folder: Path, *, cases: int, lease_s: float = LEASE_S, heap: str = "384m") -> Iterator[Crew]:
    """A filled installation at work, with so many cases to decide; gone when the block ends."""
    with ExitStack() as stack:
        postgresql = LocalServer(require_programs())
        stack.callback(postgresql.stop)
        node = stack.enter_context(start_node(heap=heap))
        world = stack.enter_context(serve_world(make_world(seed=1)))
        settings = make_settings(folder, postgresql.start().make_url("postgres"), node.url, only=set(world.overrides))
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        app = App(settings, SystemClock(), open_database(settings))
        stack.callback(app.database.close)
        fill(app, world.world, world.overrides, lambda _: None)
        open_cases(app, cases)
        sites = tuple(f"http://127.0.0.1:{stack.enter_context(reserve_port())}" for _ in range(2))
        crew = Crew(app, postgresql, node, world, sites)
        ways = folder / "ways.json"
        ways.write_bytes(orjson.dumps(world.overrides))
        environ = make_environ(settings)
        commands: dict[str, tuple[str, ...]] = {
            f"web-{place}": ("cli.main", "serve", "--port", url.rpartition(":")[2]) for place, url in enumerate(sites)
        }
        commands["worker"] = ("tests.drill_worker", str(ways), "0.2", str(lease_s))
        commands["scheduler"] = ("cli.main", "schedule", "--every", "1", "--parts", "2")
        for name, command in commands.items():
            member = crew.members[name] = Member(name, command, environ, folder / f"{name}.log")
            member.start()
            stack.callback(member.stop)
        crew.wait_until_up()
        yield crew


def make_settings(folder: Path, database_url: str, search_url: str, *, only: set[str]) -> Settings:
    """Settings under which `only` these sources are read: all others are not on loopback."""
    off = ",".join(name for name in load_sources() if name not in only)
    settings = Settings(
        data_dir=folder / "data",
        database_url=database_url,
        search_url=search_url,
        search_fallback=True,
        session_secret="only-for-drills",
        sources_off=off,
        search_timeout_s=10,
    )
    return make_demo_settings(settings, base_url="http://127.0.0.1:8000")


def make_environ(settings: Settings) -> dict[str, str]:
    """The environment of a process with these settings, and none of this one's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    changed = settings.model_dump(exclude_defaults=True)
    return {**kept, **{f"{PREFIX}{name.upper()}": str(value) for name, value in changed.items()}}


def open_cases(app: App, number: int) -> None:
    """Cases that no step of the job closes by itself, about the entries in turn."""
    with app.database.begin() as session:
        people = [entity.id for entity in entities.load_all(session)]
        drafts = [
            CaseDraft(
                kind=CaseKind.CORRECTION,
                key=f"drill:{place}",
                entity_id=people[place % len(people)],
                input=CaseInput(heading=f"Case {place}", notes=("The phone number is an old one.",)),
            )
            for place in range(number)
        ]
        assert reviews.open_cases(session, drafts) == number
        users.create_user(session, name="ann", password=PASSWORD, role=Role.SECOND_REVIEWER)


# --- people at work ---------------------------------------------------------------------------------------


@dataclass
class Work:
    """What reviewers and visitors were told: `acknowledged` maps a decision's own words to its case."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    reviewers_told: Counter[str] = field(default_factory=Counter)
    visitors_told: Counter[str] = field(default_factory=Counter)
    longest_silence_s: float = 0.0
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_decision(self, words: str, case_id: str) -> None:
        with self._lock:
            self.acknowledged[words] = case_id
            now = time.monotonic()
            self.longest_silence_s = max(self.longest_silence_s, now - self._last)
            self._last = now


@contextmanager
def at_work(crew: Crew, *, reviewers: int = 3, visitors: int = 1, seed: int = 1) -> Iterator[Work]:
    """Reviewers decide and visitors search, through whichever site answers, until the block ends."""
    work, ended = Work(), threading.Event()
    threads = [threading.Thread(target=review, args=(crew, work, ended, f"{seed}-{n}")) for n in range(reviewers)]
    threads += [threading.Thread(target=visit, args=(crew, work, ended, n)) for n in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        yield work
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)


def review(crew: Crew, work: Work, ended: threading.Event, name: str) -> None:
    """Decide one case after another; an answer that never came is nobody's word."""
    chance, number = random.Random(name), 0
    with httpx2.Client(timeout=15) as client:
        while not ended.is_set():
            url = chance.choice(crew.sites)
            number += 1
            try:
                told = decide_one(client, url, chance, f"{name}-{number}", work)
            except httpx2.HTTPError as error:
                told = type(error).__name__
                ended.wait(0.05)
            work.reviewers_told[told] += 1


def decide_one(client: httpx2.Client, url: str, chance: random.Random, words: str, work: Work) -> str:
    """Take a case from the queue's first page and accept it; returns what the site answered."""
    queue = client.get(f"{url}/admin/?kind=correction")
    if queue.status_code == 303:
        signed_in = client.post(f"{url}/admin/sign-in", data={"name": "ann", "password": PASSWORD})
        client.headers["Cookie"] = signed_in.headers.get("set-cookie", "").partition(";")[0]  # for every site
        return "signed in"
    found = CASE.findall(queue.text)
    if queue.status_code != 200 or not found:
        return f"queue {queue.status_code}"
    case_id = chance.choice(found)
    page = client.get(f"{url}/admin/cases/{case_id}")
    version, token = VERSION.search(page.text), TOKEN.search(page.text)
    if 'value="accept"' not in page.text:
        return "told that it is decided"  # since the queue was shown
    if page.status_code != 200 or not version or not token:
        return f"case {page.status_code}"
    form = {"version": version[1], "form_token": token[1], "choice": "accept", "reason": words}
    answer = client.post(f"{url}/admin/cases/{case_id}/decide", data=form)
    if answer.status_code == 303:
        work.note_decision(words, case_id)
        return "decided"
    return f"decide {answer.status_code}"


def visit(crew: Crew, work: Work, ended: threading.Event, number: int) -> None:
    """Search again and again; a site that is being started again leaves the visitor to the other one."""
    chance = random.Random(number)
    with httpx2.Client(timeout=15) as client:
        while not ended.is_set():
            try:
                answer = client.get(f"{chance.choice(crew.sites)}/search?q=neck+pain+near+Denver")
                told = f"{answer.status_code}"
            except httpx2.HTTPError as error:
                told = type(error).__name__
            work.visitors_told[told] += 1
            ended.wait(0.1)


# --- what must be true ------------------------------------------------------------------------------------


def check_everything(crew: Crew, works: Sequence[Work]) -> None:
    """Once it is quiet: nothing acknowledged lost, each decision once, chains whole, index and records the same."""
    wait_for(crew.is_quiet, why="the jobs or the outbox never came to an end")
    app = crew.app
    with app.database.read() as session:
        row = DecisionRow
        decided = session.execute(sa.select(row.case_id, row.reason)).all()
        acts = session.scalar(sa.select(sa.func.count()).where(AuditTableRow.action == "review.accept"))
        assert audit.check_chain(session).ok
        expected = {
            document.id: document for document in make_documents(session, settings=app.settings, clock=app.clock)
        }
    by_words = Counter(reason for _, reason in decided)
    assert max(by_words.values()) == 1, "a decision is there twice"
    assert max(Counter(case_id for case_id, _ in decided).values()) == 1, "a case was decided twice"
    lost = {words for work in works for words in work.acknowledged} - set(by_words)
    assert not lost, f"acknowledged decisions are lost: {sorted(lost)[:5]}"
    assert acts == len(decided)
    reader = open_engine(app.settings).open_reader()
    assert reader.count() == len(expected)
    assert reader.get_many(list(expected)) == expected
    swept = update_index(open_engine(app.settings), app.database, settings=app.settings, clock=app.clock, sweep=True)
    assert (swept.written, swept.deleted, swept.waiting) == (0, 0, 0)
    examined = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--json"],
        cwd=ROOT,
        env=crew.members["scheduler"].environ,
        capture_output=True,
        check=False,
    )
    findings = orjson.loads(examined.stdout)
    assert examined.returncode == 0, [finding for finding in findings if not finding["ok"]]
