"""Four workers share one PostgreSQL and one of them is killed: every job is done once, and the records are the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.scale_out import run_round
from demo.server import WorldServer, serve_world
from demo.world import make_world
from tests.postgresql_node import LocalServer, require_programs


@pytest.fixture
def server() -> Iterator[LocalServer]:
    own = LocalServer(require_programs())
    own.start()
    yield own
    own.stop()


@pytest.fixture
def world() -> Iterator[WorldServer]:
    with serve_world(make_world(seed=1)) as served:
        yield served


def test_four_workers_and_a_killed_one_bring_what_one_worker_brings(server: LocalServer, world: WorldServer) -> None:
    with server.server.make_janitor("alone"):
        alone = run_round(world, server, "alone", workers=1, parts=2, kill=False)
    with server.server.make_janitor("together"):
        together = run_round(world, server, "together", workers=4, parts=2, kill=True)
    assert together.killed == 1
    assert together.states == {"done": together.jobs}
    assert together.jobs == alone.jobs
    assert sum(count for attempts, count in together.attempts.items() if attempts > 1) >= 1  # the killed one's
    assert len(together.by_worker) > 1
    assert sorted(set(together.records) ^ set(alone.records)) == []
    assert together.digest == alone.digest
