"""How fast sites are crawled, against what fetching and reading cost alone, measured side by side in one run.

    python -m benchmarks.crawl --pages 20000 --workers 2 [--folder SAVED_PAGES]

The same pages on the same local server: (1) a bare Scrapy spider that only fetches, (2) reading alone on one core,
(3) the practice spider whole. Says what share of the two measured costs it reaches, what storing costs, and how
memory stands at a quarter of the way and at the end. `--nppes ROWS` measures the bulk reader against DuckDB counting.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import scrapy
from scrapy.crawler import AsyncCrawlerRunner

from crawler.extraction import extract_page
from crawler.items import Batch
from crawler.pipelines.storing import StoringPipeline
from crawler.readers.nppes_bulk import open_bulk
from crawler.run import run_crawl
from crawler.sources import get_source
from demo.pages import make_site
from demo.world import make_world
from directory.settings import Settings
from records.database import open_database

PAGES_A_SITE = 10


def load_bodies(folder: Path | None) -> list[bytes]:
    """The pages to serve: saved ones, or those of the made-up world."""
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.glob("*.html"))]
    bodies = []
    for practice in make_world(seed=1).practices:
        bodies += [page.encode() for page in make_site(practice, "http://practice.example").values()]
    return bodies


def serve(bodies: list[bytes], ready: Connection) -> None:
    """Serve page n as body n modulo their number, over plain HTTP/1.1, as fast as Python can."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            name = head.split(b" ", 2)[1].strip(b"/")
            status, body = (b"200 OK", bodies[int(name) % len(bodies)]) if name.isdigit() else (b"404 Not Found", b"")
            writer.write(
                b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
            )

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


class BareSpider(scrapy.Spider):
    """Fetches and does nothing else."""

    name = "bare"
    custom_settings = {  # noqa: RUF012 - Scrapy reads it so
        "TWISTED_REACTOR_ENABLED": False,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "COOKIES_ENABLED": False,
    }

    def __init__(self, urls: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.fetched = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Every page."""
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: scrapy.http.Response, *_: Any, **__: Any) -> None:
        """Count it."""
        self.fetched += response.status == 200


async def fetch_bare(urls: list[str]) -> float:
    """Seconds a page that fetching alone takes."""
    runner = AsyncCrawlerRunner(dict(BareSpider.custom_settings))
    began = time.perf_counter()
    await runner.crawl(BareSpider, urls=urls)
    return (time.perf_counter() - began) / len(urls)


def read_alone(bodies: list[bytes], count: int) -> float:
    """Seconds a page that reading takes on one core."""
    began = time.perf_counter()
    for place in range(count):
        extract_page(bodies[place % len(bodies)], url=f"http://practice.example/{place}", content_type="text/html")
    return (time.perf_counter() - began) / count


class Meter:
    """Memory as the crawl goes on, and the time spent in storing."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.memory: dict[int, int] = {}
        self.stored_s = 0.0

    def progress(self, _: str, count: int) -> None:
        """Note the memory at every quarter."""
        quarter = count * 4 // self.total
        if quarter and quarter not in self.memory:
            pages_held = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            self.memory[quarter] = pages_held * resource.getpagesize()

    def watch_storing(self) -> None:
        """Time what the storing thread does."""
        store = StoringPipeline._store

        def timed(self_: StoringPipeline, batches: list[Batch]) -> None:
            began = time.thread_time()
            store(self_, batches)
            self.stored_s += time.thread_time() - began

        StoringPipeline._store = timed  # type: ignore[method-assign, assignment]  # measured from outside


def crawl_whole(pages: int, port: int, workers: int, meter: Meter) -> float:
    """Seconds a page that the practice spider takes, storing and all."""
    urls = tuple(f"http://s{n // PAGES_A_SITE}.example/{n}" for n in range(pages))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), crawl_delay_s=0, crawl_site_pages=1)
        database = open_database(settings)
        overrides = {"practice_sites": {"start_urls": urls, "connect_to": {"*.example": f"127.0.0.1:{port}"}}}
        began = time.perf_counter()
        summary = run_crawl(
            settings,
            database=database,
            sources=["practice_sites"],
            overrides=overrides,
            workers=workers,
            progress=meter.progress,
        )[0]
        seconds = time.perf_counter() - began
        database.close()
    assert summary.stored == pages, summary.to_text()
    return seconds / pages


def measure_sites(pages: int, workers: int, folder: Path | None) -> None:
    """Print the three measurements of sites and what follows from them."""
    bodies = load_bodies(folder)
    receiving, sending = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(bodies, sending), daemon=True)
    server.start()
    port = receiving.recv()
    try:
        bare = asyncio.run(fetch_bare([f"http://127.0.0.1:{port}/{n}" for n in range(pages)]))
        reading = read_alone(bodies, min(pages, max(300, len(bodies))))
        meter = Meter(pages)
        meter.watch_storing()
        whole = crawl_whole(pages, port, workers, meter)
    finally:
        server.terminate()
        server.join()
    allowed = bare + reading / max(1, workers)
    print(f"pages {pages}, {len(bodies)} different, worker processes {workers}")
    print(f"bare fetch       {1000 * bare:7.2f} ms a page  {1 / bare:7.0f} pages a second")
    print(f"reading alone    {1000 * reading:7.2f} ms a page  {1 / reading:7.0f} pages a second a core")
    print(f"practice spider  {1000 * whole:7.2f} ms a page  {1 / whole:7.0f} pages a second")
    print(f"share of what the two costs allow  {allowed / whole:.0%}")
    print(f"storing          {meter.stored_s / (whole * pages):.1%} of the time")
    marks = ", ".join(f"{quarter}/4: {size / 1e6:.0f} MB" for quarter, size in sorted(meter.memory.items()))
    print(f"memory           {marks}")


def measure_bulk(rows: int) -> None:
    """Print the bulk reader's time against DuckDB counting the same file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "npidata_pfile.csv"
        make_bulk_file(path, rows)
        began = time.perf_counter()
        with duckdb.connect() as connection:
            counting = "select count(*) from read_csv(?, header = true, all_varchar = true)"
            connection.execute(counting, [str(path)]).fetchall()
        count_s = time.perf_counter() - began
        began = time.perf_counter()
        with open_bulk(path, Path(folder), set()) as found:
            ours = sum(1 for _ in found)
        read_s = time.perf_counter() - began
    print(f"bulk file of {rows} rows, {ours} ours: DuckDB counts in {count_s:.2f} s, the reader takes {read_s:.2f} s")
    print(f"{read_s / count_s:.2f} times")


def make_bulk_file(path: Path, rows: int) -> None:
    """A made-up monthly file, one row in fifty a massage therapist's."""
    pattern = get_source("nppes").other_columns["bulk"]
    names: list[str] = []
    for name in pattern:
        count = 50 if name.startswith("Other Provider") else 15
        names += [name.replace("#", str(place)) for place in range(1, count + 1)] if "#" in name else [name]
    chosen = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        filled = dict.fromkeys(names, "")
        for number in range(rows):
            code = "225700000X" if chosen.random() < 0.02 else "207L00000X"
            filled |= {
                "NPI": f"1{number:09d}",
                "Entity Type Code": "1",
                "Provider Last Name (Legal Name)": f"EXAMPLE{number}",
                "Provider First Name": "ANA",
                "Healthcare Provider Taxonomy Code_1": code,
                "Last Update Date": "03/23/2024",
            }
            writer.writerow(filled.values())


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="saved pages to serve instead of made-up ones")
    parser.add_argument("--nppes", type=int, metavar="ROWS", help="measure the bulk reader on a file of so many rows")
    asked = parser.parse_args()
    if asked.nppes:
        measure_bulk(asked.nppes)
    else:
        measure_sites(asked.pages, asked.workers, asked.folder)


if __name__ == "__main__":
    main()
