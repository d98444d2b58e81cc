"""What is found has a version: the same while nothing changes, another after every change, on each engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.documents import make_documents
from search.backends.elastic_reader import ElasticReader
from search.interface import Engine, Reader
from tests.search_engines import ENGINES, drop_all, make_alias, open_test_engine, publish_all

LATEST_S = 120  # promised is a second; the machine may be busy
QUIET_S = 2.5


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


def settle(reader: Reader) -> str:
    """The version once it stays: Elasticsearch does more after a build of its own accord."""
    version, since, until = reader.read_version(), time.monotonic(), time.monotonic() + LATEST_S
    while isinstance(reader, ElasticReader) and time.monotonic() - since < QUIET_S:
        assert time.monotonic() < until, "it never stays the same"
        if (now := reader.read_version()) != version:
            version, since = now, time.monotonic()
        time.sleep(0.05)
    return version


def test_version_stays_while_nothing_changes_and_changes_with_every_change(engine: Engine) -> None:
    reader = engine.open_reader()
    first = settle(reader)
    assert reader.read_version() == engine.open_reader().read_version() == first
    document = next(make_documents(1))
    engine.upsert([replace(document, name="Another Name", version=document.version + 1)])
    changed = wait_for_another(reader, first)
    changed = settle(reader)
    engine.delete({document.id: document.version + 2})
    assert wait_for_another(reader, changed) not in (first, changed)
    reader.close()
