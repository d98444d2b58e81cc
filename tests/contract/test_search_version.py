"""What is found has a version: the same while nothing changes, another after every change, on each engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.documents import make_documents
from search.backends.elastic import ElasticEngine
from search.interface import Engine, Reader
from tests.search_engines import ENGINES, drop_all, make_alias, open_test_engine, publish_all

LATEST_S = 600  # promised is a second; the machine may be busy
READINGS, PAUSE_S = 6, 0.25  # together longer than a reader holds what it was told


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path, elasticsearch_url: str) -> Iterator[Engine]:
    alias = make_alias()
    opened = open_test_engine(request.param, tmp_path, elasticsearch_url, alias)
    publish_all(opened, alias, list(make_documents(20)))
    yield opened
    drop_all(opened)


def wait_for_another(reader: Reader, version: str) -> str:
    """The version once it is another one."""
    until = time.monotonic() + LATEST_S
    while (now := reader.read_version()) == version:
        assert time.monotonic() < until, "nothing tells that what is found has changed"
        time.sleep(0.05)
    return now


def read_anew(engine: Engine) -> str:
    """The version as one is told who asks for the first time."""
    if isinstance(engine, ElasticEngine):
        time.sleep(PAUSE_S)
    return engine.open_reader().read_version()


def settle(engine: Engine) -> str:
    """The version once several who ask one after another are told the same.

    Elasticsearch does more after a build of its own accord, and a busy one does it late: then they are asked again.
    """
    told, until = set[str](), time.monotonic() + LATEST_S
    while len(told) != 1:
        assert time.monotonic() < until, "it never stays the same"
        told = {read_anew(engine) for _ in range(READINGS)}
    return told.pop()


def test_version_stays_while_nothing_changes_and_changes_with_every_change(engine: Engine) -> None:
    first, reader = settle(engine), engine.open_reader()
    reader.read_version()  # which it holds for a while
    document = next(make_documents(1))
    engine.upsert([replace(document, name="Another Name", version=document.version + 1)])
    wait_for_another(reader, first)
    changed = settle(engine)
    engine.delete({document.id: document.version + 2})
    assert wait_for_another(reader, changed) not in (first, changed)
    reader.close()
