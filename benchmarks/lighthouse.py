"""What Lighthouse says of the front page, a list of results and a therapist's page, and what each weighs.

python -m benchmarks.lighthouse --runs 5 --out /tmp/lighthouse.md

Needs npm and Chromium. Lighthouse 12 comes by npx; Lighthouse 13 needs a newer Node. Its own defaults hold: a phone
of the middle class, a slow network, both simulated. Numbers are medians of the runs, weights those of the wire.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks.documents import make_documents
from directory.settings import Settings
from records.database import open_database
from search.engine import open_engine
from search.names import BuildName
from web.app import create_app

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
NUMBERS = {
    "first-contentful-paint": "first paint, ms",
    "largest-contentful-paint": "largest paint, ms",
    "total-blocking-time": "blocked, ms",
    "cumulative-layout-shift": "layout shift",
    "total-byte-weight": "weight, kB",
}
PORT = 8765
DOCUMENTS = 5000


@dataclass(frozen=True, slots=True)
class Rating:
    """One run's scores (0 to 100) and numbers, and what held a score below 100."""

    scores: Mapping[str, float]
    numbers: Mapping[str, float]
    faults: tuple[str, ...]


@contextmanager
def serve(folder: Path) -> Iterator[dict[str, str]]:
    """The site over made-up documents; gives the pages to rate, by name."""
    settings = Settings(data_dir=folder, base_url=f"http://127.0.0.1:{PORT}")
    documents = list(make_documents(DOCUMENTS))
    engine = open_engine(settings)
    build = engine.start_build(str(BuildName(datetime.now(UTC), settings.index_alias, 1)))
    build.add(documents)
    build.finish()
    engine.publish(build.name)
    app = create_app(settings, database=open_database(settings), engine=engine)
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    site = f"http://127.0.0.1:{PORT}"
    yield {
        "front": f"{site}/",
        "results": f"{site}/search?q=sore+neck&near=Denver,+CO",
        "therapist": f"{site}/therapists/{documents[0].id}",
    }
    server.should_exit = True
    thread.join(10)


def rate(url: str, form_factor: str, folder: Path) -> Rating:
    """One run of Lighthouse; searches are kept from indexing on purpose, so that audit is left out of theirs."""
    out = folder / "report.json"
    command = [
        *("npx", "--yes", "lighthouse@12", url, "--quiet", "--output=json", f"--output-path={out}"),
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    command += ["--preset=desktop"] if form_factor == "desktop" else []
    command += ["--skip-audits=is-crawlable"] if "/search" in url else []
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return read_report(json.loads(out.read_text("utf-8")))


def read_report(report: dict[str, Any]) -> Rating:
    """The scores, numbers and faults of Lighthouse's own report."""
    audits = report["audits"]
    faults = tuple(
        f"{name}: {reference['id']}"
        for name in CATEGORIES[1:]
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
        and (audits[reference["id"]]["score"] or 0) < 1
        and audits[reference["id"]]["scoreDisplayMode"] in ("binary", "numeric")
    )
    return Rating(
        {name: report["categories"][name]["score"] * 100 for name in CATEGORIES},
        {name: audits[name]["numericValue"] / (1000 if name == "total-byte-weight" else 1) for name in NUMBERS},
        faults,
    )


def write_table(ratings: Mapping[tuple[str, str], list[Rating]]) -> str:
    """The medians as Markdown."""
    head = ("page", "screen", *CATEGORIES, *NUMBERS.values())
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for (page, form_factor), runs in ratings.items():
        scores = [f"{statistics.median(run.scores[name] for run in runs):.0f}" for name in CATEGORIES]
        numbers = [statistics.median(run.numbers[name] for run in runs) for name in NUMBERS]
        written = [
            f"{value:.3f}" if name.startswith("cumulative") else f"{value:.0f}"
            for name, value in zip(NUMBERS, numbers, strict=True)
        ]
        lines.append(f"| {' | '.join((page, form_factor, *scores, *written))} |")
    faults = sorted({f"{page}, {fault}" for (page, _), runs in ratings.items() for run in runs for fault in run.faults})
    return "\n".join([*lines, "", *(f"- below 100: {fault}" for fault in faults)])


def main() -> None:
    """Rate each page so many times and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--screens", nargs="+", choices=("mobile", "desktop"), default=["mobile"])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if not shutil.which("npx"):
        sys.exit("npx was not found: Lighthouse needs npm.")
    ratings: dict[tuple[str, str], list[Rating]] = {}
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as pages:
        for number in range(given.runs):
            for form_factor in given.screens:
                for name, url in pages.items():
                    rating = rate(url, form_factor, Path(folder))
                    ratings.setdefault((name, form_factor), []).append(rating)
                    scores = " ".join(f"{value:.0f}" for value in rating.scores.values())
                    sys.stderr.write(f"run {number + 1}, {form_factor}, {name}: {scores}\n")
    table = write_table(ratings)
    sys.stdout.write(table + "\n")
    if given.out:
        given.out.write_text(table + "\n", "utf-8")


if __name__ == "__main__":
    main()
