"""How many pages a second one core reads.

    python benchmarks/extraction.py FOLDER [--rounds 9]

Reads every .html of FOLDER in memory, in one process, and prints the mean over all pages and the slowest ones, in CPU
time: of each page's best round and of its median round. The parse alone is printed beside it, so that a busy machine
can be told from a slow reader.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean, median

from crawler.extraction import extract_page
from crawler.extraction.document import read_document


def measure(read: Callable[[bytes], object], bodies: dict[str, bytes], rounds: int) -> dict[str, list[float]]:
    """The CPU seconds of each page in every round, in the order read; the rounds take turns with the pages."""
    spent: dict[str, list[float]] = {name: [] for name in bodies}
    for _ in range(rounds):
        for name, body in bodies.items():
            started = time.process_time()
            read(body)
            spent[name].append(time.process_time() - started)
    return spent


def write_rate(label: str, seconds: Iterable[float]) -> str:
    """One line of the report: the mean of the pages' times, and the rate it makes."""
    average = mean(seconds)
    return f"{label:<24}{average * 1000:6.2f} ms a page  {1 / average:6.0f} pages a second a core"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    paths = sorted(args.folder.glob("*.html"))
    if not paths:
        print(f"{args.folder} holds no .html pages", file=sys.stderr)
        return 2
    bodies = {path.name: path.read_bytes() for path in paths}
    for body in bodies.values():
        extract_page(body)  # vocabulary, names and cities are loaded once a process
    whole = measure(extract_page, bodies, args.rounds)
    parse = measure(read_document, bodies, args.rounds)
    size = sum(map(len, bodies.values())) / len(bodies)
    print(f"{len(bodies)} pages, {size / 1000:.1f} kB on average")
    print(write_rate("whole reading, best", map(min, whole.values())))
    print(write_rate("whole reading, median", map(median, whole.values())))
    print(write_rate("parse alone, best", map(min, parse.values())))
    for name in sorted(whole, key=lambda name: -min(whole[name]))[:5]:
        print(f"  {min(whole[name]) * 1000:6.2f} ms  {len(bodies[name]) / 1000:6.1f} kB  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
