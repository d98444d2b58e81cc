"""A real PostgreSQL: the machine's own server programs in a folder of their own, or a server named in the environment.

Root may not run PostgreSQL, so as root it runs as Debian's `postgres`. Without the programs, tests that need them are
skipped; where CI promises them (`CI=true`), that is a failure.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from pytest_postgresql.janitor import DatabaseJanitor
from pytest_postgresql.retry import retry

from search.node.process import reserve_port

URL_VARIABLE = "POSTGRESQL_URL"


@dataclass(frozen=True)
class PostgresqlServer:
    """Where the server is, and as whom to come."""

    host: str
    port: int
    user: str
    password: str | None = None

    def make_url(self, name: str) -> str:
        """The address of one database."""
        secret = f":{self.password}" if self.password else ""
        return f"postgresql://{self.user}{secret}@{self.host}:{self.port}/{name}"

    def make_janitor(self, name: str, *, template: str | None = None) -> DatabaseJanitor:
        """What makes and drops one database, empty or a copy of `template`."""
        return DatabaseJanitor(
            user=self.user,
            host=self.host,
            port=self.port,
            dbname=name,
            template_dbname=template,
            password=self.password,
            connection_timeout=300,
        )


class LocalServer:
    """A server of our own in a temporary folder, which can be killed and started again."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="palpate-postgresql-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: dict[str, Any] = {}
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.resources = contextlib.ExitStack()
        port = self.resources.enter_context(reserve_port())  # it stays its own while it is dead
        self.server = PostgresqlServer("127.0.0.1", port, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.folder / 'data'}", *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, **self.identity)

    def start(self) -> PostgresqlServer:
        """Start it and wait until it answers."""
        retry(self._connect, timeout=300, possible_exception=psycopg.OperationalError)
        return self.server

    def _connect(self) -> None:
        if self.process is None or self.process.poll() is not None:  # it ends while the one killed before it still dies
            self._launch()
        with psycopg.connect(self.server.make_url("postgres"), connect_timeout=60):
            pass

    def _launch(self) -> None:
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder), "fsync": "off"}
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.server.port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self.identity)

    def kill(self) -> None:
        """End the server and every process of it with -9; `start` brings it back."""
        if self.process is not None:
            parent = self.process.pid
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            self._end(signal.SIGKILL)  # first: it would start new ones
            for child in children:
                with contextlib.suppress(ProcessLookupError):  # they end by themselves too, but not at once
                    os.kill(int(child), signal.SIGKILL)

    def stop(self) -> None:
        """End it and take its folder away."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.resources.close()

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=300)
            self.process = None


def find_programs() -> Path | None:
    """The newest PostgreSQL server programs of this machine."""
    found = [Path(item) for item in (shutil.which("postgres"),) if item]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def require_programs() -> Path:
    """The server programs; without them the test is skipped, or fails where CI promises them."""
    programs = find_programs()
    if programs is None:
        reason = f"PostgreSQL's server is not installed (apt install postgresql), and {URL_VARIABLE} is not set."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return programs


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """The server that all tests share."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        parts = urlsplit(given)
        yield PostgresqlServer(
            parts.hostname or "127.0.0.1", parts.port or 5432, parts.username or "postgres", parts.password
        )
        return
    local = LocalServer(require_programs())
    try:
        yield local.start()
    finally:
        local.stop()


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    name = f"palpate_{uuid.uuid4().hex}"
    with postgresql_server.make_janitor(name):
        yield postgresql_server.make_url(name)
