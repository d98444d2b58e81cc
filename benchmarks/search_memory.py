"""How much memory a process takes that only searches: run by `benchmarks.search`, in a process of its own.

python -m benchmarks.search_memory "bare tantivy" FOLDER SIZE
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from benchmarks.search_peers import BareTantivy
from benchmarks.search_questions import CLASSES, make_call
from search.backends.embedded import EmbeddedEngine

QUESTIONS = 50  # of each class


def read_memory_mb(process: int | str = "self") -> tuple[float, float]:
    """Memory of a process's own, and of files mapped into it, which the system takes back when it needs room."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    sizes = {
        name: int(rest.split()[0]) / 1024
        for name, _, rest in (line.partition(":") for line in lines)
        if rest[-2:] == "kB"
    }
    return sizes["RssAnon"], sizes["RssFile"]


def measure(name: str, folder: Path, size: int) -> tuple[float, float]:
    """Memory of a fresh process after it has asked questions of every class, as `read_memory_mb` tells it."""
    command = [sys.executable, "-m", "benchmarks.search_memory", name, str(folder), str(size)]
    own, mapped = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(own), float(mapped)


def main() -> None:
    name, folder, size = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    engine = EmbeddedEngine(folder / "embedded", alias=f"b{size}", term_words={})
    reader = engine.open_reader() if name == "embedded" else BareTantivy(folder / "bare")
    for kind in CLASSES:
        for number in range(QUESTIONS):
            make_call(kind, name, reader, random.Random(f"{kind} {number}"))()
    own, mapped = read_memory_mb()
    sys.stdout.write(f"{own} {mapped}\n")


if __name__ == "__main__":
    main()
