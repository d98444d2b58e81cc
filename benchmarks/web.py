"""What the site's layers cost above the engine: wrk on loopback, beside bare FastAPI routes, taking turns.

python -m benchmarks.web --size 100000 --out /tmp/web.md      # needs wrk
"""

from __future__ import annotations

import argparse
import os
import pickle
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.documents import CITIES, CONDITIONS, TODAY, make_documents
from benchmarks.web_servers import ALIAS, load_settings
from directory.places import load_gazetteer
from directory.vocabularies import load_vocabulary
from search.engine import open_engine
from search.interface import Reader, SearchRequest
from search.names import BuildName
from search.node import start_node
from search.service import find_therapists
from web.searching import FACETS

QUESTIONS = 200
ROUNDS = 5  # of which the median counts
CROWD_SIZE = 16
OWN, OWN_FACETED = "the engine alone, the API's requests", "the engine alone, the page's requests"
API, PAGE, UNCHANGED = "API, one caller", "page, one caller", "API with ETag (304), one caller"
CROWD = f"API, two workers, {CROWD_SIZE} callers"
BARE_CROWD = f"bare route, engine call, two workers, {CROWD_SIZE} callers"
SCRIPT = """
local lines, at = {}, 0
init = function()
  for line in io.lines(os.getenv("ASKED")) do
    local path, tag = line:match("^([^\\t]+)\\t?(.*)$")
    if tag ~= "" then
      wrk.headers["If-None-Match"] = tag
    end
    lines[#lines + 1] = wrk.format("GET", path)
  end
end
request = function()
  at = at % #lines + 1
  return lines[at]
end
done = function(summary, latency)
  local bad = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
"""


@dataclass(frozen=True)
class Figures:
    """One run of wrk: milliseconds, requests a second, and failures."""

    p50: float
    p99: float
    rate: float
    errors: int


def make_questions() -> list[dict[str, str]]:
    """What is asked: a condition near a larger city of the United States."""
    rng = random.Random(5)
    large = [city for city in CITIES if city["countrycode"] == "US" and city["population"] > 100_000]
    known = [term_id for term_id in CONDITIONS if term_id in load_vocabulary().conditions]
    return [
        {"near": f"{city['name']}, {city['admin1code']}", "condition": rng.choice(known)}
        for city in rng.choices(large, k=QUESTIONS)
    ]


def build(size: int) -> Reader:
    """The measured index, live."""
    settings = load_settings()
    engine = open_engine(settings)
    filled = engine.start_build(str(BuildName(datetime.now(UTC), ALIAS, 1)))
    filled.add(make_documents(size))
    filled.finish()
    engine.publish(filled.name)
    return engine.open_reader()


def plan_requests(reader: Reader, facets: tuple[str, ...] = ()) -> list[SearchRequest]:
    """What the site asks of the engine for each question."""
    gazetteer, vocabulary = load_gazetteer(), load_vocabulary()
    return [
        find_therapists(
            reader, gazetteer, vocabulary, on=TODAY, near=asked["near"], condition=(asked["condition"],), facets=facets
        ).request
        for asked in make_questions()
    ]


def run_engine(reader: Reader, requests: Sequence[SearchRequest]) -> Figures:
    """One run of the engine alone, in this process."""
    times = []
    for request in requests:
        began = time.perf_counter()
        reader.search(request)
        times.append((time.perf_counter() - began) * 1000)
    hundredths = statistics.quantiles(times, n=100, method="inclusive")
    return Figures(hundredths[49], hundredths[98], len(times) / sum(times) * 1000, 0)


@contextmanager
def serve(app: str, workers: int) -> Iterator[int]:
    """The port of a server of so many processes, gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", f"benchmarks.web_servers:{app}", "--factory", "--port", str(port),
               "--workers", str(workers), "--no-access-log", "--log-level", "warning"]  # fmt: skip
    with subprocess.Popen(command, env=dict(os.environ)) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}{'/healthz' if app == 'make_site' else '/bytes'}", 4 * workers)
            yield port
        finally:
            process.terminate()
            process.wait(300)


def _wait_for(url: str, answers: int) -> None:
    until = time.monotonic() + 300
    while answers:
        try:
            with urlopen(url, timeout=2):
                answers -= 1
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def run_wrk(port: int, lines: Sequence[str], folder: Path, *, connections: int, seconds: int) -> Figures:
    """One run over the lines (path, then a tab and an ETag where one is sent)."""
    asked, script = folder / "asked.txt", folder / "ask.lua"
    asked.write_text("\n".join(lines) + "\n", "utf-8")
    script.write_text(SCRIPT, "utf-8")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
    done = subprocess.run(command, env={**os.environ, "ASKED": str(asked)}, capture_output=True, text=True, check=True)
    requests, duration, p50, p99, errors = map(int, re.search(r"FIGURES (.*)", done.stdout)[1].split())  # type: ignore[index]  # wrk always prints it
    return Figures(p50 / 1000, p99 / 1000, requests / (duration / 1e6), errors)


def take_turns(runs: Mapping[str, Callable[[], Figures]]) -> dict[str, Figures]:
    """By row, the run with the median rate, of several after one that warms up; failures of all.

    The rows take turns: whatever else the machine does, and an engine that is still warming up, meet them all alike.
    """
    found: dict[str, list[Figures]] = {row: [] for row in runs}
    for number in range(ROUNDS + 1):
        for row, run in runs.items():
            figures = run()
            if number:
                found[row].append(figures)
    result = {}
    for row, several in found.items():
        middle = sorted(several, key=lambda figures: figures.rate)[ROUNDS // 2]
        result[row] = replace(middle, errors=sum(figures.errors for figures in several))
    return result


def fetch(port: int, path: str) -> tuple[bytes, str]:
    """An answer's bytes and its ETag."""
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.read(), answer.headers.get("ETag") or ""


def measure(name: str, size: int, folder: Path, seconds: int) -> list[str]:
    """The lines of one engine's table."""
    reader = build(size)
    requests, faceted = plan_requests(reader), plan_requests(reader, FACETS)
    (folder / "asked.pickle").write_bytes(pickle.dumps(requests))
    api = [f"/api/v1/therapists?{urlencode(asked)}" for asked in make_questions()]
    html = [f"/search?{urlencode(asked)}" for asked in make_questions()]
    engine = [f"/engine?number={number}" for number in range(QUESTIONS)]

    def ask(port: int, lines: Sequence[str], connections: int = 1) -> Callable[[], Figures]:
        return partial(run_wrk, port, lines, folder, connections=connections, seconds=seconds)

    with serve("make_site", 1) as site:
        (folder / "answer.json").write_bytes(fetch(site, api[0])[0])
        tagged = [f"{path}\t{fetch(site, path)[1]}" for path in api]
        with serve("make_bare", 1) as bare:
            rows = take_turns(
                {
                    OWN: partial(run_engine, reader, requests),
                    OWN_FACETED: partial(run_engine, reader, faceted),
                    API: ask(site, api),
                    PAGE: ask(site, html),
                    UNCHANGED: ask(site, tagged),
                    "bare route, fixed bytes, one caller": ask(bare, ["/bytes"]),
                    "bare route, engine call, one caller": ask(bare, engine),
                }
            )
    with serve("make_site", 2) as site, serve("make_bare", 2) as bare:
        rows |= take_turns(
            {
                CROWD: ask(site, api, CROWD_SIZE),
                f"page, two workers, {CROWD_SIZE} callers": ask(site, html, CROWD_SIZE),
                BARE_CROWD: ask(bare, engine, CROWD_SIZE),
            }
        )
    reader.close()
    return write_table(f"{name}, {size:,} documents", rows)


def write_table(head: str, rows: Mapping[str, Figures]) -> list[str]:
    """The rows as a table, and what follows from them."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    share = rows[CROWD].rate / rows[BARE_CROWD].rate
    over, over_page = rows[API].p50 - rows[OWN].p50, rows[PAGE].p50 - rows[OWN_FACETED].p50
    return [
        f"\n### {head} ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load})\n",
        "| | p50 ms | p99 ms | a second | errors |",
        "|---|---|---|---|---|",
        *(f"| {row} | {f.p50:.2f} | {f.p99:.1f} | {f.rate:.0f} | {f.errors} |" for row, f in rows.items()),
        "",
        f"- Over the engine: API {over:.2f} ms, page {over_page:.2f} ms.",
        f"- Throughput, two workers: {share:.0%} of the bare route's that asks the engine.",
        f"- A 304 costs {rows[API].p50 / rows[UNCHANGED].p50:.1f} times less than the answer.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5, help="of each run of wrk")
    parser.add_argument("--heap", default="1g", help="of the Elasticsearch node")
    parser.add_argument("--engines", nargs="+", default=["embedded", "elasticsearch"])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    lines = [f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"]
    for name in given.engines:
        with tempfile.TemporaryDirectory(prefix="palpate-benchmark-") as temporary:
            folder = Path(temporary)
            os.environ["BENCHMARK_FOLDER"] = temporary
            if name == "embedded":
                os.environ.pop("PALPATE_SEARCH_URL", None)
                lines += measure(name, given.size, folder, given.seconds)
            else:
                with start_node(data_dir=folder / "node", heap=given.heap) as node:
                    os.environ["PALPATE_SEARCH_URL"] = node.url
                    lines += measure(name, given.size, folder, given.seconds)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    if given.out:
        given.out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
