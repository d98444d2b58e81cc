"""A real Elasticsearch for the tests: the one named by `ELASTICSEARCH_URL`, else one started here by Maven's jars.

Where neither can be had the tests that need it are skipped with the reason; with `CI=true` that is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from search.node import start_node
from search.node.home import NodeUnavailableError


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """Address of a real node, shared by the whole run: use an alias of your own (`index_alias`) in it."""
    if given := os.environ.get("ELASTICSEARCH_URL"):
        yield given.rstrip("/")
        return
    node = start_node()
    try:
        running = node.__enter__()
    except NodeUnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI promises Elasticsearch: {error}")
        pytest.skip(f"no Elasticsearch: {error}")
    try:
        yield running.url
    finally:
        node.__exit__(None, None, None)
