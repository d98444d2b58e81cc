"""The local Elasticsearch: genuine, and gone when its user is."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from search.node.home import find_cache


def test_the_node_is_a_real_elasticsearch(elasticsearch_url: str) -> None:
    with urllib.request.urlopen(f"{elasticsearch_url}/_nodes") as answer:
        nodes = json.load(answer)["nodes"]
    assert {node["version"].split(".")[0] for node in nodes.values()} == {"9"}


def test_jars_are_kept_outside_the_work_tree() -> None:
    assert find_cache({"XDG_CACHE_HOME": "/somewhere"}).parent == Path("/somewhere/palpate")
    assert Path.cwd() not in find_cache({}).parents
