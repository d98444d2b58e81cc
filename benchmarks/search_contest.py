"""The contestants of one size: both engines and their bare peers, built over the same made documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from benchmarks.documents import make_documents
from benchmarks.search_peers import BareElasticsearch, BareTantivy
from search.backends.elastic import ElasticEngine, make_source
from search.backends.embedded import EmbeddedEngine
from search.interface import Engine, TherapistDocument
from search.names import BuildName

CONTESTANTS = ("embedded", "bare tantivy", "elasticsearch", "bare elasticsearch")
CHUNK = 2_000  # documents that each loads before it is the next one's turn


@dataclass
class Contest:
    """One size: who answers, how long they took to load, how much disk they take."""

    size: int
    folder: Path
    readers: dict[str, Any] = field(default_factory=dict)
    engines: dict[str, Engine] = field(default_factory=dict)
    load_s: dict[str, float] = field(default_factory=dict)
    prepare_s: float = 0.0  # for making the bare peers' sources: words, numbers and JSON; our engines' loads include it
    disk: dict[str, int] = field(default_factory=dict)


def set_up(size: int, folder: Path, url: str) -> Contest:
    """Everything over `size` documents: built, unless an earlier run left it in `folder` and the node."""
    contest, alias = Contest(size, folder), f"b{size}"
    contest.engines["embedded"] = EmbeddedEngine(folder / "embedded", alias=alias, term_words={})
    contest.engines["elasticsearch"] = ElasticEngine(url, alias=alias, term_words={}, timeout_s=60)
    peers = {
        "bare tantivy": BareTantivy(folder / "bare"),
        "bare elasticsearch": BareElasticsearch(url, f"bare{size}"),
    }
    kept = folder / "loads.json"
    if not kept.exists():
        _build(contest, peers)
        kept.write_bytes(orjson.dumps([contest.load_s, contest.prepare_s]))
    contest.load_s, contest.prepare_s = orjson.loads(kept.read_bytes())
    readers = {**{contestant: engine.open_reader() for contestant, engine in contest.engines.items()}, **peers}
    contest.readers = {contestant: readers[contestant] for contestant in CONTESTANTS}
    contest.disk = _measure_disk(contest, url)
    return contest


def _build(contest: Contest, peers: Mapping[str, Any]) -> None:
    """Load all contestants, which take turns by the chunk; documents are made off the clock."""
    name = str(BuildName(datetime.now(UTC), f"b{contest.size}", 1))
    builds = {contestant: engine.start_build(name) for contestant, engine in contest.engines.items()}
    contest.load_s = dict.fromkeys(CONTESTANTS, 0.0)
    for peer in peers.values():
        peer.create()
    documents = make_documents(contest.size)
    while chunk := list(islice(documents, CHUNK)):
        for contestant, build in builds.items():
            contest.load_s[contestant] += _time(build.add, chunk)
        sources: list[dict[str, Any]] = []
        contest.prepare_s += _time(_prepare, chunk, sources)
        for contestant, peer in peers.items():
            contest.load_s[contestant] += _time(peer.load, sources)
    for contestant, filled in (*builds.items(), *peers.items()):
        contest.load_s[contestant] += _time(filled.finish)
    for engine in contest.engines.values():
        engine.publish(name)


def _measure_disk(contest: Contest, url: str) -> dict[str, int]:
    disk = {
        "embedded": _measure_folder(contest.folder / "embedded"),
        "bare tantivy": _measure_folder(contest.folder / "bare"),
    }
    with Elasticsearch(url, request_timeout=60) as client:
        wanted = [f"b{contest.size}", f"bare{contest.size}"]
        for index, stats in client.indices.stats(index=wanted, metric="store")["indices"].items():
            contestant = "bare elasticsearch" if index.startswith("bare") else "elasticsearch"
            disk[contestant] = int(stats["total"]["store"]["size_in_bytes"])
    return disk


def _prepare(chunk: Sequence[TherapistDocument], sources: list[dict[str, Any]]) -> None:
    sources += [make_source(document, {}) for document in chunk]


def _time(work: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began


def _measure_folder(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
