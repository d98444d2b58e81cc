"""How many pages a second one core reads.

    python benchmarks/extraction.py FOLDER [--rounds 5]

Reads every .html of FOLDER in memory, in one process, and prints the mean over all pages and the slowest ones; the
parse alone is printed beside it, so that a busy machine can be told from a slow reader.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawler.extraction import extract_page
from crawler.extraction.document import read_document


def measure(read: Callable[[bytes], object], body: bytes, rounds: int) -> float:
    """The best CPU time of `rounds` readings, in seconds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        read(body)
        best = min(best, time.process_time() - started)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    paths = sorted(args.folder.glob("*.html"))
    if not paths:
        print(f"{args.folder} holds no .html pages", file=sys.stderr)
        return 2
    bodies = {path.name: path.read_bytes() for path in paths}
    for body in bodies.values():
        extract_page(body)  # vocabulary, names and cities are loaded once a process
    whole = {name: measure(extract_page, body, args.rounds) for name, body in bodies.items()}
    parse = {name: measure(read_document, body, args.rounds) for name, body in bodies.items()}
    mean, mean_parse = sum(whole.values()) / len(whole), sum(parse.values()) / len(parse)
    size = sum(map(len, bodies.values())) / len(bodies)
    print(f"{len(bodies)} pages, {size / 1000:.1f} kB on average")
    print(f"whole reading  {mean * 1000:6.2f} ms a page  {1 / mean:6.0f} pages a second a core")
    print(f"parse alone    {mean_parse * 1000:6.2f} ms a page  {1 / mean_parse:6.0f} pages a second a core")
    for name in sorted(whole, key=lambda name: -whole[name])[:5]:
        print(f"  {whole[name] * 1000:6.2f} ms  {len(bodies[name]) / 1000:6.1f} kB  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
