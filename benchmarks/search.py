"""How fast search is: both engines and their bare peers, interleaved over the same made documents.

python -m benchmarks.search --sizes 10000 100000 --out docs/performance-search.md
"""

from __future__ import annotations

import argparse
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, helpers

from benchmarks.documents import CITIES, CONDITIONS, FAMILY, GIVEN, TECHNIQUES, TODAY, WORDS, make_documents
from benchmarks.search_peers import BareElasticsearch, BareTantivy
from index_mappings import load_mapping
from search.backends.elastic import ElasticEngine, make_source
from search.backends.embedded import EmbeddedEngine
from search.interface import Engine, GeoBox, GeoCircle, Reader, SearchRequest, Sort, TherapistDocument
from search.names import BuildName
from search.node import start_node

CONTESTANTS = ("embedded", "bare tantivy", "elasticsearch", "bare elasticsearch")
CLASSES = (
    "radius",
    "radius, filters, facets",
    "text with typos, radius",
    "text, nationwide",
    "suggest",
    "nearest, rare filters",
    "map box",
)
LARGE = [city for city in CITIES if city["population"] > 100_000]
PEER_CHUNK = 20_000


@dataclass
class Contest:
    """One size: who answers, how long they took to build, how much disk they take."""

    readers: dict[str, Any]
    built_s: dict[str, float]
    bytes: dict[str, int]
    engines: dict[str, Engine]


def make_request(kind: str, rng: random.Random) -> SearchRequest:
    """A random request of a class."""
    city = rng.choice(LARGE)
    lat, lon = float(city["latitude"]), float(city["longitude"])
    request = SearchRequest(on=TODAY, near=GeoCircle(lat, lon, 25), sort=Sort.DISTANCE)
    if kind == "radius, filters, facets":
        return replace(
            request,
            conditions=(rng.choice(CONDITIONS),),
            verified=True,
            facets=("condition", "technique"),
        )
    if kind == "text with typos, radius":
        words = [_misspell(word, rng) for word in rng.sample([word for word in WORDS if len(word) > 5], 2)]
        return replace(request, near=GeoCircle(lat, lon, 50), text=" ".join(words), sort=Sort.RELEVANCE)
    if kind == "text, nationwide":
        words = rng.choice(([rng.choice(FAMILY)], [rng.choice(WORDS), rng.choice(FAMILY)], rng.sample(WORDS, 2)))
        return SearchRequest(on=TODAY, text=" ".join(words))
    if kind == "nearest, rare filters":
        rare = replace(request, near=GeoCircle(lat, lon, 2_000), verified=True)
        return replace(rare, conditions=(rng.choice(CONDITIONS),), techniques=(rng.choice(TECHNIQUES),))
    return request


def _misspell(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def make_call(kind: str, contestant: str, reader: Any, rng: random.Random) -> Callable[[], object]:
    """One call of a class for one contestant; the same random state gives the same question to all."""
    if kind == "suggest":
        typed = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)[:4]}"
        return lambda: reader.suggest(typed)
    if kind == "map box":
        city = rng.choice(LARGE)
        lat, lon = float(city["latitude"]), float(city["longitude"])
        box = GeoBox(lat - 0.5, lon - 0.7, lat + 0.5, lon + 0.7)
        if contestant.startswith("bare"):
            return lambda: reader.cells(box, 11)
        return lambda: reader.cells(SearchRequest(on=TODAY, box=box), zoom=9)
    request = make_request(kind, rng)
    return lambda: reader.search(request)


def measure(contest: Contest, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by class and contestant, taking turns within every round."""
    times: dict[str, dict[str, list[float]]] = {kind: {name: [] for name in contest.readers} for kind in CLASSES}
    for number in range(-5, rounds):  # the first five warm up
        for kind in CLASSES:
            for name, reader in contest.readers.items():
                call = make_call(kind, name, reader, random.Random(f"{kind} {number}"))
                began = time.perf_counter()
                call()
                if number >= 0:
                    times[kind][name].append((time.perf_counter() - began) * 1000)
    return times


def measure_upserts(contest: Contest, documents: Sequence[TherapistDocument]) -> dict[str, float]:
    """Seconds to write 1,000 changed documents, searchable when it returns."""
    changed = [replace(document, version=document.version + 1) for document in documents[:1000]]
    result = {}
    for name, engine in contest.engines.items():
        began = time.perf_counter()
        engine.upsert(changed)
        result[name] = time.perf_counter() - began
    return result


def measure_throughput(reader: Reader, callers: int, seconds: float = 3.0) -> float:
    """Radius searches a second with so many callers."""

    def work(seed: int) -> int:
        rng, done, until = random.Random(seed), 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            reader.search(make_request("radius", rng))
            done += 1
        return done

    with ThreadPoolExecutor(callers) as pool:
        return sum(pool.map(work, range(callers))) / seconds


def set_up(size: int, folder: Path, url: str) -> tuple[Contest, list[TherapistDocument]]:
    """Everything built over `size` documents; only the first thousand are kept in memory."""
    stamp = datetime.now(UTC)
    engines: dict[str, Engine] = {
        "embedded": EmbeddedEngine(folder / "embedded", alias=f"b{size}", term_words={}),
        "elasticsearch": ElasticEngine(url, alias=f"b{size}", term_words={}, timeout_s=60),
    }
    built: dict[str, float] = {}
    readers: dict[str, Any] = {}
    for name, engine in engines.items():
        build = engine.start_build(str(BuildName(stamp, f"b{size}", 1)))
        built[name] = _time(partial(_fill, build, size))
        engine.publish(build.name)
        readers[name] = engine.open_reader()
    bare = BareTantivy(folder / "bare")
    built["bare tantivy"] = sum(_time(partial(bare.load, part)) for part in _list_sources(size))
    client = Elasticsearch(url, request_timeout=60)
    client.indices.create(index=f"bare{size}", mappings=load_mapping()["mappings"], settings={"number_of_replicas": 0})
    index = f"bare{size}"
    built["bare elasticsearch"] = sum(_time(partial(_bulk, client, index, part)) for part in _list_sources(size))
    client.indices.refresh(index=f"bare{size}")
    readers["bare tantivy"], readers["bare elasticsearch"] = bare, BareElasticsearch(url, f"bare{size}")
    stats = client.indices.stats(index=[f"b{size}", f"bare{size}"], metric="store")["indices"]
    disk = {
        "embedded": _measure_folder(folder / "embedded"),
        "bare tantivy": _measure_folder(folder / "bare"),
        **{
            "bare elasticsearch" if index.startswith("bare") else "elasticsearch": int(
                value["total"]["store"]["size_in_bytes"]
            )
            for index, value in stats.items()
        },
    }
    client.close()
    ordered = {name: readers[name] for name in CONTESTANTS}
    return Contest(ordered, built, disk, engines), list(make_documents(min(size, 1000)))


def _fill(build: Any, size: int) -> None:
    documents = make_documents(size)
    while batch := list(islice(documents, 1000)):
        build.add(batch)
    build.finish()


def _list_sources(size: int) -> Iterator[list[dict[str, Any]]]:
    documents = make_documents(size)
    while batch := list(islice(documents, PEER_CHUNK)):
        yield [make_source(document, {}) for document in batch]


def _bulk(client: Elasticsearch, index: str, sources: Iterable[dict[str, Any]]) -> None:
    helpers.bulk(client, ({"_index": index, "_id": source["id"], "_source": source} for source in sources))


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _measure_folder(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def read_rss_mb() -> float:
    """Memory of this process now."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def find_percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def write_tables(size: int, contest: Contest, rounds: int, say: Callable[[str], None]) -> None:
    """Measure one size and print its tables."""
    times = measure(contest, rounds)
    say(f"\n## {size:,} documents\n")
    say("| p50 / p95, ms | " + " | ".join(CONTESTANTS) + " |\n|---|" + "---|" * len(CONTESTANTS))
    for kind in CLASSES:
        cells = [f"{find_percentile(t, 50):.2f} / {find_percentile(t, 95):.2f}" for t in times[kind].values()]
        say(f"| {kind} | " + " | ".join(cells) + " |")
    say("\n| | " + " | ".join(CONTESTANTS) + " |\n|---|" + "---|" * len(CONTESTANTS))
    say("| build, s | " + " | ".join(f"{contest.built_s[name]:.1f}" for name in CONTESTANTS) + " |")
    say("| disk, MB | " + " | ".join(f"{contest.bytes[name] / 1e6:.0f}" for name in CONTESTANTS) + " |")


def run(sizes: Sequence[int], rounds: int, say: Callable[[str], None]) -> None:
    """All sizes, with a real Elasticsearch node that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="palpate-benchmark-"))
    try:
        with start_node(heap="1g") as node:
            now, python = datetime.now(UTC), platform.python_version()
            say(f"{now:%Y-%m-%d %H:%M} UTC, {platform.machine()}, Python {python}, {rounds} rounds")
            for size in sizes:
                contest, documents = set_up(size, folder / str(size), node.url)
                write_tables(size, contest, rounds, say)
                upserts = measure_upserts(contest, documents)
                say("\nUpsert of 1,000: " + ", ".join(f"{name} {value:.2f} s" for name, value in upserts.items()))
                for name in ("embedded", "elasticsearch"):
                    rates = [f"{measure_throughput(contest.readers[name], n):.0f}" for n in (1, 2, 4)]
                    say(f"{name}: {' / '.join(rates)} radius searches a second with 1 / 2 / 4 callers")
                say(f"Memory of the measuring process: {read_rss_mb():.0f} MB")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    run(arguments.sizes, arguments.rounds, say)
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
