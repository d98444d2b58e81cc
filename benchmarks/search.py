"""How fast search is: both engines and their bare peers, taking turns over the same made documents.

python -m benchmarks.search --sizes 10000 100000 1000000 --rounds 100 100 50 --out /tmp/search.md
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import search_memory
from benchmarks.documents import make_documents
from benchmarks.search_contest import CONTESTANTS, Contest, set_up
from benchmarks.search_questions import CLASSES, make_call
from search.node import RunningNode, start_node

CALLERS = (1, 2, 4)
PEERS = {"embedded": "bare tantivy", "elasticsearch": "bare elasticsearch"}
Say = Callable[[str], None]
Times = Mapping[str, Mapping[str, Sequence[float]]]  # milliseconds by class and contestant


def measure(contest: Contest, rounds: int) -> Times:
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


def measure_processor(contest: Contest, rounds: int, node: RunningNode) -> dict[str, list[str]]:
    """Milliseconds of processor time a question takes, which other jobs lengthen less than its wall time.

    p50 and p95 where all happens in this process; with a node, whose time is told in hundredths of a second, the mean.
    """
    rows: dict[str, list[str]] = {}
    for kind in CLASSES:
        rows[kind] = []
        for name, reader in contest.readers.items():
            times, node_s = [], _read_processor_s(node)
            for number in range(rounds):
                call = make_call(kind, name, reader, random.Random(f"{kind} {number}"))
                began = time.process_time()
                call()
                times.append((time.process_time() - began) * 1000)
            mean = statistics.mean(times) + (_read_processor_s(node) - node_s) * 1000 / rounds
            percentiles = f"{find_percentile(times, 50):.2f} / {find_percentile(times, 95):.2f}"
            rows[kind].append(f"{mean:.2f}" if "elasticsearch" in name else percentiles)
    return rows


def _read_processor_s(node: RunningNode) -> float:
    """Processor time that the node has taken so far."""
    assert node.process
    fields = Path(f"/proc/{node.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_upserts(contest: Contest) -> dict[str, float]:
    """Seconds to write 1,000 changed documents, searchable when it returns."""
    documents = list(make_documents(min(contest.size, 1_000)))
    changed = [replace(document, version=document.version + 1) for document in documents]
    result = {}
    for name, engine in contest.engines.items():
        began = time.perf_counter()
        engine.upsert(changed)
        result[name] = time.perf_counter() - began
    return result


def measure_throughput(name: str, reader: Any, callers: int, seconds: float = 3.0) -> float:
    """Radius searches a second with so many callers."""

    def work(seed: int) -> int:
        rng, done, until = random.Random(seed), 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            make_call("radius", name, reader, rng)()
            done += 1
        return done

    with ThreadPoolExecutor(callers) as pool:
        return sum(pool.map(work, range(callers))) / seconds


def find_percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def write_table(say: Say, head: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    say(f"\n| {head} | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for name, cells in rows.items():
        say(f"| {name} | " + " | ".join(cells) + " |")


def write_times(say: Say, times: Times) -> None:
    """p50 and p95 of every class, and how our engines compare with their peers and with each other."""
    percentiles = {
        kind: {name: (find_percentile(values, 50), find_percentile(values, 95)) for name, values in of.items()}
        for kind, of in times.items()
    }
    rows = {kind: [f"{p50:.2f} / {p95:.2f}" for p50, p95 in of.values()] for kind, of in percentiles.items()}
    write_table(say, "p50 / p95, ms", CONTESTANTS, rows)
    pairs = [*PEERS.items(), ("embedded", "elasticsearch")]
    ratios = {
        kind: [" / ".join(f"{a / b:.2f}" for a, b in zip(of[one], of[other], strict=True)) for one, other in pairs]
        for kind, of in percentiles.items()
    }
    write_table(say, "ratios of p50 / p95", [f"{one} to {other}" for one, other in pairs], ratios)


def write_costs(say: Say, contest: Contest, node: RunningNode) -> None:
    """Loading, disk and memory."""
    load, prepare = contest.load_s, contest.prepare_s
    rows = {
        "load, s": [f"{load[name]:.1f}" for name in CONTESTANTS],
        "load from documents, s": [f"{load[name] + (0 if name in PEERS else prepare):.1f}" for name in CONTESTANTS],
        "disk, MB": [f"{contest.disk[name] / 1e6:.0f}" for name in CONTESTANTS],
    }
    write_table(say, "", CONTESTANTS, rows)
    say("")
    for ours, peer in PEERS.items():
        say(
            f"Load of {ours}: {load[ours] / load[peer]:.2f} times {peer}'s from ready sources,"
            f" {load[ours] / (load[peer] + prepare):.2f} times from documents"
        )
    for name in ("embedded", "bare tantivy"):
        anonymous, mapped = search_memory.measure(name, contest.folder, contest.size)
        say(f"Memory of a process that only searches, {name}: {anonymous:.0f} MB, and {mapped:.0f} MB of mapped files")
    if node.process:
        anonymous, mapped = search_memory.read_memory_mb(node.process.pid)
        say(f"Memory of the node, both indices, heap {node.heap}: {anonymous:.0f} MB, and {mapped:.0f} MB mapped")
    say(f"Memory of the measuring process: {search_memory.read_memory_mb()[0]:.0f} MB")


def write_growth(say: Say, medians: Mapping[int, Mapping[str, Mapping[str, float]]]) -> None:
    """How the p50 grows from the first size to the last."""
    first, last = min(medians), max(medians)
    sizes = sorted(medians)
    columns = [f"{name}, {size:,}" for name in PEERS for size in sizes] + [f"{name}, times" for name in PEERS]
    rows = {
        kind: [f"{of[kind][name]:.2f}" for name in PEERS for of in (medians[size] for size in sizes)]
        + [f"{medians[last][kind][name] / medians[first][kind][name]:.1f}" for name in PEERS]
        for kind in CLASSES
    }
    say(f"\n## Growth of p50 (ms) from {first:,} to {last:,} documents")
    write_table(say, "", columns, rows)


def run_size(size: int, rounds: int, folder: Path, node: RunningNode, say: Say) -> Mapping[str, Mapping[str, float]]:
    """Build, measure and print one size; its medians."""
    say(f"\n## {size:,} documents, {rounds} rounds, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    contest = set_up(size, folder, node.url)
    say(f"\nLoad averages once built: {_tell_load()}")
    times = measure(contest, rounds)
    say(f"Load averages once asked: {_tell_load()}")
    write_times(say, times)
    write_table(say, "processor time, ms", CONTESTANTS, measure_processor(contest, rounds, node))
    write_costs(say, contest, node)
    rates = {
        name: [f"{measure_throughput(name, reader, callers):.0f}" for callers in CALLERS]
        for name, reader in contest.readers.items()
    }
    write_table(say, "radius searches a second", [f"{callers} callers" for callers in CALLERS], rates)
    upserts = measure_upserts(contest)
    say("\nUpsert of 1,000: " + ", ".join(f"{name} {value:.2f} s" for name, value in upserts.items()))
    return {kind: {name: find_percentile(values, 50) for name, values in of.items()} for kind, of in times.items()}


def _tell_load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def run(sizes: Sequence[int], rounds: Sequence[int], folder: Path, heap: str, say: Say) -> None:
    """All sizes, with a real Elasticsearch node that is gone afterwards."""
    say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, node's heap {heap}")
    with start_node(data_dir=folder / "node", heap=heap) as node:
        medians = {
            size: run_size(size, number, folder / str(size), node, say)
            for size, number in zip(sizes, rounds, strict=True)
        }
    if len(medians) > 1:
        write_growth(say, medians)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, nargs="+", default=[100, 100], help="one number a size")
    parser.add_argument("--heap", default="2g", help="of the Elasticsearch node")
    parser.add_argument("--folder", type=Path, help="keep what is built there, and ask it again if it is there already")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if len(arguments.rounds) != len(arguments.sizes):
        parser.error("--rounds takes one number for each of --sizes")
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="palpate-benchmark-") as temporary:
        run(arguments.sizes, arguments.rounds, arguments.folder or Path(temporary), arguments.heap, say)
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
