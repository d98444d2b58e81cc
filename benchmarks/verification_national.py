"""One check of many listings against a national register, files alone: processor time and memory as it goes on.

    python -m benchmarks.verification_national --people 425000 --listings 1000000 --folder /tmp/national

The world is written to the folder once, by a process of its own, and found there again.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import orjson

from benchmarks.resolution_speed import FIELDS, read_memory
from benchmarks.verification_world import ON, make_world
from verification.files import REGISTER_COLUMNS
from verification.standalone import verify_files


def write_world(people: int, listings: int, folder: Path) -> None:
    """A register of about so many people and the first of the listings."""
    world = make_world(7, people)
    with (folder / "register.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(REGISTER_COLUMNS)
        for record in world.records:
            values = {name: getattr(record, name) for name in REGISTER_COLUMNS}
            values |= {"former_names": ";".join(record.former_names), "discipline": int(record.discipline)}
            writer.writerow(["" if value is None else value for value in values.values()])
    with (folder / "listings.jsonl").open("wb") as file:
        for listing in world.listings[:listings]:
            file.write(orjson.dumps({field: getattr(listing, field) for field in FIELDS}) + b"\n")


def check(folder: Path, every: int) -> None:
    """The check, with a line each time so many listings more are decided."""
    tell("started")
    summary = verify_files(
        folder / "listings.jsonl",
        folder / "register.csv",
        folder / "verified.jsonl",
        on=ON,
        progress=lambda count: tell(f"{count:,} decided") if count == 1000 or count % every == 0 else None,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    tell(f"done, peak {peak:.2f} GB")
    print(summary.to_text())


def tell(what: str) -> None:
    """A line on what this process has used so far."""
    print(f"{time.process_time():8.0f} s cpu  {read_memory(os.getpid()) / 1e9:6.2f} GB  {what}", flush=True)


def main() -> None:
    """Write the world if it is not there, and check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=425_000)
    parser.add_argument("--listings", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=125_000, help="listings between two lines")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--only-write", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.only_write:
        write_world(options.people, options.listings, options.folder)
        return
    if not (options.folder / "listings.jsonl").exists():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.verification_national", *sys.argv[1:], "--only-write"], check=True
        )
    check(options.folder, options.every)


if __name__ == "__main__":
    main()
