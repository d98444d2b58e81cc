"""A whole installation in processes of its own, on servers of its own, each of which can be killed and comes back.

Two sites, a worker and a scheduler, PostgreSQL, Elasticsearch, a mail server, and the world that the sources are read
from.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson

from cli.app import App
from cli.demo import fill, make_demo_settings
from cli.keep import LEASE_S
from crawler.sources import load_sources
from demo.server import WorldServer, serve_world
from demo.world import make_world
from directory.clock import SystemClock
from directory.settings import PREFIX, Settings
from records import entities, jobs, mail, outbox, reviews, rounds, users
from records.database import open_database
from records.reviews import CaseDraft, CaseInput, CaseKind
from records.rounds import Reading
from records.users import Role
from search.engine import open_engine
from search.node import RunningNode, start_node
from search.node.process import reserve_port
from tests.mail_server import MailServer, run_mail_server
from tests.postgresql_node import LocalServer, require_programs

REVIEWER, PASSWORD = "ann", "a long enough password"
ROOT = Path(__file__).parent.parent
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
        self.process.wait(DEADLINE_S)
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
                self.process.wait(DEADLINE_S)

    def require_alive(self) -> None:
        """Fail with the log's end if it ended by itself."""
        code = self.process and self.process.poll()
        assert code is None, f"{self.name} ended by itself ({code}):\n{self.log.read_text()[-2000:]}"


@dataclass
class Crew:
    """The installation: its processes, its servers, and the records as they are from here."""

    app: App
    postgresql: LocalServer
    node: RunningNode
    mail: MailServer
    world: WorldServer
    sites: tuple[str, ...]
    members: dict[str, Member] = field(default_factory=dict)

    def wait_for(self, is_so: Callable[[], bool], *, why: Callable[[], str] | str = "it never came to be so") -> None:
        """Return once it is so; fail after a long time, or at once when a process ended that nobody killed."""
        deadline, between = time.monotonic() + DEADLINE_S, threading.Event()
        while not is_so():
            for member in self.members.values():
                member.require_alive()
            assert time.monotonic() < deadline, why if isinstance(why, str) else why()
            between.wait(0.1)

    def wait_until_up(self) -> None:
        """Return once every site answers searches."""
        for url in self.sites:
            self.wait_for(lambda url=url: is_ready(url), why=f"{url} never answered")  # type: ignore[misc]  # mypy reads no default of a lambda

    def wait_until_quiet(self) -> None:
        """Return once no job, no change and no mail is left."""
        self.wait_for(lambda: not self._list_left(), why=lambda: f"it never came to an end: {self._list_left()}")

    def list_jobs(self) -> list[str]:
        """The jobs that wait or are being done."""
        with self.app.database.read() as session:
            return [f"{job.kind} {job.key}: {job.last_error}" for job in jobs.load_unfinished(session)]

    def _list_left(self) -> list[str]:
        with self.app.database.read() as session:
            waiting, mails = outbox.count_waiting(session), mail.count(session)
        left = [*self.list_jobs(), *([f"{waiting} changes"] if waiting else [])]
        return left + ([f"{mails.waiting} mails: {mails.last_error}"] if mails.waiting else [])

    def ask_for_round(self) -> None:
        """Have the worker crawl, resolve, check and index, unless it does already."""
        with self.app.database.begin() as session:
            if not rounds.is_under_way(session):
                rounds.ask(session, [Reading(source="wa_doh"), Reading(source="co_dora")], parts=2)


def is_ready(url: str) -> bool:
    """Whether a site answers searches."""
    try:
        return httpx2.get(f"{url}/readyz", timeout=30).status_code == 200
    except httpx2.HTTPError:
        return False


@contextmanager
def start_crew(
    folder: Path, *, cases: int, removals: int = 3, lease_s: float = LEASE_S, heap: str = "384m"
) -> Iterator[Crew]:
    """A filled installation at work, with so many cases and removals to decide; gone when the block ends."""
    with ExitStack() as stack:
        postgresql = LocalServer(require_programs())
        stack.callback(postgresql.stop)
        node = stack.enter_context(start_node(heap=heap))
        mailbox = stack.enter_context(run_mail_server())
        world = stack.enter_context(serve_world(make_world(seed=1)))
        settings = make_settings(
            folder,
            postgresql.start().make_url("postgres"),
            search_url=node.url,
            smtp_url=mailbox.url,
            only=set(world.overrides),
        )
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        app = App(settings, SystemClock(), open_database(settings))
        stack.callback(app.database.close)
        fill(app, world.world, world.overrides, lambda _: None)
        open_cases(app, cases, removals)
        sites = tuple(f"http://127.0.0.1:{stack.enter_context(reserve_port())}" for _ in range(2))
        crew = Crew(app, postgresql, node, mailbox, world, sites)
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


def make_settings(folder: Path, database_url: str, *, search_url: str, smtp_url: str, only: set[str]) -> Settings:
    """Settings under which `only` these sources are read: all others are not on loopback."""
    off = ",".join(name for name in load_sources() if name not in only)
    settings = Settings(
        data_dir=folder / "data",
        database_url=database_url,
        search_url=search_url,
        search_fallback=True,
        session_secret="only-for-drills",
        sources_off=off,
        search_timeout_s=120,  # a node that is dead refuses at once; one that is slow is waited for
        smtp_url=smtp_url,
        mail_from="palpate@example.org",
    )
    return make_demo_settings(settings, base_url="http://127.0.0.1:8000")


def make_environ(settings: Settings) -> dict[str, str]:
    """The environment of a process with these settings, and none of this one's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    changed = settings.model_dump(exclude_defaults=True)
    return {**kept, **{f"{PREFIX}{name.upper()}": str(value) for name, value in changed.items()}}


def open_cases(app: App, number: int, removals: int) -> None:
    """Cases that no step of the job closes by itself: removals of some published entries, corrections of the others."""
    published = open_engine(app.settings).open_reader().list_ids()
    with app.database.begin() as session:
        asking = sorted(published)[:removals]
        others = [entity.id for entity in entities.load_all(session) if entity.id not in asking]
        drafts = [
            CaseDraft(
                kind=CaseKind.CORRECTION,
                key=f"drill:{place}",
                entity_id=others[place % len(others)],
                input=CaseInput(heading=f"Case {place}", notes=("The phone number is an old one.",)),
            )
            for place in range(number)
        ]
        drafts += [
            CaseDraft(
                kind=CaseKind.REMOVAL,
                key=f"drill:out:{entity_id}",
                entity_id=entity_id,
                input=CaseInput(heading="Asks out", notes=("Please take me out.",)),
            )
            for entity_id in asking
        ]
        assert reviews.open_cases(session, drafts) == number + removals
        users.create_user(session, name=REVIEWER, password=PASSWORD, role=Role.SECOND_REVIEWER)
