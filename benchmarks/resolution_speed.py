"""The speed of resolution beside plain Splink's, on the same parsed rows.

Each stage runs in a process of its own, one after the other, round after round, so that both meet the same other work
on the machine: parse (a listings file into columns, in several processes), palpate (columns into clusters), splink (the
same columns as Splink's table, ready made: train, predict, cluster). Memory is the peak of the whole process tree.
"""

from __future__ import annotations

import csv
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from math import comb
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from splink import Linker, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks.resolution_world import make_world
from directory.listings_file import read_listings
from directory.models import Listing
from resolution import batch
from resolution.parsing import parse_batches
from resolution.resolve import resolve_table
from resolution.table import SCHEMA, FeatureTable

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
FIELDS = ("listing_id", "source", "title", "name", "practice", "street", "city", "region", "postal_code", "country",
          "phone", "email", "website", "claims")  # fmt: skip


def measure(people: int, folder: Path | None, rounds: int) -> None:
    """A line a stage and round; the world is written to `folder` once and found there again."""
    with tempfile.TemporaryDirectory() if folder is None else nullcontext(str(folder)) as name:
        place = Path(name)
        if not (place / "truth.csv").exists():
            write_world(people, place)
        print("stage      wall s    cpu s   peak GB   precision  recall")
        for stage in ("parse", *("palpate", "splink") * rounds):
            run_stage(stage, place)


def write_world(people: int, folder: Path) -> None:
    """A made-up world as a listings file, and the truth beside it."""
    world = make_world(7, people=people)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "listings.jsonl").open("wb") as file:
        for listing in world.listings:
            file.write(orjson.dumps({field: getattr(listing, field) for field in FIELDS}) + b"\n")
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(world.truth.items())


def run_stage(stage: str, folder: Path) -> None:
    """Run one stage in a process of its own and print what it took."""
    command = [sys.executable, "-m", "benchmarks.resolution_speed", stage, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        peak = [0]
        watcher = threading.Thread(target=watch, args=(process, peak))
        watcher.start()
        printed = process.communicate()[0]
        watcher.join()
    told = json.loads(printed)
    line = f"{stage:8}  {told['wall_s']:7.1f}  {told['cpu_s']:7.1f}  {peak[0] / 1e9:8.2f}"
    print(line + (f"  {told['precision']:10.4f}  {told['recall']:6.4f}" if "recall" in told else ""), flush=True)


def watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Keep the largest memory of a process with all its children in `peak`, in bytes."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(read_memory, find_tree(process.pid))))
        time.sleep(0.1)


def find_tree(pid: int) -> list[int]:
    """A process and everything it started that still runs."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text("ascii").split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in find_tree(child))]


def read_memory(pid: int) -> int:
    """The bytes of memory that a process has resident; shared pages count in every process."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def parse(folder: Path) -> None:
    """The listings file into columns on disk."""
    with pa.OSFile(str(folder / "parsed.arrow"), "wb") as file, pa.ipc.new_file(file, SCHEMA) as writer:
        listings = (item for item in read_listings(folder / "listings.jsonl") if isinstance(item, Listing))
        for rows in parse_batches(listings):
            writer.write_batch(rows)


def load_rows(folder: Path) -> list[pa.RecordBatch]:
    """The parsed columns."""
    with pa.ipc.open_file(str(folder / "parsed.arrow")) as file:
        return [file.get_batch(number) for number in range(file.num_record_batches)]


def run_palpate(rows: list[pa.RecordBatch]) -> list[Sequence[str]]:
    """Groups of listing ids, as the product finds them."""
    return [cluster.members for cluster in resolve_table(FeatureTable.from_batches(rows))]


def run_plain_splink(table: pa.Table) -> list[tuple[int, int]]:
    """Splink as its guide has it: train u and m, predict, cluster by connected components; (cluster, row) each."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads = 2")
    api = DuckDBAPI(connection=connection)
    model: dict[str, Any] = batch.make_model()
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("m_probability", None)
            level.pop("u_probability", None)
    rules = ("phone", "email", "site"), (("number", "street", "place"), ("given", "family", "place"))
    model["blocking_rules_to_generate_predictions"] = [
        *(block_on(column) for column in rules[0]),
        *(block_on(*columns) for columns in rules[1]),
    ]
    linker = Linker(api.register(table), model, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "family"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    predictions = linker.inference.predict(threshold_match_probability=0.9)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.95)
    found: list[tuple[int, int]] = connection.execute(
        f"SELECT cluster_id, unique_id FROM {clusters.physical_name}"
    ).fetchall()
    return found


def run_stage_here(stage: str, folder: Path) -> None:
    """One stage in this process; what it took is printed as JSON."""
    groups: list[Sequence[str]] = []
    if stage == "parse":
        told, _ = clock(lambda: parse(folder))
    elif stage == "palpate":
        rows = load_rows(folder)
        told, groups = clock(lambda: run_palpate(rows))
    else:
        parsed = FeatureTable.from_batches(load_rows(folder))
        table, ids = batch.make_rows(parsed), parsed.ids
        told, found = clock(lambda: run_plain_splink(table))
        by_cluster: defaultdict[int, list[str]] = defaultdict(list)
        for cluster, row in found:
            by_cluster[cluster].append(ids[row])
        groups = list(by_cluster.values())
    if groups:
        with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            precision, recall, _ = score(groups, dict(csv.reader(file)))
        told |= {"precision": precision, "recall": recall}
    print(json.dumps(told))


def clock(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """The seconds that some work took by the clock and of the processor, its children's with them; and its result."""
    wall, cpu = time.perf_counter(), read_cpu()
    result = work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": read_cpu() - cpu}, result


def read_cpu() -> float:
    """Processor seconds of this process and of the children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def score(groups: Sequence[Sequence[str]], truth: dict[str, str]) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 of groups of listings against the true entity of each listing."""
    found = right = 0
    for group in groups:
        found += comb(len(group), 2)
        right += sum(comb(count, 2) for count in Counter(truth[member] for member in group).values())
    expected = sum(comb(count, 2) for count in Counter(truth.values()).values())
    precision, recall = right / max(found, 1), right / max(expected, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


if __name__ == "__main__":
    run_stage_here(sys.argv[1], Path(sys.argv[2]))
